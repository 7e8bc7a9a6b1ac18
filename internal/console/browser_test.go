//go:build browser

package console

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"assent/decision"
)

// scene fills the house with half a day's work.
func scene(t *testing.T) (h *house, approve, reject decision.Answer) {
	t.Helper()
	h = setup(t)
	clean := map[string]any{"signals": map[string]any{"avs": "match", "cvc": "match", "ip_country": "DE"}}
	for id := range int64(3) {
		h.order(20+id, "85.50", clean)
	}
	h.execute()
	h.pass(40 * time.Minute)
	h.change(5, "12400")
	h.refund(17, "180")
	h.pass(65 * time.Minute)
	approve = h.order(36, "1250", clean)
	h.pass(50 * time.Minute)
	reject = h.order(37, "1890", risky)
	h.order(38, "640", risky)
	h.execute()
	h.pass(12 * time.Minute)
	h.exception(decision.NewException{
		Type: decision.PromiseAtRisk, Cause: "delivery:stock.picking:7", Subject: &decision.Subject{Model: "stock.picking", ID: 7},
		Evidence: map[string]string{"probability": "0.71", "promised": "2026-11-26"}, Role: decision.RoleWarehouseLead,
		Deadline: h.clock().Add(6 * time.Hour), Proposed: "reschedule",
	})
	h.exception(decision.NewException{
		Type: decision.DeadLetter, Cause: "execution:42", Subject: &decision.Subject{Model: "sale.order", ID: 12},
		Evidence: map[string]string{"code": "user_error", "attempts": "3"}, Role: decision.RoleOperations,
		Deadline: h.clock().Add(time.Hour), Proposed: "retry",
	})
	return h, approve, reject
}

// TestApproverInChromium walks the day of an approver: sign in by link,
// approve one case, reject another, and read the story of both.
func TestApproverInChromium(t *testing.T) {
	t.Parallel()
	h, approve, reject := scene(t)
	s := h.surf(1280, 900)
	yes, no := "#approval-"+approve.Row.Approval, "#approval-"+reject.Row.Approval
	s.signIn("cleo")
	s.shoot("inbox")
	s.write(yes+" textarea", "Known customer, called back.")
	s.click(yes+" button[value=approve]", yes+" .note.good")
	s.click(no+" button[value=reject]", no+" .error")
	s.shoot("inbox-reason-needed")
	s.write(no+" textarea", "The card was issued in another country.")
	s.click(no+" button[value=reject]", no+" .note.good")
	s.shoot("inbox-decided")
	if got := s.read("#waits"); text(got) != "2 waiting" {
		t.Errorf("the count of what waits is %q, want 2", got)
	}
	if got := h.approval(approve); got.Status != decision.Executing || got.ClosedBy != h.users["cleo"].ID {
		t.Errorf("approved in the browser, but the approval is %+v", got)
	}
	if got := h.approval(reject); got.Status != decision.Declined || got.ClosedBy != h.users["cleo"].ID {
		t.Errorf("rejected in the browser, but the approval is %+v", got)
	}
	h.pass(time.Minute)
	h.execute()

	s.click(no+" h2 a", ".falls")
	s.click("#replay button", "#replay .note")
	answer{200, nil, s.read("#replay .note")}.want(t, 200, "Same bytes")
	answer{200, nil, s.read("main")}.want(t, 200,
		"Rejected by Cleo Compliance.", "The card was issued in another country.", "…@mailinator.com", "Rules that fired", "!x@mailinator.com")
	s.shoot("story-rejected")
	s.open("/decisions/"+approve.Row.ID, ".falls")
	answer{200, nil, s.read("main")}.want(t, 200, "Cleo Compliance signed as finance, 1 of 1.", "Known customer, called back.", "Done")
	s.shoot("story-approved")
	s.prefer("", "dark")
	s.shoot("dark-story")
	s.open("/", "#queue")
	s.shoot("dark-inbox")
	s.resize(390, 844)
	s.fits()
	s.shoot("narrow-inbox")
	s.prefer("print", "light")
	s.resize(1000, 1400)
	s.open("/decisions/"+approve.Row.ID, ".falls")
	s.shoot("print-story")
	s.done()
}

// TestDoubtInChromium looks at what the guard and a failed model leave to
// people: why they are asked, and what was not known.
func TestDoubtInChromium(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.switches(decision.Switches{Modes: map[string]decision.Mode{"order": decision.Suggest, "change": decision.Live}})
	guarded := h.order(36, "85.50", nil)
	h.decisions.Models.(decision.Assessors)["order"] = brokenModel{errors.New("out of range")}
	unknown := h.order(37, "85.50", nil)
	two := h.change(5, "12400")
	s := h.surf(1280, 900)
	s.signIn("ben")
	s.write("#approval-"+two.Row.Approval+" textarea", "Called the supplier on the number we had.")
	s.click("#approval-"+two.Row.Approval+" button[value=approve]", "#approval-"+two.Row.Approval+" .note.good")
	s.open("/decisions/"+two.Row.ID, ".time blockquote")
	answer{200, nil, s.read(".time")}.want(t, 200, "Ben Finance signed as finance, 1 of 2.", "Called the supplier on the number we had.")
	s.shoot("story-first-signature")
	s.open("/decisions/"+unknown.Row.ID, ".path")
	answer{200, nil, s.read(".path")}.want(t, 200, "Unknown", "The model failed; there is no assessment.")
	s.shoot("story-failed-model")
	omar := h.surf(1280, 900)
	omar.signIn("omar")
	answer{200, nil, omar.read("#approval-" + guarded.Row.Approval)}.want(t, 200, "This kind is in suggest mode, where every effective action asks a person.")
	omar.shoot("inbox-guarded")
	s.done()
	omar.done()
}

// TestOperationsInChromium walks the other pages: exceptions, the list of
// decisions with its filters, and the kill switch; then all of it on a phone.
func TestOperationsInChromium(t *testing.T) {
	t.Parallel()
	h, approve, _ := scene(t)
	s := h.surf(1280, 900)
	s.signIn("omar")
	s.shoot("inbox-empty")
	s.open("/exceptions", "#queue")
	s.shoot("exceptions")
	dead := "#exception-" + decision.ExceptionID(decision.DeadLetter, "execution:42")
	s.click(dead+" button[value=claim]", dead+" .note.good")
	s.shoot("exceptions-claimed")
	s.write(dead+" textarea", "Confirmed it by hand; the customer had changed the address.")
	s.click(dead+" button[value=resolve]", dead+" blockquote")
	s.open("/exceptions?state=resolved", dead+" blockquote")
	answer{200, nil, s.read(dead)}.want(t, 200, "Resolved by Omar Operations.", "Confirmed it by hand; the customer had changed the address.")
	s.shoot("exceptions-resolved")

	s.open("/decisions", "#results table")
	s.shoot("decisions")
	if wide := evaluate[float64](s, `(e => e.scrollWidth - e.clientWidth)(document.querySelector("#results .wide"))`); wide > 0 {
		t.Errorf("the table of decisions is %v pixels wider than its place", wide)
	}
	s.choose("#filter-kind", "refund")
	s.until(`document.querySelectorAll("#results tbody tr").length === 1 && location.search.includes("kind=refund")`)

	s.open("/switches", "form")
	s.shoot("switches")
	s.do(see("input[value=on]"))
	s.click("input[value=on]", "button.main")
	s.choose("#filter-reason", "incident")
	s.click("button.main", "button.danger.main")
	s.shoot("switches-confirm")
	s.click("button.danger.main", ".alarm")
	s.shoot("switches-killed")
	if head, err := h.store.Head(context.Background(), company.ID); err != nil || !head.Switches.Kill {
		t.Errorf("the kill switch was not turned on: %+v %v", head.Switches, err)
	}

	s.open("/nowhere", "h1")
	s.shoot("not-found")
	s.resize(390, 844)
	for _, page := range []string{"decisions", "exceptions", "switches", "decisions/" + approve.Row.ID} {
		s.open("/"+page, "main")
		s.fits()
		s.shoot("narrow-" + strings.ReplaceAll(page[:min(len(page), 12)], "/", "-"))
	}
	s.done()
}

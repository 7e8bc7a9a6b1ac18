package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"assent/decision"
)

var risky = map[string]any{
	"shipping": map[string]any{"country": "NG", "zip": "99999", "express": true},
	"signals":  map[string]any{"avs": "mismatch", "cvc": "mismatch", "ip_country": "RU"},
	"customer": map[string]any{"email": "x@mailinator.com", "orders": 0},
}

func TestInboxShowsWhatWaitsForTheRole(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.order(36, "1250.00", nil)
	h.refund(17, "80.00")
	h.as("ben").get("/").want(t, http.StatusOK,
		"Sales order 36", "1 250.00 EUR at stake", "The order is larger than what may be confirmed without a person.",
		"Asked by Ada Finance", "Signatures 0 of 1", "24 h left", "!Invoice 17")
	h.as("sam").get("/").want(t, http.StatusOK, "Invoice 17", "80.00 EUR at stake", "Asked by Odoo user 11", "!Sales order 36")
	h.as("omar").get("/").want(t, http.StatusOK, "Nothing waits for you")
}

func TestInboxIsInOrderOfDeadline(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.change(5, "10")         // 48 hours
	h.order(36, "1250", nil)  // 24 hours
	h.order(37, "900", risky) // 4 hours
	page := text(h.as("ben").get("/").body)
	first, second, third := strings.Index(page, "Sales order 37"), strings.Index(page, "Sales order 36"), strings.Index(page, "Bank account 5")
	if first < 0 || first > second || second > third {
		t.Errorf("positions %d, %d, %d: not in order of deadline\n%s", first, second, third, page)
	}
}

func TestInboxFilters(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.order(36, "1250", nil)
	h.change(5, "10")
	b := h.as("cleo")
	b.get("/?kind=change").want(t, http.StatusOK, "Bank account 5", "!Sales order 36")
	b.get("/?role=compliance").want(t, http.StatusOK, "Nothing waits for you", "!Sales order 36")
	b.get("/?role=support_lead").want(t, http.StatusOK, "Sales order 36") // not her role: ignored
}

func TestInboxPages(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for id := range int64(inboxSize + 1) {
		h.order(100+id, "1250", nil)
	}
	b := h.as("ben")
	first := b.get("/?kind=order")
	first.want(t, http.StatusOK, "More cases", "Sales order 100", "!Sales order 125")
	_, rest, _ := strings.Cut(first.body, `<a href="/?after=`)
	cursor, _, _ := strings.Cut(rest, `"`)
	next := b.get("/?after=" + strings.ReplaceAll(cursor, "&amp;", "&"))
	next.want(t, http.StatusOK, "Sales order 125", "!Sales order 100", "!More cases")
}

func TestOwnRequestIsShownButNotApprovable(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil) // asked by odoo:7, who is Ada
	b := h.as("ada")
	b.get("/").want(t, http.StatusOK, "Sales order 36", "No one approves what they asked for.", "Withdraw the request", "!Approve Reject")
	b.post("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}).want(t, http.StatusForbidden, "Your answer did not count.", "No one approves what they asked for.")
	if got := h.approval(a); got.Status != decision.AwaitingApproval || len(got.Signatures) != 0 {
		t.Errorf("own approval counted: %+v", got)
	}
	b.post("/approvals/"+a.Row.Approval, url.Values{"answer": {"withdraw"}}).want(t, http.StatusSeeOther)
	if got := h.approval(a).Status; got != decision.Withdrawn {
		t.Errorf("status %s, want withdrawn", got)
	}
}

func TestApproveWithoutScript(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	b := h.as("ben")
	got := b.post("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}, "comment": {"Known customer."}})
	got.want(t, http.StatusSeeOther)
	if to := got.header.Get("Location"); to != "/" {
		t.Errorf("led to %q", to)
	}
	b.get("/").want(t, http.StatusOK, "Sales order 36: approved. It is being applied in Odoo.", "Nothing waits for you")
	b.get("/").want(t, http.StatusOK, "!approved. It is being applied") // said once
	after := h.approval(a)
	if after.Status != decision.Executing || after.Signatures[0].By != h.users["ben"].ID {
		t.Errorf("approval is %+v", after)
	}
}

func TestApproveInPlace(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	h.order(37, "1250", nil)
	got := h.as("ben").htmx("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}})
	got.want(t, http.StatusOK, "Sales order 36: approved.", "!Sign out")
	if !strings.HasPrefix(got.body, "<article") || !strings.Contains(got.body, `id="waits" class="count" hx-swap-oob="true">1<`) {
		t.Errorf("not the card with the new count:\n%s", got.body)
	}
}

func TestRejectNeedsAReason(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	b := h.as("ben")
	for _, post := range []func(string, url.Values) answer{b.post, b.htmx} {
		post("/approvals/"+a.Row.Approval, url.Values{"answer": {"reject"}, "comment": {"  "}}).want(t, http.StatusUnprocessableEntity, "Comment: must say why.", "Comment (needed to reject)", "!The request has fields")
	}
	if got := h.approval(a).Status; got != decision.AwaitingApproval {
		t.Fatalf("status %s after a refused answer", got)
	}
	b.post("/approvals/"+a.Row.Approval, url.Values{"answer": {"reject"}, "comment": {"The address is a parcel shop."}}).want(t, http.StatusSeeOther)
	if got := h.approval(a).Status; got != decision.Declined {
		t.Errorf("status %s, want declined", got)
	}
	b.get("/decisions/"+a.Row.ID).want(t, http.StatusOK, "Rejected by Ben Finance.", "The address is a parcel shop.")
}

func TestTypedCommentSurvivesARefusal(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	typed := strings.Repeat("long ", 500)
	h.as("ben").htmx("/approvals/"+a.Row.Approval, url.Values{"answer": {"reject"}, "comment": {typed}}).
		want(t, http.StatusUnprocessableEntity, "must be text of at most 2000 bytes", strings.TrimSpace(typed))
}

func TestSomebodyWasFirst(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	ben, cleo := h.as("ben"), h.as("cleo")
	ben.post("/approvals/"+a.Row.Approval, url.Values{"answer": {"reject"}, "comment": {"No."}}).want(t, http.StatusSeeOther)
	cleo.htmx("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}).
		want(t, http.StatusConflict, "Your answer did not count.", "Rejected by Ben Finance.", "!Sign out")
	cleo.post("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}).
		want(t, http.StatusConflict, "Your answer did not count.", "Rejected by Ben Finance.", "Sign out")
}

func TestTwoPeople(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.change(5, "10")
	ada, ben := h.as("ada"), h.as("ben")
	ada.htmx("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}).
		want(t, http.StatusOK, "you signed. One more person must sign as well.", "1 of 2: Ada Finance (finance)")
	ada.get("/").want(t, http.StatusOK, "You have signed already; another person must.", "!Approve Reject")
	ada.htmx("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}).want(t, http.StatusForbidden, "You have signed already")
	ben.htmx("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}).want(t, http.StatusOK, "approved. A person is being asked to make the change.")
}

// Where each role must sign, the pages say so, and a second of the same role
// does not count.
func TestOneOfEachRole(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.decide(decision.Request{
		Kind: "change", Subject: decision.Subject{Model: "purchase.order", ID: 9}, RequestedBy: "odoo:9",
		Fields: encode(t, map[string]any{"type": "emergency_purchase", "currency": "EUR", "amount": 10}),
	})
	address, approve := "/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}
	ada, ben, cleo := h.as("ada"), h.as("ben"), h.as("cleo")
	ada.get("/").want(t, http.StatusOK, "compliance and finance")
	ada.htmx(address, approve).want(t, http.StatusOK, "you signed. Still to sign: compliance.", "1 of 2: Ada Finance (finance)")
	ben.get("/").want(t, http.StatusOK, "Your role has signed already; another role must.", "!Approve Reject")
	ben.htmx(address, approve).want(t, http.StatusForbidden, "Your role has signed already")
	cleo.htmx(address, approve).want(t, http.StatusOK, "approved. A person is being asked to make the change.")
	cleo.get("/decisions/"+a.Row.ID).want(t, http.StatusOK, "one person each of compliance and finance", "Cleo Compliance signed as compliance, 2 of 2.")
}

func TestRolesDecideOnTheServer(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	h.as("sam").post("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}).want(t, http.StatusForbidden, "This approval needs one of the roles it names.")
	h.as("nora").post("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}).want(t, http.StatusForbidden, "You have no role yet.")
	h.browser().post("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}).want(t, http.StatusUnauthorized, "Your session has ended.")
	h.as("ben").post("/approvals/"+a.Row.Approval, url.Values{"answer": {"destroy"}}).want(t, http.StatusUnprocessableEntity, "must be approve, reject or withdraw")
	if got := h.approval(a); got.Status != decision.AwaitingApproval || len(got.Signatures) > 0 {
		t.Errorf("approval moved: %+v", got)
	}
}

func TestAfterTheDeadlineNothingCounts(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	h.pass(25 * time.Hour)
	b := h.as("ben")
	b.get("/approvals/"+a.Row.Approval).want(t, http.StatusOK, "Deadline passed", "it expires without effect", "!Approve Reject")
	b.post("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}).want(t, http.StatusConflict, "The deadline has passed")
}

func TestCustomerTextIsNeverMarkup(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", map[string]any{"customer": map[string]any{"email": "<img src=x onerror=alert(1)>@example.com"}})
	evil := `<script>alert("x")</script>`
	b := h.as("ben")
	page := b.post("/approvals/"+a.Row.Approval, url.Values{"answer": {"reject"}, "comment": {evil}})
	page.want(t, http.StatusSeeOther)
	body := b.get("/decisions/" + a.Row.ID).body
	if strings.Contains(body, evil) || strings.Contains(body, "<img") || !strings.Contains(body, "&lt;script&gt;") {
		t.Error("text came through as markup")
	}
}

package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"assent/decision"
)

func (h *house) deadLetter() decision.Exception {
	h.t.Helper()
	return h.exception(decision.NewException{
		Type: decision.DeadLetter, Cause: "execution:42", Subject: &decision.Subject{Model: "sale.order", ID: 12},
		Evidence: map[string]string{"code": "user_error", "attempts": "3"}, AtRisk: &decision.Money{Currency: "EUR"},
		Role: decision.RoleOperations, Deadline: h.clock().Add(6 * time.Hour), Proposed: "retry",
	})
}

func (h *house) exceptionNow(id string) decision.Exception {
	h.t.Helper()
	x, err := decision.RowOf[decision.Exception](context.Background(), h.store, company.ID, decision.Exceptions, id)
	must(h.t, err)
	return x
}

func TestExceptionsShowWhatMustBeResolved(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.as("ben").get("/exceptions").want(t, http.StatusOK, "No exceptions here")
	h.deadLetter()
	h.deadLetter()
	h.as("omar").get("/exceptions").want(t, http.StatusOK,
		"Open", "Dead letter: sales order 12", "0.00 EUR at risk", "Proposed: retry.", "Belongs to operations", "Seen 2 times",
		"Attempts 3", "Code user error", "6 h left until 24 Nov 2026 18:00 UTC", "Resolve Claim")
	h.as("ben").get("/exceptions").want(t, http.StatusOK, "Dead letter: sales order 12", "This exception belongs to another role.", "left until 24 Nov 2026 18:00 UTC", "!Resolve Claim")
}

func TestExceptionFilters(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.deadLetter()
	b := h.as("omar")
	b.get("/exceptions?type=dead_letter&role=operations&state=open").want(t, http.StatusOK, "Dead letter: sales order 12")
	for _, other := range []string{"type=promise_at_risk", "role=finance", "state=resolved"} {
		b.get("/exceptions?"+other).want(t, http.StatusOK, "No exceptions here")
	}
}

func TestClaimAndResolve(t *testing.T) {
	t.Parallel()
	h := setup(t)
	x := h.deadLetter()
	path := "/exceptions/" + x.ID
	omar := h.as("omar")
	omar.htmx(path, url.Values{"do": {"claim"}}).want(t, http.StatusOK, "It is yours now.", "Claimed", "Owner Omar Operations", "!Sign out")
	omar.htmx(path, url.Values{"do": {"resolve"}}).want(t, http.StatusUnprocessableEntity, "Comment: must say what was done.")
	omar.post(path, url.Values{"do": {"resolve"}, "comment": {"Confirmed it by hand."}}).want(t, http.StatusSeeOther)
	omar.get("/exceptions").want(t, http.StatusOK, "Resolved.", "No exceptions here")
	if got := h.exceptionNow(x.ID); got.State != decision.StateResolved || got.ClosedBy != h.users["omar"].ID {
		t.Errorf("exception is %+v", got)
	}
	omar.get("/exceptions?state=resolved").want(t, http.StatusOK, "Resolved by Omar Operations.", "Confirmed it by hand.", "newest first")
	omar.htmx(path, url.Values{"do": {"claim"}}).want(t, http.StatusConflict, "Nothing was changed.", "Resolved by Omar Operations.")
}

// What is nearest to its deadline comes first, on every page, and what is out
// of sight takes no place on one.
func TestExceptionsAreInOrderOfDeadline(t *testing.T) {
	t.Parallel()
	h := setup(t)
	const all = exceptionsSize + 2
	for n := range all { // the later opened, the nearer
		x := h.exception(decision.NewException{
			Type: decision.DeadLetter, Cause: fmt.Sprintf("execution:%02d", n), Role: decision.RoleOperations, Deadline: h.clock().Add(time.Duration(100-n) * time.Hour),
		})
		if n == 3 || n == all-1 {
			_, err := h.approvals.Snooze(context.Background(), company.ID, x.ID, h.users["omar"], h.clock().Add(10*time.Hour))
			must(t, err)
		}
	}
	b := h.as("omar")
	first := b.get("/exceptions")
	if have := causes(first); len(have) != exceptionsSize || have[0] != "execution:25" || have[exceptionsSize-1] != "execution:00" {
		t.Errorf("the first page has %v", have)
	}
	first.want(t, http.StatusOK, "!More exceptions")
	if have := causes(b.get("/exceptions?state=snoozed")); !slices.Equal(have, []string{"execution:26", "execution:03"}) {
		t.Errorf("out of sight are %v", have)
	}
	h.pass(11 * time.Hour)
	b = h.as("omar")
	if have := causes(b.get("/exceptions")); len(have) != exceptionsSize || have[0] != "execution:26" {
		t.Errorf("awake again, the first page has %v", have)
	}
	if have := causes(b.get("/exceptions?after=25&state=")); !slices.Equal(have, []string{"execution:01", "execution:00"}) {
		t.Errorf("the second page has %v", have)
	}
	for _, nonsense := range []string{"x", "-1"} {
		if have := causes(b.get("/exceptions?after=" + nonsense)); len(have) != exceptionsSize {
			t.Errorf("after=%s has %v", nonsense, have)
		}
	}
	b.get("/exceptions?after=999").want(t, http.StatusOK, "No exceptions here")
}

var causePattern = regexp.MustCompile(`execution:\d\d`)

// causes are those on a page, in its order.
func causes(a answer) []string { return causePattern.FindAllString(text(a.body), -1) }

func TestSnooze(t *testing.T) {
	t.Parallel()
	h := setup(t)
	x := h.deadLetter()
	b := h.as("omar")
	b.get("/exceptions").want(t, http.StatusOK, "15 minutes 1 hour 4 hours Snooze")
	b.htmx("/exceptions/"+x.ID, url.Values{"do": {"snooze"}, "for": {"1 week"}}).want(t, http.StatusUnprocessableEntity,
		"Until: must lie before the deadline of the exception, 2026-11-24T18:00:00Z.")
	b.post("/exceptions/"+x.ID, url.Values{"do": {"snooze"}, "for": {"4 hours"}}).want(t, http.StatusSeeOther)
	b.get("/exceptions").want(t, http.StatusOK, "Out of sight for 4 hours.", "No exceptions here")
	b.get("/exceptions?state=snoozed").want(t, http.StatusOK, "Out of sight until 24 Nov 2026 16:00 UTC")
	h.pass(59 * time.Minute)
	b.get("/").want(t, http.StatusOK) // stays signed in
	h.pass(59 * time.Minute)
	b.get("/").want(t, http.StatusOK)
	h.pass(3 * time.Hour)
	h.as("omar").get("/exceptions").want(t, http.StatusOK, "Dead letter: sales order 12")
}

func TestExceptionsOfOthers(t *testing.T) {
	t.Parallel()
	h := setup(t)
	x := h.deadLetter()
	h.addUser(decision.User{Name: "Olu Operations", Email: "olu@example.com", Roles: []string{decision.RoleOperations}})
	h.as("omar").post("/exceptions/"+x.ID, url.Values{"do": {"claim"}}).want(t, http.StatusSeeOther)
	h.as("olu").post("/exceptions/"+x.ID, url.Values{"do": {"resolve"}, "comment": {"Mine."}}).
		want(t, http.StatusConflict, "Another person owns the exception.", "Omar Operations owns it.")
	h.as("ben").post("/exceptions/"+x.ID, url.Values{"do": {"claim"}}).want(t, http.StatusForbidden, "belongs to another role")
	for _, form := range []url.Values{{"do": {"snooze"}, "for": {"1 year"}}, {"do": {"erase"}}} {
		h.as("omar").post("/exceptions/"+x.ID, form).want(t, http.StatusUnprocessableEntity, "must be")
	}
	h.as("omar").post("/exceptions/none", url.Values{"do": {"claim"}}).want(t, http.StatusNotFound)
	if got := h.exceptionNow(x.ID); got.State != decision.StateClaimed || got.Owner != h.users["omar"].ID {
		t.Errorf("exception is %+v", got)
	}
}

func TestDecisionsList(t *testing.T) {
	t.Parallel()
	h := setup(t)
	b := h.as("sam")
	b.get("/decisions").want(t, http.StatusOK, "No decisions yet")
	h.order(36, "1250", nil)
	h.order(37, "85.50", nil)
	h.refund(17, "80")
	b.get("/decisions").want(t, http.StatusOK,
		"Sales order 36 Order Confirm Approve Awaiting approval The order is larger than what may be confirmed without a person. 1 250.00 EUR",
		"Sales order 37 Order Confirm Execute Executing 85.50 EUR", "Invoice 17 Refund Credit note (amount 80.00 EUR, code damaged)")
	for filter, want := range map[string][]string{
		"kind=refund":              {"Invoice 17", "!Sales order"},
		"outcome=execute":          {"Sales order 37", "!Sales order 36", "!Invoice 17"},
		"status=awaiting_approval": {"Sales order 36", "Invoice 17", "!Sales order 37"},
		"record=36":                {"Sales order 36", "!Sales order 37", "!Invoice 17"},
		"from=2026-11-24":          {"Sales order 36"},
		"to=2026-11-24":            {"Sales order 36"},
		"to=2026-11-23":            {"No decisions match", "!Sales order 36"},
		"from=2026-11-25":          {"No decisions match"},
	} {
		b.get("/decisions?"+filter).want(t, http.StatusOK, want...)
	}
	for _, fault := range []string{"record=x", "from=yesterday", "to=24.11.2026"} {
		b.get("/decisions?"+fault).want(t, http.StatusUnprocessableEntity, "A record is a number, and a day is written 2026-11-24.")
	}
	b.get("/decisions?after=nonsense").want(t, http.StatusUnprocessableEntity)
}

func TestDecisionsPages(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for id := range int64(decisionsSize + 1) {
		h.order(100+id, "85.50", nil)
	}
	b := h.as("sam")
	first := b.get("/decisions?kind=order")
	first.want(t, http.StatusOK, "Sales order 150", "!Sales order 100", "Older", "!Newest")
	_, rest, _ := strings.Cut(first.body, `<a href="/decisions?after=`)
	query, _, _ := strings.Cut(rest, `"`)
	b.get("/decisions?after="+strings.ReplaceAll(query, "&amp;", "&")).want(t, http.StatusOK, "Sales order 100", "!Sales order 150", "!Older", "Newest")
	if !strings.Contains(query, "kind=order") {
		t.Errorf("the next page forgets the filter: %s", query)
	}
}

// What would be out of sight for longer than it may is in sight again once the
// cause is seen with a nearer deadline that passes; and what is due too soon
// cannot be put out of sight at all.
func TestSnoozeEndsWithTheDeadline(t *testing.T) {
	t.Parallel()
	h := setup(t)
	x := h.deadLetter()
	b := h.as("omar")
	b.post("/exceptions/"+x.ID, url.Values{"do": {"snooze"}, "for": {"4 hours"}}).want(t, http.StatusSeeOther)
	x.Deadline = h.clock().Add(20 * time.Minute)
	h.exception(x.NewException)
	b.get("/exceptions").want(t, http.StatusOK, "No exceptions here")
	h.pass(10 * time.Minute)
	b.get("/exceptions?state=snoozed").want(t, http.StatusOK, "10 min left", "Its deadline is too near to snooze it.", "!Snooze for")
	h.pass(10 * time.Minute)
	b.get("/exceptions").want(t, http.StatusOK, "Dead letter: sales order 12", "Deadline passed")
}

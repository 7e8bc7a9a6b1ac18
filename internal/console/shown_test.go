package console

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"assent/decision"
)

// paid is a change by hand of an invoice's payment state.
func (h *house) paid(id int64) decision.Answer {
	h.t.Helper()
	return h.decide(decision.Request{
		Kind: "change", Subject: decision.Subject{Model: "account.move", ID: id}, RequestedBy: "odoo:9",
		Fields: encode(h.t, map[string]any{
			"type": "payment_state", "value_before": "not_paid", "value_after": "<b>paid</b>", "currency": "EUR", "amount": 10, "evidence": "statement:7",
		}),
	})
}

// Whoever assents sees what would change, from what to what, and what follows
// in Odoo: before, after, and in the story.
func TestChangeByHandIsToldAsOne(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.paid(9034)
	asked := []string{"Change by hand.", "Asks a person to make the change: by an activity on the record in Odoo", "Type payment state", "Value before not_paid",
		"Value after <b>paid</b>", "Evidence statement:7", "!applied"}
	ada, ben := h.as("ada"), h.as("ben")
	ben.get("/").want(t, http.StatusOK, asked...)
	ben.get("/approvals/"+a.Row.Approval).want(t, http.StatusOK, asked...)
	ben.get("/decisions/"+a.Row.ID).want(t, http.StatusOK, asked[:6]...)
	answer := url.Values{"answer": {"approve"}}
	ada.htmx("/approvals/"+a.Row.Approval, answer).want(t, http.StatusOK, "you signed.")
	ben.htmx("/approvals/"+a.Row.Approval, answer).want(t, http.StatusOK, "Invoice 9034: approved. A person is being asked to make the change.", "Value after <b>paid</b>")
	ben.get("/decisions/"+a.Row.ID).want(t, http.StatusOK, "Now Executing A person is being asked to make the change.")
	h.execute()
	ben.get("/decisions/"+a.Row.ID).want(t, http.StatusOK, "Now Done A person was asked, by an activity in Odoo, to make the change. Whether it was made is not known here.",
		"a person is asked by mail.activity:41", "!read back")
}

// What the action says itself is not said twice.
func TestShownBesideTheAction(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.refund(17, "80")
	h.as("sam").get("/").want(t, http.StatusOK, "Credit note (amount 80.00 EUR, code damaged)", "Amount total 900.00 EUR", "Amount credited 0.00 EUR", "!Reason damaged")
}

func TestShownOnceErased(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.paid(9034)
	must(t, h.decisions.Erase(context.Background(), company.ID, a.Decision.Snapshot, decision.System))
	h.as("ben").get("/").want(t, http.StatusOK, "Invoice 9034", "What was asked was erased.", "!not_paid")
}

// With the kill switch on an approval is not told as done: it waits for the
// switch, and says so until it goes on.
func TestApprovedUnderTheKillSwitch(t *testing.T) {
	t.Parallel()
	h := setup(t)
	a := h.order(36, "1250", nil)
	live := h.head().Switches
	killed := live
	killed.Kill = true
	h.switches(killed)
	ben := h.as("ben")
	ben.htmx("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}).want(t, http.StatusOK,
		"Sales order 36: approved. The kill switch holds it back. Once it is off, it goes on if the record is still the same.", "!being applied")
	story := "/decisions/" + a.Row.ID
	ben.get(story).want(t, http.StatusOK, "Now Executing The kill switch holds it back until operations turns it off.")
	h.execute()
	ben.get(story).want(t, http.StatusOK, "Now Parked Held back by the kill switch until operations turns it off.", "Confirm effective Parked 0 kill switch")
	h.switches(live)
	h.execute()
	ben.get(story).want(t, http.StatusOK, "Now Done Applied and read back.")
}

// What a caller applies itself is held by the switches as well.
func TestCallerUnderTheSwitches(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ask := func(id int64, amount string) decision.Answer {
		return h.decide(decision.Request{
			Kind: "order", Subject: decision.Subject{Model: "sale.order", ID: id}, Apply: decision.ByCaller, RequestedBy: "odoo:7",
			Fields: encode(t, map[string]any{"state": "draft", "date_order": "2026-11-24T09:30:00Z", "currency": "EUR", "amount_total": json.Number(amount), "partner_id": id}),
		})
	}
	person, alone := ask(36, "1250"), ask(37, "85.50")
	live := h.head().Switches
	killed, paused := live, live
	killed.Kill, paused.Paused = true, map[string]string{"order": "drill"}
	ben := h.as("ben")
	h.switches(killed)
	ben.htmx("/approvals/"+person.Row.Approval, url.Values{"answer": {"approve"}}).want(t, http.StatusOK,
		"approved. The kill switch holds it back. Once it is off, whoever asked applies it in Odoo.")
	ben.get("/decisions/"+person.Row.ID).want(t, http.StatusOK, "Now Parked Held back by the kill switch until operations turns it off.")
	h.switches(paused)
	ben.get("/decisions/"+person.Row.ID).want(t, http.StatusOK, "Now Awaiting receipt The caller applies it and has not told yet.")
	ben.get("/decisions/"+alone.Row.ID).want(t, http.StatusOK, "Now Parked Held back: this kind is paused, or may not act by itself any more.")
}

// A pause holds back what the policy executes, and not what people assent to.
func TestApprovedWhilePaused(t *testing.T) {
	t.Parallel()
	h := setup(t)
	person, alone := h.order(36, "1250", nil), h.order(37, "85.50", nil)
	paused := h.head().Switches
	paused.Paused = map[string]string{"order": "drill"}
	h.switches(paused)
	ben := h.as("ben")
	ben.htmx("/approvals/"+person.Row.Approval, url.Values{"answer": {"approve"}}).want(t, http.StatusOK, "approved. It is being applied in Odoo.")
	h.execute()
	ben.get("/decisions/"+person.Row.ID).want(t, http.StatusOK, "Now Done Applied and read back.")
	ben.get("/decisions/"+alone.Row.ID).want(t, http.StatusOK, "Now Parked Held back: this kind is paused, or may not act by itself any more.")
}

// A record that can hold no activity leaves the change to an exception, and is
// not told as asked about.
func TestChangeByHandThatNobodyCouldBeAskedFor(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.executor.Actuator = unwillingOdoo{}
	a := h.paid(9034)
	for _, who := range []string{"ada", "ben"} {
		h.as(who).post("/approvals/"+a.Row.Approval, url.Values{"answer": {"approve"}}).want(t, http.StatusSeeOther)
	}
	h.execute()
	h.as("ben").get("/decisions/"+a.Row.ID).want(t, http.StatusOK, "Now Failed Nobody could be asked in Odoo; an exception asks operations to see to it.", "!was asked")
	h.as("omar").get("/exceptions").want(t, http.StatusOK, "Dead letter: invoice 9034", "Action change by hand", "Code no chatter", "Proposed: apply by hand.")
}

type unwillingOdoo struct{}

func (unwillingOdoo) Apply(context.Context, decision.Company, decision.Execution) decision.Applied {
	return decision.Applied{Result: decision.ResultFail, Code: "no_chatter"}
}

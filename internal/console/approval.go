package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"assent/decision"
)

// What a person may answer to an approval.
const (
	answerApprove  = "approve"
	answerReject   = "reject"
	answerWithdraw = "withdraw"
)

// showApproval is one case by itself, for links from elsewhere.
func (c *console) showApproval(w http.ResponseWriter, r *http.Request, v visit) error {
	one, err := c.theCase(r.Context(), v, chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	return show(w, r, http.StatusOK, approvalPage(v, one))
}

// decideApproval takes a person's answer. Who may give it is for the
// approvals to say; a refusal shows the case again with the reason.
func (c *console) decideApproval(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return errors.Join(errForm, err)
	}
	id, answer, comment := chi.URLParam(r, "id"), r.PostFormValue("answer"), strings.TrimSpace(r.PostFormValue("comment"))
	after, err := c.answer(r.Context(), v, id, answer, comment)
	if err != nil {
		return c.refused(w, r, v, id, comment, err)
	}
	said := saidOf(after, answer, v.Head.Switches)
	if !v.Htmx {
		c.flash(r.Context(), said)
		http.Redirect(w, r, backTo(r, after), http.StatusSeeOther)
		return nil
	}
	one, err := c.theCase(r.Context(), v, id)
	if err != nil {
		return err
	}
	// The frame was read before the answer; its count is no longer true.
	if err := c.greet(r.Context(), &v); err != nil {
		return err
	}
	one.Inline, one.Said, one.Tone = true, said, "good"
	return show(w, r, http.StatusOK, answeredPart(v, one))
}

// answer hands the person's answer to the approvals, which lock, check and
// journal it.
func (c *console) answer(ctx context.Context, v visit, id, answer, comment string) (decision.Approval, error) {
	switch answer {
	case answerApprove:
		return c.Approvals.Approve(ctx, v.User.Company, id, v.User, comment)
	case answerReject:
		return c.Approvals.Decline(ctx, v.User.Company, id, v.User, comment)
	case answerWithdraw:
		return c.Approvals.Withdraw(ctx, v.User.Company, id, v.User)
	}
	return decision.Approval{}, decision.Invalid("/answer", "enum", "must be approve, reject or withdraw")
}

// refused shows the case as it now is, with why the answer did not count:
// after a conflict, that is who was first.
func (c *console) refused(w http.ResponseWriter, r *http.Request, v visit, id, comment string, err error) error {
	switch decision.CodeOf(err) {
	case decision.CodeConflict, decision.CodeForbidden, decision.CodeInvalid:
	default:
		return err
	}
	one, notFound := c.theCase(r.Context(), v, id)
	if notFound != nil {
		return notFound
	}
	p := problemOf(err)
	one.Inline, one.Typed = v.Htmx, comment
	if decision.CodeOf(err) == decision.CodeInvalid {
		one.Fault = p.Message
	} else {
		one.Said, one.Tone = "Your answer did not count. "+p.Message, "bad"
	}
	if v.Htmx {
		return show(w, r, p.Status, answeredPart(v, one))
	}
	return show(w, r, p.Status, approvalPage(v, one))
}

// saidOf says what an answer did.
func saidOf(a decision.Approval, answer string, live decision.Switches) string {
	record := recordName(a.Model, a.RecordID)
	missing := max(1, a.People) - len(a.Signatures)
	switch {
	case answer == answerReject:
		return record + ": you rejected it. Nothing is done in Odoo."
	case answer == answerWithdraw:
		return record + ": you took the request back."
	case a.Status == decision.AwaitingApproval && len(a.MissingRoles()) > 0:
		return fmt.Sprintf("%s: you signed. Still to sign: %s.", record, roleWords(a.MissingRoles(), true))
	case a.Status == decision.AwaitingApproval:
		return fmt.Sprintf("%s: you signed. %s must sign as well.", record, otherPeople(missing))
	}
	return record + ": approved. " + grantedSentence(a, live)
}

func otherPeople(n int) string {
	if n == 1 {
		return "One more person"
	}
	return fmt.Sprintf("%d more people", n)
}

// backTo is where a form without htmx leads: the story if it came from there.
func backTo(r *http.Request, a decision.Approval) string {
	if r.PostFormValue("from") == "story" {
		return "/decisions/" + a.Decision
	}
	return "/"
}

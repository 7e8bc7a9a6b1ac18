package approvals

import (
	"context"
	"slices"
	"strings"
	"time"

	"assent/decision"
)

// readTimeout bounds the look at the record before a grant; the executor
// looks again in any case.
const readTimeout = 2 * time.Second

// Approve signs. With the last signature needed, the execution is inserted
// in the same commit. Errors: CodeNotFound, CodeForbidden (role, own request,
// second signature), CodeConflict with the winner: closed already, too late,
// or the record has changed (which ends the approval as stale). People are read
// anew right before: who signed earlier and may not any more does not count.
func (s *Service) Approve(ctx context.Context, company, id string, by decision.User, comment string) (decision.Approval, error) {
	if err := member(company, by); err != nil {
		return decision.Approval{}, err
	}
	if stale, err := s.endIfChanged(ctx, company, id, by); err != nil || stale {
		return decision.Approval{}, orStale(err)
	}
	people, err := s.Store.Users(ctx, company) // the look at Odoo may have taken seconds
	if err != nil {
		return decision.Approval{}, err
	}
	return s.act(ctx, company, id, comment, func(a decision.Approval) (decision.ApprovalStep, error) {
		return sign(a, by.ID, people, s.now())
	})
}

// sign is Approval.Sign by people as they are now.
func sign(a decision.Approval, by string, people []decision.User, now time.Time) (decision.ApprovalStep, error) {
	i := slices.IndexFunc(people, func(u decision.User) bool { return u.ID == by })
	if i < 0 {
		return decision.ApprovalStep{}, decision.Errorf(decision.CodeForbidden, "You are no longer among the people of this company.")
	}
	lapsed := a.Lapsed(people)
	step, err := a.Without(lapsed).Sign(people[i], now)
	step.Lapsed = lapsed
	return step, err
}

// Decline refuses; one person with the role is enough, and must say why.
// Errors as Approve, and CodeInvalid without a comment.
func (s *Service) Decline(ctx context.Context, company, id string, by decision.User, comment string) (decision.Approval, error) {
	if strings.TrimSpace(comment) == "" {
		return decision.Approval{}, decision.Invalid("/comment", "required", "must say why")
	}
	if err := member(company, by); err != nil {
		return decision.Approval{}, err
	}
	return s.act(ctx, company, id, comment, func(a decision.Approval) (decision.ApprovalStep, error) {
		return a.Decline(by, s.now())
	})
}

// Withdraw takes a request back. Errors: CodeNotFound, CodeForbidden for
// anybody but who asked, CodeConflict with the winner when it is closed or too
// late.
func (s *Service) Withdraw(ctx context.Context, company, id string, by decision.User) (decision.Approval, error) {
	if err := member(company, by); err != nil {
		return decision.Approval{}, err
	}
	return s.act(ctx, company, id, "", func(a decision.Approval) (decision.ApprovalStep, error) {
		return a.Withdraw(by, s.now())
	})
}

// Expire ends every approval whose deadline has passed, and says how many.
// Expiry never executes anything.
func (s *Service) Expire(ctx context.Context, company string, now time.Time) (int, error) {
	overdue := decision.Filter{
		Where: map[string][]string{"status": {string(decision.AwaitingApproval)}}, Before: now, Limit: 500,
	}
	late, _, err := decision.PageOf[decision.Approval](ctx, s.Store, company, decision.Approvals, overdue)
	if err != nil {
		return 0, err
	}
	ended := 0
	for _, a := range late {
		_, err := s.act(ctx, company, a.ID, "", func(a decision.Approval) (decision.ApprovalStep, error) {
			return a.End(decision.StepExpire, now)
		})
		switch decision.CodeOf(err) {
		case "":
			ended++
		case decision.CodeConflict: // somebody acted in between
		default:
			return ended, err
		}
	}
	return ended, nil
}

// act runs one conditional step under the company's lock.
func (s *Service) act(ctx context.Context, company, id, comment string, rule func(decision.Approval) (decision.ApprovalStep, error)) (decision.Approval, error) {
	text, err := s.seal(comment)
	if err != nil {
		return decision.Approval{}, err
	}
	var after decision.Approval
	err = s.Ledger.Do(ctx, company, decision.Foreground, nil, func(ctx context.Context, w *decision.Writer) error {
		a, err := decision.Load[decision.Approval](ctx, w, decision.Approvals, id)
		if err != nil {
			return err
		}
		step, err := rule(a)
		if err != nil {
			return err
		}
		step.Comment = text.ID
		if err := text.store(ctx, w); err != nil {
			return err
		}
		if _, err := w.Append(ctx, s.NewID(), decision.EntryApproval, s.now(), step); err != nil {
			return err
		}
		after, err = decision.Load[decision.Approval](ctx, w, decision.Approvals, id)
		return err
	})
	return after, err
}

// endIfChanged compares the record with what was decided on, when Odoo
// answers in time. A difference ends the approval: earlier signatures were
// for another record.
func (s *Service) endIfChanged(ctx context.Context, company, id string, by decision.User) (stale bool, err error) {
	a, c, err := s.find(ctx, company, id)
	if err != nil || s.Records == nil || a.Fingerprint == "" || a.Status != decision.AwaitingApproval {
		return false, err
	}
	if _, err := a.MayDecide(by); err != nil {
		return false, err // who may not decide must not end it either
	}
	if s.unchanged(ctx, c, a) {
		return false, nil
	}
	_, err = s.act(ctx, company, id, "", func(a decision.Approval) (decision.ApprovalStep, error) {
		return a.End(decision.StepStale, s.now())
	})
	return err == nil, err
}

// unchanged is true as well when Odoo does not answer: not knowing is no
// reason to throw signatures away, and the executor compares before it acts.
func (s *Service) unchanged(ctx context.Context, c decision.Company, a decision.Approval) bool {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	kind, _ := decision.KindNamed(a.Kind)
	raw, err := s.Records.ReadRecord(ctx, c, kind, decision.Subject{DB: a.DB, Model: a.Model, ID: a.RecordID})
	if err != nil {
		return true
	}
	fields, _ := decision.DecodeFields(raw, kind.Fields, "/fields", s.now(), false)
	if fields == nil { // no record at all: no answer either
		return true
	}
	currency, _ := fields.Text("currency")
	return decision.SameFingerprint(a.Fingerprint, kind.Fields, fields, currency)
}

func (s *Service) find(ctx context.Context, company, id string) (a decision.Approval, c decision.Company, err error) {
	if a, err = decision.RowOf[decision.Approval](ctx, s.Store, company, decision.Approvals, id); err != nil {
		return a, c, err
	}
	c, err = s.Store.Company(ctx, company)
	return a, c, err
}

func orStale(err error) error {
	if err != nil {
		return err
	}
	return decision.Conflict(string(decision.Stale), "The record has changed in Odoo since the decision; ask for a new one.")
}

package approvals

import (
	"context"
	"strings"
	"time"

	"assent/decision"
)

// Claim makes a person the owner. Errors: CodeNotFound, CodeForbidden
// (role), CodeConflict when it has ended or another person owns it.
func (s *Service) Claim(ctx context.Context, company, id string, by decision.User) (decision.Exception, error) {
	return s.step(ctx, company, id, by, "", decision.ExceptionStep{Step: decision.ExceptionClaim})
}

// Resolve ends an exception by a person who says what was done. Errors as
// Claim, and CodeInvalid without a comment.
func (s *Service) Resolve(ctx context.Context, company, id string, by decision.User, comment string) (decision.Exception, error) {
	if strings.TrimSpace(comment) == "" {
		return decision.Exception{}, decision.Invalid("/comment", "required", "must say what was done")
	}
	return s.step(ctx, company, id, by, comment, decision.ExceptionStep{Step: decision.ExceptionResolve})
}

// Snooze puts an exception out of sight until a time. Errors as Claim, and
// CodeInvalid for a time in the past, more than 30 days away, or not before the
// deadline.
func (s *Service) Snooze(ctx context.Context, company, id string, by decision.User, until time.Time) (decision.Exception, error) {
	return s.step(ctx, company, id, by, "", decision.ExceptionStep{Step: decision.ExceptionSnooze, Until: until.UTC().Truncate(time.Microsecond)})
}

func (s *Service) step(ctx context.Context, company, id string, by decision.User, comment string, step decision.ExceptionStep) (decision.Exception, error) {
	if err := member(company, by); err != nil {
		return decision.Exception{}, err
	}
	text, err := s.seal(comment)
	if err != nil {
		return decision.Exception{}, err
	}
	step.Exception, step.By, step.Comment = id, by.ID, text.ID
	var after decision.Exception
	err = s.Ledger.Do(ctx, company, decision.Foreground, nil, func(ctx context.Context, w *decision.Writer) error {
		x, err := decision.Load[decision.Exception](ctx, w, decision.Exceptions, id)
		if err != nil {
			return err
		}
		if err := x.MayAct(by); err != nil {
			return err
		}
		if step.Step == decision.ExceptionSnooze {
			if err := x.MaySnooze(step.Until, s.now()); err != nil {
				return err
			}
		}
		if err := text.store(ctx, w); err != nil {
			return err
		}
		if _, err := w.Append(ctx, s.NewID(), decision.EntryException, s.now(), step); err != nil {
			return err
		}
		after, err = decision.Load[decision.Exception](ctx, w, decision.Exceptions, id)
		return err
	})
	return after, err
}

package decision

import (
	"context"
	"time"
)

// MaxOutcomeType bounds the type of an outcome, in bytes.
const MaxOutcomeType = 64

// RecordOutcome journals the truth learnt later. Errors: CodeInvalid,
// CodeNotFound (no such decision), CodeConflict (told before with another
// amount). Telling the same twice records it once.
func (s *Service) RecordOutcome(ctx context.Context, company string, o OutcomeRecord) (OutcomeRow, error) {
	now := s.now()
	switch {
	case !IsCode(o.Type, MaxOutcomeType):
		return OutcomeRow{}, Invalid("/type", "pattern", "must be "+CodeRule(MaxOutcomeType))
	case !IsCode(o.Value, MaxCode):
		return OutcomeRow{}, Invalid("/value", "pattern", "must be "+CodeRule(MaxCode))
	case o.At.After(now.Add(ClockSkew)):
		return OutcomeRow{}, Invalid("/at", "future", "must not lie in the future")
	}
	o.At = o.At.UTC().Truncate(time.Microsecond)
	// The id is of what was told, so that telling twice records once.
	o.ID = "out-" + hashOf([]any{o.Decision, o.Type, o.Value, o.At})[:24]
	if o.At.IsZero() {
		o.At = now
	}
	c, err := s.company(ctx, company)
	if err != nil {
		return OutcomeRow{}, err
	}
	if o.Amount != nil {
		rounded := o.Amount.Rounded()
		o.Amount = &rounded
	}
	row := OutcomeRow{OutcomeRecord: o, KnownAt: now}
	err = s.Ledger.Do(ctx, company, Foreground, nil, func(ctx context.Context, w *Writer) error {
		d, err := Load[DecisionRow](ctx, w, Decisions, o.Decision)
		if err != nil {
			return err
		}
		if err := o.checkCurrency(c.Currency, d.Currency); err != nil {
			return err
		}
		known, found, err := Find[OutcomeRow](ctx, w, Outcomes, o.ID)
		if err == nil && found && !sameMoney(known.Amount, o.Amount) {
			return Conflict(known.ID, "This outcome was told before with another amount.")
		}
		if err != nil || found {
			row = known
			return err
		}
		_, err = w.Append(ctx, s.NewID(), EntryOutcome, now, o)
		return err
	})
	return row, err
}

// checkCurrency wants money in a currency that can be compared with what was
// decided: the company's, or the decision's own.
func (o OutcomeRecord) checkCurrency(company, decided string) error {
	if o.Amount == nil || o.Amount.Currency == company || o.Amount.Currency == decided && decided != "" {
		return nil
	}
	allowed := company
	if decided != "" && decided != company {
		allowed += ", " + decided
	}
	return Invalid("/currency", "enum", "must be one of "+allowed)
}

func sameMoney(a, b *Money) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Currency == b.Currency && a.Amount.Equal(b.Amount)
}

package decision

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// OutcomeType declares one truth that may be told about a decision, once it
// is known: what models and policies are measured by, and what its entities
// are known for afterwards.
type OutcomeType struct {
	Name    string
	Values  []string // one of them is told
	Doc     string   // one sentence: what the values mean
	Teaches []Lesson // what it adds to history
}

// The truths that more than one kind knows. That an order was cancelled is
// none: most cancel because they changed their mind.
var (
	chargeback = OutcomeType{
		Name: "chargeback", Values: []string{"fraud", "not_received", "not_as_described", "duplicate", "other"},
		Doc:     "The payer took the payment back, for the reason that the bank names.",
		Teaches: []Lesson{yesNo("fraud", []string{"fraud"}, nil), yesNo("chargeback", []string{"fraud", "not_received", "not_as_described", "duplicate", "other"}, nil)},
	}
	fraudSettled = OutcomeType{
		Name: "fraud", Values: []string{"confirmed", "cleared"},
		Doc:     "An investigation has ended: it was fraud, or it was not.",
		Teaches: []Lesson{yesNo("fraud", []string{"confirmed"}, []string{"cleared"})},
	}
	override = OutcomeType{
		Name: "override", Values: []string{"done", "undone", "changed"},
		Doc: "A person did otherwise than was decided: did it all the same, undid it, or did something else.",
	}
)

// OutcomeTypes lists what may be told about decisions of the kind: its own
// truths, and that a person did otherwise, which may be told about any.
func (k Kind) OutcomeTypes() []OutcomeType { return append(slices.Clone(k.Outcomes), override) }

// checkOutcome refuses what the kind does not know: a typing error would be a
// label that nothing ever counts.
func (k Kind) checkOutcome(o OutcomeRecord) error {
	types := k.OutcomeTypes()
	names := make([]string, len(types))
	for i, t := range types {
		if names[i] = t.Name; t.Name != o.Type {
			continue
		}
		if !slices.Contains(t.Values, o.Value) {
			return Invalid("/value", "enum", "must be one of "+listed(t.Values)+" for this type")
		}
		return nil
	}
	return Invalid("/type", "enum", "must be one of "+listed(names)+" for decisions of the kind "+k.Name)
}

// RecordOutcome journals the truth learnt later. Errors: CodeInvalid,
// CodeNotFound (no such decision), CodeConflict (told before with another
// amount), CodeKeyReuse (its event told something else). Telling the same twice
// records it once.
func (s *Service) RecordOutcome(ctx context.Context, company string, o OutcomeRecord) (OutcomeRow, error) {
	row, _, err := s.recordOutcome(ctx, company, o)
	return row, err
}

// recordOutcome also says whether it was new.
func (s *Service) recordOutcome(ctx context.Context, company string, o OutcomeRecord) (row OutcomeRow, fresh bool, err error) {
	// Together, outcomes of one decision teach more than each by itself.
	unlock, err := s.keys.lock(ctx, company+"\x00outcome\x00"+o.Decision)
	if err != nil {
		return row, false, err
	}
	defer unlock()
	now := s.now()
	if o.At.After(now.Add(ClockSkew)) {
		return row, false, Invalid("/at", "future", "must not lie in the future")
	}
	given := o
	o = o.at(now)
	c, err := s.company(ctx, company)
	if err != nil {
		return row, false, err
	}
	if o.Amount != nil {
		rounded := o.Amount.Rounded()
		o.Amount = &rounded
	}
	row = OutcomeRow{OutcomeRecord: o, KnownAt: now}
	lessons, err := s.lessons(ctx, company, row)
	if err != nil {
		return row, false, err
	}
	err = s.Ledger.Do(ctx, company, Foreground, nil, func(ctx context.Context, w *Writer) error {
		d, err := Load[DecisionRow](ctx, w, Decisions, o.Decision)
		if err != nil {
			return err
		}
		kind, _ := KindNamed(d.Kind)
		if err := kind.checkOutcome(o); err != nil {
			return err
		}
		if err := o.checkCurrency(c.Currency, d.Currency); err != nil {
			return err
		}
		known, found, err := Find[OutcomeRow](ctx, w, Outcomes, o.ID)
		if fresh = !found; err == nil && found {
			err = known.differs(o, given.At)
		}
		if err != nil || found {
			row = known
			return err
		}
		if _, err = w.Append(ctx, s.NewID(), EntryOutcome, now, o); err != nil {
			return err
		}
		return w.AddHistory(ctx, lessons)
	})
	return row, fresh && err == nil, err
}

// differs says how an outcome is not the one that was told under its id.
func (r OutcomeRow) differs(o OutcomeRecord, at time.Time) error {
	if r.Type != o.Type || r.Value != o.Value || !at.IsZero() && !r.At.Equal(o.At) {
		return Errorf(CodeKeyReuse, "This id was used for an event that told something else.")
	}
	if !sameMoney(r.Amount, o.Amount) {
		return Conflict(r.ID, "This outcome was told before with another amount.")
	}
	return nil
}

// at gives an outcome its id and, where none was told, its time. The id is of
// what was told, or of the event that told it, so that telling twice records
// once.
func (o OutcomeRecord) at(now time.Time) OutcomeRecord {
	o.At = o.At.UTC().Truncate(time.Microsecond)
	o.ID = "out-" + hashOf([]any{o.Decision, o.Type, o.Value, o.At})[:24]
	if o.Event != "" {
		o.ID = "out-" + hashOf([]any{"event", o.Event, o.Decision})[:24]
	}
	if o.At.IsZero() {
		o.At = now.UTC().Truncate(time.Microsecond)
	}
	return o
}

// lessons are the rows of history that an outcome adds. A decision that was
// erased, or that this release cannot read, teaches nothing more: the outcome
// itself is still told.
func (s *Service) lessons(ctx context.Context, company string, row OutcomeRow) ([]HistoryRow, error) {
	entry, err := s.decisionEntry(ctx, s.Store, company, row.Decision)
	if CodeOf(err) == CodeNotFound {
		return nil, nil // said where it is told
	}
	if err != nil {
		return nil, err
	}
	var d Decision
	if err := json.Unmarshal(entry.Body, &d); err != nil {
		return nil, err
	}
	if kind, _ := KindNamed(d.Kind); !kind.teaches(row.Type) {
		return nil, nil
	}
	snap, err := s.snapshot(ctx, s.Store, company, d)
	if code := CodeOf(err); err != nil && code != CodeErased {
		if code == CodeUnavailable || ctx.Err() != nil {
			return nil, err
		}
		s.Log.ErrorContext(ctx, "an outcome teaches nothing: its decision's snapshot cannot be read", "decision", d.ID, "error", err)
	}
	if snap == nil {
		return nil, nil
	}
	known, err := list[OutcomeRow](ctx, s.Store, company, Outcomes, d.ID)
	return Learn(*snap, inOrder(known, row), s.Keyring.HashIdentifier), err
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

package decision

import (
	"context"
	"slices"
	"time"
)

// pullBatch is how many decisions one question to Odoo is about.
const pullBatch = 100

// Pull asks for the truth that Odoo holds about decisions of one kind.
type Pull struct {
	Kind     string
	From, To time.Time // decided at From or later, before To; zero is no bound
	Cursor   string    // where the batch before ended
	Terms    Terms
}

// Pulled is what became of one batch.
type Pulled struct {
	Decisions int
	Told      map[string]int // outcomes that were new, by "type value"
	Known     int            // decisions of which Odoo says nothing that was not told
	Open      int            // decisions of whose records the end is not known
	Hidden    int            // decisions whose records the integration does not see, or not under their number
	Erased    int            // decisions whose snapshot was erased: nothing is left to compare with
	Lacks     []string       // what this Odoo cannot tell
	Next      string         // where the next batch begins; "" after the last
}

// With adds up two batches, the other one the later.
func (p Pulled) With(next Pulled) Pulled {
	for outcome, n := range p.Told {
		next.Told[outcome] += n
	}
	next.Decisions += p.Decisions
	next.Known += p.Known
	next.Open += p.Open
	next.Hidden += p.Hidden
	next.Erased += p.Erased
	if next.Lacks == nil {
		next.Lacks = p.Lacks
	}
	return next
}

// PullOutcomes reads from Odoo how the records of one batch of decisions ended,
// newest first, and journals what was not known, as learnt now. Doing it twice
// is doing it once. When Odoo cannot be asked nothing of the batch is told, and
// the same cursor asks again. Errors: CodeInvalid (a kind of which Odoo holds
// no truth), CodeForbidden, CodeUnavailable.
func (s *Service) PullOutcomes(ctx context.Context, company string, p Pull) (Pulled, error) {
	out := Pulled{Told: map[string]int{}, Next: p.Cursor}
	kind, _ := KindNamed(p.Kind)
	switch {
	case kind.Ends == nil:
		return out, Invalid("/kind", "enum", "must be one of "+listed(pulled()))
	case s.Endings == nil:
		return out, Errorf(CodeUnavailable, "This installation has no Odoo to read outcomes from.")
	}
	c, err := s.company(ctx, company)
	if err != nil {
		return out, err
	}
	rows, next, err := PageOf[DecisionRow](ctx, s.Store, company, Decisions, Filter{
		Where: map[string][]string{"kind": {p.Kind}, "model": kind.Models}, From: p.From, To: p.To, Cursor: p.Cursor, Limit: pullBatch,
	})
	if err != nil {
		return out, err
	}
	endings, lacks, err := s.endings(ctx, c, kind, rows)
	if err != nil {
		return out, err
	}
	out.Lacks = lacks
	for _, row := range rows {
		if err := s.tellEnding(ctx, company, row, endings, p.Terms, &out); err != nil {
			return out, err
		}
		out.Decisions++
	}
	out.Next = next
	return out, nil
}

// pulled lists the kinds of which Odoo holds a truth.
func pulled() (names []string) {
	for _, k := range kinds {
		if k.Ends != nil {
			names = append(names, k.Name)
		}
	}
	return names
}

func (s *Service) endings(ctx context.Context, c Company, kind Kind, rows []DecisionRow) (map[int64]Ending, []string, error) {
	var ids []int64
	for _, row := range rows {
		ids = append(ids, row.RecordID)
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return nil, nil, nil
	}
	return s.Endings.ReadEndings(ctx, c, kind, ids)
}

// tellEnding journals what a record's ending says about one decision.
func (s *Service) tellEnding(ctx context.Context, company string, row DecisionRow, endings map[int64]Ending, t Terms, out *Pulled) error {
	ending, visible := endings[row.RecordID]
	if !visible {
		out.Hidden++
		return nil
	}
	snap, err := s.Snapshot(ctx, company, row.ID)
	if err != nil {
		return err
	}
	if snap == nil {
		out.Erased++
		return nil
	}
	if !ending.of(*snap) {
		out.Hidden++
		return nil
	}
	told, err := list[OutcomeRow](ctx, s.Store, company, Outcomes, row.ID)
	if err != nil {
		return err
	}
	executions, err := list[Execution](ctx, s.Store, company, Executions, row.ID)
	if err != nil {
		return err
	}
	kind, _ := KindNamed(row.Kind)
	now := s.now()
	found := kind.Ends(*snap, ending.ownNotes(executions), told, now, t)
	found = slices.DeleteFunc(found, func(o OutcomeRecord) bool { return o.At.After(now) }) // somebody wrote it ahead
	fresh := news(slices.Clone(found), byKnown(told))
	switch {
	case len(found) == 0:
		out.Open++
	case len(fresh) == 0:
		out.Known++
	}
	for _, o := range fresh {
		o.Decision, o.Source = row.ID, FromOdoo
		if _, err := s.RecordOutcome(ctx, company, o); err != nil {
			return err
		}
		out.Told[o.Type+" "+o.Value]++
	}
	return nil
}

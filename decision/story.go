package decision

import (
	"context"
)

// Story is everything there is to tell about one decision.
type Story struct {
	Answer
	Entry      Entry
	Snapshot   *Snapshot // nil once erased
	Executions []Execution
	Outcomes   []OutcomeRow
}

// Story gathers a decision's whole story; CodeNotFound if there is none.
func (s *Service) Story(ctx context.Context, company, id string) (Story, error) {
	answer, err := s.Decision(ctx, company, id)
	if err != nil {
		return Story{}, err
	}
	story := Story{Answer: answer}
	if story.Entry, err = s.Store.Entry(ctx, company, id); err != nil {
		return story, err
	}
	if story.Snapshot, err = s.snapshot(ctx, s.Store, company, answer.Decision); CodeOf(err) != CodeErased && err != nil {
		return story, err
	}
	if story.Executions, err = list[Execution](ctx, s.Store, company, Executions, id); err != nil {
		return story, err
	}
	story.Outcomes, err = list[OutcomeRow](ctx, s.Store, company, Outcomes, id)
	return story, err
}

// Snapshot is what a decision was made on, nil once erased; CodeNotFound if
// there is no such decision.
func (s *Service) Snapshot(ctx context.Context, company, id string) (*Snapshot, error) {
	answer, err := s.Decision(ctx, company, id)
	if err != nil {
		return nil, err
	}
	snap, err := s.snapshot(ctx, s.Store, company, answer.Decision)
	if CodeOf(err) == CodeErased {
		return nil, nil
	}
	return snap, err
}

// snapshot opens and decodes a decision's snapshot, and checks that it is
// the one that was decided on.
func (s *Service) snapshot(ctx context.Context, from Reader, company string, d Decision) (*Snapshot, error) {
	encoded, err := openSnapshot(ctx, from, s.Keyring, company, d)
	if err != nil {
		return nil, err
	}
	snap, err := DecodeSnapshot(encoded)
	return &snap, err
}

func openSnapshot(ctx context.Context, from Reader, keys Keyring, company string, d Decision) ([]byte, error) {
	sealed, err := from.Sealed(ctx, company, d.Snapshot)
	if err != nil {
		return nil, err
	}
	encoded, err := keys.Open(sealed)
	if err != nil {
		return nil, err
	}
	if HashSnapshot(encoded) != d.SnapshotHash {
		return nil, Errorf(CodeInternal, "The snapshot is not the one that was decided on.")
	}
	return encoded, nil
}

// list reads all rows of a table that belong to a decision; there are few.
func list[T any](ctx context.Context, from Reader, company string, table Table, decision string) ([]T, error) {
	rows, _, err := PageOf[T](ctx, from, company, table, Filter{Where: map[string][]string{"decision": {decision}}, Limit: 500})
	return rows, err
}

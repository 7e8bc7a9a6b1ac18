package decision

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
)

// Replayed compares a decision with its replay.
type Replayed struct {
	ID     string
	Same   bool            // byte for byte
	Erased bool            // the snapshot was erased on purpose: nothing to compare
	Want   json.RawMessage // assessment, recommendation and verdict in the journal
	Have   json.RawMessage // the same, evaluated now
}

// Replay evaluates a decision's snapshot again with the revisions it names,
// and compares assessment, recommendation and verdict byte for byte.
// Errors: CodeNotFound; CodeConflict when this release's model is not the one
// the decision was made with.
func (s *Service) Replay(ctx context.Context, company, id string) (Replayed, error) {
	return s.replay(ctx, s.Store, company, id)
}

func (s *Service) replay(ctx context.Context, from Reader, company, id string) (Replayed, error) {
	entry, err := s.decisionEntry(ctx, from, company, id)
	if err != nil {
		return Replayed{}, err
	}
	var d Decision
	if err := json.Unmarshal(entry.Body, &d); err != nil {
		return Replayed{}, err
	}
	r := Replayed{ID: id}
	snap, err := s.snapshot(ctx, from, company, d)
	if CodeOf(err) == CodeErased {
		r.Erased = true
		return r, nil
	}
	if err != nil {
		return r, err
	}
	assessor := s.Assessors[d.Kind]
	if revisionOf(assessor) != d.Revisions.Model {
		return r, Errorf(CodeConflict, "The decision was made with another model revision than this release has.")
	}
	policy, err := s.Policies.Policy(ctx, d.Revisions.Policy)
	if err != nil {
		// Without its policy a decision can only be replayed if its failure
		// was recorded: then no policy is asked.
		if _, failed := snap.recorded(stepGovern); !failed {
			return r, err
		}
		policy = nil
	}
	r.Want, err = evaluationIn(entry.Body)
	if err != nil {
		return r, err
	}
	again := evaluateAgain(ctx, *snap, assessor, policy)
	if r.Have, err = canonical(again); err != nil {
		return r, err
	}
	r.Same = bytes.Equal(r.Want, r.Have)
	return r, nil
}

// revisionOf is the revision of a kind's model, "" without one.
func revisionOf(a Assessor) string {
	if a == nil {
		return ""
	}
	return a.Revision()
}

// patience is how often a replay tries again when the policy is too slow for
// its deadline: that a machine is busy now says nothing about then.
const patience = 5

func evaluateAgain(ctx context.Context, s Snapshot, assessor Assessor, policy Policy) Evaluation {
	for try := 1; ; try++ {
		e, failures := Evaluate(ctx, s, assessor, policy)
		_, then := s.recorded(stepGovern)
		late := slices.Contains(failures, Failure{stepGovern, PolicyTimeout})
		if then || !late || try == patience {
			return e
		}
	}
}

// evaluationIn cuts the evaluation out of a journalled decision: the bytes
// as they were written, not decoded and encoded again.
func evaluationIn(body json.RawMessage) (json.RawMessage, error) {
	var raw struct {
		Assessment     json.RawMessage `json:"assessment"`
		Recommendation json.RawMessage `json:"recommendation"`
		Verdict        json.RawMessage `json:"verdict"`
	}
	if err := json.Unmarshal(body, &raw); err != nil {
		return nil, err
	}
	return canonical(raw)
}

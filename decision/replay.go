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
	Code   string          // code revision that made the decision, when it is not the one replaying it
	Same   bool            // byte for byte
	Erased bool            // the snapshot was erased on purpose: nothing to compare
	Want   json.RawMessage // assessment, recommendation and verdict in the journal
	Have   json.RawMessage // the same, evaluated now
}

// Replay evaluates a decision's snapshot again with the revisions it names,
// and compares assessment, recommendation and verdict byte for byte. The same
// bytes are promised by the same code only, so another one is named.
// Errors: CodeNotFound; CodeConflict when the decision was made with a kind,
// model or policy that this release has not.
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
	if d.Revisions.Code != s.Code {
		r.Code = d.Revisions.Code
	}
	if _, known := KindNamed(d.Kind); !known {
		return r, Errorf(CodeConflict, "The decision is of a kind that this release does not know.")
	}
	snap, err := s.snapshot(ctx, from, company, d)
	if CodeOf(err) == CodeErased {
		r.Erased = true
		return r, nil
	}
	if err != nil {
		return r, err
	}
	assessor, err := s.modelOf(ctx, d, *snap)
	if err != nil {
		return r, err
	}
	policy, err := s.policyOf(ctx, *snap)
	if err != nil {
		return r, err
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

// modelOf is the model a decision was made with; none when its failure is on
// record, since then no model is asked, or when the kind had none.
func (s *Service) modelOf(ctx context.Context, d Decision, snap Snapshot) (Assessor, error) {
	if _, failed := snap.recorded(stepAssess); failed || d.Revisions.Model == "" {
		return nil, nil
	}
	model, err := s.Models.Model(ctx, d.Kind, d.Revisions.Model)
	if CodeOf(err) == CodeNotFound || CodeOf(err) == CodeInvalid {
		return nil, &Error{Code: CodeConflict, Message: "The decision was made with a model that this release cannot have.", Err: err}
	}
	return model, err
}

// policyOf is the policy a snapshot was governed by; none when its failure is
// on record, since then no policy is asked.
func (s *Service) policyOf(ctx context.Context, snap Snapshot) (Policy, error) {
	policy, err := s.Policies.Policy(ctx, snap.Revisions.Policy)
	_, failed := snap.recorded(stepGovern)
	switch {
	case err == nil:
		return policy, nil
	case failed:
		return nil, nil
	case CodeOf(err) == CodeNotFound || CodeOf(err) == CodeInvalid:
		return nil, &Error{Code: CodeConflict, Message: "The decision was made with a policy that this release cannot have.", Err: err}
	}
	return nil, err
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

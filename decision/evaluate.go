package decision

import (
	"context"
	"slices"
)

// Evaluation is what Evaluate concludes from a snapshot.
type Evaluation struct {
	Assessment     Assessment     `json:"assessment"`
	Recommendation Recommendation `json:"recommendation"`
	Verdict        Verdict        `json:"verdict"`
}

// Evaluate is the pure middle of a decision: assess, propose, govern. It
// reads the snapshot and nothing else; assessor is nil for kinds without a
// model.
//
// Failures recorded in the snapshot are reproduced instead of raced again.
// Failures of this run are returned for the snapshot to record.
func Evaluate(ctx context.Context, s Snapshot, assessor Assessor, policy Policy) (Evaluation, []Failure) {
	kind, _ := KindNamed(s.Kind)
	var e Evaluation
	var failures []Failure
	e.Assessment, failures = assess(s, assessor)
	e.Recommendation = propose(kind, s, e.Assessment)
	e.Verdict = govern(ctx, s, e, policy)
	if e.Verdict.Failure != "" {
		failures = append(failures, Failure{Step: stepGovern, Code: e.Verdict.Failure})
	}
	return e, failures
}

// propose makes the recommendation. Who asks for a protective action, or for
// none, gets nothing more: a note is no way to ask for money.
func propose(kind Kind, s Snapshot, a Assessment) Recommendation {
	r := kind.Propose(s, a)
	if s.Proposed != nil && s.Proposed.Class() == Protective {
		r.Action, r.Alternates = *s.Proposed, nil
	}
	return r
}

const (
	stepAssess = "assess"
	stepGovern = "govern"
)

// recorded finds the failure a step had when the decision was made.
func (s Snapshot) recorded(step string) (string, bool) {
	i := slices.IndexFunc(s.Failures, func(f Failure) bool { return f.Step == step })
	if i < 0 {
		return "", false
	}
	return s.Failures[i].Code, true
}

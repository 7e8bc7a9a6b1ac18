package decision

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/shopspring/decimal"
)

// fixed is a policy, and a model, that always says the same.
type fixed struct {
	verdict Verdict
	saw     Assessment
	err     error
}

func (f *fixed) Revision() string { return "fixed" }
func (f *fixed) Caps(string) Caps { return Caps{} }
func (f *fixed) Govern(_ context.Context, _ Snapshot, a Assessment, _ Recommendation) Verdict {
	f.saw = a
	return f.verdict
}
func (f *fixed) Assess(Snapshot) (Assessment, error) { return Assessment{Class: "guess"}, f.err }

func draftOrder(failures ...Failure) Snapshot {
	s := subjectOf("order", "sale.order", Record{"state": "draft", "amount_total": decimal.NewFromInt(5)}, nil)
	s.Failures = failures
	return s
}

func TestGovern(t *testing.T) {
	t.Parallel()
	hold := []Action{{Name: "hold"}}
	many := make([]Action, executionsPerEntry)
	for i := range many {
		many[i] = Action{Name: "note"}
	}
	tests := map[string]struct {
		says Verdict
		want Verdict
	}{
		"execute":                      {Verdict{Outcome: Execute}, Verdict{Outcome: Execute}},
		"reject and hold":              {Verdict{Outcome: Reject, Protect: hold}, Verdict{Outcome: Reject, Protect: hold}},
		"approve by":                   {Verdict{Roles: []string{RoleFinance}, People: 2}, Verdict{Roles: []string{RoleFinance}, People: 2}},
		"approve by nobody":            {Verdict{}, Verdict{Roles: []string{FallbackRole}}},
		"execute, but failed":          {Verdict{Outcome: Execute, Failure: PolicyTimeout, Reasons: []string{"X"}}, FallbackVerdict(PolicyTimeout)},
		"protect by moving money":      {Verdict{Outcome: Approve, Protect: []Action{{Name: "hold"}, {Name: "credit_note"}}}, FallbackVerdict(PolicyEmpty)},
		"protect by nothing":           {Verdict{Outcome: Execute, Protect: []Action{{Name: NoAction}}}, FallbackVerdict(PolicyEmpty)},
		"protect by something unknown": {Verdict{Outcome: Execute, Protect: []Action{{Name: "pray"}}}, FallbackVerdict(PolicyEmpty)},
		"protect too much":             {Verdict{Outcome: Execute, Protect: many}, FallbackVerdict(PolicyEmpty)},
	}
	for name, test := range tests {
		e, failures := Evaluate(t.Context(), draftOrder(), nil, &fixed{verdict: test.says})
		if !reflect.DeepEqual(e.Verdict, test.want) {
			t.Errorf("%s: have %+v, want %+v", name, e.Verdict, test.want)
		}
		if failed := len(failures) > 0; failed != (test.want.Failure != "") {
			t.Errorf("%s: failures %v", name, failures)
		}
	}
}

func TestGovernWithoutPolicy(t *testing.T) {
	t.Parallel()
	e, failures := Evaluate(t.Context(), draftOrder(), nil, nil)
	if !reflect.DeepEqual(e.Verdict, FallbackVerdict(PolicyMissing)) || !reflect.DeepEqual(failures, []Failure{{"govern", PolicyMissing}}) {
		t.Errorf("have %+v, %v", e.Verdict, failures)
	}
}

// A model that fails is no probability, not a low one; and the policy sees
// that.
func TestAssess(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		model    Assessor
		recorded []Failure
		class    string
		failures []Failure
	}{
		"answers":       {&fixed{}, nil, "guess", nil},
		"there is none": {nil, nil, "", nil},
		"fails":         {&fixed{err: errors.New("no")}, nil, "", []Failure{{"assess", ModelError}}},
		"failed then":   {&fixed{}, []Failure{{"assess", "OLD"}}, "", []Failure{{"assess", "OLD"}}},
	}
	for name, test := range tests {
		policy := &fixed{verdict: Verdict{Outcome: Execute}}
		e, failures := Evaluate(t.Context(), draftOrder(test.recorded...), test.model, policy)
		if e.Assessment.Class != test.class || policy.saw.Class != test.class || !reflect.DeepEqual(failures, test.failures) {
			t.Errorf("%s: %+v, the policy saw %+v, failures %v", name, e.Assessment, policy.saw, failures)
		}
	}
}

// A recorded failure of the policy is reproduced, not raced again.
func TestGovernRecorded(t *testing.T) {
	t.Parallel()
	for name, policy := range map[string]Policy{"with policy": &fixed{verdict: Verdict{Outcome: Execute}}, "without": nil} {
		e, failures := Evaluate(t.Context(), draftOrder(Failure{"govern", PolicyTimeout}), nil, policy)
		if !reflect.DeepEqual(e.Verdict, FallbackVerdict(PolicyTimeout)) || len(failures) != 1 {
			t.Errorf("%s: %+v, %v", name, e.Verdict, failures)
		}
	}
}

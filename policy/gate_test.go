package policy_test

import (
	"testing"

	"assent/decision"
	"assent/policy"
)

// engine compiles the embedded bundle.
func engine(t testing.TB) *policy.Engine {
	t.Helper()
	b, err := policy.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	e, err := policy.Compile(b)
	if err != nil {
		t.Fatalf("%v: %v", err, err.(*decision.Error).Err)
	}
	return e
}

func TestMissingFieldsNeverMakeAVerdictEasier(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for _, kind := range decision.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			samples, err := e.Samples(kind, 100, 7)
			if err != nil {
				t.Fatal(err)
			}
			counts := map[decision.Outcome]int{}
			for _, s := range samples {
				v := e.Govern(t.Context(), s.Snapshot, s.Assessment, kind.Propose(s.Snapshot, s.Assessment))
				counts[v.Outcome]++
				if v.Failure != "" {
					t.Errorf("%+v: %s", s.Snapshot, v.Failure)
				}
			}
			t.Log(counts)
			violations, err := policy.MissingFieldGate(t.Context(), e, samples)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range violations {
				t.Error(v)
			}
		})
	}
}

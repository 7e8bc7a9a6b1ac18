package simulator_test

import (
	"slices"
	"testing"

	"assent/decision"
	"assent/internal/simulator"
	"assent/scoring"
)

// TestTruthShows: the cold-start scorecards see fraud and lateness well, but
// not perfectly, or the demo would prove nothing; and what they say is about
// as high as what happens.
func TestTruthShows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind      string
		model     decision.Assessor
		truth     func(simulator.Truth) bool
		low, high float64 // AUC
	}{
		{"order", scoring.Order(), func(x simulator.Truth) bool { return x.Fraudulent }, 0.90, 0.999},
		{"delivery", scoring.Delivery(), func(x simulator.Truth) bool { return x.Late }, 0.70, 0.97},
	} {
		var risky, safe []float64
		for seed := range uint64(6) {
			for _, a := range assessed(t, simulator.New(seed, day, 200), c.kind, c.model) {
				if c.truth(a.truth) {
					risky = append(risky, a.probability)
				} else {
					safe = append(safe, a.probability)
				}
			}
		}
		if got := auc(risky, safe); got < c.low || got > c.high {
			t.Errorf("%s: AUC %.3f, want %v to %v", c.kind, got, c.low, c.high)
		}
		happened := float64(len(risky)) / float64(len(risky)+len(safe))
		if said := mean(append(slices.Clone(risky), safe...)); said < happened/2 || said > happened*2 {
			t.Errorf("%s: the mean probability is %.3f, but %.3f happened", c.kind, said, happened)
		}
	}
}

type risk struct {
	probability float64
	truth       simulator.Truth
}

// assessed gives the events of a kind whose probability is known. Features
// come from the day itself, computed as the service does.
func assessed(t *testing.T, r *simulator.Retailer, kindName string, model decision.Assessor) []risk {
	t.Helper()
	var out []risk
	past := decision.NewRetrace(r.Company(), func(_, value string) string { return value })
	for _, e := range r.Events() {
		if e.Request.Kind != kindName {
			continue
		}
		s, err := past.Ask(t.Context(), "", e.Request, e.At)
		if err != nil {
			t.Fatal(err)
		}
		a, err := model.Assess(s)
		if err != nil {
			t.Fatal(err)
		}
		if a.Probability != nil {
			out = append(out, risk{*a.Probability, e.Truth})
		}
	}
	return out
}

// auc is the chance that a risky one has the higher probability, ties half.
func auc(risky, safe []float64) float64 {
	wins := 0.0
	for _, x := range risky {
		for _, y := range safe {
			switch {
			case x > y:
				wins++
			case x == y:
				wins += 0.5
			}
		}
	}
	return wins / float64(len(risky)*len(safe))
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

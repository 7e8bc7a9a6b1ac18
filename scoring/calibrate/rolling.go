package calibrate

import (
	"cmp"
	"math"
	"slices"

	"assent/scoring/logistic"
)

// Rolling moves all log-odds by how many positives there were of late, against
// how many were expected: Trust · ln((observed+Prior) / (expected+Prior)), over
// the cases whose outcome became known within Window before.
//
// What becomes known first is not like the rest: a parcel that is late is also
// told of late. So a window must be long against the time that outcomes take;
// with short ones the shift runs against the waves it should follow.
type Rolling struct {
	Window int64   `json:"window"` // microseconds
	Prior  float64 `json:"prior"`  // positives that the model's own expectation counts as
	Trust  float64 `json:"trust"`  // 0 to 1: how much of the difference is followed
}

// Case is one that was scored.
type Case struct {
	At       int64 // when it was scored, microseconds
	KnownAt  int64 // when its outcome became known
	LogOdds  float64
	Positive bool
}

// Shifts gives the shift for each case, from the cases whose outcomes were
// known before it was scored. The zero Rolling shifts nothing.
func (r Rolling) Shifts(cases []Case) []float64 {
	out := make([]float64, len(cases))
	if r.Trust == 0 {
		return out
	}
	scored, known := order(cases, func(c Case) int64 { return c.At }), order(cases, func(c Case) int64 { return c.KnownAt })
	var observed, expected float64
	first, next := 0, 0
	for _, i := range scored {
		now := cases[i].At
		for ; next < len(known) && cases[known[next]].KnownAt < now; next++ {
			observed += indicator(cases[known[next]].Positive)
			expected += logistic.Sigmoid(cases[known[next]].LogOdds)
		}
		for ; first < next && cases[known[first]].KnownAt < now-r.Window; first++ {
			observed -= indicator(cases[known[first]].Positive)
			expected -= logistic.Sigmoid(cases[known[first]].LogOdds)
		}
		out[i] = float64(r.Trust * logistic.Log((observed+r.Prior)/math.Max(expected+r.Prior, 1e-9)))
	}
	return out
}

func order(cases []Case, by func(Case) int64) []int {
	out := make([]int, len(cases))
	for i := range out {
		out[i] = i
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(by(cases[a]), by(cases[b])) })
	return out
}

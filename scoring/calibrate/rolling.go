package calibrate

import (
	"cmp"
	"math"
	"slices"

	"assent/scoring/logistic"
)

// Rolling moves all log-odds by how many positives there were of late, against
// how many were expected: Trust · ln((observed+Prior) / (expected+Prior)), over
// the cases that have counted since Window before.
//
// What becomes known first is not like the rest: a parcel that is late is also
// told of late, so that among the outcomes of last week the good ones are too
// many, the more so as business grows. A case counts only from Case.DueAt on,
// when its outcome would be known whichever it is; all that are due together
// then count together. Where outcomes have no such time, a window must be long
// against the time that they take: with short ones the shift runs against the
// waves it should follow.
//
// There is no slope to follow: with the few positives of a window it moves the
// order of cases more than it mends.
type Rolling struct {
	Window int64   `json:"window"` // microseconds
	Prior  float64 `json:"prior"`  // positives that the model's own expectation counts as; 0 is 10
	Trust  float64 `json:"trust"`  // 0 to 1: how much of the difference is followed
}

const (
	priorByDefault = 10
	mostShift      = 2 // a rate that moves sevenfold is for people to look at
)

// Case is one that was scored.
type Case struct {
	At       int64 // when it was scored, microseconds
	KnownAt  int64 // when its outcome became known
	DueAt    int64 // when it would be known in any case, e.g. once the promised day is over; 0 says nothing
	LogOdds  float64
	Positive bool
}

// countsAt is when a case may first be counted: what is known before it is due
// says as much about when it became known as about how it ended.
func (c Case) countsAt() int64 { return max(c.KnownAt, c.DueAt) }

// Tally is the sums behind a shift. Its numbers are whole, so that adding and
// taking away in any order gives the same bits.
type Tally struct {
	Positive int64 `json:"positive"`
	Expected int64 `json:"expected"` // in parts of 2^-32
}

const parts = 1 << 32

// Add counts a case once more.
func (t *Tally) Add(c Case) { t.count(c, 1) }

// Remove takes a case away again.
func (t *Tally) Remove(c Case) { t.count(c, -1) }

func (t *Tally) count(c Case, sign int64) {
	if c.Positive {
		t.Positive += sign
	}
	t.Expected += sign * int64(math.Round(parts*logistic.Sigmoid(c.LogOdds)))
}

// Shift of the log-odds that a tally gives; none without Trust.
func (r Rolling) Shift(t Tally) float64 {
	prior := r.Prior
	if prior == 0 {
		prior = priorByDefault
	}
	ratio := (float64(t.Positive) + prior) / (float64(t.Expected)/parts + prior)
	return min(max(float64(r.Trust*logistic.Log(ratio)), -mostShift), mostShift)
}

// ShiftAt is the shift for what is scored now, from all cases so far: those
// that counted before now and within Window.
func (r Rolling) ShiftAt(now int64, cases []Case) float64 {
	var t Tally
	for _, c := range cases {
		if at := c.countsAt(); at < now && at >= now-r.Window {
			t.Add(c)
		}
	}
	return r.Shift(t)
}

// Shifts gives ShiftAt for each case when it was scored, in one walk through
// time. The zero Rolling shifts nothing.
func (r Rolling) Shifts(cases []Case) []float64 {
	out := make([]float64, len(cases))
	if r.Trust == 0 {
		return out
	}
	scored, counted := order(cases, func(c Case) int64 { return c.At }), order(cases, Case.countsAt)
	var t Tally
	first, next := 0, 0
	for _, i := range scored {
		now := cases[i].At
		for ; next < len(counted) && cases[counted[next]].countsAt() < now; next++ {
			t.Add(cases[counted[next]])
		}
		for ; first < next && cases[counted[first]].countsAt() < now-r.Window; first++ {
			t.Remove(cases[counted[first]])
		}
		out[i] = r.Shift(t)
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

package metric

import (
	"cmp"
	"math"
	"slices"
)

// Ranking is a sample sorted by score, highest first, ready to be weighed
// again and again.
type Ranking struct {
	scores   []float64
	positive []bool
	order    []int  // rows, highest score first
	end      []bool // by order: the last of a run of equal scores
	runs     int
}

// Rank sorts a sample.
func Rank(scores []float64, positive []bool) *Ranking {
	r := &Ranking{scores, positive, make([]int, len(scores)), make([]bool, len(scores)), 0}
	for i := range r.order {
		r.order[i] = i
	}
	slices.SortFunc(r.order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	for i := range r.order {
		r.end[i] = i == len(r.order)-1 || scores[r.order[i]] != scores[r.order[i+1]]
		if r.end[i] {
			r.runs++
		}
	}
	return r
}

// Curve is what a threshold at each different score catches, highest first.
type Curve struct {
	Threshold   []float64
	True, False []float64 // weight of positives and negatives at or above it
	P, N        float64   // of all
}

// Curve weighs every row once, or by weights.
func (r *Ranking) Curve(weights []float64) Curve {
	c := Curve{Threshold: make([]float64, 0, r.runs), True: make([]float64, 0, r.runs), False: make([]float64, 0, r.runs)}
	for i, row := range r.order {
		w := 1.0
		if weights != nil {
			w = weights[row]
		}
		if r.positive[row] {
			c.P += w
		} else {
			c.N += w
		}
		if r.end[i] {
			c.Threshold, c.True, c.False = append(c.Threshold, r.scores[row]), append(c.True, c.P), append(c.False, c.N)
		}
	}
	return c
}

// AUC is the area under the ROC curve: the chance that a positive scores
// higher than a negative, a tie counting half.
func (c Curve) AUC() float64 {
	area, t, f := 0.0, 0.0, 0.0
	for i := range c.True {
		area += (c.False[i] - f) * (c.True[i] + t) / 2
		t, f = c.True[i], c.False[i]
	}
	return ratio(area, c.P*c.N)
}

// AP is average precision: the precision at each threshold, weighed by the
// recall that the threshold adds (no interpolation).
func (c Curve) AP() float64 {
	sum, t := 0.0, 0.0
	for i := range c.True {
		if c.True[i] > t {
			sum += (c.True[i] - t) * c.True[i] / (c.True[i] + c.False[i])
		}
		t = c.True[i]
	}
	return ratio(sum, c.P)
}

// RecallAtFPR is the recall at the lowest threshold whose rate of false
// positives does not exceed most.
func (c Curve) RecallAtFPR(most float64) float64 {
	best := 0.0
	for i := range c.True {
		if c.False[i] <= most*c.N {
			best = c.True[i]
		}
	}
	if c.N == 0 {
		return math.NaN()
	}
	return ratio(best, c.P)
}

// Lift is the rate of positives among the share of rows that score highest,
// over the rate among all. Of rows with equal scores at the border, each counts
// in part.
func (c Curve) Lift(share float64) float64 {
	want := share * (c.P + c.N)
	t, f := 0.0, 0.0
	for i := range c.True {
		if size := c.True[i] + c.False[i]; size >= want {
			part := (want - t - f) / (size - t - f)
			t += part * (c.True[i] - t)
			break
		}
		t, f = c.True[i], c.False[i]
	}
	return ratio(ratio(t, want), ratio(c.P, c.P+c.N))
}

// Base is the rate of positives.
func (c Curve) Base() float64 { return ratio(c.P, c.P+c.N) }

// AUC of a sample.
func AUC(scores []float64, positive []bool) float64 { return Rank(scores, positive).Curve(nil).AUC() }

// AveragePrecision of a sample.
func AveragePrecision(scores []float64, positive []bool) float64 {
	return Rank(scores, positive).Curve(nil).AP()
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

package evals

import (
	"cmp"
	"math"
	"slices"

	"assent/scoring/metric"
)

// Sizes of what a page shows.
const (
	curvePoints = 200
	bins        = 10
	bars        = 20
	mostCases   = 20
)

// Judged is what a model said of test rows whose truth is a yes or a no.
type Judged struct {
	IDs         []string
	Probability []float64
	Positive    []bool
}

// Report is what the page shows of the rows; Before and what a model alone
// knows are left to the caller.
func (j Judged) Report() Report {
	c := metric.Rank(j.Probability, j.Positive).Curve(nil)
	out := Report{
		Base: c.Base(), PR: c.PR(curvePoints), ROC: c.ROC(curvePoints), After: j.Reliability(j.Probability),
		Histogram: j.histogram(), Confusion: j.confusion(),
	}
	out.FalseAlarms, out.Misses = j.worst()
	return out
}

// Reliability bins other probabilities of the same rows.
func (j Judged) Reliability(probabilities []float64) []metric.Bin {
	return metric.Reliability(probabilities, j.Positive, bins)
}

func (j Judged) histogram() []Bar {
	out := make([]Bar, bars)
	top := max(slices.Max(j.Probability), math.SmallestNonzeroFloat64)
	for i := range out {
		out[i].From, out[i].To = top*float64(i)/bars, top*float64(i+1)/bars
	}
	for i, p := range j.Probability {
		b := &out[min(int(p/top*bars), bars-1)]
		if j.Positive[i] {
			b.Positive++
		} else {
			b.Negative++
		}
	}
	return out
}

// threshold lets at most one per cent of negatives alarm: above it, not at it.
func (j Judged) threshold() float64 {
	const most = 0.01
	var negatives []float64
	for i, p := range j.Probability {
		if !j.Positive[i] {
			negatives = append(negatives, p)
		}
	}
	slices.Sort(negatives)
	if n := len(negatives); n > 0 {
		return negatives[n-1-int(most*float64(n))]
	}
	return 1
}

func (j Judged) confusion() Confusion {
	out := Confusion{Threshold: j.threshold()}
	for i, p := range j.Probability {
		switch alarm := p > out.Threshold; {
		case alarm && j.Positive[i]:
			out.TruePositive++
		case alarm:
			out.FalsePositive++
		case j.Positive[i]:
			out.FalseNegative++
		default:
			out.TrueNegative++
		}
	}
	return out
}

// worst are the errors that the model was surest of.
func (j Judged) worst() (alarms, misses []Case) {
	order := make([]int, len(j.Probability))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(j.Probability[b], j.Probability[a]) })
	for _, k := range order {
		if !j.Positive[k] && len(alarms) < mostCases {
			alarms = append(alarms, Case{j.IDs[k], j.Probability[k]})
		}
	}
	for _, k := range slices.Backward(order) {
		if j.Positive[k] && len(misses) < mostCases {
			misses = append(misses, Case{j.IDs[k], j.Probability[k]})
		}
	}
	return alarms, misses
}

// Slice judges some of the rows.
func (j Judged) Slice(name string, rows []int, seed uint64) Slice {
	s := Slice{Name: name, Rows: len(rows)}
	var scores []float64
	var positive []bool
	for _, k := range rows {
		scores, positive = append(scores, j.Probability[k]), append(positive, j.Positive[k])
		s.Expected += j.Probability[k] / float64(len(rows))
		if j.Positive[k] {
			s.Positive++
		}
	}
	s.Observed = float64(s.Positive) / float64(len(rows))
	ranking := metric.Rank(scores, positive)
	s.AUC = metric.Bootstrap(len(rows), seed, func(w []float64) []float64 { return []float64{ranking.Curve(w).AUC()} })[0]
	return s
}

// WorstFirst sorts parts by AUC, those without one last.
func WorstFirst(parts []Slice) {
	orLast := func(x float64) float64 {
		if math.IsNaN(x) {
			return 2
		}
		return x
	}
	slices.SortFunc(parts, func(a, b Slice) int {
		return cmp.Or(cmp.Compare(orLast(a.AUC.Value), orLast(b.AUC.Value)), cmp.Compare(a.Name, b.Name))
	})
}

// Challenge compares with another model on the same rows, each at its own
// threshold; the differences are the caller's.
func (j Judged) Challenge(name string, other Judged) *Challenger {
	out := &Challenger{Name: name, Differences: map[string]metric.Interval{}}
	out.OnlyChampion, out.OnlyOther = metric.Discordant(j.alarms(), other.alarms(), j.Positive)
	out.McNemar = metric.McNemar(out.OnlyChampion, out.OnlyOther)
	return out
}

func (j Judged) alarms() []bool {
	threshold := j.threshold()
	out := make([]bool, len(j.Probability))
	for i, p := range j.Probability {
		out[i] = p > threshold
	}
	return out
}

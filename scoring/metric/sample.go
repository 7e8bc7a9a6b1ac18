package metric

import (
	"fmt"
	"slices"
)

// Figure is one of the figures that every report of probabilities has.
type Figure struct {
	Name string
	Doc  string
	Less bool // the smaller, the better
	of   func(s *Sample, c Curve, weights []float64) float64
}

// Figures lists the figures of record, in the order of reports.
func Figures() []Figure { return slices.Clone(figures) }

const (
	onePercent = 0.01
	tenth      = 0.1
)

var figures = []Figure{
	{"auc", "chance that a positive case scores higher than a negative one, a tie counting half", false,
		func(_ *Sample, c Curve, _ []float64) float64 { return c.AUC() }},
	{"ap", "average precision: precision at each threshold, weighed by the recall it adds", false,
		func(_ *Sample, c Curve, _ []float64) float64 { return c.AP() }},
	{"ap_over_base", "average precision over the rate of positives, which is what guessing has", false,
		func(_ *Sample, c Curve, _ []float64) float64 { return ratio(c.AP(), c.Base()) }},
	{"recall_at_1fpr", "share of positives caught while at most 1 % of negatives are", false,
		func(_ *Sample, c Curve, _ []float64) float64 { return c.RecallAtFPR(onePercent) }},
	{"lift_top10", "rate of positives in the tenth that scores highest, over the rate in all", false,
		func(_ *Sample, c Curve, _ []float64) float64 { return c.Lift(tenth) }},
	{"brier", "mean squared distance of probability and truth", true,
		func(s *Sample, _ Curve, w []float64) float64 {
			return mean(len(s.squared), w, func(i int) float64 { return s.squared[i] })
		}},
	{"log_loss", "mean negative log-likelihood", true,
		func(s *Sample, _ Curve, w []float64) float64 {
			return mean(len(s.surprise), w, func(i int) float64 { return s.surprise[i] })
		}},
	{"ece", "mean distance of expected and observed rate, over ten bins of equal count", true,
		func(s *Sample, _ Curve, w []float64) float64 { return s.ranking.ece(w) }},
	{"base", "rate of positives", false,
		func(_ *Sample, c Curve, _ []float64) float64 { return c.Base() }},
}

// Sample is probabilities with their labels, sorted once and measured often.
type Sample struct {
	ranking           *Ranking
	squared, surprise []float64 // by row
}

// NewSample checks and sorts. Errors: no rows, unequal lengths, or what is no
// probability.
func NewSample(probabilities []float64, positive []bool) (*Sample, error) {
	if len(probabilities) != len(positive) || len(positive) == 0 {
		return nil, fmt.Errorf("metric: as many probabilities as labels are needed, and at least one; there are %d and %d", len(probabilities), len(positive))
	}
	s := &Sample{squared: make([]float64, len(positive)), surprise: make([]float64, len(positive))}
	for i, p := range probabilities {
		if !(p >= 0 && p <= 1) {
			return nil, fmt.Errorf("metric: row %d: a probability must be 0 to 1", i+1)
		}
		s.squared[i], s.surprise[i] = squaredError(p, positive[i]), surprise(p, positive[i])
	}
	s.ranking = Rank(probabilities, positive)
	return s, nil
}

// Rows counts the cases.
func (s *Sample) Rows() int { return len(s.squared) }

// Measure gives every figure of Figures, by the same index; weights say how
// often each row counts, nil once.
func (s *Sample) Measure(weights []float64) []float64 {
	c := s.ranking.Curve(weights)
	out := make([]float64, len(figures))
	for i, f := range figures {
		out[i] = f.of(s, c, weights)
	}
	return out
}

// Intervals gives every figure by name, with its bootstrap interval.
func (s *Sample) Intervals(seed uint64) map[string]Interval {
	out := map[string]Interval{}
	for i, x := range Bootstrap(s.Rows(), seed, s.Measure) {
		out[figures[i].Name] = x
	}
	return out
}

// Difference is how much a figure of the second of two samples is above the
// first one's.
type Difference struct {
	Interval
	// Better is the share of draws in which the second is better, a tie counting
	// half: beyond 0.975 or below 0.025 the two differ.
	Better float64 `json:"better"`
}

// Compare draws the same rows for both of two models' answers to the same
// cases, so that what makes a case hard for both does not blur their
// difference. Error: samples that are not of the same labels.
func Compare(first, second *Sample, seed uint64) (map[string]Difference, error) {
	if !slices.Equal(first.ranking.positive, second.ranking.positive) {
		return nil, fmt.Errorf("metric: two models are compared on the same cases in the same order")
	}
	apart := func(weights []float64) []float64 {
		a, b := first.Measure(weights), second.Measure(weights)
		for i := range a {
			b[i] -= a[i]
		}
		return b
	}
	value, out := apart(nil), map[string]Difference{}
	for i, d := range draws(first.Rows(), seed, len(figures), apart) {
		better := 0.0
		for _, x := range d {
			better += wins(x, figures[i].Less)
		}
		out[figures[i].Name] = Difference{Interval{value[i], quantile(d, 0.025), quantile(d, 0.975)}, ratio(better, float64(len(d)))}
	}
	return out, nil
}

func wins(difference float64, less bool) float64 {
	if difference == 0 {
		return 0.5
	}
	return indicator(difference > 0 != less)
}

package evals

import (
	"slices"

	"assent/scoring/metric"
)

// gates holds the metrics to the spec's bars.
func (s Spec) gates(metrics map[string]metric.Interval) []metric.Gate {
	figures := map[string]float64{}
	for name, m := range metrics {
		figures[name] = m.Value
	}
	return metric.Hold(figures, s.Bars)
}

// Passes says whether every gate holds.
func (r Result) Passes() bool {
	return !slices.ContainsFunc(r.Gates, func(g metric.Gate) bool { return !g.Pass })
}

package evals

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"assent/scoring/metric"
)

// bar is what a figure is held to.
type bar struct{ low, high float64 }

// parseBar reads ">= 0.86", "<= 0.005" or "in [0.48, 0.60]".
func parseBar(text string) (bar, error) {
	const far = 1e300
	b := bar{-far, far}
	var err error
	switch {
	case strings.HasPrefix(text, ">="):
		_, err = fmt.Sscan(text[2:], &b.low)
	case strings.HasPrefix(text, "<="):
		_, err = fmt.Sscan(text[2:], &b.high)
	default:
		_, err = fmt.Sscanf(text, "in [%g, %g]", &b.low, &b.high)
	}
	if err != nil {
		return bar{}, fmt.Errorf(`must be such as ">= 0.86", "<= 0.005" or "in [0.48, 0.60]"`)
	}
	return b, nil
}

// gates holds the metrics to the spec's bars. A figure that is not there, or
// has no meaning, is short.
func (s Spec) gates(metrics map[string]metric.Interval) []Gate {
	var out []Gate
	for _, name := range slices.Sorted(maps.Keys(s.Bars)) {
		b, _ := parseBar(s.Bars[name]) // checked with the spec
		have := math.NaN()             // which no comparison holds for
		if m, there := metrics[name]; there {
			have = m.Value
		}
		out = append(out, Gate{name, s.Bars[name], have, have >= b.low && have <= b.high})
	}
	return out
}

// MarshalJSON writes null for a figure that is not known.
func (g Gate) MarshalJSON() ([]byte, error) {
	have := &g.Have
	if math.IsNaN(g.Have) {
		have = nil
	}
	return json.Marshal(struct {
		Metric string   `json:"metric"`
		Want   string   `json:"want"`
		Have   *float64 `json:"have"`
		Pass   bool     `json:"pass"`
	}{g.Metric, g.Want, have, g.Pass})
}

// Passes says whether every gate holds.
func (r Result) Passes() bool {
	return !slices.ContainsFunc(r.Gates, func(g Gate) bool { return !g.Pass })
}

package evals

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// BarList says the spec's bars in a line.
func (s Spec) BarList() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(s.Bars)) {
		parts = append(parts, name+" "+s.Bars[name])
	}
	return strings.Join(parts, ", ")
}

// Lines are the figures, one a line, with tabs between name, value, interval,
// bar and verdict; then those of the peers.
func (r Result) Lines() []string {
	var out []string
	for _, f := range Figures() {
		m, ok := r.Metrics[f.Name]
		if !ok {
			continue
		}
		line := fmt.Sprintf("  %s\t%.4f\t[%.4f, %.4f]", f.Name, m.Value, m.Low, m.High)
		for _, g := range r.Gates {
			if g.Metric == f.Name {
				line += "\t" + g.Want + "\t" + verdict(g.Pass)
			}
		}
		out = append(out, line)
	}
	for _, peer := range slices.Sorted(maps.Keys(r.Baselines)) {
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(r.Baselines[peer])) {
			parts = append(parts, fmt.Sprintf("%s %.4f", name, r.Baselines[peer][name]))
		}
		out = append(out, "  peer "+peer+": "+strings.Join(parts, ", "))
	}
	return out
}

func verdict(pass bool) string {
	if pass {
		return "pass"
	}
	return "short"
}

// Beside puts another program's figures on the same spec among the baselines.
func (r *Result) Beside(peer Result) {
	figures := map[string]float64{}
	for name, m := range peer.Metrics {
		figures[name] = m.Value
	}
	all := maps.Clone(r.Baselines)
	if all == nil {
		all = map[string]map[string]float64{}
	}
	all[peer.Model.Name] = figures
	r.Baselines = all
}

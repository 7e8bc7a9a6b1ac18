package evals

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assent/scoring/metric"
)

// described lists the metrics that are described: those of record, then those
// of the task.
func (r Result) described() []metric.Figure { return append(metric.Figures(), r.Figures...) }

// Figure describes a metric; false for one that nothing describes.
func (r Result) Figure(name string) (metric.Figure, bool) {
	all := r.described()
	i := slices.IndexFunc(all, func(f metric.Figure) bool { return f.Name == name })
	if i < 0 {
		return metric.Figure{}, false
	}
	return all[i], true
}

// Ordered sorts names of metrics: those that are described in their order, then
// the others by name.
func (r Result) Ordered(names []string) []string {
	all := r.described()
	rank := func(name string) int {
		if i := slices.IndexFunc(all, func(f metric.Figure) bool { return f.Name == name }); i >= 0 {
			return i
		}
		return len(all)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	return names
}

// Names lists the metrics in order.
func (r Result) Names() []string { return r.Ordered(slices.Collect(maps.Keys(r.Metrics))) }

// Lines are the figures, one a line, with tabs between name, value, interval,
// bar and verdict; then those of the peers.
func (r Result) Lines() []string {
	var out []string
	for _, name := range r.Names() {
		m := r.Metrics[name]
		line := fmt.Sprintf("  %s\t%.4f\t[%.4f, %.4f]", name, m.Value, m.Low, m.High)
		for _, g := range r.Gates {
			if g.Metric == name {
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

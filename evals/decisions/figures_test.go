package decisions

import (
	"math"
	"slices"
	"testing"

	"assent/internal/simulator"
	"assent/scoring/metric"
)

// Two days: of the first, the twentieth place is tied; of the second there are
// fewer than twenty.
func twoDays() (*seasonCases, []float64) {
	c := &seasonCases{days: 2}
	var p []float64
	add := func(day int, probability float64, pattern string, odd simulator.Odd, outlet bool) {
		p, c.day, c.odd, c.outlet = append(p, probability), append(c.day, day), append(c.odd, odd), append(c.outlet, outlet)
		c.positive, c.pattern = append(c.positive, pattern != ""), append(c.pattern, pattern)
	}
	for range 18 {
		add(0, 0.9, simulator.OwnCard, simulator.Ordinary, false)
	}
	for range 4 { // for the last two places
		add(0, 0.2, simulator.LinkedPeople, simulator.Ordinary, false)
	}
	add(0, 0.05, "", simulator.Ordinary, true)
	add(0, 0.05, "", simulator.Ordinary, false)
	add(1, 0.1, "", simulator.Peak, false)
	add(1, 0.05, simulator.Once, simulator.Peak, false)
	return c, p
}

func TestAbuseFigures(t *testing.T) {
	t.Parallel()
	c, p := twoDays()
	s, err := c.seen(p, 0.1)
	if err != nil {
		t.Fatal(err)
	}
	given := func(weights []float64) map[string]float64 {
		out := map[string]float64{}
		for i, v := range s.figures(weights) {
			out[names()[i]] = v
		}
		return out
	}
	for _, test := range []struct {
		weights []float64
		want    map[string]float64
	}{
		{nil, map[string]float64{
			"precision_at_20": 21.0 / 22, "recall_at_20": 21.0 / 23, "precision_at_limit": 22.0 / 23, "recall_at_limit": 22.0 / 23,
			"recall_own_card": 1, "recall_linked": 0.5, "recall_once": 1, "honest_flags": 0, "flags_change_peak": 1, "flags_change_outlet": 0,
		}},
		{[]float64{2, 0}, map[string]float64{"precision_at_20": 1, "recall_at_20": 20.0 / 22, "recall_linked": 0.5}},
		{[]float64{1, 3}, map[string]float64{"precision_at_20": 23.0 / 26, "base": 25.0 / 30}},
	} {
		have := given(test.weights)
		for name, want := range test.want {
			if have[name] != want {
				t.Errorf("%v: %s is %v, want %v", test.weights, name, have[name], want)
			}
		}
	}
	if x := given([]float64{2, 0})["flags_change_peak"]; !math.IsNaN(x) {
		t.Errorf("a week that was not drawn has a figure: %v", x)
	}
	if n := len(s.figures(nil)); n != len(names()) {
		t.Errorf("%d figures have %d names", n, len(names()))
	}
}

// The figures of this spec come after those of record, each once.
func TestFiguresHaveOneName(t *testing.T) {
	t.Parallel()
	var all []string
	for _, f := range append(metric.Figures(), figures()...) {
		if f.Doc == "" {
			t.Errorf("%s says nothing", f.Name)
		}
		all = append(all, f.Name)
	}
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Errorf("a name is there twice: %v", all)
	}
}

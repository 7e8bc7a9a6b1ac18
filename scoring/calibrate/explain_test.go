package calibrate_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/calibrate"
	"assent/scoring/logistic"
)

// TestExplanationsAddUp: whatever the map, base, contributions and the rest
// are the log-odds of the probability, and no reason changes its side.
func TestExplanationsAddUp(t *testing.T) {
	t.Parallel()
	x, y := cases(3000, func(x float64) float64 { return 0.7*x - 0.5 })
	maps := map[calibrate.Method]calibrate.Map{}
	for _, method := range every {
		maps[method] = calibrate.Fit(method, x, y)
	}
	rapid.Check(t, func(t *rapid.T) {
		method := rapid.SampledFrom(every).Draw(t, "method")
		m := maps[method]
		base := rapid.Float64Range(-6, 2).Draw(t, "base")
		contributions := rapid.SliceOfN(rapid.Float64Range(-1, 1), 0, 8).Draw(t, "contributions")
		logOdds, scaled := base, append([]float64(nil), contributions...)
		for _, c := range contributions {
			logOdds += c
		}
		sum, rest := calibrate.Explain(m.LogOdds, base, scaled)
		sum += rest
		for i, c := range scaled {
			sum += c
			if c*contributions[i] < 0 {
				t.Fatalf("%v became %v", contributions[i], c)
			}
		}
		if off := math.Abs(logistic.Logit(m.Probability(logOdds)) - sum); off > 1e-9 {
			t.Fatalf("%s: off by %v", method, off)
		}
		if method != calibrate.Isotonic && math.Abs(rest) > 1e-6 {
			t.Fatalf("%s: a rest of %v", method, rest)
		}
	})
}

// TestDriftNeedsNoMap: where a map of the past makes what comes next worse,
// none is taken. The base rate halves and doubles from block to block.
func TestDriftNeedsNoMap(t *testing.T) {
	t.Parallel()
	wave := func(block int) float64 { return []float64{0.7, 0.7, -0.7, 0.7, -0.7}[block] }
	const each = 2000
	var x []float64
	var y []bool
	for block := range 5 {
		a, b := cases(each, func(x float64) float64 { return x + wave(block) })
		x, y = append(x, a...), append(y, b...)
	}
	m, held := calibrate.Choose(x, y)
	if m.Method != calibrate.None {
		t.Errorf("%s was chosen on waves", m.Method)
	}
	for i := range held {
		if held[i] != x[i] {
			t.Fatalf("case %d became %v without a map", i, held[i])
		}
	}
}

// TestLowestCaseIsNotTheFloor: a single negative at the bottom, above it a long
// run of a lower rate than one case by itself can show.
func TestLowestCaseIsNotTheFloor(t *testing.T) {
	t.Parallel()
	x, y := []float64{-10}, []bool{false}
	for i := range 200 {
		x, y = append(x, -5+float64(i)/1000), append(y, i%50 == 0)
	}
	m := calibrate.Fit(calibrate.Isotonic, x, y)
	if got := m.Probability(-4.9); got > 0.05 {
		t.Errorf("a run of 2 %% is given %.3f", got)
	}
}

func ExampleExplain() {
	platt := calibrate.Map{Method: calibrate.Platt, Slope: 0.5, Shift: -1}
	contributions := []float64{2, -1}
	base, rest := calibrate.Explain(platt.LogOdds, -3, contributions)
	fmt.Println(base, contributions, rest)
	// Output: -2.5 [1 -0.5] 0
}

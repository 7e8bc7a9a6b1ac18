package metric_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/frame"
	"assent/scoring/metric"
)

// drawn are n cases whose probabilities are right, some of them tied.
func drawn(n int, noise float64) (p []float64, positive []bool) {
	random := rand.New(rand.NewPCG(11, 12))
	for range n {
		truth := math.Round(200*math.Pow(random.Float64(), 4)) / 200
		positive = append(positive, random.Float64() < truth)
		p = append(p, min(max(truth+noise*random.NormFloat64(), 0), 1))
	}
	return p, positive
}

func newSample(t testing.TB, p []float64, positive []bool) *metric.Sample {
	t.Helper()
	s, err := metric.NewSample(p, positive)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// named gives one figure by name.
func named(s *metric.Sample, name string) float64 {
	i := slices.IndexFunc(metric.Figures(), func(f metric.Figure) bool { return f.Name == name })
	return s.Measure(nil)[i]
}

// TestFiguresByHand counts on paper.
func TestFiguresByHand(t *testing.T) {
	t.Parallel()
	s := newSample(t, scores, positive)
	ap := 0.25 + 0.25*2/3 + 0.25*3/4 + 0.25*4/8
	brier := (0.01 + 0.04 + 0.64 + 0.16 + 0.25 + 0.16 + 0.49 + 0.09 + 0.04 + 0.01) / 10
	// Ten bins of one row each; the tied rows are half a positive each.
	ece := (0.1 + 0.3 + 0.3 + 0.4 + 0.5 + 0.4 + 0.2 + 0.2 + 0.2 + 0.1) / 10
	for name, want := range map[string]float64{
		"auc": 19.0 / 24, "ap": ap, "ap_over_base": ap / 0.4, "recall_at_1fpr": 0.25, "lift_top10": 2.5, "brier": brier, "ece": ece, "base": 0.4,
	} {
		if got := named(s, name); math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestNewSampleRefuses(t *testing.T) {
	t.Parallel()
	for name, p := range map[string][]float64{"nothing": nil, "one too few": {0.5}, "above one": {0.5, 1.5}, "no number": {math.NaN(), 0.5}} {
		if _, err := metric.NewSample(p, make([]bool, min(2, 2*len(p)))); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestRowsInAnyOrder: every figure is the same for rows in another order, and
// a row drawn twice is two rows.
func TestRowsInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 50).Draw(t, "n")
		p := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 8), func(i int) float64 { return float64(i) / 8 }), n, n).Draw(t, "p")
		y := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "y")
		w, copies, labels := make([]float64, n), []float64{}, []bool{}
		for _, i := range rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)).Perm(n) {
			w[i] = float64(rapid.IntRange(0, 3).Draw(t, "weight"))
			for range int(w[i]) {
				copies, labels = append(copies, p[i]), append(labels, y[i])
			}
		}
		a, err := metric.NewSample(p, y)
		b, berr := metric.NewSample(copies, labels)
		if err != nil || berr != nil {
			return
		}
		weighed, copied := a.Measure(w), b.Measure(nil)
		for i, f := range metric.Figures() {
			if !same(weighed[i], copied[i]) {
				t.Fatalf("%s: %v by weights, %v by copies in another order", f.Name, weighed[i], copied[i])
			}
		}
	})
}

func TestReliabilityHoldsAllRows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, y := sample(t)
		bins := rapid.IntRange(1, 12).Draw(t, "bins")
		rows, hits, want := 0, 0.0, 0.0
		last := math.Inf(-1)
		for _, b := range metric.Reliability(s, y, bins) {
			rows += b.Rows
			hits += b.Observed * float64(b.Rows)
			if b.Expected < last-1e-9 || b.Low > b.Observed+1e-9 || b.High < b.Observed-1e-9 {
				t.Fatalf("bin %+v after %v", b, last)
			}
			last = b.Expected
		}
		for _, positive := range y {
			if positive {
				want++
			}
		}
		if rows != len(y) || !same(hits, want) {
			t.Fatalf("%d rows with %v positives in bins, want %d with %v", rows, hits, len(y), want)
		}
	})
}

func TestCompareFindsTheBetter(t *testing.T) {
	t.Parallel()
	good, positive := drawn(2000, 0)
	bad, _ := drawn(2000, 0.3)
	a, b := newSample(t, bad, positive), newSample(t, good, positive)
	got, err := metric.Compare(a, b, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"auc", "ap", "brier", "log_loss"} {
		d := got[name]
		if d.Better < 0.975 {
			t.Errorf("%s: the better is better in %v of draws only", name, d.Better)
		}
		if math.Abs(d.Value-(named(b, name)-named(a, name))) > 1e-12 || d.Low > d.Value || d.High < d.Value {
			t.Errorf("%s: difference %+v", name, d)
		}
	}
	same, err := metric.Compare(a, a, 1)
	if d := same["auc"]; err != nil || d.Value != 0 || d.Low != 0 || d.High != 0 || d.Better != 0.5 {
		t.Errorf("a model differs from itself: %+v, %v", d, err)
	}
	if _, err := metric.Compare(a, newSample(t, good, make([]bool, len(good))), 1); err == nil {
		t.Error("other labels were compared")
	}
}

func TestPointsKeepTheEnds(t *testing.T) {
	t.Parallel()
	p, positive := drawn(3000, 0.05)
	c := metric.Rank(p, positive).Curve(nil)
	roc, pr := c.ROC(50), c.PR(50)
	if last := roc[len(roc)-1]; len(roc) > 50 || len(roc) < 25 || last.X != 1 || last.Y != 1 || roc[0].Threshold != slices.Max(p) {
		t.Errorf("%d points, from %+v to %+v", len(roc), roc[0], roc[len(roc)-1])
	}
	if last := pr[len(pr)-1]; last.X != 1 || math.Abs(last.Y-c.Base()) > 1e-12 {
		t.Errorf("precision ends at %+v", last)
	}
	if !slices.IsSortedFunc(roc, func(a, b metric.Point) int { return int(1e9 * (a.X - b.X)) }) {
		t.Error("the rate of false positives falls")
	}
}

func TestReferenceIsFrozen(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	numbers := func(n int, shift, missing float64) (v []frame.Value) {
		for range n {
			if random.Float64() < missing {
				v = append(v, frame.Value{})
				continue
			}
			v = append(v, frame.Of(random.NormFloat64()+shift))
		}
		return v
	}
	r := metric.Freeze(frame.Number, numbers(5000, 0, 0.1))
	if len(r.Edges) != 9 || len(r.Counts) != 12 {
		t.Fatalf("%d edges and %d counts", len(r.Edges), len(r.Counts))
	}
	for name, c := range map[string]struct {
		values    []frame.Value
		low, high float64
	}{
		"the same":        {numbers(5000, 0, 0.1), 0, 0.02},
		"moved":           {numbers(5000, 1, 0.1), 0.5, 2},
		"more is missing": {numbers(5000, 0, 0.4), 0.3, 1},
	} {
		if got := r.PSI(c.values); got < c.low || got > c.high {
			t.Errorf("%s: PSI %.3f, want %v to %v", name, got, c.low, c.high)
		}
	}
	levels := metric.Freeze(frame.Category, []frame.Value{frame.Level("a"), frame.Level("b"), frame.Level("a"), {}})
	if !slices.Equal(levels.Levels, []string{"a", "b"}) || !slices.Equal(levels.Counts, []int{2, 1, 0, 1}) {
		t.Errorf("%+v", levels)
	}
	if got := levels.PSI([]frame.Value{frame.Level("new")}); got < 1 {
		t.Errorf("a new level only: PSI %v", got)
	}
}

func TestDiscordant(t *testing.T) {
	t.Parallel()
	a, b := metric.Discordant([]bool{true, true, false, false}, []bool{true, false, true, false}, []bool{true, true, true, true})
	if a != 1 || b != 1 {
		t.Errorf("%d and %d, want 1 and 1", a, b)
	}
}

func ExampleSample_Measure() {
	s, err := metric.NewSample([]float64{0.9, 0.7, 0.4, 0.2}, []bool{true, false, true, false})
	if err != nil {
		panic(err)
	}
	for i, f := range metric.Figures()[:3] {
		fmt.Printf("%s %.3f\n", f.Name, s.Measure(nil)[i])
	}
	// Output:
	// auc 0.750
	// ap 0.833
	// ap_over_base 1.667
}

func BenchmarkIntervals(b *testing.B) {
	p, positive := drawn(20_000, 0.05)
	s := newSample(b, p, positive)
	for b.Loop() {
		s.Intervals(1)
	}
}

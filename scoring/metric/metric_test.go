package metric_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/metric"
)

var (
	scores   = []float64{0.9, 0.8, 0.8, 0.6, 0.5, 0.4, 0.3, 0.3, 0.2, 0.1}
	positive = []bool{true, true, false, true, false, false, true, false, false, false}
)

// TestByHand has its figures from counting on paper, AUC and AP also from
// scikit-learn 1.9 (roc_auc_score, average_precision_score).
func TestByHand(t *testing.T) {
	t.Parallel()
	c := metric.Rank(scores, positive).Curve(nil)
	for name, pair := range map[string][2]float64{
		"auc":                   {c.AUC(), 19.0 / 24},
		"ap":                    {c.AP(), 0.25 + 0.25*2/3 + 0.25*3/4 + 0.25*4/8},
		"recall at no false":    {c.RecallAtFPR(0), 0.25},
		"recall at a sixth":     {c.RecallAtFPR(1.0 / 6), 0.75},
		"lift of a tenth":       {c.Lift(0.1), 2.5},
		"lift through a tie":    {c.Lift(0.2), (1 + 0.5) / 2 / 0.4},
		"base":                  {c.Base(), 0.4},
		"brier of certainty":    {metric.Brier([]float64{1, 0}, []bool{true, true}), 0.5},
		"log-loss of even odds": {metric.LogLoss([]float64{0.5, 0.5}, []bool{true, false}), math.Ln2},
		"psi of the same":       {metric.PSI([]int{10, 30}, []int{5, 15}), 0},
		"psi":                   {metric.PSI([]int{50, 50}, []int{75, 25}), 0.25*math.Log(1.5) - 0.25*math.Log(0.5)},
		"ks":                    {metric.KS([]float64{1, 2, 3}, []float64{3, 4, 5}), 2.0 / 3},
		"mcnemar":               {metric.McNemar(1, 9), 22.0 / 1024},
		"mcnemar of nothing":    {metric.McNemar(0, 0), 1},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-12 {
			t.Errorf("%s: %v, want %v", name, pair[0], pair[1])
		}
	}
}

func TestECE(t *testing.T) {
	t.Parallel()
	var p []float64
	var y []bool
	for i := range 1000 {
		p, y = append(p, 0.2), append(y, i%10 < 3)
	}
	if got := metric.ECE(p, y); math.Abs(got-0.1) > 1e-12 {
		t.Errorf("ECE %v, want 0.1", got)
	}
	if got := metric.ECE([]float64{1, 0, 1}, []bool{true, false, true}); got != 0 {
		t.Errorf("ECE of the truth is %v", got)
	}
}

func TestOneLabelOnly(t *testing.T) {
	t.Parallel()
	c := metric.Rank([]float64{1, 2}, []bool{true, true}).Curve(nil)
	if !math.IsNaN(c.AUC()) || !math.IsNaN(c.RecallAtFPR(0.01)) || c.AP() != 1 {
		t.Errorf("AUC %v and recall %v without a negative, want NaN", c.AUC(), c.RecallAtFPR(0.01))
	}
}

func sample(t *rapid.T) ([]float64, []bool) {
	n := rapid.IntRange(2, 40).Draw(t, "n")
	s := rapid.SliceOfN(rapid.Map(rapid.IntRange(-5, 5), func(i int) float64 { return float64(i) }), n, n).Draw(t, "scores")
	return s, rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "positive")
}

func same(a, b float64) bool { return math.Abs(a-b) < 1e-9 || math.IsNaN(a) && math.IsNaN(b) }

// TestOrderIsAllThatCounts: neither another scale nor another order of rows
// changes what only looks at ranks.
func TestOrderIsAllThatCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, y := sample(t)
		scaled, shuffled, labels := make([]float64, len(s)), make([]float64, len(s)), make([]bool, len(s))
		for i, j := range rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)).Perm(len(s)) {
			scaled[i] = math.Exp(s[i])
			shuffled[i], labels[i] = s[j], y[j]
		}
		a := metric.Rank(s, y).Curve(nil)
		for _, b := range []metric.Curve{metric.Rank(scaled, y).Curve(nil), metric.Rank(shuffled, labels).Curve(nil)} {
			if !same(a.AUC(), b.AUC()) || !same(a.AP(), b.AP()) || !same(a.RecallAtFPR(0.3), b.RecallAtFPR(0.3)) || !same(a.Lift(0.2), b.Lift(0.2)) {
				t.Fatalf("%+v differs from %+v", a, b)
			}
		}
	})
}

// TestAUCIsAChance counts pairs.
func TestAUCIsAChance(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, y := sample(t)
		wins, pairs := 0.0, 0.0
		for i := range s {
			for j := range s {
				if y[i] && !y[j] {
					pairs++
					switch {
					case s[i] > s[j]:
						wins++
					case s[i] == s[j]:
						wins += 0.5
					}
				}
			}
		}
		if got := metric.AUC(s, y); pairs > 0 && !same(got, wins/pairs) {
			t.Fatalf("AUC %v, want %v", got, wins/pairs)
		}
	})
}

// TestWeightsAreCopies: a row that is drawn twice counts as two.
func TestWeightsAreCopies(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, y := sample(t)
		weights := make([]float64, len(s))
		var copies []float64
		var labels []bool
		for i := range s {
			weights[i] = float64(rapid.IntRange(0, 3).Draw(t, "weight"))
			for range int(weights[i]) {
				copies, labels = append(copies, s[i]), append(labels, y[i])
			}
		}
		a, b := metric.Rank(s, y).Curve(weights), metric.Rank(copies, labels).Curve(nil)
		if !same(a.AUC(), b.AUC()) || !same(a.AP(), b.AP()) || !same(a.Lift(0.25), b.Lift(0.25)) {
			t.Fatalf("%+v differs from %+v", a, b)
		}
	})
}

func TestBootstrap(t *testing.T) {
	t.Parallel()
	mean := func(weights []float64) []float64 {
		if weights == nil {
			return []float64{0.5}
		}
		sum := 0.0
		for i, w := range weights {
			sum += w * float64(i%2)
		}
		return []float64{sum / float64(len(weights))}
	}
	got := metric.Bootstrap(400, 1, mean)[0]
	// The standard error of a share of one half of 400 is 0.025.
	if got.Value != 0.5 || math.Abs(got.Low-0.451) > 0.01 || math.Abs(got.High-0.549) > 0.01 {
		t.Errorf("interval %+v, want about 0.451 to 0.549", got)
	}
	if again := metric.Bootstrap(400, 1, mean)[0]; again != got {
		t.Error("the same seed gives another interval")
	}
}

package calibrate_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/calibrate"
	"assent/scoring/logistic"
	"assent/scoring/metric"
)

var every = []calibrate.Method{calibrate.None, calibrate.Shift, calibrate.Platt, calibrate.Beta, calibrate.Isotonic}

// cases draws log-odds x whose truth has the log-odds bent(x).
func cases(n int, bent func(float64) float64) (logOdds []float64, positive []bool) {
	random := rand.New(rand.NewPCG(3, 4))
	for range n {
		x := random.NormFloat64()*1.5 - 2
		logOdds, positive = append(logOdds, x), append(positive, random.Float64() < logistic.Sigmoid(bent(x)))
	}
	return logOdds, positive
}

func ece(m calibrate.Map, logOdds []float64, positive []bool) float64 {
	p := make([]float64, len(logOdds))
	for i, x := range logOdds {
		p[i] = m.Probability(x)
	}
	return metric.ECE(p, positive)
}

func TestFit(t *testing.T) {
	t.Parallel()
	for method, bent := range map[calibrate.Method]func(float64) float64{
		calibrate.None:  func(x float64) float64 { return x },
		calibrate.Shift: func(x float64) float64 { return x + 1 },
		calibrate.Platt: func(x float64) float64 { return 0.5*x - 1 },
		calibrate.Beta:  func(x float64) float64 { return 0.6*math.Log(1+math.Exp(x)) - 1.6*math.Log(1+math.Exp(-x)) },
		calibrate.Isotonic: func(x float64) float64 {
			if x > -2 {
				return 0
			}
			return -4
		},
	} {
		x, y := cases(20_000, bent)
		chosen, held := calibrate.Choose(x, y)
		if chosen.Method != method {
			t.Errorf("%s: %s was chosen", method, chosen.Method)
		}
		if got := ece(chosen, x, y); got > 0.01 {
			t.Errorf("%s: ECE %.4f", method, got)
		}
		off := 0.0
		for i := 8000; i < len(x); i++ { // those before only teach
			off += math.Abs(logistic.Sigmoid(held[i])-logistic.Sigmoid(bent(x[i]))) / 12_000
		}
		if off > 0.015 {
			t.Errorf("%s: held-out probabilities are %.4f off", method, off)
		}
	}
}

func TestFewCasesChangeNothing(t *testing.T) {
	t.Parallel()
	x, y := cases(40, func(x float64) float64 { return x })
	if m, _ := calibrate.Choose(x, y); m.Method != calibrate.None {
		t.Errorf("%d cases were enough for %s", len(x), m.Method)
	}
}

// TestRenew: a map that holds stays as it is, one whose base rate moved is moved
// with its shape kept, and one whose shape is wrong is made anew.
func TestRenew(t *testing.T) {
	t.Parallel()
	for _, present := range []calibrate.Map{
		{}, {Method: calibrate.Shift, Shift: 0.5}, {Method: calibrate.Platt, Slope: 0.8, Shift: 0.5}, {Method: calibrate.Beta, Up: 0.7, Down: 1.2, Shift: 0.1},
		{Method: calibrate.Isotonic, Knots: []calibrate.Knot{{From: -3, To: -4}, {From: 1, To: 0.5}}},
	} {
		x, y := cases(4000, present.LogOdds)
		if m, held := calibrate.Renew(present, x, y); !reflect.DeepEqual(m, present) || held[3999] != present.LogOdds(x[3999]) {
			t.Errorf("%s holds, and becomes %+v", present.Method, m)
		}
		// A small number of cases, so that a shape cannot be learnt from them.
		x, y = cases(200, func(x float64) float64 { return present.LogOdds(x) + 1.5 })
		m, _ := calibrate.Renew(present, x, y)
		for _, at := range []float64{-4, -2, 0, 3} {
			if moved := m.LogOdds(at) - present.LogOdds(at); math.Abs(moved-1.5) > 0.6 || math.Abs(moved-(m.LogOdds(0)-present.LogOdds(0))) > 1e-9 {
				t.Errorf("%s: at %v it moved by %v, want about 1.5 everywhere", present.Method, at, moved)
			}
		}
	}
	x, y := cases(20_000, func(x float64) float64 { return 0.4 * x })
	if m, _ := calibrate.Renew(calibrate.Map{Method: calibrate.Platt, Slope: 1.5}, x, y); m.Method != calibrate.Platt || math.Abs(m.Slope-0.4) > 0.05 {
		t.Errorf("have %+v, want a slope of 0.4", m)
	}
}

// TestRises: no map changes the order of cases, whatever it was fitted on.
func TestRises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "n")
		x := rapid.SliceOfN(rapid.Float64Range(-10, 10), n, n).Draw(t, "x")
		y := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "y")
		for _, method := range every {
			m := calibrate.Fit(method, x, y)
			a := rapid.Float64Range(-20, 20).Draw(t, "a") // beyond 36 above a knot, 1 is the nearest number
			b := a + rapid.Float64Range(0.01, 10).Draw(t, "more")
			if low, high := m.LogOdds(a), m.LogOdds(b); !(low < high) {
				t.Fatalf("%s: %v becomes %v, and %v becomes %v", method, a, low, b, high)
			}
			if p := m.Probability(a); !(p > 0 && p < 1) {
				t.Fatalf("%s: probability %v", method, p)
			}
		}
	})
}

// TestIsotonicIsTheBest compares with every way to cut a few cases into runs.
func TestIsotonicIsTheBest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "n")
		y := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "y")
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(i)
		}
		best := math.Inf(1)
		for cut := range 1 << (n - 1) {
			if loss, rising := runs(y, cut); rising {
				best = min(best, loss)
			}
		}
		if got := calibrate.SquaredLoss(x, y); math.Abs(got-best) > 1e-9 {
			t.Fatalf("loss %v, the best is %v", got, best)
		}
	})
}

// runs gives the squared loss of cutting after each set bit, and whether the
// rates rise.
func runs(y []bool, cut int) (loss float64, rising bool) {
	last, from := -1.0, 0
	for i := range y {
		if i < len(y)-1 && cut>>i&1 == 0 {
			continue
		}
		sum := 0.0
		for _, p := range y[from : i+1] {
			if p {
				sum++
			}
		}
		rate := sum / float64(i+1-from)
		if rate < last {
			return 0, false
		}
		loss += sum*(1-rate)*(1-rate) + (float64(i+1-from)-sum)*rate*rate
		last, from = rate, i+1
	}
	return loss, true
}

func TestCodec(t *testing.T) {
	t.Parallel()
	x, y := cases(2000, func(x float64) float64 { return x + 1 })
	for _, method := range every {
		m := calibrate.Fit(method, x, y)
		data, _ := json.Marshal(m)
		var back calibrate.Map
		if err := json.Unmarshal(data, &back); err != nil {
			t.Errorf("%s: %v", method, err)
		}
		for _, v := range x {
			if back.LogOdds(v) != m.LogOdds(v) {
				t.Fatalf("%s: another map comes back", method)
			}
		}
	}
	for name, text := range map[string]string{
		"unknown":        `{"method":"magic"}`,
		"falls":          `{"method":"platt","slope":-1}`,
		"beta of zeros":  `{"method":"beta"}`,
		"unknown key":    `{"method":"none","bend":1}`,
		"beyond bounds":  `{"method":"shift","shift":1e300}`,
		"knots too far":  `{"method":"isotonic","knots":[{"from":0,"to":0},{"from":1,"to":1e300}]}`,
		"knots are flat": `{"method":"isotonic","knots":[{"from":0,"to":1},{"from":1,"to":1}]}`,
	} {
		if json.Unmarshal([]byte(text), new(calibrate.Map)) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// FuzzMap: whatever decodes, rises within bounds and gives probabilities.
func FuzzMap(f *testing.F) {
	for _, text := range []string{`{"method":"beta","up":1,"down":0.5,"shift":-1}`, `{"method":"isotonic","knots":[{"from":-1,"to":-2},{"from":1,"to":2}]}`, `{"method":"platt","slope":2}`} {
		f.Add([]byte(text), 0.5)
	}
	f.Fuzz(func(t *testing.T, data []byte, x float64) {
		var m calibrate.Map
		if json.Unmarshal(data, &m) != nil || !(math.Abs(x) < 100) {
			return
		}
		if p := m.Probability(x); !(p >= 0 && p <= 1) || m.LogOdds(x) > m.LogOdds(x+1) {
			t.Fatalf("%s: probability %v of %v", data, p, x)
		}
	})
}

// stream scores a case an hour whose rate doubles half-way, each outcome known
// ten days later.
func stream() []calibrate.Case {
	random := rand.New(rand.NewPCG(5, 6))
	const hour = int64(3600e6)
	var out []calibrate.Case
	for i := range int64(10_000) {
		x := random.NormFloat64() - 3
		truth := x
		if i > 5000 {
			truth += math.Ln2
		}
		out = append(out, calibrate.Case{At: i * hour, KnownAt: (i + 240) * hour, LogOdds: x, Positive: random.Float64() < logistic.Sigmoid(truth)})
	}
	return out
}

func TestRollingFollowsTheRate(t *testing.T) {
	t.Parallel()
	all := stream()
	r := calibrate.Rolling{Window: 90 * 24 * 3600e6, Prior: 10, Trust: 1}
	shifts := r.Shifts(all)
	mean := func(s []float64) float64 {
		sum := 0.0
		for _, x := range s {
			sum += x / float64(len(s))
		}
		return sum
	}
	if got := mean(shifts[3000:5000]); math.Abs(got) > 0.1 {
		t.Errorf("shift %.3f while nothing changes", got)
	}
	if got := mean(shifts[8000:]); math.Abs(got-math.Ln2) > 0.2 {
		t.Errorf("shift %.3f after the rate doubled, want about %.3f", got, math.Ln2)
	}
	if slices.ContainsFunc(calibrate.Rolling{}.Shifts(all), func(x float64) bool { return x != 0 }) {
		t.Error("the zero value shifts")
	}
}

// TestRollingNeverLooksAhead: what is not known yet may be anything.
func TestRollingNeverLooksAhead(t *testing.T) {
	t.Parallel()
	all := stream()[:2000]
	r := calibrate.Rolling{Window: 30 * 24 * 3600e6, Prior: 5, Trust: 0.5}
	before := r.Shifts(all)
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, len(all)-1).Draw(t, "case")
		changed := slices.Clone(all)
		for j := range changed {
			if changed[j].KnownAt >= all[i].At {
				changed[j].Positive = !changed[j].Positive
			}
		}
		if got := r.Shifts(changed)[i]; got != before[i] {
			t.Fatalf("case %d: shift %v became %v by what was learnt later", i, before[i], got)
		}
	})
}

package train

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/blend"
	"assent/scoring/frame"
)

// At every origin, only what was known by then is learnt from, and nothing of
// a group that the test holds; no row is in two parts.
func TestFoldsNeverLookAhead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := build(t, past(rapid.IntRange(800, 1200).Draw(t, "rows"), rapid.Uint64Range(0, 50).Draw(t, "seed"), rapid.Bool().Draw(t, "timeless")))
		cuts, err := folds(f)
		if err != nil {
			t.Fatal(err)
		}
		if len(cuts) == 0 {
			t.Fatal("no fold")
		}
		for _, fold := range cuts {
			tested, seen := map[uint64]bool{}, map[int32]bool{}
			for _, row := range fold.Test {
				tested[f.Group[row]], seen[row] = true, true
				if fold.From != frame.NoTime && f.At[row] < fold.From {
					t.Errorf("row %d is tested and older than the origin", row)
				}
			}
			for _, row := range slices.Concat(fold.Train, fold.Valid) {
				if seen[row] {
					t.Errorf("row %d is in two parts", row)
				}
				seen[row] = true
				if tested[f.Group[row]] {
					t.Errorf("row %d shares its group with the test", row)
				}
				if fold.From != frame.NoTime && f.KnownAt[row] >= fold.From {
					t.Errorf("row %d was not known at the origin", row)
				}
			}
		}
	})
}

// The strong feature is found, the figures are of time that nobody had seen,
// and everything adds up.
func TestRun(t *testing.T) {
	t.Parallel()
	f := build(t, past(2000, 1, false))
	task := quick(1)
	task.Prior = make([]float64, f.Rows())
	out := fitted(t, task, f)
	m := out.Metrics()
	if m["auc"] < 0.75 || m["auc"] > 0.95 || m["ece"] > 0.1 || m["ap"] < m["base"] {
		t.Errorf("%v", m)
	}
	if len(out.Backtest.Origins) != origins || len(out.Backtest.Rows) != len(out.Backtest.Positive) {
		t.Errorf("%d origins, %d rows, %d labels", len(out.Backtest.Origins), len(out.Backtest.Rows), len(out.Backtest.Positive))
	}
	sum := 0.0
	for _, share := range out.Blend.Shares {
		sum += share
	}
	if math.Abs(sum-1) > 1e-12 || out.Blend.Shares[blend.Scorecard] > 0.5 {
		t.Errorf("shares %v", out.Blend.Shares)
	}
	if i := out.Importance; !(i[0] > i[1] && i[1] > i[2] && i[3] == 0) {
		t.Errorf("importance %v", i)
	}
	if c := out.Challenger; c == nil || len(c.Blend.Shares) != 1 || c.Blend.Shares[blend.Scorecard] != 0 {
		t.Errorf("challenger %+v", c)
	}
	for _, o := range out.Backtest.Origins {
		if len(o.Learners) != 4 || o.Positive == 0 || o.Test == 0 || o.From == 0 {
			t.Errorf("%+v", o)
		}
	}
}

// Same rows, same seed: the same bytes. Another seed may give others.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	bytes := func() string {
		out := fitted(t, quick(7), build(t, past(800, 3, false)))
		data, err := json.Marshal([]any{out.Blend, out.Calibration, out.Importance, out.Backtest, out.Metrics()})
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if one, two := bytes(), bytes(); one != two {
		t.Error("trained twice, two models")
	}
}

// What cannot be learnt from is refused with what is lacking.
func TestTooLittle(t *testing.T) {
	t.Parallel()
	one := func(positive bool) frame.Source {
		return func(yield func(*frame.Row) error) error {
			return past(500, 1, false)(func(r *frame.Row) error {
				r.Positive = positive
				return yield(r)
			})
		}
	}
	for name, c := range map[string]struct {
		source frame.Source
		says   string
	}{
		"ten rows":    {past(10, 1, false), "at least 80 of each are needed"},
		"no positive": {one(false), "0 rows with a positive and 500 with a negative label"},
		"no negative": {one(true), "500 rows with a positive and 0 with a negative label"},
		"known too late": {func(yield func(*frame.Row) error) error {
			return past(500, 1, false)(func(r *frame.Row) error {
				r.KnownAt = start.AddDate(10, 0, 0)
				return yield(r)
			})
		}, "no look back has enough rows of both labels"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if out, err := quick(1).Run(build(t, c.source)); err == nil || !strings.Contains(err.Error(), c.says) || out != nil {
				t.Errorf("%v", err)
			}
		})
	}
}

// A hidden column is not looked at.
func TestHidden(t *testing.T) {
	t.Parallel()
	f := build(t, past(1000, 5, false))
	task := quick(1)
	task.Only = []string{blend.Additive}
	task.Hidden = map[string][]string{blend.Additive: {"strong"}}
	out := fitted(t, task, f)
	if out.Importance[0] != 0 || out.Importance[1] == 0 || out.Challenger != nil {
		t.Errorf("importance %v, challenger %v", out.Importance, out.Challenger)
	}
}

// Rows without time are judged by groups.
func TestTimeless(t *testing.T) {
	t.Parallel()
	out := fitted(t, quick(1), build(t, past(1000, 2, true)))
	if len(out.Backtest.Origins) != parts || out.Backtest.Origins[0].From != 0 || out.Metrics()["auc"] < 0.7 {
		t.Errorf("%d %v", len(out.Backtest.Origins), out.Metrics())
	}
}

// With ever more labels, the steps say from where on the model beats what a
// shop starts with.
func TestColdStart(t *testing.T) {
	t.Parallel()
	f := build(t, past(2000, 1, false))
	task := quick(1)
	task.Only = []string{blend.Additive}
	if steps, err := task.ColdStart(f, blend.Shares{blend.Additive: 1}); steps != nil || err != nil {
		t.Errorf("without a scorecard: %v %v", steps, err)
	}
	task.Prior = make([]float64, f.Rows()) // one that knows nothing
	steps, err := task.ColdStart(f, blend.Shares{blend.Additive: 1})
	if err != nil || len(steps) < 4 {
		t.Fatalf("%v %v", steps, err)
	}
	for i, s := range steps {
		if s.Positives != counts[i] || s.Rows < s.Positives || s.Blend > s.Model+1e-9 || s.Blend > s.Scorecard+1e-9 || i > 0 && s.Rows <= steps[i-1].Rows {
			t.Errorf("%+v", s)
		}
	}
	if n := Beats(steps); n == 0 || n > 200 {
		t.Errorf("beats a scorecard that knows nothing from %d", n)
	}
	steps[len(steps)-1].Model = steps[len(steps)-1].Scorecard
	if Beats(steps) != 0 || Beats(nil) != 0 {
		t.Error("beats it although it does not in the end")
	}
}

// The shares that are chosen have no more loss than any part alone, but for
// what is not worth another part.
func TestChoose(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(50, 200).Draw(t, "rows")
		b := Backtest{Scores: map[string][]float64{}, Rows: make([]int32, n), Origins: []Origin{{Test: n / 2}, {Test: n - n/2}}}
		for range n {
			b.Positive = append(b.Positive, rapid.Bool().Draw(t, "positive"))
		}
		names := []string{blend.Scorecard, blend.Lines, blend.Boosted}
		for _, name := range names {
			b.Scores[name] = rapid.SliceOfN(rapid.Float64Range(-4, 4), n, n).Draw(t, name)
		}
		shares, loss := b.choose(names)
		sum := 0.0
		for _, s := range shares {
			sum += s
		}
		if math.Abs(sum-1) > 1e-9 || math.Abs(b.Loss(shares)-loss) > 1e-12 {
			t.Errorf("%v with loss %v, not %v", shares, loss, b.Loss(shares))
		}
		for _, name := range names {
			if single := b.Loss(blend.Shares{name: 1}); single*(1-better) > 0 && loss > single/(1-better)+1e-12 {
				t.Errorf("%v has loss %v, %s alone %v", shares, loss, name, single)
			}
		}
	})
}

package boost

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/frame"
	"assent/scoring/logistic"
)

func TestTrainLearns(t *testing.T) {
	t.Parallel()
	f, train, valid := setup(t, 8000)
	m := mustTrain(t, f, train, valid, Params{})
	truth, n := 0.0, float64(len(valid))
	row := 0
	_, source := orders(8000, 1)
	_ = source(func(r *frame.Row) error { // what the planted risk itself would lose
		if row++; row > len(train) {
			truth += logistic.Loss(risk(r.Values), r.Positive) / n
		}
		return nil
	})
	prior := logistic.Loss(0, false)
	if got := lossOf(m, f, valid); got > truth+0.1*(prior-truth) {
		t.Errorf("loss is %.4f; knowing the truth it would be %.4f, knowing nothing %.4f", got, truth, prior)
	}
}

// TestModelIsTheSame trains on one and on many processors, and pins the bytes:
// another platform must give the same.
func TestModelIsTheSame(t *testing.T) {
	f, train, valid := setup(t, 20_000)
	p := Params{Trees: 12, Bags: 2, ColumnShare: 0.7, RowShare: 0.8, Seed: 3}
	var first []byte
	for _, processors := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(processors)
		data := encoded(t, mustTrain(t, f, train, valid, p))
		runtime.GOMAXPROCS(before)
		if first == nil {
			first = data
		}
		if !bytes.Equal(first, data) {
			t.Errorf("%d processors make another model", processors)
		}
	}
	golden(t, "model.golden", fmt.Sprintf("%x\n", sha256.Sum256(first)))
	p.Seed = 4
	if bytes.Equal(first, encoded(t, mustTrain(t, f, train, valid, p))) {
		t.Error("another seed makes the same model")
	}
}

func TestTrainRefuses(t *testing.T) {
	t.Parallel()
	f, train, _ := setup(t, 200)
	positive := slices.DeleteFunc(slices.Clone(train), func(row int32) bool { return !f.Positive[row] })
	for want, c := range map[string]struct {
		frame  *frame.Frame
		rows   []int32
		params Params
	}{
		"no rows":                       {f, nil, Params{}},
		"same label":                    {f, positive, Params{}},
		"no columns":                    {&frame.Frame{Positive: []bool{true, false}}, []int32{0, 1}, Params{}},
		"trees must be":                 {f, train, Params{Trees: -1}},
		"leaves must be":                {f, train, Params{Leaves: 1}},
		"rate must be":                  {f, train, Params{Rate: 2}},
		"l2 must be":                    {f, train, Params{L2: math.NaN()}},
		"row_share must be":             {f, train, Params{RowShare: 1.5}},
		"trees times bags must not be":  {f, train, Params{Trees: 1000, Bags: 1000}},
		"column_share must be 1e-06 to": {f, train, Params{ColumnShare: -1}},
	} {
		if _, err := Train(c.frame, c.rows, nil, c.params); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Train gives %v, want %q", err, want)
		}
	}
}

// TestNothingToLearn trains where no split can be: the model is the base rate.
func TestNothingToLearn(t *testing.T) {
	t.Parallel()
	few, tenRows, _ := setup(t, 12)
	missing := frameOf(t, []frame.Column{{Name: "n", Type: frame.Number}, {Name: "c", Type: frame.Category}}, func(yield func(*frame.Row) error) error {
		for i := range 400 {
			if err := yield(&frame.Row{ID: fmt.Sprint(i), Positive: i%4 == 0, Values: make([]frame.Value, 2)}); err != nil {
				return err
			}
		}
		return nil
	})
	for name, c := range map[string]struct {
		frame *frame.Frame
		rows  []int32
	}{"ten rows": {few, tenRows}, "all missing": {missing, upTo(400)}} {
		m := mustTrain(t, c.frame, c.rows, nil, Params{})
		rate := float64(c.frame.Positives(c.rows)) / float64(len(c.rows))
		if got := m.LogOddsOf(c.frame, 0); m.Rounds() != 0 || math.Abs(1/(1+math.Exp(-got))-rate) > 1e-12 {
			t.Errorf("%s: %d trees and log-odds %v, want none and the rate %v", name, m.Rounds(), got, rate)
		}
	}
}

func TestLearningStops(t *testing.T) {
	t.Parallel()
	f, train, valid := setup(t, 1500)
	all := mustTrain(t, f, train, nil, Params{Trees: 300, Rate: 0.3})
	stopped := mustTrain(t, f, train, valid, Params{Trees: 300, Rate: 0.3, Patience: 10})
	if all.Rounds() != 300 || stopped.Rounds() >= 100 {
		t.Fatalf("%d and %d trees, want all of 300 without validation rows and few with", all.Rounds(), stopped.Rounds())
	}
	best := lossOf(stopped, f, valid)
	for _, trees := range []int{stopped.Rounds() - 1, stopped.Rounds() + 1, stopped.Rounds() + 5} {
		if other := lossOf(mustTrain(t, f, train, nil, Params{Trees: trees, Rate: 0.3}), f, valid); other < best {
			t.Errorf("%d trees lose %v, the %d that were kept %v", trees, other, stopped.Rounds(), best)
		}
	}
}

func TestBagsAreAveraged(t *testing.T) {
	t.Parallel()
	f, train, valid := setup(t, 2000)
	p := Params{Trees: 20, RowShare: 0.5, Bags: 3}
	bags := mustTrain(t, f, train, valid, p)
	l := newLearner(new(crew), f, train, valid, p.orDefault())
	mean, trees := 0.0, 0
	for bag := range uint64(p.Bags) {
		of := l.bag(bag)
		m, err := New(columnsOf(f), l.base, of)
		if err != nil {
			t.Fatal(err)
		}
		// A bag's leaves hold a third of what they would alone.
		mean += l.base/3 + (m.LogOddsOf(f, valid[0]) - l.base)
		trees += len(of)
	}
	if got := bags.LogOddsOf(f, valid[0]); math.Abs(got-mean) > 1e-12 || bags.Rounds() != (2*trees+3)/6 {
		t.Errorf("log-odds %v and %d rounds, want %v and the mean of %d trees in 3 bags", got, bags.Rounds(), mean, trees)
	}
}

func TestTreesKeepTheirBounds(t *testing.T) {
	t.Parallel()
	f, train, _ := setup(t, 4000)
	rapid.Check(t, func(t *rapid.T) {
		p := Params{
			Trees: 3, Leaves: rapid.IntRange(2, 40).Draw(t, "leaves"), Depth: rapid.IntRange(1, 6).Draw(t, "depth"),
			MinRows: rapid.IntRange(1, 300).Draw(t, "rows"), RowShare: rapid.SampledFrom([]float64{0.5, 1}).Draw(t, "share"),
		}
		m, err := Train(f, train, nil, p)
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.trees {
			tree := &m.trees[i]
			cover := 0.0
			for _, l := range tree.Leaves {
				if cover += l.Cover; l.Cover < float64(p.MinRows) {
					t.Fatalf("a leaf has %v rows, at least %d are wanted", l.Cover, p.MinRows)
				}
			}
			if depth := tree.depth(0); len(tree.Leaves) > p.Leaves || depth > p.Depth {
				t.Fatalf("%d leaves and a depth of %d, at most %d and %d are wanted", len(tree.Leaves), depth, p.Leaves, p.Depth)
			}
			if p.RowShare == 1 && cover != float64(len(train)) {
				t.Fatalf("leaves cover %v rows of %d", cover, len(train))
			}
		}
	})
}

func (t *Tree) depth(at int32) int {
	if at < 0 || len(t.Splits) == 0 {
		return 0
	}
	return 1 + max(t.depth(t.Splits[at].Children[0]), t.depth(t.Splits[at].Children[1]))
}

// TestMonotone moves one column of any row: the risk follows as declared,
// whatever the labels say.
func TestMonotone(t *testing.T) {
	t.Parallel()
	columns, source := orders(3000, 5)
	contrary := func(yield func(*frame.Row) error) error {
		random := rand.New(rand.NewPCG(9, 9))
		return source(func(r *frame.Row) error {
			r.Positive = r.Positive != (random.IntN(3) == 0 && r.Values[0].Number > 0)
			return yield(r)
		})
	}
	for name, source := range map[string]frame.Source{"as declared": source, "contrary": contrary} {
		f := frameOf(t, columns, source)
		m := mustTrain(t, f, upTo(3000), nil, Params{Trees: 80, Rate: 0.2, MinRows: 3})
		rapid.Check(t, func(t *rapid.T) {
			values := drawn(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)))
			c := rapid.IntRange(0, 1).Draw(t, "column")
			low, high := rapid.Float64Range(-2, 2).Draw(t, "low"), rapid.Float64Range(-2, 2).Draw(t, "high")
			values[c] = frame.Of(min(low, high))
			before := m.LogOdds(values)
			values[c] = frame.Of(max(low, high))
			if rise := float64(columns[c].Monotone) * (m.LogOdds(values) - before); rise < -1e-12 {
				t.Fatalf("%s: %s moves the risk the wrong way by %v", name, columns[c].Name, rise)
			}
		})
	}
}

func TestMissingAndLevels(t *testing.T) {
	t.Parallel()
	f, train, _ := setup(t, 8000)
	m := mustTrain(t, f, train, nil, Params{Trees: 100})
	values := []frame.Value{frame.Of(0), frame.Of(0), frame.Of(1), frame.Level("C1"), frame.Of(0.5), frame.Of(0.5), frame.Of(7)}
	known := m.LogOdds(values)
	values[4] = frame.Value{}
	if rise := m.LogOdds(values) - known; rise < 1.2 {
		t.Errorf("a missing ip adds %v to the log-odds, 2 were planted", rise)
	}
	at := func(level string) float64 {
		values[3] = frame.Level(level)
		return m.LogOdds(values)
	}
	if rise := at("C2") - at("C5"); rise < 2.5 { // 14%5 - 35%5
		t.Errorf("C2 is above C5 by %v, 4 were planted", rise)
	}
	if unseen := at("Atlantis"); unseen < at("C5") || unseen > at("C2") {
		t.Errorf("an unseen level has log-odds %v, outside of all levels", unseen)
	}
}

package boost

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/frame"
	"assent/scoring/logistic"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden compares with a file in testdata, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if that is meant, run with -update\ngot:\n%s", path, got)
	}
}

// orders is a source of rows whose risk grows with slack, falls with tenure,
// waves with amount, depends on country and on whether an IP is known, and not
// on noise. Every tenth number and category is missing.
func orders(rows int, seed uint64) ([]frame.Column, frame.Source) {
	columns := []frame.Column{
		{Name: "slack", Type: frame.Number, Monotone: 1},
		{Name: "tenure", Type: frame.Number, Monotone: -1},
		{Name: "amount", Type: frame.Number},
		{Name: "country", Type: frame.Category},
		{Name: "ip", Type: frame.Number},
		{Name: "noise", Type: frame.Number},
		{Name: "constant", Type: frame.Number},
	}
	return columns, func(yield func(*frame.Row) error) error {
		random := rand.New(rand.NewPCG(seed, 1))
		for i := range rows {
			r := frame.Row{ID: fmt.Sprint(i), Values: drawn(random)}
			r.Positive = random.Float64() < logistic.Sigmoid(risk(r.Values))
			if err := yield(&r); err != nil {
				return err
			}
		}
		return nil
	}
}

func drawn(random *rand.Rand) []frame.Value {
	values := []frame.Value{
		frame.Of(random.Float64()*4 - 2), frame.Of(random.Float64()*4 - 2), frame.Of(random.Float64() * 6),
		frame.Level(fmt.Sprint("C", random.IntN(12))), frame.Of(random.Float64()), frame.Of(random.Float64()), frame.Of(7),
	}
	for i := range values[:5] {
		if random.IntN(10) == 0 {
			values[i] = frame.Value{}
		}
	}
	return values
}

func risk(v []frame.Value) float64 {
	z := -1 + v[0].Number - v[1].Number + math.Sin(2*v[2].Number)
	if v[3].Known {
		z += float64(int(v[3].Text[len(v[3].Text)-1]-'0')*7%5) - 2
	}
	if !v[4].Known {
		z += 2
	}
	return z
}

func frameOf(t testing.TB, columns []frame.Column, source frame.Source) *frame.Frame {
	t.Helper()
	f, err := frame.Build(columns, source, frame.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// setup gives a frame with its first four fifths to learn from.
func setup(t testing.TB, rows int) (f *frame.Frame, train, valid []int32) {
	t.Helper()
	columns, source := orders(rows, 1)
	all := upTo(rows)
	return frameOf(t, columns, source), all[:rows*4/5], all[rows*4/5:]
}

func upTo(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

func mustTrain(t testing.TB, f *frame.Frame, rows, valid []int32, p Params) *Model {
	t.Helper()
	m, err := Train(f, rows, valid, p)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func encoded(t testing.TB, m *Model) []byte {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// lossOf is a model's mean log-loss on rows.
func lossOf(m *Model, f *frame.Frame, rows []int32) float64 {
	scores, positive := make([]float64, len(rows)), make([]bool, len(rows))
	for i, row := range rows {
		scores[i], positive[i] = m.LogOddsOf(f, row), f.Positive[row]
	}
	mean, _ := new(crew).loss(scores, positive, 0)
	return mean
}

// anyModel draws a small model: several trees over numbers and categories,
// columns repeated on a path, covers that may be zero.
func anyModel(t *rapid.T) *Model {
	columns := make([]Column, rapid.IntRange(1, 6).Draw(t, "columns"))
	for c := range columns {
		columns[c].Name, columns[c].Type = fmt.Sprint("x", c), frame.Number
		if rapid.Bool().Draw(t, "category") {
			columns[c].Type = frame.Category
			columns[c].Levels = []string{"a", "b", "c"}[:rapid.IntRange(0, 3).Draw(t, "levels")]
		}
	}
	trees := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Tree { return anyTree(t, columns) }), 0, 4).Draw(t, "trees")
	m, err := New(columns, rapid.Float64Range(-3, 3).Draw(t, "base"), trees)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// anyTree splits leaves at random.
func anyTree(t *rapid.T, columns []Column) Tree {
	tree := Tree{Leaves: []Leaf{anyLeaf(t)}}
	where := [][2]int{{-1, 0}} // by leaf: its parent and side
	for range rapid.IntRange(0, 12).Draw(t, "splits") {
		at, n := rapid.IntRange(0, len(tree.Leaves)-1).Draw(t, "leaf"), int32(len(tree.Leaves))
		if w := where[at]; w[0] >= 0 {
			tree.Splits[w[0]].Children[w[1]] = int32(len(tree.Splits))
		}
		where[at] = [2]int{len(tree.Splits), 0}
		where = append(where, [2]int{len(tree.Splits), 1})
		s := anySplit(t, columns)
		s.Children = [2]int32{^int32(at), ^n}
		tree.Splits, tree.Leaves = append(tree.Splits, s), append(tree.Leaves, anyLeaf(t))
	}
	return tree
}

func anyLeaf(t *rapid.T) Leaf {
	return Leaf{rapid.Float64Range(-2, 2).Draw(t, "value"), float64(rapid.IntRange(0, 9).Draw(t, "cover"))}
}

func anySplit(t *rapid.T, columns []Column) Split {
	s := Split{Column: rapid.IntRange(0, len(columns)-1).Draw(t, "column"), MissingLeft: rapid.Bool().Draw(t, "missing")}
	if c := &columns[s.Column]; c.Type == frame.Category {
		s.Left = []uint64{rapid.Uint64Range(0, 1<<(len(c.Levels)+1)-1).Draw(t, "left")}
	} else {
		s.Threshold = float64(rapid.IntRange(-3, 3).Draw(t, "threshold"))
	}
	return s
}

// anyValues draws a row: numbers on and beside thresholds, unseen levels.
func anyValues(t *rapid.T, m *Model) []frame.Value {
	values := make([]frame.Value, len(m.columns))
	for c := range values {
		if rapid.IntRange(0, 4).Draw(t, "known") == 0 {
			continue
		}
		if m.columns[c].Type == frame.Category {
			values[c] = frame.Level(rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "level"))
		} else {
			values[c] = frame.Of(float64(rapid.IntRange(-8, 8).Draw(t, "half")) / 2)
		}
	}
	return values
}

// left is where a split sends a value, by its declaration.
func (s *Split) goesLeft(c *Column, v frame.Value) bool {
	switch {
	case !v.Known || c.ZeroMissing && v.Number == 0 && c.Type == frame.Number:
		return s.MissingLeft
	case c.Type == frame.Number:
		return v.Number <= s.Threshold
	}
	level := slices.Index(c.Levels, v.Text)
	if level < 0 {
		level = len(c.Levels)
	}
	return s.Left[level/64]>>(level%64)&1 == 1
}

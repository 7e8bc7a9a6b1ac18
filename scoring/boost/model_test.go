package boost

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/frame"
)

// walked is a model's log-odds by the declarations of its trees.
func (m *Model) walked(values []frame.Value) float64 {
	return m.game(values, 1<<len(values)-1)
}

func TestLogOddsFollowsTheTrees(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := anyModel(t)
		values := anyValues(t, m)
		if got, want := m.LogOdds(values), m.walked(values); math.Abs(got-want) > 1e-12 {
			t.Fatalf("LogOdds = %v, want %v", got, want)
		}
	})
}

func TestLogOddsOfIsLogOdds(t *testing.T) {
	t.Parallel()
	f, train, valid := setup(t, 2000)
	m := mustTrain(t, f, train, valid, Params{Trees: 30})
	columns, source := orders(500, 2)
	other := frameOf(t, columns, source)
	values := make([]frame.Value, len(f.Columns))
	check := func(f *frame.Frame, row int32) {
		for c := range values {
			values[c] = f.Value(c, row)
		}
		if got, want := m.LogOddsOf(f, row), m.LogOdds(values); got != want {
			t.Errorf("row %d: %v by bins, %v by values", row, got, want)
		}
	}
	for row := range int32(500) {
		check(f, row)
		check(other, row)
	}
}

// TestBinsAreTheValues scores the very numbers that the frame was built of: all
// that fall into a bin are on one side of every cut.
func TestBinsAreTheValues(t *testing.T) {
	t.Parallel()
	columns, source := orders(2000, 3)
	f := frameOf(t, columns, source)
	m := mustTrain(t, f, upTo(2000), nil, Params{Trees: 30})
	row := int32(0)
	_ = source(func(r *frame.Row) error {
		if got, want := m.LogOdds(r.Values), m.LogOddsOf(f, row); got != want {
			t.Errorf("row %d: %v by values, %v by bins", row, got, want)
		}
		row++
		return nil
	})
}

func TestUnknownValues(t *testing.T) {
	t.Parallel()
	number, category := Column{Column: frame.Column{Name: "n", Type: frame.Number}}, Column{Column: frame.Column{Name: "c", Type: frame.Category}, Levels: []string{"a", "b"}}
	zeroes := number
	zeroes.ZeroMissing = true
	split := func(s Split) []Tree {
		s.Children = [2]int32{^0, ^1}
		return []Tree{{[]Split{s}, []Leaf{{-1, 1}, {1, 1}}}}
	}
	for name, c := range map[string]struct {
		column Column
		split  Split
		value  frame.Value
		want   float64
	}{
		"on the threshold":         {number, Split{Threshold: 2}, frame.Of(2), -1},
		"above it":                 {number, Split{Threshold: 2}, frame.Of(math.Nextafter(2, 3)), 1},
		"missing right":            {number, Split{Threshold: 2}, frame.Value{}, 1},
		"missing left":             {number, Split{Threshold: -2, MissingLeft: true}, frame.Value{}, -1},
		"not a number is missing":  {number, Split{Threshold: -2, MissingLeft: true}, frame.Of(math.NaN()), -1},
		"largest number":           {number, Split{Threshold: math.MaxFloat64}, frame.Of(math.MaxFloat64), -1},
		"zero is a number":         {number, Split{Threshold: -2, MissingLeft: true}, frame.Of(0), 1},
		"zero is missing":          {zeroes, Split{Threshold: -2, MissingLeft: true}, frame.Of(0), -1},
		"almost zero is missing":   {zeroes, Split{Threshold: -2, MissingLeft: true}, frame.Of(-1e-36), -1},
		"a level on the left":      {category, Split{Left: []uint64{0b010}}, frame.Level("b"), -1},
		"a level on the right":     {category, Split{Left: []uint64{0b010}}, frame.Level("a"), 1},
		"unseen is the other":      {category, Split{Left: []uint64{0b100}}, frame.Level("z"), -1},
		"unseen is not the first":  {category, Split{Left: []uint64{0b011}}, frame.Level(""), 1},
		"missing is not the other": {category, Split{Left: []uint64{0b100}}, frame.Value{}, 1},
		"a missing level left":     {category, Split{Left: []uint64{0}, MissingLeft: true}, frame.Value{}, -1},
	} {
		m, err := New([]Column{c.column}, 0, split(c.split))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := m.LogOdds([]frame.Value{c.value}); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	number, category := Column{Column: frame.Column{Name: "n", Type: frame.Number}}, Column{Column: frame.Column{Name: "c", Type: frame.Category}, Levels: []string{"a"}}
	stump := func(s Split, leaves ...Leaf) []Tree { return []Tree{{[]Split{s}, leaves}} }
	ends, leaf := [2]int32{^0, ^1}, Leaf{1, 1}
	for want, c := range map[string]struct {
		columns []Column
		base    float64
		trees   []Tree
	}{
		"columns must be 1":                {nil, 0, nil},
		"base must be a number":            {[]Column{number}, math.NaN(), nil},
		"type must be":                     {[]Column{{Column: frame.Column{Type: "date"}}}, 0, nil},
		"a number has no levels":           {[]Column{{Column: number.Column, Levels: []string{"a"}}}, 0, nil},
		"a category has no zero":           {[]Column{{Column: category.Column, ZeroMissing: true}}, 0, nil},
		"no level may be given twice":      {[]Column{{Column: category.Column, Levels: []string{"a", "a"}}}, 0, nil},
		"leaves must be 1":                 {[]Column{number}, 0, []Tree{{}}},
		"one more than splits":             {[]Column{number}, 0, stump(Split{Children: ends}, leaf)},
		"value must be a number":           {[]Column{number}, 0, []Tree{{nil, []Leaf{{math.Inf(1), 1}}}}},
		"cover a number from 0":            {[]Column{number}, 0, []Tree{{nil, []Leaf{{1, -1}}}}},
		"column must be below 1":           {[]Column{number}, 0, stump(Split{Column: 1, Children: ends}, leaf, leaf)},
		"must have a finite threshold":     {[]Column{number}, 0, stump(Split{Threshold: math.Inf(1), Children: ends}, leaf, leaf)},
		"must have a bit for each level":   {[]Column{category}, 0, stump(Split{Children: ends}, leaf, leaf)},
		"levels must be those":             {[]Column{category}, 0, stump(Split{Left: []uint64{0b100}, Children: ends}, leaf, leaf)},
		"children must be later splits":    {[]Column{number}, 0, stump(Split{Children: [2]int32{0, ^1}}, leaf, leaf)},
		"each with one parent":             {[]Column{number}, 0, stump(Split{Children: [2]int32{^1, ^1}}, leaf, leaf)},
		"split 1: children must be later ": {[]Column{number}, 0, stump(Split{Children: [2]int32{math.MinInt32, ^1}}, leaf, leaf)},
	} {
		if _, err := New(c.columns, c.base, c.trees); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New gives %v, want %q", err, want)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	f, train, _ := setup(t, 1000)
	m := mustTrain(t, f, train, nil, Params{Trees: 10})
	values, out := make([]frame.Value, len(f.Columns)), make([]float64, len(f.Columns))
	for name, do := range map[string]func(){
		"LogOdds":       func() { m.LogOdds(values) },
		"LogOddsOf":     func() { m.LogOddsOf(f, 1) },
		"Contributions": func() { m.Contributions(values, out) },
	} {
		least := math.Inf(1) // the race detector makes pools forget now and then
		for range 20 {
			least = min(least, testing.AllocsPerRun(1, do))
		}
		if least > 0 {
			t.Errorf("%s allocates %v times", name, least)
		}
	}
}

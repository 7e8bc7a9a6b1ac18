package model_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"assent/decision"
	"assent/scoring"
	"assent/scoring/blend"
	"assent/scoring/boost"
	"assent/scoring/calibrate"
	"assent/scoring/feature"
	"assent/scoring/frame"
	"assent/scoring/linear"
	"assent/scoring/metric"
	"assent/scoring/model"
)

var now = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// levels are what categories are drawn of; a model knows the first ones.
var levels = []string{"a", "b", "true", "DE", "authorized", "z"}

const known = 4

// maps are one calibration of every method.
var maps = []calibrate.Map{
	{}, {Method: calibrate.None}, {Method: calibrate.Shift, Shift: -0.7}, {Method: calibrate.Platt, Slope: 0.6, Shift: 0.4},
	{Method: calibrate.Beta, Up: 1.4, Down: 0.3, Shift: -0.2},
	{Method: calibrate.Isotonic, Knots: []calibrate.Knot{{From: -3, To: -4}, {From: -1, To: -3.99}, {From: 0, To: 1}, {From: 2, To: 1.5}}},
	{Method: calibrate.Platt, Slope: 40}, {Method: calibrate.Platt, Slope: 0.001},
}

// anyContent draws a small model over features of one set: shares of each
// learner and of the scorecard, where the kind has one.
func anyContent(t *rapid.T) model.Content {
	sets := feature.Sets()
	set := sets[rapid.IntRange(0, len(sets)-1).Draw(t, "set")]
	columns := rapid.SliceOfNDistinct(rapid.SampledFrom(set.Columns()), 1, 30, func(c frame.Column) string { return c.Name }).Draw(t, "columns")
	return contentOf(set, columns, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "weights"), 1)), rapid.SampledFrom(partsOf(set.Kind)).Draw(t, "parts"), rapid.SampledFrom(maps).Draw(t, "map"))
}

// partsOf lists every way to blend two learners, and each alone.
func partsOf(kind string) (out [][]string) {
	for i, a := range blend.Names {
		for _, b := range blend.Names[i:] {
			if a != blend.Scorecard || scoring.CardOf(kind) != nil {
				out = append(out, slices.Compact([]string{a, b}))
			}
		}
	}
	return out
}

func contentOf(set feature.Set, columns []frame.Column, random *rand.Rand, parts []string, to calibrate.Map) model.Content {
	c := model.Content{
		Card: model.Card{Name: "trained/" + set.Name, Kind: set.Kind, Trained: now, Gates: []metric.Gate{{Metric: "auc", Want: ">= 0.55", Have: 0.8, Pass: true}}},
		Set:  set.Name, Columns: columns, Blend: &blend.Blend{Shares: blend.Shares{}}, Calibration: to, Importance: make([]float64, len(columns)),
	}
	for i := range c.Importance {
		c.Importance[i] = random.Float64()
	}
	for _, part := range parts {
		c.Blend.Shares[part] = 1 / float64(len(parts))
		switch part {
		case blend.Scorecard:
			c.Scorecard = scoring.CardOf(set.Kind).Revision()
		case blend.Lines:
			c.Blend.Lines = additive(columns, random, true)
		case blend.Additive:
			c.Blend.Additive = additive(columns, random, false)
		case blend.Boosted:
			c.Blend.Boosted = forest(columns, random, 5, 8)
		}
	}
	return c
}

func additive(columns []frame.Column, random *rand.Rand, lines bool) *linear.Model {
	m := &linear.Model{Base: random.NormFloat64()}
	for _, c := range columns {
		term := linear.Term{Missing: random.NormFloat64() / 4}
		switch {
		case c.Type == frame.Category:
			term.Levels, term.Other = levels[:known], random.NormFloat64()
			term.Weights = []float64{random.NormFloat64(), random.NormFloat64(), 0, random.NormFloat64()}
		case lines:
			term.Line = &linear.Line{Mean: 1, Scale: 2, Slope: random.NormFloat64(), Centre: random.NormFloat64()}
		default:
			term.Edges, term.Weights = []float64{-1, 2}, []float64{random.NormFloat64(), random.NormFloat64(), random.NormFloat64()}
		}
		m.Terms = append(m.Terms, term)
	}
	return m
}

// forest grows trees by splitting leaves in turn, up to so many leaves.
func forest(columns []frame.Column, random *rand.Rand, trees, leaves int) *boost.Model {
	read := make([]boost.Column, len(columns))
	for i, c := range columns {
		if read[i].Column = c; c.Type == frame.Category {
			read[i].Levels = levels[:known]
		}
	}
	grown := make([]boost.Tree, trees)
	for i := range grown {
		grown[i] = tree(read, random, leaves)
	}
	m, err := boost.New(read, random.NormFloat64(), grown)
	if err != nil {
		panic(err)
	}
	return m
}

func tree(columns []boost.Column, random *rand.Rand, leaves int) boost.Tree {
	var t boost.Tree
	for i := range leaves - 1 { // a heap: node i has the children 2i+1 and 2i+2
		s := boost.Split{Column: random.IntN(len(columns)), MissingLeft: random.IntN(2) == 0}
		if columns[s.Column].Type == frame.Category {
			s.Left = []uint64{random.Uint64N(1 << (known + 1))}
		} else {
			s.Threshold = random.NormFloat64() * 10
		}
		for side := range s.Children {
			child := int32(2*i + 1 + side)
			if int(child) >= leaves-1 {
				child = ^(child - int32(leaves-1))
			}
			s.Children[side] = child
		}
		t.Splits = append(t.Splits, s)
	}
	for range leaves {
		t.Leaves = append(t.Leaves, boost.Leaf{Value: random.NormFloat64() / 2, Cover: float64(1 + random.IntN(100))})
	}
	return t
}

// anySnapshot draws values for all that a kind declares, or leaves them out.
func anySnapshot(t *rapid.T, kindName string) decision.Snapshot {
	return snapshotOf(kindName, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "values"), 2)), rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "known"))
}

func snapshotOf(kindName string, random *rand.Rand, share float64) decision.Snapshot {
	kind, _ := decision.KindNamed(kindName)
	s := decision.Snapshot{
		Company: "main", CompanyCurrency: "EUR", Kind: kindName, Channel: "web", Now: now, Rate: decimal.New(12, -1),
		Fields: decision.Record{}, Context: decision.Record{}, Missing: map[string]string{},
	}
	for _, f := range append(slices.Clone(kind.Fields), kind.ContextFields()...) {
		into := s.Fields
		if _, ok := kind.Feature(f.Path); ok {
			into = s.Context
		}
		if value := valueOf(f, random); random.Float64() < share && value != nil {
			into[f.Path] = value
		}
	}
	return s
}

func valueOf(f decision.Field, random *rand.Rand) any {
	switch f.Type {
	case decision.TypeMoney, decision.TypeNumber:
		return decimal.New(random.Int64N(5000), -2)
	case decision.TypeInteger, decision.TypeID:
		return random.Int64N(20)
	case decision.TypeBoolean:
		return random.IntN(2) == 0
	case decision.TypeTime:
		return now.Add(-time.Duration(random.Int64N(1000)) * time.Hour)
	case decision.TypeLines:
		return nil
	case decision.TypeCurrency:
		return "EUR"
	}
	return levels[random.IntN(len(levels))]
}

func decoded(t interface {
	Helper()
	Fatal(...any)
}, c model.Content) (*model.Model, []byte) {
	t.Helper()
	content, err := c.Encode()
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Decode(content)
	if err != nil {
		t.Fatal(err)
	}
	return m, content
}

// example is a model over the whole enriched set of orders, with every part.
func example(t testing.TB, seed uint64) []byte {
	t.Helper()
	set, _ := feature.Named("order/enriched")
	c := contentOf(set, set.Columns(), rand.New(rand.NewPCG(seed, 3)), blend.Names, maps[3])
	_, content := decoded(t, c)
	return content
}

package linear

import (
	"sort"

	"assent/scoring/frame"
)

// Model is a trained additive model.
type Model struct {
	Base  float64 `json:"base"`  // log-odds of the average row
	Terms []Term  `json:"terms"` // by column
}

// Term is what one column adds to the log-odds. A column that told nothing has
// the zero Term, which adds nothing.
type Term struct {
	Edges   []float64 `json:"edges,omitempty"`  // steps over a number; see frame.Binning
	Levels  []string  `json:"levels,omitempty"` // of a category
	Weights []float64 `json:"weights,omitempty"`
	Other   float64   `json:"other,omitempty"` // of a category that is no level
	Line    *Line     `json:"line,omitempty"`  // instead of steps
	Missing float64   `json:"missing,omitempty"`

	index map[string]int // of Levels
}

// Line is a straight term: Slope times the standardised number, less what the
// average row has of it.
type Line struct {
	Mean   float64 `json:"mean"`
	Scale  float64 `json:"scale"` // standard deviation, above 0
	Slope  float64 `json:"slope"`
	Centre float64 `json:"centre"`
}

// clip bounds a standardised number: a line has no end, and data have.
const clip = 4

func (l *Line) at(x float64) float64 {
	z := (x - l.Mean) / l.Scale
	return float64(l.Slope*min(max(z, -clip), clip)) - l.Centre
}

// Columns counts the columns that it reads.
func (m *Model) Columns() int { return len(m.Terms) }

// LogOdds of a row by its values.
func (m *Model) LogOdds(values []frame.Value) float64 {
	sum := m.Base
	for c := range m.Terms {
		sum += m.Terms[c].of(values[c])
	}
	return sum
}

// Contributions puts each column's term into out and returns the base: base
// plus all of out is LogOdds.
func (m *Model) Contributions(values []frame.Value, out []float64) (base float64) {
	for c := range m.Terms {
		out[c] = m.Terms[c].of(values[c])
	}
	return m.Base
}

// LogOddsOf is LogOdds of a row of a frame, numbers being as precise as its
// bins.
func (m *Model) LogOddsOf(f *frame.Frame, row int32) float64 {
	sum := m.Base
	for c := range m.Terms {
		sum += m.Terms[c].of(f.Value(c, row))
	}
	return sum
}

func (t *Term) of(v frame.Value) float64 {
	switch {
	case !v.Known:
		return t.Missing
	case t.Line != nil:
		return t.Line.at(v.Number)
	case t.index != nil:
		if i, ok := t.index[v.Text]; ok {
			return t.Weights[i]
		}
		return t.Other
	case len(t.Weights) > 0:
		return t.Weights[sort.SearchFloat64s(t.Edges, v.Number)]
	}
	return 0
}

// ready indexes the levels.
func (t *Term) ready() {
	if t.Levels == nil {
		return
	}
	t.index = make(map[string]int, len(t.Levels))
	for i, level := range t.Levels {
		t.index[level] = i
	}
}

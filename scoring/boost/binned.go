package boost

import (
	"math"
	"sort"
	"weak"

	"assent/scoring/frame"
)

// binned is how a frame's codes read as a model's.
type binned struct {
	frame weak.Pointer[frame.Frame]
	codes [][256][2]int32 // by column, then the frame's code
}

// LogOddsOf is LogOdds of a row of a frame with the model's columns. It is
// exact for the frame that the model was trained on; in another frame a number
// is as precise as its bin.
func (m *Model) LogOddsOf(f *frame.Frame, row int32) float64 {
	s := m.scratch.Get().(*scratch)
	m.encodeOf(f, row, s.codes)
	sum := m.sum(s.codes)
	m.scratch.Put(s)
	return sum
}

func (m *Model) encodeOf(f *frame.Frame, row int32, codes []int32) {
	b := m.binned.Load()
	if b == nil || b.frame.Value() != f {
		b = m.bind(f)
		m.binned.Store(b)
	}
	for c := range b.codes {
		pair := &b.codes[c][f.Codes[c][row]]
		codes[2*c], codes[2*c+1] = pair[0], pair[1]
	}
}

func (m *Model) bind(f *frame.Frame) *binned {
	b := &binned{weak.Make(f), make([][256][2]int32, len(m.columns))}
	values, codes := make([]frame.Value, len(m.columns)), make([]int32, 2*len(m.columns))
	for code := range 256 {
		for c := range values {
			values[c] = m.valueOf(f, c, code)
		}
		m.encode(values, codes)
		for c := range values {
			b.codes[c][code] = [2]int32{codes[2*c], codes[2*c+1]}
		}
	}
	return b
}

// valueOf is a value that the frame gives the code: for a number the mean of
// its bin, moved into the bin should rounding have put it outside.
func (m *Model) valueOf(f *frame.Frame, column, code int) frame.Value {
	b := &f.Binnings[column]
	switch {
	case code == int(frame.Missing):
		return frame.Value{}
	case f.Columns[column].Type == frame.Category:
		if code < len(b.Levels) {
			return frame.Level(b.Levels[code])
		}
		return frame.Value{Known: true, Text: other(m.columns[column].Levels)}
	case code > len(b.Edges):
		return frame.Value{} // no row has it
	}
	upper := math.MaxFloat64
	if code < len(b.Edges) {
		upper = b.Edges[code]
	}
	if code < len(b.Means) && sort.SearchFloat64s(b.Edges, b.Means[code]) == code {
		return frame.Of(b.Means[code])
	}
	return frame.Of(upper)
}

// other is a text that is none of the levels.
func other(levels []string) string {
	text := "\x00"
	for _, level := range levels {
		if len(level) >= len(text) {
			text = level + "\x00"
		}
	}
	return text
}

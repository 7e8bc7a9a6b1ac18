package plot

import (
	"html/template"

	"assent/scoring/metric"
)

// Rows of a table have pictures of this size.
const (
	rowWidth  = 160.0
	rowHeight = 16.0
)

// Bar is a horizontal bar for a cell of a table; values of one column share To.
type Bar struct {
	Title string
	Value float64
	To    float64   // where the cell ends
	Marks []float64 // rising: from each one on the bar is of the next class
}

// SVG draws the bar: class l0 below the first mark, l1 from it on, and so on.
func (b Bar) SVG() template.HTML {
	c := newCanvas("row", b.Title, rowWidth, rowHeight)
	axis, level := Axis{To: b.To}, 0
	for _, m := range b.Marks {
		if b.Value >= m {
			level++
		}
	}
	if finite(b.Value, b.To) && b.To > 0 {
		c.add(`<rect x="0" y="3" width="%v" height="10" class="bar l%v"/>`+"\n", max(axis.at(b.Value)*rowWidth, 0.5), level)
	}
	for _, m := range b.Marks {
		if m <= b.To {
			c.line(axis.at(m)*rowWidth, 0, axis.at(m)*rowWidth, rowHeight, "limit")
		}
	}
	return c.html()
}

// Whisker is a figure with its interval for a cell of a table, and the limits
// that it is held against. Rows to be compared share From and To.
type Whisker struct {
	Title    string
	Interval metric.Interval
	Limits   []float64
	Others   []float64 // figures of peers
	From, To float64
}

// SVG draws the whisker. A figure that is not known gives an empty cell.
func (w Whisker) SVG() template.HTML {
	c := newCanvas("row", w.Title, rowWidth, rowHeight)
	at := func(v float64) float64 { return 6 + Axis{From: w.From, To: w.To}.at(v)*(rowWidth-12) }
	c.line(0, rowHeight/2, rowWidth, rowHeight/2, "grid")
	if !finite(w.From, w.To) {
		return c.html()
	}
	if finite(w.Interval.Low, w.Interval.High) {
		c.line(at(w.Interval.Low), rowHeight/2, at(w.Interval.High), rowHeight/2, "whisker c1")
	}
	for _, v := range w.Limits {
		c.line(at(v), 0, at(v), rowHeight, "limit")
	}
	for _, v := range w.Others {
		if !finite(v) {
			continue
		}
		c.line(at(v), 4, at(v), rowHeight-4, "peer")
	}
	if finite(w.Interval.Value) {
		c.add(`<circle cx="%v" cy="8" r="4" class="dot c1"/>`+"\n", at(w.Interval.Value))
	}
	return c.html()
}

package plot

import (
	"fmt"
	"html/template"

	"assent/scoring/metric"
)

// Line is curves over two axes.
type Line struct {
	Title  string // what the picture shows, in a sentence
	X, Y   Axis
	Series []Series
	Marks  []Mark
}

// Series is one curve. The first four of a plot have colours of their own.
type Series struct {
	Name   string
	Points []metric.Point
	Plain  bool // a reference such as a base rate: grey and dashed
}

// Mark is a point with a name, which is written above it.
type Mark struct {
	Name  string
	X, Y  float64
	Under bool // for the side that the curve leaves free
}

// SVG draws the plot.
func (l Line) SVG() template.HTML {
	c := newCanvas("plot", l.Title, width, height)
	classes := l.classes()
	entries := make([]entry, len(l.Series))
	for i, s := range l.Series {
		entries[i] = entry{s.Name, classes[i]}
	}
	c.legend(entries)
	c.grid(l.X, l.Y)
	for i, s := range l.Series {
		c.curve(l, s, classes[i])
	}
	for _, m := range l.Marks {
		c.mark(l, m)
	}
	return c.html()
}

// classes gives each curve its class: curve c1 to c4, or plain.
func (l Line) classes() []string {
	out, n := make([]string, len(l.Series)), 0
	for i, s := range l.Series {
		out[i] = "plain"
		if !s.Plain {
			out[i] = fmt.Sprintf("curve c%d", n%4+1)
			n++
		}
	}
	return out
}

func (c *canvas) curve(l Line, s Series, class string) {
	c.add(`<polyline class="%v" points="`, class)
	for _, p := range s.Points {
		if finite(p.X, p.Y) {
			c.add("%v,%v ", c.x(l.X, p.X), c.y(l.Y, p.Y))
		}
	}
	c.add("\"/>\n")
}

// mark writes the name on the side that has room.
func (c *canvas) mark(l Line, m Mark) {
	if !finite(m.X, m.Y) {
		return
	}
	x, y := c.x(l.X, m.X), c.y(l.Y, m.Y)
	c.dot(x, y, 4.5, "mark", m.Name)
	side, anchor := 7.0, "start"
	if l.X.at(m.X) > 0.5 {
		side, anchor = -7, "end"
	}
	down := -9.0
	if m.Under && l.Y.at(m.Y) > 0.1 {
		down = 17
	}
	c.text(x+side, y+down, anchor, "note", m.Name)
}

package plot

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Size of a plot in units of its own; the page scales it to the room there is.
// It is small so that letters stay readable on a phone.
const (
	width  = 480.0
	height = 320.0
	left   = 58.0
	right  = 24.0
	bottom = 46.0
	row    = 18.0 // of the legend
	letter = 7.6  // room for a letter at 12 to 14 units
)

// canvas collects the elements of one picture.
type canvas struct {
	strings.Builder
	top float64 // where the plot begins, under the legend
}

// newCanvas begins a picture of its own size; title is what somebody reads who
// cannot see it.
func newCanvas(class, title string, w, h float64) *canvas {
	c := &canvas{}
	c.add(`<svg xmlns="http://www.w3.org/2000/svg" class="%v" viewBox="0 0 %v %v" role="img">`, class, px(w), px(h))
	c.add("\n<title>%v</title>\n", title)
	return c
}

// add writes a piece; strings among the values are escaped, numbers rounded.
func (c *canvas) add(format string, values ...any) {
	for i, v := range values {
		switch v := v.(type) {
		case string:
			values[i] = template.HTMLEscapeString(v)
		case float64:
			values[i] = px(v)
		}
	}
	fmt.Fprintf(c, format, values...)
}

// text writes words; anchor is start, middle or end.
func (c *canvas) text(x, y float64, anchor, class, words string) {
	c.add(`<text x="%v" y="%v" text-anchor="%v" class="%v">%v</text>`+"\n", x, y, anchor, class, words)
}

func (c *canvas) line(x1, y1, x2, y2 float64, class string) {
	c.add(`<line x1="%v" y1="%v" x2="%v" y2="%v" class="%v"/>`+"\n", x1, y1, x2, y2, class)
}

// dot is a circle with words that a pointer over it shows.
func (c *canvas) dot(x, y, radius float64, class, words string) {
	c.add(`<circle cx="%v" cy="%v" r="%v" class="%v"><title>%v</title></circle>`+"\n", x, y, radius, class, words)
}

func (c *canvas) rect(x, y, w, h float64, class, words string) {
	c.add(`<rect x="%v" y="%v" width="%v" height="%v" class="%v"><title>%v</title></rect>`+"\n", x, y, w, h, class, words)
}

func (c *canvas) html() template.HTML {
	c.add("</svg>")
	return template.HTML(c.String()) //nolint:gosec // add has escaped every string
}

// entry is one line of a legend.
type entry struct{ name, class string }

// legend writes entries from the left, as many rows as it takes, and leaves
// the plot the room beneath.
func (c *canvas) legend(entries []entry) {
	x, y := left, row-4
	for _, e := range entries {
		wide := 26 + letter*float64(utf8.RuneCountInString(e.name)) + 12
		if x > left && x+wide > width {
			x, y = left, y+row
		}
		c.line(x, y-4, x+20, y-4, e.class)
		c.text(x+26, y, "start", "legend", e.name)
		x += wide
	}
	c.top = y + 14
}

// px rounds to a tenth, which no eye can tell and any machine computes alike.
func px(x float64) string {
	return strconv.FormatFloat(math.Round(x*10)/10+0, 'f', -1, 64)
}

func finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

package plot

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
)

// Histogram is columns of counts side by side. Counts are on a logarithmic
// scale: the rare class would not be seen beside the other one otherwise.
type Histogram struct {
	Title   string
	Label   string   // of what is cut into columns
	Percent bool     // ranges are shares, written in per cent
	Names   []string // of the counts of a column
	Columns []Column
}

// Column is one range and how many there are of each name.
type Column struct {
	From, To float64
	Counts   []int
}

// SVG draws the plot. Columns are equally wide, whatever their ranges.
func (h Histogram) SVG() template.HTML {
	c := newCanvas("plot", h.Title, width, height)
	entries := make([]entry, len(h.Names))
	for i, name := range h.Names {
		entries[i] = entry{name, fmt.Sprintf("whisker c%d", i%4+1)}
	}
	c.legend(entries)
	decades := h.decades()
	for d := range decades + 1 {
		at := c.count(math.Pow10(d), decades)
		c.line(left, at, width-right, at, "grid")
		c.text(left-6, at+4, "end", "tick", short(math.Pow10(d)))
	}
	for i, col := range h.Columns {
		c.column(h, i, col, decades)
	}
	c.edges(h)
	c.names(h.Label, "cases, logarithmic")
	return c.html()
}

// name writes an edge with three digits, which tell columns apart.
func (h Histogram) name(edge float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(edge, 'g', 3, 64), 64)
	if err != nil {
		return ""
	}
	return Axis{Percent: h.Percent}.name(rounded)
}

// decades counts the powers of ten that the largest count takes, at least one.
func (h Histogram) decades() int {
	most := 1
	for _, col := range h.Columns {
		for _, n := range col.Counts {
			most = max(most, n)
		}
	}
	return max(1, int(math.Ceil(math.Log10(float64(most)))))
}

// count places a count; none is at the bottom, one a little above it.
func (c *canvas) count(n float64, decades int) float64 {
	const one = 0.06 // share of the height that a single case takes
	share := 0.0
	if n >= 1 {
		share = one + (1-one)*math.Log10(n)/float64(decades)
	}
	return height - bottom - share*(height-bottom-c.top)
}

func (c *canvas) column(h Histogram, i int, col Column, decades int) {
	wide := (width - right - left) / float64(len(h.Columns))
	bar := wide * 0.84 / float64(max(len(col.Counts), 1))
	for k, n := range col.Counts {
		if n == 0 {
			continue
		}
		y := c.count(float64(n), decades)
		c.rect(left+(float64(i)+0.08)*wide+float64(k)*bar, y, bar, height-bottom-y, fmt.Sprintf("fill c%d", k%4+1),
			fmt.Sprintf("%s to %s: %d %s", h.name(col.From), h.name(col.To), n, h.Names[k]))
	}
}

// edges writes where columns begin and end, as many as have room.
func (c *canvas) edges(h Histogram) {
	n := len(h.Columns)
	every := max(1, (n+5)/6)
	for i := 0; i <= n && n > 0; i += every {
		edge := h.Columns[min(i, n-1)].From
		if i == n {
			edge = h.Columns[n-1].To
		}
		at := left + float64(i)*(width-right-left)/float64(n)
		c.line(at, height-bottom, at, height-bottom+4, "axis")
		c.text(at, height-bottom+16, "middle", "tick", h.name(edge))
	}
}

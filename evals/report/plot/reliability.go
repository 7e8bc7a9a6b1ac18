package plot

import (
	"fmt"
	"html/template"
	"math"

	"assent/scoring/metric"
)

// Reliability holds what probabilities promise against what came, a dot a bin
// with its interval. Both axes are square-root scales: most cases of a rare
// class are promised next to nothing, and would be one blot otherwise.
type Reliability struct {
	Title  string
	Series []Bins
}

// Bins is one model's probabilities.
type Bins struct {
	Name string
	Bins []metric.Bin
}

// SVG draws the plot. The area of a dot grows with its rows.
func (r Reliability) SVG() template.HTML {
	c := newCanvas("plot", r.Title, width, height)
	most, rows := r.bounds()
	x := Axis{Label: "expected rate", To: Ceil(most), Root: true, Percent: true}
	y := x
	y.Label = "observed rate"
	entries := []entry{{"as promised", "plain"}}
	for i, s := range r.Series {
		entries = append(entries, entry{s.Name, fmt.Sprintf("whisker c%d", i%4+1)})
	}
	c.legend(entries)
	c.grid(x, y)
	c.line(c.x(x, 0), c.y(y, 0), c.x(x, x.To), c.y(y, y.To), "plain")
	for i, s := range r.Series {
		for _, b := range s.Bins {
			c.bin(x, y, b, rows, fmt.Sprintf("c%d", i%4+1))
		}
	}
	return c.html()
}

// bounds gives the largest rate of all and the rows of the largest bin.
func (r Reliability) bounds() (most float64, rows int) {
	for _, s := range r.Series {
		for _, b := range s.Bins {
			if finite(b.Expected, b.High) {
				most, rows = max(most, b.Expected, b.High), max(rows, b.Rows)
			}
		}
	}
	return min(most, 1), rows
}

func (c *canvas) bin(x, y Axis, b metric.Bin, rows int, class string) {
	if !finite(b.Expected, b.Observed, b.Low, b.High) || rows == 0 {
		return
	}
	at := c.x(x, b.Expected)
	c.line(at, c.y(y, b.Low), at, c.y(y, b.High), "whisker "+class)
	c.dot(at, c.y(y, b.Observed), 5.5*math.Sqrt(float64(b.Rows)/float64(rows)), "dot "+class,
		fmt.Sprintf("expected %s, observed %s (%s to %s), n = %d", x.name(b.Expected), x.name(b.Observed), x.name(b.Low), x.name(b.High), b.Rows))
}

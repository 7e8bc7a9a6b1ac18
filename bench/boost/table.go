package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"assent/scoring/frame"
)

// A table has numbers and categories, most with missing values, and a label
// that few rows have: the shape of orders, made up.
const (
	numbers    = 24
	categories = 6
	width      = numbers + categories
)

// levels of each category, so few that neither learner pools any.
var levels = [categories]int{3, 7, 20, 40, 120, 240}

// columns of the table: the numbers, then the categories.
func columns() []frame.Column {
	var out []frame.Column
	for c := range width {
		column := frame.Column{Name: fmt.Sprintf("c%02d", c), Type: frame.Number}
		if c >= numbers {
			column.Type = frame.Category
		}
		out = append(out, column)
	}
	return out
}

// example is a row in both tongues: a category is its level's number to LightGBM.
type example struct {
	plain    [width]float64 // NaN is missing
	positive bool
}

// draw makes the examples of a seed one after the other, so that a table of
// any length needs no memory.
type draw struct{ random *rand.Rand }

func newDraw(seed uint64) draw { return draw{rand.New(rand.NewPCG(seed, 0))} }

// next fills e. Effects bend, jump and meet each other, as those of orders do.
func (d draw) next(e *example) {
	z := -3.2
	for c := range width {
		var x, effect float64
		if c < numbers {
			x, effect = d.number(c)
		} else {
			x, effect = d.level(c - numbers)
		}
		if c%3 == 0 && d.random.Float64() < 0.12 {
			x, effect = math.NaN(), 0.3
		}
		e.plain[c] = x
		z += effect
	}
	if e.plain[1] > 3 && e.plain[6] > 0 { // false where missing
		z += 1.2
	}
	e.positive = d.random.Float64() < 1/(1+math.Exp(-z))
}

// number is money, a count or a measure, in turn; half of them mean something.
func (d draw) number(c int) (x, effect float64) {
	g := d.random.NormFloat64()
	switch c % 3 {
	case 0:
		x, effect = math.Round(100*math.Exp(4+g))/100, 0.35*math.Sin(2*g)
	case 1:
		x = math.Floor(d.random.ExpFloat64() * 3)
		effect = 0.25*math.Min(x, 6)/2 - 0.35
	default:
		x, effect = g, 0.5*math.Abs(g)-0.4
	}
	if c >= numbers/2 {
		effect = 0
	}
	return x, effect
}

// level is the more frequent the lower it is.
func (d draw) level(category int) (x, effect float64) {
	u := d.random.Float64()
	level := int(u * u * float64(levels[category]))
	return float64(level), 0.09 * float64(level*7%13-6)
}

// source makes rows of examples, the same ones at each call.
func source(seed uint64, rows int) frame.Source {
	return func(yield func(*frame.Row) error) error {
		d, row, e := newDraw(seed), frame.Row{Values: make([]frame.Value, width)}, example{}
		names := levelNames()
		for i := range rows {
			d.next(&e)
			row.ID, row.Positive = strconv.Itoa(i), e.positive
			e.values(names, row.Values)
			if err := yield(&row); err != nil {
				return err
			}
		}
		return nil
	}
}

// values are the example as a frame takes it.
func (e *example) values(names []string, out []frame.Value) {
	for c, x := range e.plain {
		switch {
		case math.IsNaN(x):
			out[c] = frame.Value{}
		case c < numbers:
			out[c] = frame.Of(x)
		default:
			out[c] = frame.Level(names[int(x)])
		}
	}
}

func levelNames() []string {
	names := make([]string, levels[categories-1])
	for i := range names {
		names[i] = "level " + strconv.Itoa(i)
	}
	return names
}

package cost

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"
)

// Point is what it costs to hold from a probability on.
type Point struct {
	Hold    float64 `json:"hold"`
	Account Account `json:"account"`
}

// Curve gives the cost of every choice of the probability from which on orders
// are held, in at most most points, while what reaches block is blocked. It
// starts where everything below block is held.
func (t Terms) Curve(cases []Case, block decimal.Decimal, most int) []Point {
	sorted := slices.Clone(cases)
	slices.SortStableFunc(sorted, func(a, b Case) int { return cmp.Compare(a.Probability, b.Probability) })
	fixed := CutOffs{Block: block}
	var l ledger
	for _, c := range sorted {
		b := fixed.Band(c.Probability)
		l.move(b, 1, t.price(b, c.chance(), c.Value))
	}
	out := []Point{{0, l.account(t)}}
	for i, c := range sorted {
		if fixed.Band(c.Probability) == Block {
			break
		}
		l.move(Hold, -1, t.price(Hold, c.chance(), c.Value))
		l.move(Pass, 1, t.price(Pass, c.chance(), c.Value))
		switch {
		case i == len(sorted)-1:
			out = append(out, Point{1, l.account(t)})
		case sorted[i+1].Probability > c.Probability && sorted[i+1].Probability < 1: // a cut-off of 1 is never reached
			out = append(out, Point{sorted[i+1].Probability, l.account(t)})
		}
	}
	return thin(out, most)
}

// thin keeps the first, the last, and some evenly between.
func thin(points []Point, most int) []Point {
	last := len(points) - 1
	if most = max(most, 2); last < most {
		return points
	}
	out := make([]Point, most)
	for i := range out {
		out[i] = points[i*last/(most-1)]
	}
	return out
}

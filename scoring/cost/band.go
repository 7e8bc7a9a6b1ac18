package cost

import "github.com/shopspring/decimal"

// Band is what happens to an order. The zero value is Hold: a person looks.
type Band int

// The bands.
const (
	Hold Band = iota
	Pass
	Block
)

// CutOffs are the probabilities from which on an order is held, and blocked.
// Hold is not above Block; where they are equal, nothing is held. A cut-off of
// 1 is never reached, and none of 0 blocks: the zero value holds everything.
type CutOffs struct {
	Hold  decimal.Decimal `json:"hold"`
	Block decimal.Decimal `json:"block"`
}

// Band of a probability.
func (c CutOffs) Band(p float64) Band {
	x := decimal.NewFromFloat(p)
	reached := func(cut decimal.Decimal) bool { return cut.LessThan(one) && !x.LessThan(cut) }
	switch {
	case c.Block.IsPositive() && reached(c.Block):
		return Block
	case reached(c.Hold):
		return Hold
	}
	return Pass
}

// CutOffs of an order of a value: where the cheapest band changes (Elkan 2001,
// "The foundations of cost-sensitive learning", with a third choice). With F
// the cost of a bad order that passes, G of a good one that is blocked, R of a
// review that finds the share c of bad orders and loses the share e of good
// ones, the costs are lines over the probability p:
//
//	pass   p F
//	hold   R + p (1-c) F + (1-p) e G
//	block  (1-p) G
//
// so that holding beats passing from (R + e G) / (c F + e G), and blocking
// beats holding from ((1-e) G - R) / ((1-c) F + (1-e) G). Where the first is
// not below the second no review pays, and blocking beats passing from
// G / (F + G).
func (t Terms) CutOffs(value decimal.Decimal) CutOffs {
	f, g := t.bad(value), t.good(value)
	deterred, kept := t.Deterred.Mul(g), one.Sub(t.Deterred).Mul(g)
	c := CutOffs{Hold: cut(t.Review.Add(deterred), t.Caught.Mul(f).Add(deterred)), Block: one}
	if !t.Blocks {
		return c
	}
	c.Block = decimal.Max(cut(kept.Sub(t.Review), one.Sub(t.Caught).Mul(f).Add(kept)), least)
	if c.Hold.LessThan(c.Block) {
		return c
	}
	direct := decimal.Max(cut(g, f.Add(g)), least)
	return CutOffs{direct, direct}
}

// Best is the band in which an order costs least.
func (t Terms) Best(p float64, value decimal.Decimal) Band { return t.CutOffs(value).Band(p) }

// digits of a cut-off: more than any probability is worth.
const digits = 12

// least is the cut-off of blocking everything.
var least = decimal.New(1, -digits)

// cut is a/b within 0 to 1; 1 where nothing is to be won.
func cut(a, b decimal.Decimal) decimal.Decimal {
	if !b.IsPositive() {
		return one
	}
	return decimal.Min(decimal.Max(a.DivRound(b, digits), decimal.Zero), one)
}

package odoo

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// creditLine is a line of a credit note.
type creditLine struct {
	ID       int64       `json:"id"`
	Display  Text        `json:"display_type"`
	Quantity json.Number `json:"quantity"`
	Price    json.Number `json:"price_unit"`
	Discount json.Number `json:"discount"`
	Total    json.Number `json:"price_total"`
}

// text says that the line is a section or a note.
func (l creditLine) text() bool { return strings.HasPrefix(l.Display.Or(""), "line_") }

// worth is what the line's price says for all of its quantity, with or
// without taxes as the price has them, and its total with taxes.
func (l creditLine) worth() (price, total decimal.Decimal) {
	number := func(n json.Number) decimal.Decimal {
		d, _ := decimal.NewFromString(n.String()) // a number on the wire
		return d
	}
	whole := decimal.NewFromInt(100)
	return number(l.Quantity).Mul(number(l.Price)).Mul(whole.Sub(number(l.Discount))).Div(whole), number(l.Total)
}

// corrected gives the new prices, by line and for one unit, that bring a note
// from total to want. The first pass takes every line in proportion. Each of
// the next gives one line, the largest first, the cents that rounding left
// over: what one line cannot express, another often can.
func corrected(lines []creditLine, pass int, total, want decimal.Decimal, digits int32) map[int64]decimal.Decimal {
	lines = slices.DeleteFunc(slices.Clone(lines), creditLine.text)
	prices := map[int64]decimal.Decimal{}
	if len(lines) == 0 {
		return prices
	}
	if pass == 0 {
		for _, l := range lines {
			price, _ := l.worth()
			prices[l.ID] = price.Mul(want).Div(total).Round(digits)
		}
		return prices
	}
	slices.SortStableFunc(lines, func(a, b creditLine) int {
		_, x := a.worth()
		_, y := b.worth()
		return y.Cmp(x)
	})
	l := lines[(pass-1)%len(lines)]
	price, gross := l.worth()
	step := want.Sub(total)
	if !gross.IsZero() {
		step = step.Mul(price).Div(gross) // without the taxes that come on top
	}
	if step = step.Round(digits); step.IsZero() {
		step = decimal.New(int64(want.Sub(total).Sign()), -digits)
	}
	prices[l.ID] = price.Add(step).Round(digits)
	return prices
}

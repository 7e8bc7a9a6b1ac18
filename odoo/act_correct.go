package odoo

import (
	"encoding/json"
	"maps"
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

// mostPasses bounds how many lines are given the cents that rounding left.
const mostPasses = 5

// correction gives the commands that bring a note from total to want: first
// new prices for all lines, then for one line a pass, and last a line that
// holds what no price can express. None means that nothing is left to try.
func correction(lines []creditLine, pass int, total, want decimal.Decimal, digits int32) []any {
	lines = slices.DeleteFunc(slices.Clone(lines), creditLine.text)
	passes := min(len(lines), mostPasses)
	if passes == 0 || pass > passes {
		if pass == passes+1 {
			return rounding(want.Sub(total), digits)
		}
		return nil
	}
	commands := []any{}
	prices := corrected(lines, pass, total, want, digits)
	for _, id := range slices.Sorted(maps.Keys(prices)) {
		// Command 1 updates a line in place.
		commands = append(commands, []any{1, id, map[string]any{"quantity": 1, "discount": 0, "price_unit": json.Number(prices[id].String())}})
	}
	return commands
}

// mostRounding is the largest difference that a line without tax may bear, in
// the currency's smallest unit. With up to 100 % of tax two neighbouring
// prices are two units apart, so one is missing at most on either side; more
// than that is no rounding.
const mostRounding = 2

// rounding adds a line without tax over the difference. Some amounts cannot be
// had otherwise: with 19 % on top of one line there is nothing between 9.98
// and 10.00, and so for 16 % of all amounts.
func rounding(difference decimal.Decimal, digits int32) []any {
	if difference.Abs().GreaterThan(decimal.New(mostRounding, -digits)) {
		return nil
	}
	// Command 0 creates a line, command 6 sets its taxes: to none, since
	// without the field Odoo takes the company's default tax.
	return []any{[]any{0, 0, map[string]any{
		"name": "Rounding", "quantity": 1, "price_unit": json.Number(difference.Round(digits).String()), "tax_ids": []any{[]any{6, 0, []any{}}},
	}}}
}

// corrected gives the new prices, by line and for one unit, that bring a note
// from total to want. The first pass takes every line in proportion. Each of
// the next gives one line, the largest first, the cents that rounding left
// over: what one line cannot express, another often can.
func corrected(lines []creditLine, pass int, total, want decimal.Decimal, digits int32) map[int64]decimal.Decimal {
	prices := map[int64]decimal.Decimal{}
	if pass == 0 {
		for _, l := range lines {
			price, _ := l.worth()
			prices[l.ID] = price.Mul(want).Div(total).Round(digits)
		}
		return prices
	}
	lines = slices.SortedStableFunc(slices.Values(lines), func(a, b creditLine) int {
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

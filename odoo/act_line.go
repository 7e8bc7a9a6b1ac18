package odoo

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// priceWrite writes the unit price of a line.
func (a attempt) priceWrite(ctx context.Context) decision.Applied {
	return a.line(ctx, "price_unit", a.number("price_unit"))
}

// discountWrite writes the discount of a line, in percent.
func (a attempt) discountWrite(ctx context.Context) decision.Applied {
	return a.line(ctx, "discount", a.number("discount"))
}

type lineRow struct {
	Order    Ref         `json:"order_id"`
	Price    json.Number `json:"price_unit"`
	Discount json.Number `json:"discount"`
}

// line writes one number of one order line. The line must be the subject's:
// an assent about one order is none about another.
func (a attempt) line(ctx context.Context, field string, want decimal.Decimal) decision.Applied {
	id, _ := a.x.Action.Params.Integer("line_id")
	read := func(ctx context.Context) (lineRow, error) {
		return one[lineRow](ctx, a.Integration, a.company, "sale.order.line", id, "order_id", "price_unit", "discount")
	}
	has := func(l lineRow) bool {
		have := l.Price
		if field == "discount" {
			have = l.Discount
		}
		d, err := decimal.NewFromString(have.String())
		return err == nil && d.Round(floatDigits).Equal(want.Round(floatDigits))
	}
	l, err := read(ctx)
	switch {
	case err != nil:
		return a.classify(err)
	case l.Order.ID != a.x.Subject.ID:
		return failed(codeOtherOrder)
	case has(l):
		return done(codeAlready, "")
	}
	tree, end, ok := a.look(ctx)
	switch {
	case !ok:
		return end
	case !a.unchanged(tree):
		return stale
	}
	digits, known, err := a.decimals(ctx, a.company, "sale.order.line", field)
	switch {
	case err != nil:
		return a.classify(err)
	case known && !want.Equal(want.Round(digits)):
		return failed(codeDecimals) // Odoo would round it, and the order would have a price nobody assented to
	}
	if field == "discount" {
		if end, ok := a.discountable(ctx); !ok {
			return end
		}
	}
	call := func() error {
		return Write(ctx, a.Caller, "sale.order.line", []int64{id}, map[string]any{field: json.Number(want.String())}, a.context())
	}
	return a.changed(ctx, call, func(ctx context.Context) (bool, error) {
		l, err := read(ctx)
		return err == nil && has(l), err
	})
}

// discountable refuses orders with a line below zero. Policies count a
// discount on one line as if the whole order had it, and so bound what it
// gives away by the order's total. Where a line takes 9500 off again, a line
// of 10000 gives away twenty times what the total of 500 says. Without such
// lines none is worth more than the order, whatever discounts there are.
func (a attempt) discountable(ctx context.Context) (decision.Applied, bool) {
	lines, err := SearchRead[soldLine](ctx, a.Caller, "sale.order.line", Query{
		Domain: Domain{}.Where("order_id", "=", a.x.Subject.ID), Fields: []string{"product_uom_qty", "price_unit", "discount"},
	}, a.context())
	switch {
	case err != nil:
		return a.classify(err), false
	case slices.ContainsFunc(lines, soldLine.negative):
		return failed(codeNegative), false
	}
	return decision.Applied{}, true
}

type soldLine struct {
	Quantity json.Number `json:"product_uom_qty"`
	Price    json.Number `json:"price_unit"`
	Discount json.Number `json:"discount"`
}

// negative says whether the line is below zero, or would be without its
// discount. A number that is none, which Odoo does not send, counts as such.
func (l soldLine) negative() bool {
	below := func(n json.Number) bool {
		d, err := decimal.NewFromString(n.String())
		return err != nil || d.IsNegative()
	}
	discount, err := decimal.NewFromString(l.Discount.String())
	return below(l.Quantity) != below(l.Price) || err != nil || discount.IsNegative() || discount.GreaterThan(decimal.NewFromInt(100))
}

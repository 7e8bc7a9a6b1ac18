package odoo

import (
	"context"
	"encoding/json"

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
	call := func() error {
		return Write(ctx, a.Caller, "sale.order.line", []int64{id}, map[string]any{field: json.Number(want.String())}, a.context())
	}
	return a.changed(ctx, call, func(ctx context.Context) (bool, error) {
		l, err := read(ctx)
		return err == nil && has(l), err
	})
}

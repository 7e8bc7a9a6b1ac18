package odootest

import "github.com/shopspring/decimal"

// amounts are the sums of one line or document.
type amounts struct{ untaxed, tax decimal.Decimal }

// lineAmounts computes a line as Odoo does with price-excluded taxes and
// rounding per line: quantity * price * (1 - discount), to two places.
func (e *env) lineAmounts(quantity, price, discount float64, taxes []int64) amounts {
	hundred := decimal.NewFromInt(100)
	untaxed := decimal.NewFromFloat(quantity).Mul(decimal.NewFromFloat(price)).
		Mul(hundred.Sub(decimal.NewFromFloat(discount))).Div(hundred).Round(2)
	a := amounts{untaxed: untaxed}
	for _, id := range taxes {
		rate := decimal.NewFromFloat(float(e.one("account.tax", id)["amount"]))
		a.tax = a.tax.Add(untaxed.Mul(rate).Div(hundred).Round(2))
	}
	return a
}

func (a amounts) plus(b amounts) amounts {
	return amounts{a.untaxed.Add(b.untaxed), a.tax.Add(b.tax)}
}

func (a amounts) total() decimal.Decimal { return a.untaxed.Add(a.tax) }

// shape names a line model's fields, which differ between orders and invoices.
type shape struct {
	line, parent string // models
	link         string // the line's many2one to the parent
	quantity     string
	taxes        string
}

// recompute stores a line's amounts and its document's totals.
func (e *env) recompute(s shape, line int64) {
	r := e.one(s.line, line)
	a := e.lineAmounts(float(r[s.quantity]), float(r["price_unit"]), float(r["discount"]), ids(r[s.taxes]))
	m := e.s.models[s.line]
	e.set(m, line, "price_subtotal", a.untaxed.InexactFloat64())
	e.set(m, line, "price_tax", a.tax.InexactFloat64())
	e.set(m, line, "price_total", a.total().InexactFloat64())
	e.totals(s, idOf(r[s.link]))
}

// totals sums a document's lines.
func (e *env) totals(s shape, document int64) {
	var sum amounts
	for _, line := range e.s.tables[s.line].where(s.link, document) {
		r := e.one(s.line, line)
		sum = sum.plus(amounts{decimal.NewFromFloat(float(r["price_subtotal"])), decimal.NewFromFloat(float(r["price_tax"]))})
	}
	e.change(s.parent, document, "amount_untaxed", sum.untaxed.InexactFloat64())
	e.change(s.parent, document, "amount_tax", sum.tax.InexactFloat64())
	e.change(s.parent, document, "amount_total", sum.total().InexactFloat64())
}

// priceLine fills a new line from its product where the caller did not.
func (e *env) priceLine(s shape, line int64, given map[string]any) {
	r := e.one(s.line, line)
	product := e.one("product.product", idOf(r["product_id"]))
	m := e.s.models[s.line]
	if given["price_unit"] == nil {
		e.set(m, line, "price_unit", float(product["list_price"]))
	}
	if given[s.taxes] == nil {
		e.set(m, line, s.taxes, ids(product["taxes_id"]))
	}
	if given["name"] == nil && r["product_id"] != nil {
		e.set(m, line, "name", e.label("product.product", idOf(r["product_id"])))
	}
}

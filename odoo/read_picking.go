package odoo

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// pickingCore reads a stock.picking with the order behind it, whose promise
// to the customer no date may pass.
func (i *Integration) pickingCore(ctx context.Context, c decision.Company, s decision.Subject) (map[string]any, error) {
	p, err := one[struct {
		Name      Text `json:"name"`
		State     Text `json:"state"`
		Scheduled Time `json:"scheduled_date"`
		Deadline  Time `json:"date_deadline"`
		Partner   Ref  `json:"partner_id"`
		Origin    Text `json:"origin"`
	}](ctx, i, c, "stock.picking", s.ID, "name", "state", "scheduled_date", "date_deadline", "partner_id", "origin")
	if err != nil {
		return nil, err
	}
	tree := map[string]any{"currency": c.Currency}
	setCode(tree, "reference", p.Name)
	setText(tree, "state", p.State)
	setTime(tree, "scheduled_date", p.Scheduled)
	setTime(tree, "promised_date", p.Deadline)
	setRef(tree, "partner_id", p.Partner)
	return tree, i.orderBehind(ctx, c, p.Origin.Or(""), tree)
}

// orderBehind adds the order that a delivery is for: its origin is the
// order's number, which every version has without further modules.
func (i *Integration) orderBehind(ctx context.Context, c decision.Company, origin string, tree map[string]any) error {
	// From 18 on the customer's reference follows: "S00037 - WEB-1001".
	origin, _, _ = strings.Cut(origin, " - ")
	if origin == "" {
		return nil
	}
	rows, err := SearchRead[struct {
		Date     Time        `json:"date_order"`
		Total    json.Number `json:"amount_total"`
		Currency Ref         `json:"currency_id"`
		Promise  Time        `json:"commitment_date"`
	}](ctx, i.Caller, "sale.order", Query{
		Domain: Domain{}.Where("name", "=", origin), Limit: 1,
		Fields: []string{"date_order", "amount_total", "currency_id", "commitment_date"},
	}, inCompany(c))
	if err != nil || len(rows) == 0 {
		return err
	}
	o := rows[0]
	setTime(tree, "order_date", o.Date)
	setNumber(tree, "order_amount", o.Total)
	if o.Currency.Name != "" {
		tree["currency"] = o.Currency.Name
	}
	if !o.Promise.IsZero() { // else the transfer's own deadline stands
		setTime(tree, "promised_date", o.Promise)
	}
	return nil
}

// pickingDetails adds what lateness is foretold from, beside dates and value:
// whence, whither, by whom, and how heavy. The carrier and the weight come with
// a module that a shop may be without; then they stay unread.
func (i *Integration) pickingDetails(ctx context.Context, c decision.Company, s decision.Subject, tree map[string]any) error {
	shipping, err := i.has(ctx, c, "stock.picking", "carrier_id", "weight", "shipping_weight", "weight_uom_name")
	if err != nil {
		return err
	}
	p, err := one[struct {
		Type     Ref         `json:"picking_type_id"`
		Carrier  *Ref        `json:"carrier_id"`
		Weight   json.Number `json:"weight"`
		Shipping json.Number `json:"shipping_weight"`
		Unit     Text        `json:"weight_uom_name"`
	}](ctx, i, c, "stock.picking", s.ID, append(shipping, "picking_type_id")...)
	if err != nil {
		return err
	}
	if p.Carrier != nil {
		setCode(tree, "carrier", Text{Value: new(decision.Coded(p.Carrier.Name))})
	}
	for _, weight := range []json.Number{p.Weight, p.Shipping} { // the latter has the packages, too
		setWeight(tree, weight, p.Unit.Or("kg"))
	}
	if err := i.warehouse(ctx, c, p.Type.ID, tree); err != nil {
		return err
	}
	// As the core has read it: what is assessed is what is bound.
	partner, _ := tree["partner_id"].(int64)
	return i.destination(ctx, c, partner, tree)
}

// kilograms in one of the two units that Odoo knows.
var kilograms = map[string]decimal.Decimal{"kg": decimal.New(1, 0), "lb": decimal.New(45359237, -8)}

// setWeight leaves nothing out for a weight of 0, which is what products without
// any add up to.
func setWeight(tree map[string]any, weight json.Number, unit string) {
	w, err := decimal.NewFromString(weight.String())
	if factor, known := kilograms[unit]; known && err == nil && w.IsPositive() {
		setNumber(tree, "weight_kg", json.Number(w.Mul(factor).String()))
	}
}

// warehouse adds the one that the operation type belongs to.
func (i *Integration) warehouse(ctx context.Context, c decision.Company, operation int64, tree map[string]any) error {
	if operation == 0 {
		return nil
	}
	of, err := one[struct {
		Warehouse Ref `json:"warehouse_id"`
	}](ctx, i, c, "stock.picking.type", operation, "warehouse_id")
	if err == errNotVisible {
		return nil
	}
	setRef(tree, "warehouse_id", of.Warehouse)
	return err
}

// destination adds where the goods go, of which no name or street is needed.
func (i *Integration) destination(ctx context.Context, c decision.Company, partner int64, tree map[string]any) error {
	to := map[string]any{}
	if err := i.address(ctx, c, partner, "destination", to); err != nil {
		return err
	}
	for _, path := range []string{"destination.country", "destination.zip"} {
		if v, read := decision.AtPath(to, path); read {
			decision.SetPath(tree, path, v)
		}
	}
	return nil
}

package odoo

import (
	"context"
	"encoding/json"
	"strings"

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

package odoo

import (
	"context"
	"encoding/json"

	"assent/decision"
)

type orderRow struct {
	Name     Text        `json:"name"`
	State    Text        `json:"state"`
	Date     Time        `json:"date_order"`
	Total    json.Number `json:"amount_total"`
	Currency Ref         `json:"currency_id"`
	Partner  Ref         `json:"partner_id"`
	Shipping Ref         `json:"partner_shipping_id"`
	Promise  Time        `json:"commitment_date"`
	Lines    IDs         `json:"order_line"`
}

// orderCore reads a sale.order with its lines. currency_id shows the ISO code
// as its name.
func (i *Integration) orderCore(ctx context.Context, c decision.Company, s decision.Subject) (map[string]any, error) {
	o, err := one[orderRow](ctx, i, c, "sale.order", s.ID, "name", "state", "date_order", "amount_total", "currency_id", "partner_id", "partner_shipping_id", "commitment_date", "order_line")
	if err != nil {
		return nil, err
	}
	tree := map[string]any{}
	setCode(tree, "reference", o.Name)
	setText(tree, "state", o.State)
	setTime(tree, "date_order", o.Date)
	setNumber(tree, "amount_total", o.Total)
	set(tree, "currency", o.Currency.Name, o.Currency.Name != "")
	setRef(tree, "partner_id", o.Partner)
	setRef(tree, "partner_shipping_id", o.Shipping)
	setTime(tree, "commitment_date", o.Promise)
	return tree, i.orderLines(ctx, c, o.Lines, tree)
}

// orderState reads only the state: after an action nothing else is asked.
func (i *Integration) orderState(ctx context.Context, c decision.Company, s decision.Subject) (string, error) {
	o, err := one[orderRow](ctx, i, c, "sale.order", s.ID, "state")
	return o.State.Or(""), err
}

// orderDetails adds customer, addresses and earlier orders.
func (i *Integration) orderDetails(ctx context.Context, c decision.Company, s decision.Subject, tree map[string]any) error {
	invoice, err := one[struct {
		Address Ref `json:"partner_invoice_id"`
	}](ctx, i, c, "sale.order", s.ID, "partner_invoice_id")
	if err != nil {
		return err
	}
	// As the core has read them: what is assessed is what is bound.
	partner, _ := tree["partner_id"].(int64)
	shipping, _ := tree["partner_shipping_id"].(int64)
	if err := i.customer(ctx, c, s.ID, partner, tree); err != nil {
		return err
	}
	if err := i.address(ctx, c, invoice.Address.ID, "billing", tree); err != nil {
		return err
	}
	return i.address(ctx, c, shipping, "shipping", tree)
}

// customer reads who ordered. The order itself, confirmed or not, is none of
// the earlier ones.
func (i *Integration) customer(ctx context.Context, c decision.Company, order, id int64, tree map[string]any) error {
	if id == 0 {
		return nil
	}
	p, err := one[struct {
		Email Text `json:"email"`
		Phone Text `json:"phone"`
		Since Time `json:"create_date"`
	}](ctx, i, c, "res.partner", id, "email", "phone", "create_date")
	if err == errNotVisible {
		return nil // a record rule may hide the customer of a visible order
	}
	if err != nil {
		return err
	}
	setText(tree, "customer.email", p.Email)
	setText(tree, "customer.phone", p.Phone)
	setTime(tree, "customer.since", p.Since)
	dialect, err := i.Caller.Dialect(ctx)
	if err != nil {
		return err
	}
	var orders int64
	q := Call{Model: "sale.order", Method: "search_count", Context: inCompany(c),
		Args: Args{"domain": Domain{}.Where("partner_id", "=", id).Where("state", "in", dialect.Confirmed).Where("id", "!=", order)}}
	if err := i.Caller.Call(ctx, q, &orders); err != nil {
		return err
	}
	set(tree, "customer.orders", orders, true)
	return nil
}

func (i *Integration) address(ctx context.Context, c decision.Company, id int64, at string, tree map[string]any) error {
	if id == 0 {
		return nil
	}
	p, err := one[struct {
		Name    Text `json:"name"`
		Street  Text `json:"street"`
		City    Text `json:"city"`
		Zip     Text `json:"zip"`
		Country Ref  `json:"country_id"`
	}](ctx, i, c, "res.partner", id, "name", "street", "city", "zip", "country_id")
	if err == errNotVisible {
		return nil
	}
	if err != nil {
		return err
	}
	setText(tree, at+".name", p.Name)
	setText(tree, at+".street", p.Street)
	setText(tree, at+".city", p.City)
	setText(tree, at+".zip", p.Zip)
	if p.Country.ID == 0 {
		return nil
	}
	country, err := one[struct {
		Code Text `json:"code"`
	}](ctx, i, c, "res.country", p.Country.ID, "code")
	if err == errNotVisible {
		return nil
	}
	setCode(tree, at+".country", country.Code)
	return err
}

// orderLines reads the lines that have a product; sections and notes have
// none.
func (i *Integration) orderLines(ctx context.Context, c decision.Company, ids []int64, tree map[string]any) error {
	if len(ids) == 0 || len(ids) > decision.MaxLines {
		return nil // too many are unknown: the first ones would tell another story
	}
	rows, err := SearchRead[struct {
		Product  Ref         `json:"product_id"`
		Quantity json.Number `json:"product_uom_qty"`
		Price    json.Number `json:"price_unit"`
		Discount json.Number `json:"discount"`
	}](ctx, i.Caller, "sale.order.line", Query{
		Domain: Domain{}.Where("id", "in", ids), Order: "id",
		Fields: []string{"product_id", "product_uom_qty", "price_unit", "discount"},
	}, inCompany(c))
	if err != nil {
		return err
	}
	var lines []any
	for _, r := range rows {
		if r.Product.ID == 0 {
			continue // a section or a note
		}
		line := map[string]any{}
		setRef(line, "product_id", r.Product)
		setNumber(line, "quantity", r.Quantity)
		setNumber(line, "price_unit", r.Price)
		setNumber(line, "discount", r.Discount)
		lines = append(lines, line)
	}
	set(tree, "lines", lines, len(lines) > 0)
	return nil
}

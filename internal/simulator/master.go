package simulator

// master are the records that nobody decides on but that others point to.
func (r *Retailer) master() []Record {
	var out []Record
	add := func(model string, id int64, values map[string]any) {
		values["id"] = id
		out = append(out, Record{model, id, values})
	}
	add("res.company", r.company.OdooID, map[string]any{"name": companyName, "currency_id": r.currencyLink(r.company.Currency)})
	for code, id := range currencyIDs {
		add("res.currency", id, map[string]any{"name": code, "active": true})
	}
	for _, c := range countries {
		add("res.country", c.id, map[string]any{"name": c.name, "code": c.code})
	}
	for _, w := range r.warehouses {
		stock, kind := w.stock(), w.outgoing()
		add("stock.warehouse", w.id, map[string]any{"name": w.name, "code": w.code, "company_id": r.companyLink(), "lot_stock_id": stock, "delivery_steps": "ship_only"})
		add("stock.location", stock[0].(int64), map[string]any{"name": "Stock", "usage": "internal", "company_id": r.companyLink()})
		add("stock.picking.type", kind[0].(int64), map[string]any{"name": "Delivery Orders", "code": "outgoing", "warehouse_id": link(w.id, w.name), "company_id": r.companyLink()})
	}
	add("account.journal", salesJournal, map[string]any{"name": "Customer Invoices", "code": "INV", "type": "sale", "company_id": r.companyLink()})
	for _, p := range r.products {
		add("product.template", p.id, p.values())
		variant := p.values()
		variant["product_tmpl_id"] = link(p.id, p.name)
		add("product.product", p.id, variant)
	}
	for _, c := range r.customers {
		add("res.partner", c.id, partnerValues(c))
	}
	for _, v := range r.vendors {
		add("res.partner", v.id, partnerValues(v))
	}
	return out
}

const (
	companyName  = "Example Retail"
	salesJournal = int64(1)
)

// stock and outgoing are links to a warehouse's stock location and its
// operation type of deliveries.
func (w warehouse) stock() []any    { return link(w.id*100, w.code+"/Stock") }
func (w warehouse) outgoing() []any { return link(w.id*10, w.name+": Delivery Orders") }

func (w *world) companyLink() []any { return link(w.company.OdooID, companyName) }

func (w *world) currencyLink(code string) []any { return link(currencyIDs[code], code) }

func partnerValues(c *customer) map[string]any {
	values := addressValues(c.home)
	values["name"], values["email"], values["phone"] = c.name, c.email, orFalse(c.phone)
	values["is_company"], values["parent_id"] = c.business, false
	values["customer_rank"], values["create_date"], values["company_id"] = min(c.orders, 1), odooTime(c.since), false
	return values
}

func (p product) values() map[string]any {
	return map[string]any{"name": p.name, "list_price": odooAmount(p.price), "standard_price": odooAmount(p.cost), "type": "consu", "company_id": false}
}

func addressValues(a address) map[string]any {
	in := countryOf(a.country)
	return map[string]any{"street": a.street, "city": a.city, "zip": a.zip, "state_id": false, "country_id": link(in.id, in.name)}
}

// orFalse is Odoo's way of saying that a text is not set.
func orFalse(text string) any {
	if text == "" {
		return false
	}
	return text
}

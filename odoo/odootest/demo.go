package odootest

import (
	"fmt"
	"time"
)

// The demo's bot user.
const (
	DemoLogin = "assent"
	DemoKey   = "fake-api-key"
	DemoBot   = 6 // its user id
)

// Demo fills the server with a small shop: one company with two warehouses, a
// second company the bot may not see, and n quotations with ids 1 to n. Every
// fifth has a posted invoice. The same n gives the same records.
func (s *Server) Demo(n int) {
	s.seedShop()
	s.seedProducts()
	for i := 1; i <= n; i++ {
		s.demoOrder(i)
	}
}

func (s *Server) seedShop() {
	s.Seed("res.currency", map[string]any{"id": 1, "name": "EUR", "symbol": "€", "rounding": 0.01})
	s.Seed("res.company",
		map[string]any{"id": 1, "name": "Omni Retail", "currency_id": 1},
		map[string]any{"id": 2, "name": "Omni Outlet", "currency_id": 1})
	s.Seed("res.partner", map[string]any{"id": 1, "name": "Omni Retail", "is_company": true}, map[string]any{"id": 3, "name": "Administrator", "email": "admin@example.com"},
		map[string]any{"id": 7, "name": "Assent", "email": "assent@example.com"})
	s.AddUser(User{ID: 2, Login: "admin", Name: "Administrator", Key: "admin", Companies: []int64{1, 2}, Groups: []string{"admin"}})
	s.AddUser(User{ID: DemoBot, Login: DemoLogin, Name: "Assent", Key: DemoKey, Companies: []int64{1}, Groups: []string{"sale", "account", "contact", "purchase"}})
	s.Seed("res.users", map[string]any{"id": 2, "partner_id": 3}, map[string]any{"id": DemoBot, "partner_id": 7})
	s.Seed("stock.location", map[string]any{"id": 8, "name": "WH/Stock", "company_id": 1, "usage": "internal"}, map[string]any{"id": 9, "name": "EAST/Stock", "company_id": 1, "usage": "internal"},
		map[string]any{"id": 10, "name": "OUT/Stock", "company_id": 2, "usage": "internal"})
	s.Seed("stock.warehouse",
		map[string]any{"id": 1, "name": "Main", "code": "WH", "sequence": 10, "company_id": 1, "lot_stock_id": 8, "delivery_steps": "ship_only"},
		map[string]any{"id": 2, "name": "East", "code": "EAST", "sequence": 10, "company_id": 1, "lot_stock_id": 9, "delivery_steps": "ship_only"},
		map[string]any{"id": 3, "name": "Outlet", "code": "OUT", "sequence": 10, "company_id": 2, "lot_stock_id": 10, "delivery_steps": "ship_only"})
	s.Seed("stock.picking.type",
		map[string]any{"id": 2, "name": "Delivery Orders", "code": "outgoing", "warehouse_id": 1, "company_id": 1},
		map[string]any{"id": 4, "name": "Delivery Orders", "code": "outgoing", "warehouse_id": 2, "company_id": 1})
	s.Seed("account.journal", map[string]any{"id": 1, "name": "Customer Invoices", "code": "INV", "type": "sale", "company_id": 1})
	s.Seed("account.tax", map[string]any{"id": 1, "name": "19%", "amount": 19.0, "company_id": 1})
	s.Seed("mail.activity.type", map[string]any{"id": 1, "name": "Email"}, map[string]any{"id": 4, "name": "To-Do"})
}

func (s *Server) seedProducts() {
	for i, name := range []string{"Desk", "Chair", "Lamp", "Cabinet", "Gift card"} {
		id := int64(i + 1)
		kind := "consu"
		if name == "Gift card" {
			kind = "service"
		}
		values := map[string]any{
			"id": id, "name": name, "default_code": fmt.Sprintf("P%03d", id), "list_price": 49.5 * float64(id),
			"type": kind, "taxes_id": []any{1},
		}
		s.Seed("product.template", values)
		values["product_tmpl_id"] = id
		s.Seed("product.product", values)
	}
}

// demoOrder makes one quotation, and for every fifth an invoice of its own:
// the values only have to differ, not to mean anything.
func (s *Server) demoOrder(i int) {
	customer := int64(100 + i%50)
	s.Seed("res.partner", map[string]any{
		"id": customer, "name": fmt.Sprintf("Customer %02d", i%50), "email": fmt.Sprintf("customer%02d@example.com", i%50),
		"customer_rank": 1 + i%4, "active": true,
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.super()
	e.companies = []int64{1}
	line := map[string]any{"product_id": int64(1 + i%5), "product_uom_qty": float64(1 + i%3)}
	must(e.create(s.models[saleOrder], map[string]any{
		"partner_id": customer, "client_order_ref": fmt.Sprintf("WEB-%05d", i), "order_line": []any{[]any{0, 0, line}},
		"date_order": e.now.Add(time.Duration(-i) * time.Minute).UTC().Format(timeLayout),
	}))
	if i%5 != 0 {
		return
	}
	invoice := must(e.create(s.models[accountMove], map[string]any{
		"move_type": "out_invoice", "partner_id": customer, "invoice_origin": fmt.Sprintf("S%05d", i),
		"invoice_line_ids": []any{[]any{0, 0, map[string]any{"product_id": line["product_id"], "quantity": line["product_uom_qty"]}}},
	}))
	_, err := postMove(e, &call{model: s.models[accountMove], ids: []int64{invoice}})
	must(invoice, err)
	e.set(s.models[saleOrder], int64(i), "invoice_ids", []int64{invoice})
}

func must(id int64, err error) int64 {
	if err != nil {
		panic("odootest: demo: " + err.Error())
	}
	return id
}

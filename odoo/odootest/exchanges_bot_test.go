package odootest

import "testing"

// TestRecordedBot sends what a bot with the documented rights and no others
// had sent to a real server: much of what an administrator may do is refused.
func TestRecordedBot(t *testing.T) {
	t.Parallel()
	s := New(Options{Version: 17, Database: "t17", Now: clockAt(t, "2026-11-24 13:10:00")})
	s.AddUser(User{ID: 8, Login: "assent", Name: "Assent", Key: "<api-key>", Companies: []int64{1}, Groups: []string{"sale", "account"}})
	s.Seed("res.partner", map[string]any{"id": 47, "name": "Assent", "email": "assent@example.com"}, map[string]any{"id": 14, "name": "Azure Interior"})
	s.Seed("res.users", map[string]any{"id": 8, "partner_id": 47}, map[string]any{"id": 10, "login": "fin", "name": "Fin"})
	s.Seed(saleOrder, map[string]any{"id": 132, "name": "S00132", "state": "draft", "company_id": 1, "partner_id": 14})
	s.Seed(saleOrderLine, map[string]any{"id": 366, "order_id": 132, "company_id": 1, "price_unit": 500.0})
	s.Seed(accountMove, map[string]any{"id": 246, "name": "INV/2026/00246", "state": "posted", "move_type": "out_invoice", "journal_id": []any{1, "Customer Invoices"}, "company_id": 1})
	s.Seed("stock.quant", map[string]any{"id": 1, "company_id": 1, "quantity": 1.0})
	for _, x := range exchanges(t, "testdata/odoo17bot.jsonl") {
		switch x.Name {
		case "note_without_address":
			s.Seed("res.partner", map[string]any{"id": 47, "email": false})
		case "address":
			s.Seed("res.partner", map[string]any{"id": 47, "email": "assent@example.com"})
		case "activity_own":
			s.SetNext("mail.activity", 45)
		}
		t.Run(x.Name, func(t *testing.T) { x.replay(t, s) })
	}
}

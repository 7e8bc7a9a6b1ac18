package odoo_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"assent/decision"
	"assent/odoo"
	"assent/odoo/odootest"
)

// answers are the rows that a real server answered a recorded search with.
func answers(t *testing.T, version int, name string) []map[string]any {
	t.Helper()
	file, err := os.Open(fmt.Sprintf("odootest/testdata/odoo%d.jsonl", version))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var x struct {
			Name     string
			Response struct {
				Body json.RawMessage
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &x); err != nil {
			t.Fatal(err)
		}
		if x.Name == name {
			return rows(t, x.Response.Body)
		}
	}
	t.Fatalf("nothing recorded as %s, %v", name, lines.Err())
	return nil
}

func rows(t *testing.T, body []byte) []map[string]any {
	t.Helper()
	var answer struct{ Result []map[string]any }
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&answer); err != nil || len(answer.Result) == 0 {
		t.Fatalf("%d rows, %v", len(answer.Result), err)
	}
	return answer.Result
}

// recordedStage is a server that holds what was recorded, and nothing else
// but a bot.
func recordedStage(t *testing.T, i instance) *stage {
	t.Helper()
	s := &stage{bundle: setup(t, i), company: decision.Company{ID: "main", OdooID: 1, Currency: "USD"}}
	s.fake = odootest.New(odootest.Options{Version: i.version})
	s.fake.AddUser(odootest.User{ID: 8, Login: "decider", Name: "Decider", Key: "key", Companies: []int64{1}, Groups: []string{"sale"}})
	for name, model := range map[string]string{"sale_order_search_read": "sale.order", "sale_order_line_read": "sale.order.line", "partner_read": "res.partner"} {
		s.fake.Seed(model, answers(t, i.version, name)...)
	}
	s.fake.Seed("res.country", map[string]any{"id": 233, "code": "US"})
	client, err := odoo.New(odoo.Config{URL: "http://odoo.test", Database: "odoo", Login: "decider", Key: "key", Protocol: i.protocol, Rate: -1, Transport: s.fake.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	s.odoo = &odoo.Integration{Caller: client}
	return s
}

// recordedInstances are those whose version was recorded.
func recordedInstances(t *testing.T, test func(t *testing.T, i instance, s *stage)) {
	t.Parallel()
	for _, i := range instances[1:] {
		t.Run(i.String(), func(t *testing.T) {
			t.Parallel()
			test(t, i, recordedStage(t, i))
		})
	}
}

func number(v any) int64 {
	n, _ := v.(json.Number).Int64()
	return n
}

// TestReadRecordedOrders: the orders of real servers, field by field.
func TestReadRecordedOrders(t *testing.T) {
	recordedInstances(t, func(t *testing.T, i instance, s *stage) {
		orders := answers(t, i.version, "sale_order_search_read")
		for _, o := range orders {
			have := s.read(t, "order", decision.Subject{Model: "sale.order", ID: number(o["id"])})
			if _, known := have["customer.since"]; !known {
				t.Errorf("%v: no customer", o["name"])
			}
			delete(have, "customer.since") // not recorded for companies
			partner := number(o["partner_id"].([]any)[0])
			earlier := int64(0)
			for _, other := range orders {
				if other["state"] == "sale" && other["id"] != o["id"] && number(other["partner_id"].([]any)[0]) == partner {
					earlier++
				}
			}
			wantRecord(t, have, decision.Record{
				"reference": o["name"], "state": o["state"], "date_order": at(o["date_order"].(string)), "currency": "USD",
				"amount_total": dec(o["amount_total"].(json.Number).String()), "partner_id": partner, "customer.orders": earlier,
			})
		}
	})
}

// TestReadRecordedLines: the lines of real orders, for a real contact.
func TestReadRecordedLines(t *testing.T) {
	recordedInstances(t, func(t *testing.T, i instance, s *stage) {
		contact := answers(t, i.version, "partner_read")[3]
		want := map[int64][]decision.Record{}
		for _, l := range answers(t, i.version, "sale_order_line_read") {
			order := number(l["order_id"].([]any)[0])
			want[order] = append(want[order], decision.Record{
				"product_id": number(l["product_id"].([]any)[0]), "quantity": dec(l["product_uom_qty"].(json.Number).String()),
				"price_unit": dec(l["price_unit"].(json.Number).String()), "discount": dec(l["discount"].(json.Number).String()),
			})
		}
		for id, lines := range want {
			s.fake.Seed("sale.order", map[string]any{
				"id": id, "state": "sale", "name": "S1", "date_order": "2026-11-24 05:00:00", "currency_id": []any{1, "USD"}, "company_id": 1, "amount_total": 1.5,
				"partner_id": contact["id"], "partner_invoice_id": contact["id"], "partner_shipping_id": contact["id"],
			})
			have := s.read(t, "order", decision.Subject{Model: "sale.order", ID: id})
			for _, path := range []string{"reference", "state", "date_order", "currency", "amount_total", "partner_id", "partner_shipping_id", "customer.orders"} {
				delete(have, path)
			}
			wantRecord(t, have, decision.Record{
				"customer.email": contact["email"], "customer.phone": contact["phone"], "customer.since": at(contact["create_date"].(string)),
				"billing.name": contact["name"], "billing.street": contact["street"], "billing.city": contact["city"],
				"shipping.name": contact["name"], "shipping.street": contact["street"], "shipping.city": contact["city"],
				"billing.zip": contact["zip"], "shipping.zip": contact["zip"], "billing.country": "US", "shipping.country": "US", "lines": lines,
			})
		}
	})
}

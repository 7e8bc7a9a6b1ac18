package odoo_test

import (
	"testing"

	"assent/decision"
)

// TestBound: what was decided on is what happens. Whatever releases goods or
// money is stale once the record says something else, also where its total
// stays.
func TestBound(t *testing.T) {
	line := func(values map[string]any) func(*stage) {
		return func(s *stage) { s.fake.Seed("sale.order.line", values) }
	}
	record := func(model string, values map[string]any) func(*stage) {
		return func(s *stage) { s.fake.Seed(model, values) }
	}
	for name, c := range map[string]struct {
		trial  string
		change func(*stage)
	}{
		"other goods":           {"confirm", line(map[string]any{"id": 1, "product_id": 4})},
		"more of them":          {"confirm", line(map[string]any{"id": 1, "product_uom_qty": 3.0})},
		"goods beside them":     {"confirm", line(map[string]any{"id": 90, "order_id": 1, "product_id": 3, "product_uom_qty": 1.0, "price_unit": 0.0})},
		"another address":       {"confirm", record("sale.order", map[string]any{"id": 1, "partner_shipping_id": 102})},
		"an earlier deadline":   {"reschedule", record("stock.picking", map[string]any{"id": 8, "date_deadline": "2026-11-25 00:00:00"})},
		"an earlier promise":    {"reschedule of an order", record("sale.order", map[string]any{"id": 1, "commitment_date": "2026-11-25 00:00:00"})},
		"payment that was lost": {"credit_note", record("account.move", map[string]any{"id": 1, "payment_state": "not_paid"})},
	} {
		t.Run(name, func(t *testing.T) {
			eachInstance(t, func(t *testing.T, s *stage) {
				s.furnished()
				s.fake.Seed("sale.order.line", map[string]any{"id": 71, "price_unit": -5.0}) // a coupon hides no goods
				s.fake.Seed("account.move", map[string]any{"id": 1, "payment_state": "paid"})
				s.fake.Seed("stock.picking", map[string]any{"id": 8, "name": "WH/OUT/00008", "state": "assigned", "scheduled_date": "2026-11-26 09:00:00", "date_deadline": "2026-11-28 00:00:00", "company_id": 1})
				x := s.execution(t, boundTrial(c.trial))
				c.change(s)
				wantApplied(t, s.apply(s, x), decision.ResultStale, "record_changed", false)
			})
		})
	}
}

// boundTrial is an action whose record the test may change: a delivery with
// an order behind it has the promise of that, another one its own deadline.
func boundTrial(name string) trial {
	switch name {
	case "reschedule":
		c := named("reschedule")
		c.subject.ID = 8
		return c
	case "reschedule of an order":
		return named("reschedule")
	}
	return named(name)
}

// TestBoundLines: a caller's lines are those of Odoo however they are
// ordered, split or priced, and without sections and notes.
func TestBoundLines(t *testing.T) {
	for name, c := range map[string]struct {
		lines []decision.Record
		want  decision.Result
	}{
		"as in Odoo": {[]decision.Record{{"product_id": int64(2), "quantity": dec("2"), "price_unit": dec("99"), "discount": dec("0")}, {"product_id": int64(3), "quantity": dec("0.3")}}, decision.ResultDone},
		"otherwise":  {[]decision.Record{{"product_id": int64(3), "quantity": dec("0.30")}, {"product_id": int64(2), "quantity": dec("1")}, {"product_id": int64(2), "quantity": dec("1.0")}}, decision.ResultDone},
		"not sent":   {nil, decision.ResultDone},
		"one short":  {[]decision.Record{{"product_id": int64(2), "quantity": dec("2")}}, decision.ResultStale},
		"fewer":      {[]decision.Record{{"product_id": int64(2), "quantity": dec("1")}, {"product_id": int64(3), "quantity": dec("0.3")}}, decision.ResultStale},
		"others":     {[]decision.Record{{"product_id": int64(2), "quantity": dec("2")}, {"product_id": int64(4), "quantity": dec("0.3")}}, decision.ResultStale},
	} {
		t.Run(name, func(t *testing.T) {
			eachInstance(t, func(t *testing.T, s *stage) {
				s.furnished()
				x := s.execution(t, named("confirm"))
				kind, _ := decision.KindNamed("order")
				sent := decision.Record{"state": "draft", "currency": "EUR", "amount_total": dec("300.3"), "partner_id": int64(101)}
				if c.lines != nil {
					sent["lines"] = c.lines
				}
				spec, _ := decision.ActionNamed("confirm")
				x.Fingerprint = decision.SubjectFingerprint(spec.Fingerprint, kind.Fields, sent, "EUR")
				if have := s.apply(s, x); have.Result != c.want {
					t.Errorf("have %+v, want %s", have, c.want)
				}
			})
		})
	}
}

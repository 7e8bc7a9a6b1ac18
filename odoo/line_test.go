package odoo_test

import (
	"maps"
	"testing"

	"assent/decision"
)

// TestDecimals: a number that Odoo would round is not written, since nobody
// assented to what it would become. From 19 on prices are kept as they are.
func TestDecimals(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		price := named("price_write")
		price.action = record("price_write", decision.Record{"line_id": int64(1), "price_unit": dec("40.505")})
		have := s.apply(s, s.execution(t, price))
		if s.dialect.JSON2 {
			wantApplied(t, have, decision.ResultDone, "applied", false)
			return
		}
		wantApplied(t, have, decision.ResultFail, "too_many_decimals", false)
		discount := named("discount_write")
		discount.action = record("discount_write", decision.Record{"line_id": int64(1), "discount": dec("12.505")})
		wantApplied(t, s.apply(s, s.execution(t, discount)), decision.ResultFail, "too_many_decimals", false)
		s.wantEffects(t, price, 0)
	})
}

// TestDiscountBesideNegative: a discount gives away no more than its share of
// the order's total, which a line below zero makes small. Writing it is
// refused then, and the total stays.
func TestDiscountBesideNegative(t *testing.T) {
	lines := map[string]map[string]any{
		"a line below zero":           {"product_uom_qty": 1.0, "price_unit": -90.0},
		"goods that come back":        {"product_uom_qty": -1.0, "price_unit": 90.0},
		"one that is not counted yet": {"product_uom_qty": 1.0, "price_unit": -90.0, "discount": 100.0},
		"a surcharge":                 {"product_uom_qty": 1.0, "price_unit": 1.0, "discount": -50.0},
		"more than free":              {"product_uom_qty": 1.0, "price_unit": 90.0, "discount": 150.0},
	}
	for name, line := range lines {
		t.Run(name, func(t *testing.T) {
			eachInstance(t, func(t *testing.T, s *stage) {
				row := map[string]any{"id": 80, "order_id": 1, "product_id": 3}
				maps.Copy(row, line)
				s.fake.Seed("sale.order.line", row)
				c := named("discount_write")
				x := s.execution(t, c)
				before := s.fake.Record("sale.order", 1)["amount_total"]
				wantApplied(t, s.apply(s, x), decision.ResultFail, "negative_line", false)
				s.wantEffects(t, c, 0)
				if have := s.fake.Record("sale.order", 1)["amount_total"]; have != before {
					t.Errorf("the total is %v, was %v", have, before)
				}
				price := named("price_write") // which a person always decides on
				wantApplied(t, s.apply(s, s.execution(t, price)), decision.ResultDone, "applied", false)
			})
		})
	}
}

package odoo_test

import (
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

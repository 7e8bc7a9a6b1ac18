package odoo_test

import (
	"testing"
	"time"

	"assent/decision"
	"assent/odoo"
)

// TestLineOfAnother: an assent about one order is none about another's line.
func TestLineOfAnother(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		for _, name := range []string{"price_write", "discount_write"} {
			c := named(name)
			x := s.execution(t, c)
			x.Action.Params = decision.Record{"line_id": int64(2), "price_unit": dec("1"), "discount": dec("99")}
			wantApplied(t, s.apply(s, x), decision.ResultFail, "line_of_another", false)
			s.wantEffects(t, c, 0)
		}
	})
}

// TestLockedOrder: Odoo protects the price of a locked order, and cancels none.
func TestLockedOrder(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		s.call(t, odoo.Call{Model: "sale.order", Method: "action_confirm", IDs: []int64{1}}, nil)
		s.call(t, odoo.Call{Model: "sale.order", Method: s.dialect.LockMethod, IDs: []int64{1}}, nil)
		wantApplied(t, s.apply(s, s.execution(t, named("price_write"))), decision.ResultFail, "user_error", false)
		if s.dialect.LockedField != "" { // on 16 a locked order is cancelled like any other
			cancel := named("cancel")
			cancel.before = nil
			wantApplied(t, s.apply(s, s.execution(t, cancel)), decision.ResultFail, "user_error", false)
		}
		// Confirmed is confirmed, also when 16 says "done".
		wantApplied(t, s.apply(s, s.execution(t, named("confirm"))), decision.ResultDone, "already_applied", false)
	})
}

// TestOtherPath: what a person did meanwhile is not undone.
func TestOtherPath(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		x := s.execution(t, named("confirm"))
		s.call(t, odoo.Call{Model: "sale.order", Method: "action_cancel", IDs: []int64{1}}, nil)
		wantApplied(t, s.apply(s, x), decision.ResultStale, "record_changed", false)
		price := s.execution(t, named("price_write"))
		wantApplied(t, s.apply(s, price), decision.ResultDone, "applied", false)
		s.fake.Seed("sale.order.line", map[string]any{"id": 1, "price_unit": 60.0})
		wantApplied(t, s.apply(s, price), decision.ResultStale, "record_changed", false)
	})
}

// TestFloatNoise: a value that Odoo's floats cannot hold is still found again.
func TestFloatNoise(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		x := s.execution(t, named("discount_write"))
		s.fake.Seed("sale.order.line", map[string]any{"id": 1, "discount": 12.500000000000002})
		wantApplied(t, s.apply(s, x), decision.ResultDone, "already_applied", false)
	})
}

// TestRescheduleRefused: a delivery that has left is not moved.
func TestRescheduleRefused(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		c := named("reschedule")
		c.before = map[string]any{"state": "done"}
		wantApplied(t, s.apply(s, s.execution(t, c)), decision.ResultFail, "user_error", false)
		s.wantEffects(t, c, 0)
	})
}

// TestBadAction: what is not an action of the record touches nothing. A
// missing parameter is not zero.
func TestBadAction(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		for code, bad := range map[string][]trial{
			"unknown_action": {{action: record("none", nil)}, {action: record("unlink", nil)}, {action: decision.Action{}}},
			"bad_action": {
				{action: record("price_write", decision.Record{"line_id": int64(1)}), subject: order1},
				{action: record("discount_write", decision.Record{"discount": dec("3")}), subject: order1},
				{action: record("credit_note", nil), subject: invoice1},
				{action: record("reschedule", nil), subject: picking7},
				{action: record("hold", nil), subject: order1},
				{action: record("confirm", nil), subject: picking7},
				{action: record("cancel", nil), subject: invoice1},
				{action: record("reschedule", decision.Record{"scheduled_date": time.Time{}}), subject: order1},
			},
		} {
			for _, c := range bad {
				x := decision.Execution{ID: "x", Kind: "order", Action: c.action, Subject: c.subject}
				if have := s.apply(s, x); have.Result != decision.ResultFail || have.Code != code {
					t.Errorf("%s of %v: have %+v, want %s", c.action.Name, c.subject, have, code)
				}
			}
		}
		if n := len(s.fake.Log()); n > 0 {
			t.Errorf("%d effects", n)
		}
	})
}

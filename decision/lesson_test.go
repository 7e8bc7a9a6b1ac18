package decision_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	. "assent/decision"
)

const day = 24 * time.Hour

// context asks about an order, a delivery or a refund and gives its features.
func (s *shop) context(t *testing.T, req Request) Snapshot {
	t.Helper()
	return s.opened(t, s.decide(t, req).Decision)
}

// wants compares features; nil is missing.
func wants(t *testing.T, s Snapshot, want map[string]any) {
	t.Helper()
	for path, value := range want {
		have, known := s.Context[path]
		if d, isNumber := have.(decimal.Decimal); isNumber {
			have = d.String()
		}
		if known != (value != nil) || known && fmt.Sprint(have) != fmt.Sprint(value) {
			t.Errorf("%s is %v (missing: %q), want %v", path, have, s.Missing[path], value)
		}
	}
}

func (s *shop) tell(t *testing.T, decision, typ, value string) {
	t.Helper()
	_, err := s.RecordOutcome(t.Context(), "main", OutcomeRecord{Decision: decision, Type: typ, Value: value, Source: "tests"})
	noError(t, err)
}

// What is told of an order is what its entities are known for from then on:
// nothing before, and what is told later corrects it.
func TestOutcomesTeachTheEntities(t *testing.T) {
	t.Parallel()
	s := setup(t)
	fraud := s.decide(t, order(1, "50")).Decision.ID
	s.clock.pass(time.Hour)
	cancelled := s.decide(t, order(2, "50")).Decision.ID
	s.clock.pass(40 * day)
	wants(t, s.context(t, order(3, "50")), map[string]any{
		"history.email_frauds": "0", "history.email_fraud_rate": "0.0125", "history.card_frauds": nil, // 0.015·10/(2+10)
	})
	s.tell(t, cancelled, "override", "undone") // a person cancelled it: no fraud
	s.tell(t, cancelled, "chargeback", "not_received")
	s.tell(t, fraud, "chargeback", "fraud")
	told := s.clock.Now()
	wants(t, s.context(t, order(4, "50")), map[string]any{"history.email_frauds": "1", "history.partner_frauds": "1", "history.domain_frauds": "1"})
	s.clock.to(told.Add(day))
	wants(t, s.context(t, order(5, "50")), map[string]any{
		"history.email_frauds": "1", "history.email_fraud_rate": "0.095833", "history.domain_fraud_rate": "0.095833", // (1+0.15)/(2+10)
	})
	s.tell(t, fraud, "fraud", "cleared")
	wants(t, s.context(t, order(6, "50")), map[string]any{"history.email_frauds": "0", "history.email_fraud_rate": "0.0125"})
	s.wantClean(t)
}

// A label is seen by a decision of the same microsecond and by none before.
func TestLabelsAreKnownFromThenOn(t *testing.T) {
	t.Parallel()
	for late, want := range map[time.Duration]string{0: "1", time.Microsecond: "0"} {
		s := setup(t)
		training := NewRetrace(s.company(t), s.Keyring.HashIdentifier)
		first := s.decide(t, order(1, "50")).Decision.ID
		_, err := training.Ask(t.Context(), first, order(1, "50"), s.clock.Now())
		noError(t, err)
		s.clock.pass(day)
		asked := s.clock.Now()
		s.clock.pass(late)
		s.tell(t, first, "fraud", "confirmed")
		noError(t, training.Tell(t.Context(), OutcomeRecord{Decision: first, Type: "fraud", Value: "confirmed"}, s.clock.Now()))
		s.clock.to(asked)
		served := s.context(t, order(2, "50"))
		trained, err := training.Ask(t.Context(), "", order(2, "50"), asked)
		noError(t, err)
		wants(t, served, map[string]any{"history.email_frauds": want})
		wants(t, trained, map[string]any{"history.email_frauds": want})
	}
}

// An erased decision teaches nothing any more; its outcome is told all the same.
func TestErasedDecisionsTeachNothing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	d := s.decide(t, order(1, "50")).Decision
	_, err := s.EraseDecision(t.Context(), "main", d.ID, "tests")
	noError(t, err)
	s.tell(t, d.ID, "chargeback", "fraud")
	s.clock.pass(time.Hour)
	wants(t, s.context(t, order(2, "50")), map[string]any{"history.email_frauds": "0", "history.email_orders_24h": 1})
	if outcomes := rows[OutcomeRow](t, s, Outcomes); len(outcomes) != 1 {
		t.Errorf("outcomes: %+v", outcomes)
	}
	s.wantClean(t)
}

func shipment(id int64, promised time.Time) Request {
	raw, _ := json.Marshal(map[string]any{
		"state": "assigned", "scheduled_date": noon, "currency": "EUR", "order_date": noon.Add(-12 * time.Hour), "promised_date": promised,
		"warehouse_id": 3, "carrier": "dhl", "destination": map[string]any{"country": "DE", "zip": "10115"},
	})
	return Request{Company: "main", Kind: "delivery", Subject: Subject{Model: "stock.picking", ID: id}, Fields: raw}
}

// Handling and transit are two numbers, in whichever order they are told.
func TestDaysOfDeliveries(t *testing.T) {
	t.Parallel()
	for _, order := range [][]string{{"shipped", "delivered"}, {"delivered", "shipped"}} {
		s := setup(t)
		d := s.decide(t, shipment(1, noon.Add(2*day))).Decision.ID
		at := map[string]time.Time{"shipped": noon.Add(12 * time.Hour), "delivered": noon.Add(3 * day)}
		s.clock.pass(4 * day)
		for _, typ := range order {
			_, err := s.RecordOutcome(t.Context(), "main", OutcomeRecord{Decision: d, Type: typ, Value: "late", At: at[typ], Source: "tests"})
			noError(t, err)
		}
		s.clock.pass(time.Second)
		wants(t, s.context(t, shipment(2, noon.Add(2*day))), map[string]any{
			"history.warehouse_handling_days_mean_90d": "1", "history.carrier_transit_days_p50_90d": "2.5", "history.route_total_days_p90_90d": "3.5",
			"history.route_late_rate_21d": "0.154545", "history.carrier_failed_rate_30d": "0.009524", // (1+0.7)/11, (0+0.2)/21
			"history.system_over_promise_90d": "0.154545", "promise.days_allowed": "2.5",
		})
		wants(t, s.context(t, shipment(3, noon.Add(3*day))), map[string]any{"history.system_over_promise_90d": "0.063636", "history.carrier_transit_days_p50_90d": "2.5"}) // just as long
		never := s.context(t, delivery(4, "10"))
		wants(t, never, map[string]any{"history.warehouse_late_rate_21d": nil, "history.system_over_promise_90d": nil, "history.system_total_days_p50_90d": "3.5"})
		if never.Missing["history.warehouse_late_rate_21d"] != "no_warehouse" || never.Missing["history.system_over_promise_90d"] != "no_promise" {
			t.Errorf("missing %v", never.Missing)
		}
		s.wantClean(t)
	}
}

// Many that share a mail provider at the same moment hold nobody up; the same
// customer twice does.
func TestHotEntitiesHoldNobodyUp(t *testing.T) {
	t.Parallel()
	s := setup(t)
	noError(t, s.Ledger.Do(t.Context(), "main", Foreground, nil, func(ctx context.Context, w *Writer) error {
		return w.AddHistory(ctx, []HistoryRow{{
			EntityType: "domain", EntityHash: s.Keyring.HashIdentifier("domain", "example.com"), Kind: "order", Subject: "/sale.order/99", At: noon.Add(time.Second), KnownAt: noon.Add(time.Second),
		}})
	}))
	if d := s.decide(t, order(1, "50")).Decision; d.Guard.Code != "" {
		t.Errorf("the guard says %s", d.Guard.Code)
	}
	noError(t, s.Ledger.Do(t.Context(), "main", Foreground, nil, func(ctx context.Context, w *Writer) error {
		return w.AddHistory(ctx, []HistoryRow{{
			EntityType: "email", EntityHash: s.Keyring.HashIdentifier("email", "ada@example.com"), Kind: "order", Subject: "/sale.order/99", At: noon.Add(time.Second), KnownAt: noon.Add(time.Second),
		}})
	}))
	if d := s.decide(t, order(2, "50")).Decision; d.Guard.Code != HistoryMoved {
		t.Errorf("the guard says %q", d.Guard.Code)
	}
}

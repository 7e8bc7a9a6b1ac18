package policy_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/policy"
)

// clean is an order with every field a shop sends, that executes; risky one
// that several checks stop.
func clean() (decision.Snapshot, decision.Assessment) {
	now := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	price := decimal.RequireFromString("60.25")
	s := decision.Snapshot{
		Company: "main", CompanyCurrency: "EUR", Kind: "order", Channel: "web", Now: now, Rate: decimal.NewFromInt(1),
		Subject: decision.Subject{Model: "sale.order", ID: 36},
		Fields: decision.Record{
			"reference": "S00036", "state": "draft", "date_order": now, "currency": "EUR", "amount_total": price.Add(price), "partner_id": int64(14),
			"customer.since": now.AddDate(-2, 0, 0), "customer.orders": int64(3), "customer.email": "ada@example.com", "customer.phone": "+15550100",
			"billing.country": "DE", "billing.zip": "10115", "shipping.country": "DE", "shipping.zip": "10115", "shipping.express": false,
			"payment.method": "card", "payment.state": "authorized", "warehouse_id": int64(1),
			"signals.ip_country": "DE", "signals.avs": "match", "signals.cvc": "match", "signals.psp_score": decimal.NewFromInt(12),
			"lines": []decision.Record{{"product_id": int64(49), "quantity": decimal.NewFromInt(2), "price_unit": price}},
		},
		Context: decision.Record{
			"history.partner_orders_24h": int64(0), "history.email_orders_24h": int64(0),
			"history.email_partners_30d": int64(0), "history.phone_partners_30d": int64(0),
		},
	}
	probability, confidence := 0.02, 0.9
	a := decision.Assessment{
		Model: "scorecard/order", Revision: "0123456789abcdef", Probability: &probability, Confidence: &confidence,
		Reasons: []decision.Reason{{Code: "IP_COUNTRY_MATCH", Contribution: -0.25}, {Code: "OLD_ACCOUNT", Contribution: -0.5}, {Code: "REPEAT_CUSTOMER", Contribution: -1}},
	}
	return s, a
}

func risky() (decision.Snapshot, decision.Assessment) {
	s, a := clean()
	s.Fields["amount_total"], s.Fields["shipping.country"] = decimal.NewFromInt(6000), "FR"
	s.Context["history.partner_orders_24h"] = int64(7)
	probability := 0.6
	a.Probability = &probability
	return s, a
}

func BenchmarkOutcome(b *testing.B) {
	eachOrder(b, func(e *policy.Engine, s decision.Snapshot, a decision.Assessment, r decision.Recommendation) {
		e.Outcome(b.Context(), s, a, r)
	})
}

func BenchmarkGovern(b *testing.B) {
	eachOrder(b, func(e *policy.Engine, s decision.Snapshot, a decision.Assessment, r decision.Recommendation) {
		e.Govern(b.Context(), s, a, r)
	})
}

// eachOrder times f on the clean and the risky order.
func eachOrder(b *testing.B, f func(*policy.Engine, decision.Snapshot, decision.Assessment, decision.Recommendation)) {
	e := engine(b)
	kind, _ := decision.KindNamed("order")
	for name, order := range map[string]func() (decision.Snapshot, decision.Assessment){"clean": clean, "risky": risky} {
		b.Run(name, func(b *testing.B) {
			s, a := order()
			r := kind.Propose(s, a)
			b.ReportAllocs()
			for b.Loop() {
				f(e, s, a, r)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	bundle, err := policy.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policy.Compile(bundle); err != nil {
			b.Fatal(err)
		}
	}
}

package policy_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/policy"
)

func BenchmarkGovern(b *testing.B) {
	bundle, _ := policy.Embedded()
	e, err := policy.Compile(bundle)
	if err != nil {
		b.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	p := 0.5
	s := decision.Snapshot{Company: "main", CompanyCurrency: "EUR", Kind: "order", Subject: decision.Subject{Model: "sale.order", ID: 3}, Now: now, Rate: decimal.NewFromInt(1), Fields: decision.Record{
		"state": "draft", "date_order": now, "currency": "EUR", "amount_total": decimal.RequireFromString("5000"), "partner_id": int64(4),
	}}
	a := decision.Assessment{Probability: &p}
	k, _ := decision.KindNamed("order")
	r := k.Propose(s, a)
	b.Run("verdict", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e.Outcome(b.Context(), s, a, r)
		}
	})
	b.Run("full", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e.Govern(b.Context(), s, a, r)
		}
	})
}

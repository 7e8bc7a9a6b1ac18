package policy_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/policy"
)

func TestSmoke(t *testing.T) {
	b, err := policy.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	e, err := policy.Compile(b)
	if err != nil {
		t.Fatalf("%v: %v", err, err.(*decision.Error).Err)
	}
	now := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	p := 0.1
	for _, amount := range []string{"100", "5000"} {
		s := decision.Snapshot{Company: "main", CompanyCurrency: "EUR", Kind: "order", Subject: decision.Subject{Model: "sale.order", ID: 3}, Now: now, Rate: decimal.NewFromInt(1), Fields: decision.Record{
			"state": "draft", "date_order": now, "currency": "EUR", "amount_total": decimal.RequireFromString(amount), "partner_id": int64(4),
		}}
		a := decision.Assessment{Probability: &p}
		k, _ := decision.KindNamed("order")
		v := e.Govern(t.Context(), s, a, k.Propose(s, a))
		out, _ := json.Marshal(v)
		fmt.Println(string(out))
		if v.Failure != "" {
			t.Error(v.Failure)
		}
	}
}

package scoring_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"assent/decision"
	"assent/scoring"
)

// Base plus contributions is the log-odds of the probability.
func TestContributionsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := assess(t, anySnapshot(t))
		if a.Probability == nil {
			return
		}
		sum := a.Base
		for _, r := range a.Reasons {
			sum += r.Contribution
		}
		if off := math.Abs(logit(*a.Probability) - sum); off > 1e-9 {
			t.Fatalf("contributions miss the log-odds by %v", off)
		}
		if !slices.IsSortedFunc(a.Reasons, func(x, y decision.Reason) int {
			return int(8 * (math.Abs(y.Contribution) - math.Abs(x.Contribution)))
		}) {
			t.Fatal("reasons are not largest first")
		}
	})
}

// What is missing never adds confidence.
func TestMissingNeverAddsConfidence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anySnapshot(t)
		known := paths(s)
		if len(known) == 0 {
			return
		}
		path := rapid.SampledFrom(known).Draw(t, "path")
		before, after := assess(t, s), assess(t, with(s, map[string]any{path: nil}))
		if *after.Confidence > *before.Confidence {
			t.Fatalf("without %s, confidence rose from %v to %v", path, *before.Confidence, *after.Confidence)
		}
	})
}

// A characteristic reads what it declares and nothing else.
func TestReadsAreComplete(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anySnapshot(t)
		whole := card(s.Kind).Card()
		c := rapid.SampledFrom(whole.Characteristics).Draw(t, "characteristic")
		whole.Characteristics, whole.Needs = []scoring.Characteristic{c}, nil
		single, err := scoring.New(whole)
		if err != nil {
			t.Fatal(err)
		}
		gone := map[string]any{}
		for _, path := range paths(s) {
			if !slices.Contains(c.Reads, path) {
				gone[path] = nil
			}
		}
		pruned := with(s, gone)
		if !slices.Contains(c.Reads, "channel") {
			pruned.Channel = "elsewhere"
		}
		if diff := cmp.Diff(assessWith(t, single, s), assessWith(t, single, pruned)); diff != "" {
			t.Fatalf("%s reads more than %v: %s", c.Name, c.Reads, diff)
		}
	})
}

// Business says: more of these never makes it less risky (up), or never more
// risky (down).
func TestMonotone(t *testing.T) {
	t.Parallel()
	type move = func(t *rapid.T, s decision.Snapshot) decision.Snapshot
	type monotone struct {
		name string
		any  func(*rapid.T) decision.Snapshot
		move move
		down bool
	}
	cases := []monotone{
		{"orders by e-mail", anyOrder, more("history.email_orders_24h"), false},
		{"orders by customer", anyOrder, more("history.partner_orders_24h"), false},
		{"customers behind the e-mail", anyOrder, more("history.email_partners_30d"), false},
		{"customers behind the phone", anyOrder, more("history.phone_partners_30d"), false},
		{"money in 24 hours", anyOrder, morePrecisely("history.partner_amount_24h"), false},
		{"amount", anyOrder, morePrecisely("amount_total"), false},
		{"provider's score", anyOrder, morePrecisely("signals.psp_score"), false},
		{"orders before", anyOrder, more("customer.orders"), true},
		{"age of the account", anyOrder, later("customer.since"), false},
		{"promise", anyParcel, later("promised_date"), true},
		{"schedule", anyParcel, later("scheduled_date"), true},
		{"handling", anyParcel, morePrecisely("handling_days"), false},
		{"transit", anyParcel, morePrecisely("transit_days"), false},
		{"units missing", anyParcel, morePrecisely("units_missing"), false},
		{"distance", anyParcel, morePrecisely("distance_km"), false},
		{"weight", anyParcel, morePrecisely("weight_kg"), false},
		{"load", anyParcel, more("history.warehouse_deliveries_24h"), false},
		{"refunds per order", anyRefund, morePrecisely("history.partner_refunds_per_order_365d"), false},
	}
	for _, path := range refundCounts {
		cases = append(cases, monotone{path, anyRefund, more(path), false})
	}
	for _, path := range refundTotals {
		cases = append(cases, monotone{path, anyRefund, morePrecisely(path), false})
	}
	for _, share := range refundShares {
		cases = append(cases,
			monotone{"the customer's " + share, anyRefund, morePrecisely("history.partner_" + share + "_rate_90d"), false},
			monotone{"the employee's " + share, anyRefund, morePrecisely("history.employee_" + share + "_rate_90d"), false},
			monotone{"the company's " + share, anyRefund, morePrecisely("history.system_" + share + "_rate_90d"), true})
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				s := c.any(t)
				before, after := probability(t, s), probability(t, c.move(t, s))
				if c.down {
					before, after = after, before
				}
				if after < before {
					t.Fatalf("probability fell from %v to %v", before, after)
				}
			})
		})
	}
}

func value(s decision.Snapshot, path string) any {
	if v, ok := s.Fields[path]; ok {
		return v
	}
	return s.Context[path]
}

func more(path string) func(*rapid.T, decision.Snapshot) decision.Snapshot {
	return func(t *rapid.T, s decision.Snapshot) decision.Snapshot {
		return with(s, map[string]any{path: value(s, path).(int64) + int64(rapid.IntRange(1, 10).Draw(t, "more"))})
	}
}

func morePrecisely(path string) func(*rapid.T, decision.Snapshot) decision.Snapshot {
	return func(t *rapid.T, s decision.Snapshot) decision.Snapshot {
		step := decimal.New(int64(rapid.IntRange(1, 500_000).Draw(t, "more")), int32(-rapid.IntRange(1, 5).Draw(t, "scale")))
		return with(s, map[string]any{path: value(s, path).(decimal.Decimal).Add(step)})
	}
}

func later(path string) func(*rapid.T, decision.Snapshot) decision.Snapshot {
	return func(t *rapid.T, s decision.Snapshot) decision.Snapshot {
		return with(s, map[string]any{path: value(s, path).(time.Time).Add(time.Duration(rapid.IntRange(1, 400).Draw(t, "hours")) * time.Hour)})
	}
}

// A stored snapshot gives the same assessment, bit for bit.
func TestReplay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anySnapshot(t)
		encoded, err := s.Encode()
		if err != nil {
			t.Fatal(err)
		}
		stored, err := decision.DecodeSnapshot(encoded)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(assess(t, s), assess(t, stored)); diff != "" {
			t.Fatal(diff)
		}
	})
}

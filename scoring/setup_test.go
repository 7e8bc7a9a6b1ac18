package scoring_test

import (
	"math"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"assent/decision"
	"assent/scoring"
)

var now = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// webOrder is a blameless order of a known customer, everything known.
func webOrder() decision.Snapshot {
	s := snapshot("order", "web", decision.Record{
		"state": "draft", "date_order": now, "currency": "EUR", "amount_total": dec("120.50"), "partner_id": int64(14),
		"customer.since": now.AddDate(0, -6, 0), "customer.orders": int64(2), "customer.email": "ada@example.com", "customer.phone": "+9995550100",
		"billing.country": "DE", "billing.zip": "10115", "shipping.country": "DE", "shipping.zip": "10115", "shipping.express": false,
		"payment.method": "card", "payment.state": "authorized",
		"lines":              []decision.Record{{"product_id": int64(49), "quantity": dec("2")}},
		"signals.ip_country": "DE", "signals.avs": "match", "signals.cvc": "match", "signals.psp_score": dec("30"),
	})
	s.Context = decision.Record{
		"history.partner_orders_24h": int64(0), "history.partner_amount_24h": decimal.Zero, "history.email_orders_24h": int64(0),
		"history.email_partners_30d": int64(0), "history.phone_partners_30d": int64(0),
	}
	return s
}

// parcel is a delivery with an ordinary promise, everything known: 3 days of
// expected time, 3.6 days to spare.
func parcel() decision.Snapshot {
	s := snapshot("delivery", "web", decision.Record{
		"state": "assigned", "scheduled_date": now.Add(4 * time.Hour), "currency": "EUR",
		"promised_date": time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), "order_date": now.AddDate(0, 0, -1), "order_amount": dec("120.50"),
		"partner_id": int64(14), "warehouse_id": int64(1), "carrier": "dhl", "handling_days": dec("1"), "transit_days": dec("2"),
		"distance_km": dec("340"), "weight_kg": dec("4.2"), "units_missing": decimal.Zero, "international": false, "express": false,
	})
	s.Context = decision.Record{"history.warehouse_deliveries_24h": int64(20)}
	return s
}

// giveBack is a blameless refund at the till, everything known, of a kind that
// every characteristic asks about: no receipt, before the goods, just under
// the limit. Peers do each as often as the customer.
func giveBack() decision.Snapshot {
	s := snapshot("refund", "pos", decision.Record{
		"state": "posted", "currency": "EUR", "amount": dec("95"), "amount_total": dec("95"), "amount_credited": decimal.Zero, "partner_id": int64(14),
		"paid": true, "goods_returned": false, "claim": "return", "receipt": false, "approval_limit": dec("100"), "store": "store-3", "employee": "cashier-12",
		"delivered_date": now.AddDate(0, 0, -4), "customer.email": "ada@example.com", "customer.phone": "+9995550100",
	})
	s.Context = decision.Record{
		"refund.before_goods": true, "refund.share_of_limit": dec("0.95"), "refund.never_arrived_but_delivered": false,
		"history.partner_refunds_90d": int64(15), "history.employee_refunds_90d": int64(15), "history.partner_refunds_per_order_365d": dec("0.1"),
		"history.store_refunds_per_day_30d": dec("5"), "history.product_refunds_per_day_30d": dec("0.5"),
	}
	for _, share := range refundShares {
		for _, who := range []string{"partner", "employee", "store", "product", "system"} {
			s.Context["history."+who+"_"+share+"_rate_90d"] = dec("0.1")
		}
	}
	for _, path := range refundCounts {
		s.Context[path] = int64(0)
	}
	for _, path := range refundTotals {
		s.Context[path] = decimal.Zero
	}
	return s
}

// lost is the same refund of what never arrived, bought on the web.
func lost() decision.Snapshot {
	return with(giveBack(), map[string]any{"channel": "web", "claim": "not_received", "refund.never_arrived_but_delivered": true})
}

var (
	refundShares = []string{"not_received", "no_receipt", "before_goods", "under_limit"}
	refundCounts = []string{
		"history.employee_card_refunds_30d", "history.card_partners_30d", "history.email_partners_30d", "history.phone_partners_30d", "history.address_partners_30d",
		"history.partner_refunds_30d", "history.email_refunds_30d", "history.phone_refunds_30d", "history.card_refunds_30d", "history.partner_refunds_24h",
	}
	refundTotals = []string{
		"history.partner_abuses", "history.email_abuses", "history.phone_abuses", "history.address_abuses",
		"history.partner_goods_missing_365d", "history.email_goods_missing_365d", "history.phone_goods_missing_365d", "history.address_goods_missing_365d",
	}
)

func snapshot(kind, channel string, fields decision.Record) decision.Snapshot {
	s := decision.Snapshot{
		Company: "main", CompanyCurrency: "EUR", Kind: kind, Channel: channel, Now: now, Rate: decimal.NewFromInt(1),
		Fields: fields, Missing: map[string]string{},
	}
	return s
}

// with is the snapshot with some fields or features changed; nil takes one
// away and says why it is missing, as gather does.
func with(s decision.Snapshot, changes map[string]any) decision.Snapshot {
	kind, _ := decision.KindNamed(s.Kind)
	fields, context, missing := decision.Record{}, decision.Record{}, map[string]string{}
	for path, v := range s.Fields {
		fields[path] = v
	}
	for path, v := range s.Context {
		context[path] = v
	}
	for path, v := range changes {
		record := context
		if _, ok := kind.Field(path); ok {
			record = fields
		}
		switch {
		case path == "channel":
			s.Channel, _ = v.(string)
		case v == nil:
			delete(record, path)
		default:
			record[path] = v
		}
	}
	for _, f := range kind.Fields {
		if _, known := fields[f.Path]; !known {
			missing[f.Path] = f.Absent
		}
	}
	s.Fields, s.Context, s.Missing = fields, context, missing
	return s
}

func card(kind string) *scoring.Scorecard {
	return scoring.CardOf(kind)
}

type fataler interface {
	Helper()
	Fatal(...any)
}

func assess(t fataler, s decision.Snapshot) decision.Assessment {
	t.Helper()
	return assessWith(t, card(s.Kind), s)
}

func assessWith(t fataler, c *scoring.Scorecard, s decision.Snapshot) decision.Assessment {
	t.Helper()
	a, err := c.Assess(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// probability of a snapshot that has one.
func probability(t fataler, s decision.Snapshot) float64 {
	t.Helper()
	a := assess(t, s)
	if a.Probability == nil {
		t.Fatal("the probability is unknown")
	}
	return *a.Probability
}

// contribution of a code to an assessment; 0 if it gave no such reason.
func contribution(a decision.Assessment, code string) float64 {
	for _, r := range a.Reasons {
		if r.Code == code {
			return r.Contribution
		}
	}
	return 0
}

func logit(p float64) float64 { return math.Log(p) - math.Log1p(-p) }

// anySnapshot draws a snapshot of any kind, with any fields known.
func anySnapshot(t *rapid.T) decision.Snapshot {
	return thinned(t, rapid.SampledFrom([]func(*rapid.T) decision.Snapshot{anyOrder, anyParcel, anyRefund}).Draw(t, "kind")(t))
}

// thinned takes some fields and features away.
func thinned(t *rapid.T, s decision.Snapshot) decision.Snapshot {
	gone := map[string]any{}
	for _, path := range paths(s) {
		if rapid.IntRange(0, 3).Draw(t, "drop "+path) == 0 {
			gone[path] = nil
		}
	}
	return with(s, gone)
}

// paths lists what a snapshot knows, in the kind's order.
func paths(s decision.Snapshot) []string {
	kind, _ := decision.KindNamed(s.Kind)
	var known []string
	for _, f := range append(kind.Fields, kind.ContextFields()...) {
		if s.Fields[f.Path] != nil || s.Context[f.Path] != nil {
			known = append(known, f.Path)
		}
	}
	return known
}

func anyOrder(t *rapid.T) decision.Snapshot {
	one := func(path string, values ...string) string { return rapid.SampledFrom(values).Draw(t, path) }
	whole := func(path string, most int) int64 { return int64(rapid.IntRange(0, most).Draw(t, path)) }
	cents := func(path string) decimal.Decimal { return decimal.New(whole(path, 1_000_000), -2) }
	s := with(webOrder(), map[string]any{
		"channel":      one("channel", "", "web", "pos", "marketplace", "b2b"),
		"amount_total": cents("amount_total"), "customer.since": now.Add(-time.Duration(whole("since", 20_000)) * time.Hour),
		"customer.orders": whole("customer.orders", 15), "customer.email": one("email", "ada@example.com", "x@mailinator.com", "no address"),
		"billing.country": one("billing", "DE", "FR"), "shipping.country": one("shipping", "DE", "FR"), "shipping.zip": one("zip", "10115", "20095"),
		"shipping.express": rapid.Bool().Draw(t, "express"), "payment.method": one("method", "card", "paypal", "bank_transfer", "invoice"),
		"payment.state": one("state", "pending", "authorized", "done", "cancel", "error"), "signals.ip_country": one("ip", "DE", "US"),
		"signals.avs": one("avs", "match", "partial", "mismatch", "unavailable"), "signals.cvc": one("cvc", "match", "mismatch", "unavailable"),
		"signals.psp_score": decimal.NewFromInt(whole("psp", 100)), "lines": []decision.Record{{"quantity": decimal.NewFromInt(whole("quantity", 20))}},
		"history.partner_orders_24h": whole("partner orders", 8), "history.partner_amount_24h": cents("partner amount"),
		"history.email_orders_24h": whole("email orders", 8), "history.email_partners_30d": whole("email partners", 6), "history.phone_partners_30d": whole("phone partners", 6),
	})
	s.CompanyCurrency = one("currency", "EUR", "XTS")
	return s
}

func anyParcel(t *rapid.T) decision.Snapshot {
	tenths := func(path string, most int) decimal.Decimal {
		return decimal.New(int64(rapid.IntRange(0, most).Draw(t, path)), -1)
	}
	return with(parcel(), map[string]any{
		"state":          rapid.SampledFrom([]string{"draft", "waiting", "confirmed", "assigned", "done"}).Draw(t, "state"),
		"scheduled_date": now.Add(time.Duration(rapid.IntRange(-60, 60).Draw(t, "scheduled")) * time.Hour),
		"promised_date":  now.Add(time.Duration(rapid.IntRange(-100, 600).Draw(t, "promised")) * time.Hour),
		"handling_days":  tenths("handling", 60), "transit_days": tenths("transit", 200), "distance_km": tenths("distance", 30000), "weight_kg": tenths("weight", 600),
		"units_missing": tenths("missing", 40), "international": rapid.Bool().Draw(t, "abroad"),
		"history.warehouse_deliveries_24h": int64(rapid.IntRange(0, 500).Draw(t, "load")),
	})
}

func anyRefund(t *rapid.T) decision.Snapshot {
	share := func(path string) decimal.Decimal {
		return decimal.New(int64(rapid.IntRange(0, 1_000_000).Draw(t, path)), -6)
	}
	claim := rapid.SampledFrom([]string{"return", "not_received", "damaged"}).Draw(t, "claim")
	changes := map[string]any{
		"channel": rapid.SampledFrom([]string{"", "web", "pos"}).Draw(t, "channel"), "claim": claim, "receipt": rapid.Bool().Draw(t, "receipt"),
		"refund.before_goods": rapid.Bool().Draw(t, "before"), "refund.share_of_limit": share("limit").Mul(dec("1.2")),
		"refund.never_arrived_but_delivered": claim == "not_received" && rapid.Bool().Draw(t, "delivered"),
		"history.partner_refunds_90d":        int64(rapid.IntRange(0, 200).Draw(t, "refunds")), "history.employee_refunds_90d": int64(rapid.IntRange(0, 100).Draw(t, "asked")),
		"history.store_refunds_per_day_30d": share("store daily").Mul(dec("8")), "history.product_refunds_per_day_30d": share("product daily").Mul(dec("3")),
		"history.partner_refunds_per_order_365d": share("per order"),
	}
	for _, of := range refundShares {
		for _, who := range []string{"partner", "employee", "store", "product", "system"} {
			path := "history." + who + "_" + of + "_rate_90d"
			changes[path] = share(path).Mul(rapid.SampledFrom([]decimal.Decimal{dec("1"), dec("0.1")}).Draw(t, "scale"))
		}
	}
	for _, path := range refundCounts {
		changes[path] = int64(rapid.IntRange(0, 8).Draw(t, path))
	}
	for _, path := range refundTotals {
		changes[path] = decimal.NewFromInt(int64(rapid.IntRange(0, 3).Draw(t, path)))
	}
	return with(giveBack(), changes)
}

var _ decision.Assessor = (*scoring.Scorecard)(nil)

// codes is every declared code.
func codes(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, c := range scoring.Cards() {
		for _, ch := range c.Characteristics {
			for _, a := range ch.Attributes {
				all[a.Code] = true
			}
		}
	}
	return all
}

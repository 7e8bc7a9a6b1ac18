package scoring_test

import (
	"math"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/scoring"
)

// TestEveryCode gives each code what should raise it, and what just should
// not. Both sides of every threshold are here.
func TestEveryCode(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	type change = map[string]any
	promised := func(d int) change { return change{"promised_date": now.AddDate(0, 0, d)} }
	cases := []struct {
		code    string
		base    func() decision.Snapshot
		yes, no change
	}{
		{"CHANNEL_POS", webOrder, change{"channel": "pos"}, change{"channel": "web"}},
		{"CHANNEL_B2B", webOrder, change{"channel": "b2b"}, change{"channel": nil}},
		{"CHANNEL_MARKETPLACE", webOrder, change{"channel": "marketplace"}, change{"channel": "fair"}},
		{"NEW_CUSTOMER", webOrder, change{"customer.orders": int64(0)}, change{"customer.orders": nil}},
		{"REPEAT_CUSTOMER", webOrder, change{"customer.orders": int64(3)}, change{"customer.orders": int64(2)}},
		{"LOYAL_CUSTOMER", webOrder, change{"customer.orders": int64(10)}, change{"customer.orders": int64(9)}},
		{"NEW_ACCOUNT", webOrder, change{"customer.since": now.Add(-day + time.Second)}, change{"customer.since": now.Add(-day)}},
		{"OLD_ACCOUNT", webOrder, change{"customer.since": now.Add(-365 * day)}, change{"customer.since": now.Add(-364 * day)}},
		{"HIGH_AMOUNT", webOrder, change{"amount_total": dec("350")}, change{"amount_total": dec("349.99")}},
		{"VERY_HIGH_AMOUNT", webOrder, change{"amount_total": dec("1400")}, change{"amount_total": dec("1399.99")}},
		{"HIGH_AMOUNT_NEW_CUSTOMER", webOrder, change{"amount_total": dec("350"), "customer.orders": int64(0)}, change{"amount_total": dec("350"), "customer.orders": int64(1)}},
		{"MANY_OF_ONE_ITEM", webOrder, change{"lines": []decision.Record{{"quantity": dec("1")}, {"quantity": dec("9.5")}}}, change{"lines": []decision.Record{{"quantity": dec("9")}, {"quantity": dec("9")}}}},
		{"BILLING_SHIPPING_COUNTRY_MISMATCH", webOrder, change{"shipping.country": "FR"}, change{"shipping.country": "de"}},
		{"BILLING_SHIPPING_ZIP_MISMATCH", webOrder, change{"shipping.zip": "20095"}, change{"shipping.zip": "20095", "shipping.country": "FR"}},
		{"IP_COUNTRY_MISMATCH", webOrder, change{"signals.ip_country": "US"}, change{"signals.ip_country": "US", "channel": "b2b"}},
		{"IP_COUNTRY_MATCH", webOrder, nil, change{"signals.ip_country": nil}},
		{"EXPRESS_SHIPPING", webOrder, change{"shipping.express": true}, change{"shipping.express": true, "channel": "pos"}},
		{"EXPRESS_NEW_CUSTOMER", webOrder, change{"shipping.express": true, "customer.orders": int64(0)}, change{"shipping.express": true, "customer.orders": nil}},
		{"AVS_MISMATCH", webOrder, change{"signals.avs": "mismatch"}, change{"signals.avs": "mismatch", "payment.method": "paypal"}},
		{"AVS_PARTIAL", webOrder, change{"signals.avs": "partial"}, change{"signals.avs": "unavailable"}},
		{"AVS_MATCH", webOrder, nil, change{"signals.avs": nil}},
		{"CVC_MISMATCH", webOrder, change{"signals.cvc": "mismatch"}, change{"signals.cvc": "mismatch", "channel": "pos"}},
		{"CVC_MATCH", webOrder, nil, change{"signals.cvc": "unavailable"}},
		{"PSP_SCORE_HIGH", webOrder, change{"signals.psp_score": dec("75")}, change{"signals.psp_score": dec("74.9")}},
		{"PSP_SCORE_ELEVATED", webOrder, change{"signals.psp_score": dec("65")}, change{"signals.psp_score": dec("64.9")}},
		{"PSP_SCORE_LOW", webOrder, change{"signals.psp_score": dec("19.9")}, change{"signals.psp_score": dec("20")}},
		{"PAYMENT_RECEIVED", webOrder, change{"payment.method": "bank_transfer", "payment.state": "done"}, change{"payment.method": "bank_transfer", "payment.state": "pending"}},
		{"PAYMENT_DONE", webOrder, change{"payment.state": "done"}, change{"payment.state": "done", "payment.method": nil}},
		{"PAYMENT_FAILED", webOrder, change{"payment.state": "error"}, change{"payment.state": "pending"}},
		{"VELOCITY_EMAIL_24H", webOrder, change{"history.email_orders_24h": int64(2)}, change{"history.email_orders_24h": int64(1)}},
		{"VELOCITY_EMAIL_24H_HIGH", webOrder, change{"history.email_orders_24h": int64(5)}, change{"history.email_orders_24h": int64(5), "channel": "b2b"}},
		{"VELOCITY_PARTNER_24H", webOrder, change{"history.partner_orders_24h": int64(2)}, change{"history.partner_orders_24h": int64(1)}},
		{"VELOCITY_PARTNER_24H_HIGH", webOrder, change{"history.partner_orders_24h": int64(5)}, change{"history.partner_orders_24h": int64(4)}},
		{"VELOCITY_AMOUNT_24H", webOrder, change{"history.partner_amount_24h": dec("1300")}, change{"amount_total": dec("1500")}},
		{"EMAIL_SHARED", webOrder, change{"history.email_partners_30d": int64(2)}, change{"history.email_partners_30d": int64(1)}},
		{"EMAIL_SHARED_WIDELY", webOrder, change{"history.email_partners_30d": int64(4)}, change{"history.email_partners_30d": int64(3)}},
		{"PHONE_SHARED", webOrder, change{"history.phone_partners_30d": int64(2)}, change{"history.phone_partners_30d": int64(1)}},
		{"PHONE_SHARED_WIDELY", webOrder, change{"history.phone_partners_30d": int64(4)}, change{"history.phone_partners_30d": int64(3)}},
		{"DISPOSABLE_EMAIL", webOrder, change{"customer.email": "x@MailInator.com"}, change{"customer.email": "mailinator.com@example.com"}},
		{"NO_PHONE", webOrder, change{"customer.phone": nil}, change{"customer.phone": nil, "channel": "pos"}},
		{"PROMISE_SLACK_NEGATIVE", parcel, promised(2), promised(3)},                                 // arrives on the 27th at 10:00
		{"PROMISE_SLACK_TIGHT", parcel, promised(3), promised(4)},                                    // 14 h, then 38 h of 72
		{"PROMISE_SLACK_SHORT", parcel, promised(4), promised(5)},                                    // 38 h, then 62 h of 72
		{"PROMISE_SLACK_AMPLE", parcel, promised(7), promised(6)},                                    // 110 h, then 86 h of 72
		{"PROMISE_SLACK_WIDE", parcel, promised(9), promised(8)},                                     // 158 h, then 134 h of 72
		{"NO_CARRIER", parcel, change{"carrier": nil}, nil},                                          //
		{"UNITS_MISSING", parcel, change{"units_missing": dec("0.5")}, change{"units_missing": nil}}, //
		{"NOT_READY", parcel, change{"state": "confirmed"}, change{"state": "done"}},
		{"PICKING_OVERDUE", parcel, change{"scheduled_date": now.Add(-2 * time.Hour)}, change{"scheduled_date": now.Add(-119 * time.Minute)}},
		{"PICKING_OVERDUE_LONG", parcel, change{"scheduled_date": now.Add(-day)}, change{"scheduled_date": now.Add(-day), "state": "done"}},
		{"INTERNATIONAL", parcel, change{"international": true}, change{"international": nil}},
		{"LONG_DISTANCE", parcel, change{"distance_km": dec("999.1")}, change{"distance_km": dec("999")}},
		{"HEAVY_PARCEL", parcel, change{"weight_kg": dec("31.6")}, change{"weight_kg": dec("31")}},
		{"WAREHOUSE_LOAD_HIGH", parcel, change{"history.warehouse_deliveries_24h": int64(200)}, change{"history.warehouse_deliveries_24h": int64(199)}},
		{"WAREHOUSE_LOAD_VERY_HIGH", parcel, change{"history.warehouse_deliveries_24h": int64(400)}, change{"history.warehouse_deliveries_24h": int64(399)}},
		{"NEVER_ARRIVED", lost, nil, change{"claim": "return"}},
		{"NEVER_ARRIVED_OFTEN", lost, change{"history.partner_not_received_rate_90d": dec("0.22")}, change{"history.partner_not_received_rate_90d": dec("0.219")}},
		{"NEVER_ARRIVED_VERY_OFTEN", lost, change{"history.partner_not_received_rate_90d": dec("0.31")}, change{"history.partner_not_received_rate_90d": dec("0.31"), "history.store_not_received_rate_90d": dec("0.2")}},
		{"CARRIER_SAYS_DELIVERED", lost, nil, change{"refund.never_arrived_but_delivered": false}},
		{"NO_RECEIPT", giveBack, nil, change{"receipt": true}},
		{"NO_RECEIPT_OFTEN", giveBack, change{"history.partner_no_receipt_rate_90d": dec("0.22")}, change{"history.partner_no_receipt_rate_90d": dec("0.22"), "channel": "web"}},
		{"NO_RECEIPT_VERY_OFTEN", giveBack, change{"history.partner_no_receipt_rate_90d": dec("0.31")}, change{"history.partner_no_receipt_rate_90d": dec("0.31"), "history.partner_refunds_90d": int64(14)}},
		{"BEFORE_GOODS_OFTEN", giveBack, change{"history.partner_before_goods_rate_90d": dec("0.22")}, change{"history.partner_before_goods_rate_90d": dec("0.22"), "refund.before_goods": false}},
		{"BEFORE_GOODS_VERY_OFTEN", giveBack, change{"history.partner_before_goods_rate_90d": dec("0.31")}, change{"history.partner_before_goods_rate_90d": dec("0.31"), "claim": "not_received"}},
		{"UNDER_LIMIT", giveBack, change{"refund.share_of_limit": dec("0.9")}, change{"refund.share_of_limit": dec("0.899999")}},
		{"UNDER_LIMIT_OFTEN", giveBack, change{"history.employee_under_limit_rate_90d": dec("0.22")}, change{"history.employee_under_limit_rate_90d": dec("0.22"), "refund.share_of_limit": dec("1.000001")}},
		{"UNDER_LIMIT_VERY_OFTEN", giveBack, change{"history.employee_under_limit_rate_90d": dec("0.31"), "refund.share_of_limit": dec("1")}, change{"history.employee_under_limit_rate_90d": dec("0.31"), "history.system_under_limit_rate_90d": nil}},
		{"EMPLOYEE_NO_RECEIPT_OFTEN", giveBack, change{"history.employee_no_receipt_rate_90d": dec("0.22")}, change{"history.employee_no_receipt_rate_90d": dec("0.22"), "receipt": nil}},
		{"EMPLOYEE_NO_RECEIPT_VERY_OFTEN", giveBack, change{"history.employee_no_receipt_rate_90d": dec("0.31")}, change{"history.employee_no_receipt_rate_90d": dec("0.31"), "history.employee_refunds_90d": nil}},
		{"EMPLOYEE_BEFORE_GOODS_OFTEN", giveBack, change{"history.employee_before_goods_rate_90d": dec("0.22")}, change{"history.employee_before_goods_rate_90d": dec("0.219")}},
		{"EMPLOYEE_BEFORE_GOODS_VERY_OFTEN", giveBack, change{"history.employee_before_goods_rate_90d": dec("0.31")}, change{"history.employee_before_goods_rate_90d": dec("0.309")}},
		{"EMPLOYEE_SAME_CARD", giveBack, change{"history.employee_card_refunds_30d": int64(2)}, change{"history.employee_card_refunds_30d": int64(1)}},
		{"EMPLOYEE_SAME_CARD_AGAIN", giveBack, change{"history.employee_card_refunds_30d": int64(3)}, change{"history.employee_card_refunds_30d": int64(2)}},
		{"EMPLOYEE_SAME_CARD_MANY", giveBack, change{"history.employee_card_refunds_30d": int64(5)}, change{"history.employee_card_refunds_30d": int64(4)}},
		{"STORE_NO_RECEIPT_OFTEN", giveBack, change{"history.store_no_receipt_rate_90d": dec("0.2002")}, change{"history.store_no_receipt_rate_90d": dec("0.2")}},
		{"STORE_NO_RECEIPT_VERY_OFTEN", giveBack, change{"history.store_no_receipt_rate_90d": dec("0.28")}, change{"history.store_no_receipt_rate_90d": dec("0.28"), "history.store_refunds_per_day_30d": dec("1")}},
		{"PRODUCT_NO_RECEIPT_OFTEN", giveBack, change{"history.product_no_receipt_rate_90d": dec("0.32")}, change{"history.product_no_receipt_rate_90d": dec("0.3")}},
		{"PRODUCT_NO_RECEIPT_VERY_OFTEN", giveBack, change{"history.product_no_receipt_rate_90d": dec("0.5")}, change{"history.product_no_receipt_rate_90d": dec("0.4")}},
		{"PRODUCT_NEVER_ARRIVED_OFTEN", lost, change{"history.product_not_received_rate_90d": dec("0.32")}, change{"history.product_not_received_rate_90d": dec("0.3")}},
		{"PRODUCT_NEVER_ARRIVED_VERY_OFTEN", lost, change{"history.product_not_received_rate_90d": dec("0.5")}, change{"history.product_not_received_rate_90d": dec("0.4")}},
		{"CARD_SHARED", giveBack, change{"history.card_partners_30d": int64(2)}, change{"history.card_partners_30d": int64(1)}},
		{"CARD_SHARED_WIDELY", giveBack, change{"history.card_partners_30d": int64(4)}, change{"history.card_partners_30d": int64(3)}},
		{"REFUND_IDENTITY_SHARED", giveBack, change{"history.phone_partners_30d": int64(2)}, change{"history.email_partners_30d": int64(1)}},
		{"REFUND_IDENTITY_SHARED_WIDELY", giveBack, change{"history.phone_partners_30d": int64(4), "history.email_partners_30d": nil}, change{"history.phone_partners_30d": int64(3)}},
		{"REFUND_ADDRESS_SHARED", giveBack, change{"history.address_partners_30d": int64(2)}, change{"history.address_partners_30d": int64(1)}},
		{"REFUND_ADDRESS_SHARED_WIDELY", giveBack, change{"history.address_partners_30d": int64(4)}, change{"history.address_partners_30d": int64(3)}},
		{"REFUNDS_FREQUENT", giveBack, change{"history.partner_refunds_30d": int64(4)}, change{"history.partner_refunds_30d": int64(3)}},
		{"REFUNDS_VERY_FREQUENT", giveBack, change{"history.card_refunds_30d": int64(7)}, change{"history.email_refunds_30d": int64(6)}},
		{"REFUND_BURST", giveBack, change{"history.partner_refunds_24h": int64(2)}, change{"history.partner_refunds_24h": int64(1)}},
		{"REFUND_BURST_LARGE", giveBack, change{"history.partner_refunds_24h": int64(4)}, change{"history.partner_refunds_24h": int64(3)}},
		{"REFUNDS_MANY_ORDERS", giveBack, change{"history.partner_refunds_per_order_365d": dec("0.5")}, change{"history.partner_refunds_per_order_365d": dec("0.499")}},
		{"REFUNDS_MOST_ORDERS", giveBack, change{"history.partner_refunds_per_order_365d": dec("0.75")}, change{"history.partner_refunds_per_order_365d": dec("0.749")}},
		{"KNOWN_ABUSE", giveBack, change{"history.address_abuses": dec("1")}, nil},
		{"GOODS_MISSING", giveBack, change{"history.partner_goods_missing_365d": dec("1")}, change{"history.partner_goods_missing_365d": dec("2")}},
		{"GOODS_MISSING_AGAIN", giveBack, change{"history.email_goods_missing_365d": dec("2")}, nil},
	}
	left := codes(t)
	for _, c := range cases {
		delete(left, c.code)
		if contribution(assess(t, with(c.base(), c.yes)), c.code) == 0 {
			t.Errorf("%s: not given for %v", c.code, c.yes)
		}
		if contribution(assess(t, with(c.base(), c.no)), c.code) != 0 {
			t.Errorf("%s: given for %v", c.code, c.no)
		}
	}
	for code := range left {
		t.Errorf("%s has no case", code)
	}
}

func TestUnknownProbability(t *testing.T) {
	t.Parallel()
	noRate := webOrder()
	noRate.Rate = decimal.Decimal{}
	cases := map[string]decision.Snapshot{
		"order without amount":       with(webOrder(), map[string]any{"amount_total": nil}),
		"order without rate":         noRate,
		"delivery without a promise": with(parcel(), map[string]any{"promised_date": nil}),
		"refund without a customer":  with(giveBack(), map[string]any{"partner_id": nil, "history.partner_refunds_90d": nil}),
	}
	for name, s := range cases {
		a := assess(t, s)
		if a.Probability != nil || a.Reasons != nil {
			t.Errorf("%s: got a probability or reasons, want unknown", name)
		}
		if a.Confidence == nil || *a.Confidence <= 0 || *a.Confidence >= 1 {
			t.Errorf("%s: confidence %v, want between 0 and 1", name, a.Confidence)
		}
	}
}

func TestConfidence(t *testing.T) {
	t.Parallel()
	foreign := webOrder()
	foreign.CompanyCurrency = "XTS"
	cases := []struct {
		name      string
		snapshot  decision.Snapshot
		low, high float64
	}{
		{"web order, everything known", webOrder(), 1, 1},
		{"delivery, everything known", parcel(), 1, 1},
		{"refund, everything known", giveBack(), 1, 1},
		{"refund on the web, whose order is the receipt", with(lost(), map[string]any{"receipt": nil, "store": nil}), 1, 1},
		{"refund without claim, receipt and limit", with(giveBack(), map[string]any{"claim": nil, "receipt": nil, "approval_limit": nil, "refund.share_of_limit": nil, "refund.never_arrived_but_delivered": nil}), 0.5, 0.8},
		{"order at the till without signals", with(webOrder(), map[string]any{
			"channel": "pos", "signals.ip_country": nil, "signals.avs": nil, "signals.cvc": nil, "signals.psp_score": nil, "shipping.express": nil, "customer.phone": nil}), 1, 1},
		{"web order without signals", with(webOrder(), map[string]any{
			"signals.ip_country": nil, "signals.avs": nil, "signals.cvc": nil, "signals.psp_score": nil}), 0.6, 0.8},
		{"no limits for the currency", foreign, 0.9, 0.97},
		{"delivery without estimates", with(parcel(), map[string]any{"handling_days": nil, "transit_days": nil}), 0.4, 0.6},
		{"no carrier is a reason but not known", with(parcel(), map[string]any{"carrier": nil}), 0.9, 0.99},
	}
	for _, c := range cases {
		got := *assess(t, c.snapshot).Confidence
		if got < c.low || got > c.high {
			t.Errorf("%s: confidence %.3f, want %v to %v", c.name, got, c.low, c.high)
		}
	}
}

// TestBrokenPromiseNeedsNoEstimate: what is missing could only make it later.
func TestBrokenPromiseNeedsNoEstimate(t *testing.T) {
	t.Parallel()
	past := with(parcel(), map[string]any{"promised_date": now.AddDate(0, 0, -2), "transit_days": nil, "handling_days": nil})
	if contribution(assess(t, past), "PROMISE_SLACK_NEGATIVE") == 0 {
		t.Error("a promise of the day before yesterday is not seen as broken")
	}
	gone := with(parcel(), map[string]any{"promised_date": now, "transit_days": dec("0.5"), "handling_days": dec("9"), "state": "done"})
	if contribution(assess(t, gone), "PROMISE_SLACK_NEGATIVE") != 0 {
		t.Error("handling still counts after the goods have left")
	}
}

func TestOtherCurrencyIsConverted(t *testing.T) {
	t.Parallel()
	s := with(webOrder(), map[string]any{"currency": "JPY", "amount_total": dec("60000")})
	s.Rate = dec("0.006") // 360 EUR
	if contribution(assess(t, s), "HIGH_AMOUNT") == 0 {
		t.Error("60000 yen are not judged by the limits in euros")
	}
}

func TestHostileNumbers(t *testing.T) {
	t.Parallel()
	huge := dec("999999999999999.999999999")
	late := time.Date(2200, 12, 31, 0, 0, 0, 0, time.UTC)
	for _, s := range []decision.Snapshot{
		with(webOrder(), map[string]any{"amount_total": huge, "lines": []decision.Record{{"quantity": huge}}, "customer.since": time.Unix(0, 0), "customer.orders": int64(math.MaxInt64)}),
		with(parcel(), map[string]any{"handling_days": huge, "transit_days": huge, "distance_km": huge, "weight_kg": huge, "units_missing": huge}),
		with(parcel(), map[string]any{"promised_date": late, "handling_days": decimal.Zero, "transit_days": decimal.Zero}),
		with(parcel(), map[string]any{"promised_date": time.Unix(0, 0), "scheduled_date": late}),
		with(lost(), map[string]any{"history.partner_not_received_rate_90d": huge, "history.system_not_received_rate_90d": huge.Neg(), "history.partner_refunds_90d": int64(math.MaxInt64), "history.product_refunds_per_day_30d": huge}),
		with(giveBack(), map[string]any{"refund.share_of_limit": huge, "history.partner_refunds_per_order_365d": huge, "history.partner_abuses": huge, "history.employee_refunds_90d": int64(math.MinInt64)}),
	} {
		if p := probability(t, s); !(p > 0 && p < 1) {
			t.Errorf("probability %v", p)
		}
	}
	if contribution(assess(t, with(parcel(), map[string]any{"transit_days": huge})), "PROMISE_SLACK_NEGATIVE") == 0 {
		t.Error("an endless transit is not seen as late")
	}
	if contribution(assess(t, with(parcel(), map[string]any{"promised_date": late})), "PROMISE_SLACK_WIDE") == 0 {
		t.Error("an endless promise is not seen as wide")
	}
}

// TestNobodyIsComparedWithHimself: who is a rare product's, or a small store's,
// only customer makes its share, which must not excuse him.
func TestNobodyIsComparedWithHimself(t *testing.T) {
	t.Parallel()
	only := map[string]any{
		"history.partner_refunds_90d": int64(10), "history.partner_not_received_rate_90d": dec("0.525"),
		"history.product_not_received_rate_90d": dec("0.525"), "history.store_not_received_rate_90d": dec("0.525"), "history.system_not_received_rate_90d": dec("0.06"),
	}
	if contribution(assess(t, with(lost(), only)), "NEVER_ARRIVED_OFTEN") == 0 {
		t.Error("the customer's own claims excuse the customer")
	}
}

// TestHouseThatIsLikeThat: what holds for store, product or company is nobody's
// excess.
func TestHouseThatIsLikeThat(t *testing.T) {
	t.Parallel()
	for _, peer := range []string{"store", "product", "system"} {
		for _, base := range []func() decision.Snapshot{giveBack, lost} {
			s := base()
			before := probability(t, s)
			for _, share := range refundShares {
				s = with(s, map[string]any{"history.partner_" + share + "_rate_90d": dec("0.25"), "history." + peer + "_" + share + "_rate_90d": dec("0.25"), "history.store_refunds_per_day_30d": dec("1")})
			}
			if after := probability(t, s); after > before {
				t.Errorf("with a %s where a quarter is so: %v, without %v", peer, after, before)
			}
		}
	}
}

func TestOtherKind(t *testing.T) {
	t.Parallel()
	if _, err := scoring.Order().Assess(parcel()); err == nil {
		t.Error("the order card assessed a delivery")
	}
}

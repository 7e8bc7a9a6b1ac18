package scoring_test

import (
	"fmt"

	"github.com/shopspring/decimal"

	"assent/scoring"
)

// A first order, express, shipped to another country than it is billed to.
func ExampleOrder() {
	s := with(webOrder(), map[string]any{
		"customer.orders": int64(0), "shipping.express": true, "shipping.country": "FR", "signals.avs": "mismatch", "amount_total": dec("640"),
	})
	a, err := scoring.Order().Assess(s)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f %% fraudulent, confidence %.2f\n", *a.Probability*100, *a.Confidence)
	for _, r := range a.Reasons {
		sentence, _, _ := scoring.Reason(r.Code)
		fmt.Printf("%+.3f %s\n", r.Contribution, sentence)
	}
	// Output:
	// 46.9 % fraudulent, confidence 1.00
	// +1.250 The card's issuer does not know the invoice address.
	// +0.875 The order is billed to one country and shipped to another.
	// +0.875 A first order that is to be shipped as fast as possible.
	// +0.750 A first order with a high total.
	// +0.750 This is the customer's first order.
	// +0.500 The total is high.
	// -0.375 The card's code was right.
	// -0.250 The buyer's internet address is in the country of the invoice address.
}

// Without a promise nobody can say whether a delivery will be late.
func ExampleDelivery() {
	known, _ := scoring.Delivery().Assess(with(parcel(), map[string]any{"transit_days": dec("5")}))
	unknown, _ := scoring.Delivery().Assess(with(parcel(), map[string]any{"promised_date": nil}))
	fmt.Printf("%.2f %s\n", *known.Probability, known.Reasons[0].Code)
	fmt.Println(unknown.Probability == nil)
	// Output:
	// 0.18 PROMISE_SLACK_TIGHT
	// true
}

// A company that sells furniture finds other amounts high.
func ExampleNew() {
	card := scoring.OrderCard()
	card.Limits = map[string]scoring.Limits{"EUR": {High: decimal.NewFromInt(4000), VeryHigh: decimal.NewFromInt(12000)}}
	furniture, err := scoring.New(card)
	if err != nil {
		fmt.Println(err)
		return
	}
	s := with(webOrder(), map[string]any{"amount_total": dec("2500")})
	usual, _ := scoring.Order().Assess(s)
	own, _ := furniture.Assess(s)
	fmt.Printf("%.4f %.4f %v\n", *usual.Probability, *own.Probability, furniture.Revision() == scoring.Order().Revision())
	// Output: 0.0097 0.0036 false
}

// A customer of whom a quarter of fifteen refunds never arrived, where peers
// have a tenth.
func ExampleRefund() {
	s := with(lost(), map[string]any{"history.partner_not_received_rate_90d": dec("0.25"), "history.partner_refunds_30d": int64(4)})
	a, err := scoring.Refund().Assess(s)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f %% abuse\n", *a.Probability*100)
	for _, r := range a.Reasons {
		sentence, _, _ := scoring.Reason(r.Code)
		fmt.Printf("%+.3f %s\n", r.Contribution, sentence)
	}
	// Output:
	// 24.5 % abuse
	// +1.250 The customer says more often than others that nothing arrived.
	// +0.750 The customer, or people linked with the customer, had four or more other refunds in 30 days.
	// +0.500 The carrier says that the goods were delivered.
	// +0.375 The amount is just under what whoever asks may refund alone.
}

func ExampleReason() {
	sentence, source, ok := scoring.Reason("IP_COUNTRY_MISMATCH")
	fmt.Println(sentence)
	fmt.Println(source, ok)
	// Output:
	// The buyer's internet address is in another country than the invoice address.
	// Shopify fraud analysis: indicator shown on the order. Billing country differs from where the order was placed. CyberSource code MM-IPBCO. true
}

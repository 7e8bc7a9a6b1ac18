package cost

import (
	"github.com/shopspring/decimal"

	"assent/decision"
)

// Case is an order that was scored.
type Case struct {
	Probability float64
	Value       decimal.Decimal // in the terms' currency, not below 0
	Known       bool            // the truth is; otherwise the case counts by its probability
	Bad         bool            // the truth
}

// chance is the truth, or the probability of it.
func (c Case) chance() decimal.Decimal {
	switch {
	case !c.Known:
		return decimal.NewFromFloat(c.Probability)
	case c.Bad:
		return one
	}
	return decimal.Zero
}

// Account says what cases cost in their bands.
type Account struct {
	Passed  int            `json:"passed"`
	Held    int            `json:"held"`
	Blocked int            `json:"blocked"`
	Bad     decision.Money `json:"bad"`    // lost by bad orders that got through
	Good    decision.Money `json:"good"`   // lost by good orders that did not
	Review  decision.Money `json:"review"` // paid for reviews
	Total   decision.Money `json:"total"`
}

// Account adds up what cases cost where band puts them; e.g. CutOffs.Band for
// all alike, or Terms.Best for each by its value.
func (t Terms) Account(cases []Case, band func(Case) Band) Account {
	var l ledger
	for _, c := range cases {
		b := band(c)
		l.move(b, 1, t.price(b, c.chance(), c.Value))
	}
	return l.account(t)
}

// ledger is an account in the making.
type ledger struct {
	count [3]int // by band
	bill  bill
}

func (l *ledger) move(b Band, sign int, amount bill) {
	l.count[b] += sign
	if sign < 0 {
		l.bill = l.bill.sub(amount)
	} else {
		l.bill = l.bill.add(amount)
	}
}

func (l *ledger) account(t Terms) Account {
	return Account{
		Passed: l.count[Pass], Held: l.count[Hold], Blocked: l.count[Block],
		Bad: t.money(l.bill.bad), Good: t.money(l.bill.good), Review: t.money(l.bill.review), Total: t.money(l.bill.total()),
	}
}

package cost

import (
	"github.com/shopspring/decimal"

	"assent/decision"
)

// Terms say what right and wrong answers cost a company. "Bad" is what the
// probability is of: fraud, or a delivery that comes late.
type Terms struct {
	Currency string          `json:"currency"` // of all money here and of the orders' values
	Margin   decimal.Decimal `json:"margin"`   // share of a good order's value that is earned; 0 to 1
	Loss     decimal.Decimal `json:"loss"`     // share of a bad order's value that is lost when it passes; 0 to 1
	Fee      decimal.Decimal `json:"fee"`      // money lost besides, for each bad order that passes
	Review   decimal.Decimal `json:"review"`   // money that a person's look at one order costs
	Caught   decimal.Decimal `json:"caught"`   // share of bad orders that people find when they look; above 0, to 1
	Deterred decimal.Decimal `json:"deterred"` // share of good orders that are lost by being held; 0 to 1
	Goodwill decimal.Decimal `json:"goodwill"` // money lost besides the margin, for each good order that is blocked
	Blocks   bool            `json:"blocks"`   // blocking is a choice; otherwise orders pass or are held
}

var one = decimal.NewFromInt(1)

// Check says which term is out of its range.
func (t Terms) Check() error {
	share := func(x decimal.Decimal) bool { return !x.IsNegative() && !x.GreaterThan(one) }
	switch {
	case len(t.Currency) != 3:
		return decision.Errorf(decision.CodeInvalid, "currency must be an ISO 4217 code of three letters.")
	case !share(t.Margin):
		return decision.Errorf(decision.CodeInvalid, "margin must be a share of 0 to 1.")
	case !share(t.Loss):
		return decision.Errorf(decision.CodeInvalid, "loss must be a share of 0 to 1.")
	case !share(t.Caught) || t.Caught.IsZero():
		return decision.Errorf(decision.CodeInvalid, "caught must be a share above 0, to 1: a review that finds nothing is none.")
	case !share(t.Deterred):
		return decision.Errorf(decision.CodeInvalid, "deterred must be a share of 0 to 1.")
	case t.Fee.IsNegative() || t.Review.IsNegative() || t.Goodwill.IsNegative():
		return decision.Errorf(decision.CodeInvalid, "fee, review and goodwill must not be below 0.")
	}
	return nil
}

// bad is what a bad order costs that passes, good what a good order costs that
// is blocked.
func (t Terms) bad(value decimal.Decimal) decimal.Decimal { return t.Loss.Mul(value).Add(t.Fee) }
func (t Terms) good(value decimal.Decimal) decimal.Decimal {
	return t.Margin.Mul(value).Add(t.Goodwill)
}

// price is the expected cost of putting an order into a band, by what for.
func (t Terms) price(b Band, p, value decimal.Decimal) bill {
	bad, good := p.Mul(t.bad(value)), one.Sub(p).Mul(t.good(value))
	switch b {
	case Pass:
		return bill{bad: bad}
	case Block:
		return bill{good: good}
	}
	return bill{bad: bad.Mul(one.Sub(t.Caught)), good: good.Mul(t.Deterred), review: t.Review}
}

// Cost is the expected cost of putting an order of a value into a band, when
// it is bad with probability p.
func (t Terms) Cost(b Band, p float64, value decimal.Decimal) decision.Money {
	return t.money(t.price(b, decimal.NewFromFloat(p), value).total())
}

func (t Terms) money(x decimal.Decimal) decision.Money {
	return decision.Money{Amount: x, Currency: t.Currency}
}

// bill says what money is lost for.
type bill struct{ bad, good, review decimal.Decimal }

func (b bill) total() decimal.Decimal { return b.bad.Add(b.good).Add(b.review) }

func (b bill) add(o bill) bill {
	return bill{b.bad.Add(o.bad), b.good.Add(o.good), b.review.Add(o.review)}
}

func (b bill) sub(o bill) bill {
	return bill{b.bad.Sub(o.bad), b.good.Sub(o.good), b.review.Sub(o.review)}
}

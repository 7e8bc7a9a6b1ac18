package scoring

import (
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// channelPath stands for Snapshot.Channel in Reads; it is no field of a kind.
const channelPath = "channel"

// online limits a measure to channels where the buyer acts at a distance and
// the shop sees them: a till or a marketplace has no such signals to miss.
func online(m measure) measure { return unless(m, "pos", "marketplace", "b2b") }

// consumer limits a measure to private customers: businesses order often, in
// quantity and from shared mailboxes.
func consumer(m measure) measure { return unless(m, "b2b") }

func unless(m measure, channels ...string) measure {
	return func(s *decision.Snapshot, c *Card) reading {
		for _, name := range channels {
			if s.Channel == name {
				return reading{state: notAsked}
			}
		}
		return m(s, c)
	}
}

func channel(s *decision.Snapshot, _ *Card) reading {
	if s.Channel == "" {
		return reading{}
	}
	return words(s.Channel)
}

func customerOrders(s *decision.Snapshot, _ *Card) reading {
	n, ok := s.Fields.Integer("customer.orders")
	if !ok {
		return reading{}
	}
	return count(n)
}

// accountAge is in whole days at the time of the order.
func accountAge(s *decision.Snapshot, _ *Card) reading {
	since, ok := field[time.Time](s, "customer.since")
	ordered, okOrdered := field[time.Time](s, "date_order")
	if !ok || !okOrdered {
		return reading{}
	}
	return count(hours(ordered.Sub(since)) / 24)
}

// amount is 0 for usual, 1 for high, 2 for very high in the company's
// currency; unknown where the card has no limits for that currency.
func amount(s *decision.Snapshot, c *Card) reading {
	total, ok := s.Fields.Money("amount_total")
	if !ok || s.Rate.IsZero() {
		return reading{}
	}
	return level(s.InCompanyCurrency(total).Amount, s.CompanyCurrency, c)
}

// amountVelocity is the same for this order and those of the last 24 hours
// together; without earlier orders there is nothing to add up.
func amountVelocity(s *decision.Snapshot, c *Card) reading {
	total, ok := s.Fields.Money("amount_total")
	past, okPast := s.Context.Money("history.partner_amount_24h")
	if !ok || !okPast || s.Rate.IsZero() {
		return reading{}
	}
	if !past.IsPositive() {
		return count(0)
	}
	return level(s.InCompanyCurrency(total).Amount.Add(past), s.CompanyCurrency, c)
}

func level(amount decimal.Decimal, currency string, c *Card) reading {
	limits, ok := c.Limits[currency]
	switch {
	case !ok:
		return reading{}
	case amount.GreaterThanOrEqual(limits.VeryHigh):
		return count(2)
	case amount.GreaterThanOrEqual(limits.High):
		return count(1)
	}
	return count(0)
}

// newCustomerAmount is the amount's level on a first order, 0 on any other.
func newCustomerAmount(s *decision.Snapshot, c *Card) reading {
	orders := customerOrders(s, c)
	if orders.state != answered || orders.number > 0 {
		return orders.as(0)
	}
	return amount(s, c)
}

// as replaces the number of an answer.
func (r reading) as(number int64) reading {
	r.number = number
	return r
}

func countries(s *decision.Snapshot, _ *Card) reading {
	return compare(s, "billing.country", "shipping.country")
}

// postcodes are compared within one country only: another country is
// another reason already.
func postcodes(s *decision.Snapshot, c *Card) reading {
	if in := countries(s, c); in.state != answered || in.text != "same" {
		return in.not()
	}
	return compare(s, "billing.zip", "shipping.zip")
}

// not is an answer that matches no attribute.
func (r reading) not() reading {
	r.text = "not compared"
	return r
}

func compare(s *decision.Snapshot, one, other string) reading {
	a, okA := s.Fields.Text(one)
	b, okB := s.Fields.Text(other)
	switch {
	case !okA || !okB:
		return reading{}
	case strings.EqualFold(a, b):
		return words("same")
	}
	return words("differ")
}

func ipCountry(s *decision.Snapshot, c *Card) reading {
	return online(func(s *decision.Snapshot, _ *Card) reading {
		return compare(s, "signals.ip_country", "billing.country")
	})(s, c)
}

// express is "new" on the first order of a customer, "yes" on others.
func express(s *decision.Snapshot, c *Card) reading {
	fast, ok := field[bool](s, "shipping.express")
	switch orders := customerOrders(s, c); {
	case s.Channel == "pos":
		return reading{state: notAsked}
	case !ok:
		return reading{}
	case !fast:
		return words("no")
	case orders.state == answered && orders.number == 0:
		return words("new")
	}
	return words("yes")
}

func avs(s *decision.Snapshot, _ *Card) reading { return cardCheck(s, "signals.avs") }
func cvc(s *decision.Snapshot, _ *Card) reading { return cardCheck(s, "signals.cvc") }

// cardCheck is not asked at a till or of a payment without a card. A check
// the issuer could not make is as unknown as one nobody asked for.
func cardCheck(s *decision.Snapshot, path string) reading {
	method, known := s.Fields.Text("payment.method")
	if s.Channel == "pos" || s.Channel == "marketplace" || known && method != "card" {
		return reading{state: notAsked}
	}
	result, ok := s.Fields.Text(path)
	if !ok || result == "unavailable" {
		return reading{}
	}
	return words(result)
}

// pspScore is not asked where no payment provider is involved.
func pspScore(s *decision.Snapshot, _ *Card) reading {
	method, _ := s.Fields.Text("payment.method")
	if s.Channel == "pos" || s.Channel == "marketplace" || push(method) || method == "invoice" {
		return reading{state: notAsked}
	}
	score, ok := s.Fields.Money("signals.psp_score")
	if !ok {
		return reading{}
	}
	return count(whole(score))
}

// push says whether the customer sends the money: it cannot be charged back.
func push(method string) bool {
	switch method {
	case "bank_transfer", "wire_transfer", "cash":
		return true
	}
	return false
}

// payment is "received" for pushed money that has arrived.
func payment(s *decision.Snapshot, _ *Card) reading {
	state, ok := s.Fields.Text("payment.state")
	method, okMethod := s.Fields.Text("payment.method")
	switch {
	case !ok || !okMethod:
		return reading{}
	case state == "done" && push(method):
		return words("received")
	case state == "error" || state == "cancel":
		return words("failed")
	}
	return words(state)
}

// emailDomain looks at nothing but the domain.
func emailDomain(s *decision.Snapshot, c *Card) reading {
	address, _ := s.Fields.Text("customer.email")
	_, domain, ok := strings.Cut(address, "@")
	switch {
	case !ok:
		return reading{}
	case slices.Contains(c.Disposable, strings.ToLower(domain)):
		return words("disposable")
	}
	return words("other")
}

// phone only asks whether there is one.
func phone(s *decision.Snapshot, _ *Card) reading {
	if _, ok := s.Fields.Text("customer.phone"); ok {
		return words("given")
	}
	return missing(s, "customer.phone", "no_phone")
}

// quantity is the largest of any line, rounded up.
func quantity(s *decision.Snapshot, _ *Card) reading {
	lines, ok := field[[]decision.Record](s, "lines")
	if !ok {
		return reading{}
	}
	most := int64(0)
	for _, line := range lines {
		if q, ok := line.Money("quantity"); ok {
			most = max(most, whole(q.Ceil()))
		}
	}
	return count(most)
}

package simulator

import (
	"fmt"
	"slices"
)

// giveBacks is a day's honest refunds. Most are of purchases of the last four
// weeks; a bad batch comes back whoever bought it.
func (s *Season) giveBacks(day int) {
	count := s.plan.Honest
	if s.days[day].Odd == Peak {
		count *= 3
	}
	for range count {
		s.honest(s.regretted(day), day)
	}
	if s.days[day].Odd == BadBatch {
		for range s.plan.Honest / 2 {
			p := s.buy(s.buyer(), day-s.between(3, 12))
			p.product, p.quantity = s.bad, 1
			s.broken(*p, day)
		}
	}
}

// regretted takes a purchase that was not given back yet: keen customers send
// back more.
func (s *Season) regretted(day int) purchase {
	for range 40 {
		of := day - s.between(3, 26)
		if of < 0 || len(s.bought[of]) == 0 {
			continue
		}
		at := s.IntN(len(s.bought[of]))
		p := s.bought[of][at]
		if p.customer.keen() || s.percent(35) || s.returnsMore(p) {
			s.bought[of] = slices.Delete(s.bought[of], at, at+1)
			return *p
		}
	}
	return *s.buy(s.buyer(), max(day-s.between(3, 26), -26)) // bought before the season
}

// returnsMore is the outlet's: what is cheap is bought lightly.
func (s *Season) returnsMore(p *purchase) bool { return p.store != nil && p.store.code == Outlet }

// usual is what every refund has of its purchase.
func (s *Season) usual(p purchase, day int) restitution {
	r := restitution{purchase: p, asked: s.on(day), amount: p.price(), total: p.price(), claim: "return", receipt: true, returned: true, delivered: true}
	if p.store == nil {
		r.employee, r.limit = pick(s.chance, s.agents), agentAlone
	} else {
		r.employee, r.limit = pick(s.chance, p.store.tills), tillLimit
	}
	if p.quantity > 1 && s.percent(60) {
		r.amount = p.product.price
	}
	if s.percent(75) {
		r.card = cardOf(p.customer)
	}
	return r
}

// cardOf is a customer's card.
func cardOf(c *customer) string { return fmt.Sprintf("card-%d", c.id) }

func (s *Season) honest(p purchase, day int) {
	r := s.usual(p, day)
	switch n := s.IntN(100); {
	case p.store != nil:
		r.receipt = !s.percent(p.store.noReceipt)
		r.returned = !s.percent(3)
	case n < 6: // lost on the way
		r.claim, r.returned, r.delivered = "not_received", false, s.percent(60)
	case n < 18: // paid in advance
		r.returned = false
	}
	if r.claim == "return" && s.percent(15) {
		r.claim = "damaged"
	}
	s.settle(s.ask(r), r)
}

// broken is of the bad batch: nobody wants it back in half of the cases.
func (s *Season) broken(p purchase, day int) {
	r := s.usual(p, day)
	r.claim = "damaged"
	r.returned = !s.percent(50)
	s.settle(s.ask(r), r)
}

// settle tells what becomes of an honest refund: goods that were awaited come,
// but for one in twenty-five; one refund in a hundred is looked into for
// nothing.
func (s *Season) settle(invoice int64, r restitution) {
	if !r.returned && r.claim == "return" {
		value, days := "returned", s.between(4, 12)
		if s.percent(4) {
			value, days = "not_returned", 21
		}
		s.tell(invoice, r.asked, days, "goods", value)
	}
	if s.percent(1) {
		s.tell(invoice, r.asked, s.between(10, 40), "abuse", "cleared")
	}
}

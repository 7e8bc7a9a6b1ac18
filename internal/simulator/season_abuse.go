package simulator

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// The patterns of abuse that a season hides.
const (
	NeverArrived   = "never_arrived"   // a customer claims again and again that nothing arrived
	WithoutReceipt = "without_receipt" // a customer brings back goods that he did not buy
	BeforeGoods    = "before_goods"    // a customer is paid and keeps the goods
	LinkedPeople   = "linked"          // a few names behind one address, phone number or card
	UnderLimit     = "under_limit"     // an employee stays just under the own limit
	OwnCard        = "own_card"        // an employee refunds to one card
	LaxStore       = "store"           // strangers bring goods without a receipt to one store
	WantedProduct  = "product"         // strangers bring one product without a receipt to any store
	Once           = "once"            // an ordinary customer claims once that nothing arrived: nothing tells it
)

// Patterns lists them.
var Patterns = []string{NeverArrived, WithoutReceipt, BeforeGoods, LinkedPeople, UnderLimit, OwnCard, LaxStore, WantedProduct, Once}

// scheme is one way of abuse, with the people of the moment.
type scheme struct {
	pattern string
	share   int // of a day's abuse, in hundredths
	people  int // at a time
	lasts   int // days until others take over
	actors  []*actor
	commit  func(s *Season, a *actor, day int) restitution
}

// actor is who abuses.
type actor struct {
	names    []*customer
	store    *store
	product  product
	employee string
	card     string
	until    int
}

// schemes are all patterns; their shares are 100 together.
func (s *Season) schemes() []*scheme {
	return []*scheme{
		{pattern: NeverArrived, share: 16, people: 10, lasts: 28, commit: (*Season).claims},
		{pattern: WithoutReceipt, share: 11, people: 7, lasts: 28, commit: (*Season).bringsStolen},
		{pattern: BeforeGoods, share: 13, people: 8, lasts: 35, commit: (*Season).keeps},
		{pattern: LinkedPeople, share: 16, people: 4, lasts: 21, commit: (*Season).rotates},
		{pattern: UnderLimit, share: 12, people: 2, lasts: 40, commit: (*Season).shapes},
		{pattern: OwnCard, share: 10, people: 3, lasts: 40, commit: (*Season).paysOneself},
		{pattern: LaxStore, share: 9, people: 1, lasts: 200, commit: (*Season).goesThere},
		{pattern: WantedProduct, share: 7, people: 1, lasts: 200, commit: (*Season).fences},
		{pattern: Once, share: 6, people: 1, lasts: 1, commit: (*Season).triesOnce},
	}
}

// cheat is a day's abuse. In a peak there is no more of it.
func (s *Season) cheat(day int, schemes []*scheme) {
	for _, x := range schemes {
		s.recruit(x, day)
		for range s.about(s.plan.Abusive * x.share) {
			r := x.commit(s, pick(s.chance, x.actors), day)
			r.truth = Truth{Abusive: true, Pattern: x.pattern}
			s.uncover(s.ask(r), r)
		}
	}
}

// about is a number of hundredths as whole ones, rounded at random.
func (s *Season) about(hundredths int) int {
	n := hundredths / 100
	if s.percent(hundredths % 100) {
		n++
	}
	return n
}

// recruit replaces who is done. The first ones are at it for some time.
func (s *Season) recruit(x *scheme, day int) {
	for len(x.actors) < x.people {
		x.actors = append(x.actors, s.actor(day+s.between(1, x.lasts)))
	}
	for i, a := range x.actors {
		if day >= a.until {
			x.actors[i] = s.actor(day + x.lasts)
		}
	}
}

func (s *Season) actor(until int) *actor {
	a := &actor{store: s.stores[s.IntN(5)], product: s.dear(), until: until}
	a.employee = pick(s.chance, a.store.tills)
	for range 5 {
		a.names = append(a.names, s.newcomer(s.day.AddDate(0, 0, -s.between(1, 400))))
	}
	a.card = cardOf(a.names[0])
	return a
}

// dear is a product worth the trouble.
func (s *Season) dear() product {
	for {
		if p := s.anything(); p.price.GreaterThan(decimal.NewFromInt(60)) {
			return p
		}
	}
}

// wanted is dear more often than what others buy.
func (s *Season) wanted() product {
	if s.percent(40) {
		return s.dear()
	}
	return s.anything()
}

// taken is a purchase by somebody, with its order where one was made.
func (s *Season) taken(c *customer, p product, at *store, day int) purchase {
	bought := purchase{customer: c, product: p, quantity: 1, store: at, day: day - s.between(3, 26)}
	if bought.day >= 0 && s.percent(70) {
		s.order(&bought)
	}
	return bought
}

func (s *Season) claims(a *actor, day int) restitution {
	r := s.usual(s.taken(a.names[0], s.wanted(), nil, day), day)
	r.claim, r.returned, r.delivered = "not_received", false, s.percent(80)
	return r
}

func (s *Season) bringsStolen(a *actor, day int) restitution {
	r := s.usual(purchase{customer: a.names[0], product: s.wanted(), quantity: 1, store: s.stores[s.IntN(5)], day: day - s.between(3, 26)}, day)
	r.receipt = false
	return r
}

func (s *Season) keeps(a *actor, day int) restitution {
	r := s.usual(s.taken(a.names[0], s.wanted(), nil, day), day)
	r.returned = false
	return r
}

// rotates uses one name after another: one address, one card, and half of them
// one phone number.
func (s *Season) rotates(a *actor, day int) restitution {
	c := pick(s.chance, a.names)
	c.home = a.names[0].home
	if c.id%2 == 0 {
		c.phone = a.names[0].phone
	}
	r := s.usual(s.taken(c, s.wanted(), nil, day), day)
	r.returned = false
	if s.percent(50) {
		r.claim = "not_received"
	}
	if s.percent(50) {
		r.card = a.card
	}
	return r
}

// shapes invents refunds to strangers who never come, just under the limit.
func (s *Season) shapes(a *actor, day int) restitution {
	r := s.usual(purchase{customer: s.buyer(), product: s.dear(), quantity: 3, store: a.store, day: day - s.between(3, 26)}, day)
	r.employee, r.card = a.employee, fmt.Sprintf("card-x%d", s.IntN(40))
	r.amount = share(r.limit, s.between(91, 99))
	r.total = decimal.Max(r.total, r.amount)
	return r
}

// paysOneself refunds old invoices to one card.
func (s *Season) paysOneself(a *actor, day int) restitution {
	r := s.usual(purchase{customer: s.buyer(), product: s.anything(), quantity: 1, store: a.store, day: day - s.between(3, 26)}, day)
	r.employee, r.card = a.employee, a.card
	return r
}

func (s *Season) goesThere(a *actor, day int) restitution {
	r := s.usual(purchase{customer: s.stranger(), product: s.anything(), quantity: 1, store: a.store, day: day - s.between(3, 26)}, day)
	r.receipt = false
	return r
}

func (s *Season) fences(a *actor, day int) restitution {
	r := s.usual(purchase{customer: s.stranger(), product: a.product, quantity: 1, store: s.stores[s.IntN(5)], day: day - s.between(3, 26)}, day)
	r.receipt = false
	return r
}

func (s *Season) triesOnce(_ *actor, day int) restitution {
	p := s.regretted(day)
	for p.store != nil {
		p = s.regretted(day)
	}
	r := s.usual(p, day)
	r.claim, r.returned, r.delivered = "not_received", false, s.percent(60)
	return r
}

// stranger was never seen, and will not be again.
func (s *Season) stranger() *customer { return s.newCustomer(false) }

// uncover tells what is found out: goods that did not come after three weeks,
// and six in ten abuses, two to six weeks later.
func (s *Season) uncover(invoice int64, r restitution) {
	if !r.returned && r.claim == "return" {
		s.tell(invoice, r.asked, 21, "goods", "not_returned")
	}
	if s.percent(60) {
		found := "confirmed"
		if r.truth.Pattern == UnderLimit || r.truth.Pattern == OwnCard {
			found = "by_employee"
		}
		s.tell(invoice, r.asked, s.between(14, 45), "abuse", found)
	}
}

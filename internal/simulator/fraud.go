package simulator

import (
	"fmt"
	"time"
)

// attacks gives that many fraudulent orders, by the patterns that fraud teams
// meet most. Every day has a burst with one stolen identity; then come
// reshipping abroad, accounts taken over, new accounts that buy what can be
// resold, and friendly fraud, which looks like any other order.
func (r *Retailer) attacks(count int) []sale {
	out := r.burst(min(5, max(1, count/3)))
	others := []func() sale{r.reshipping, r.takeover, r.reselling, r.friendly}
	r.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
	for turn := 0; len(out) < count; turn++ {
		out = append(out, others[turn%len(others)]())
	}
	return out
}

// thief is a customer whose record was made minutes ago.
func (r *Retailer) thief(at time.Time, email string) *customer {
	c := r.newcomer(at.Add(-time.Duration(r.between(2, 40)) * time.Minute))
	if email != "" {
		c.email = email
	}
	return c
}

// stolen pays with a card that is not the buyer's: checks that fail more
// often than not.
func (r *Retailer) stolen(s *sale, pattern string) {
	s.method, s.paid, s.score = "card", "authorized", r.between(35, 95)
	s.avs, s.cvc = pick(r.chance, []string{"match", "mismatch", "mismatch", "partial", "unavailable"}), pick(r.chance, []string{"match", "match", "match", "mismatch"})
	s.truth = Truth{Fraudulent: true, Pattern: pattern}
}

// burst is one e-mail address behind several guest checkouts within half an
// hour, while the card still works.
func (r *Retailer) burst(size int) []sale {
	start := r.moment()
	email := fmt.Sprintf("quick.buyer.%d@example.com", r.between(100, 999))
	var out []sale
	for i := range size {
		at := start.Add(time.Duration(i)*6*time.Minute + r.within(5*time.Minute))
		s := r.basket("web", r.thief(at, email), 1, 2, 3)
		s.at, s.express, s.ip = at, true, pick(r.chance, countries).code
		r.stolen(&s, "burst")
		out = append(out, s)
	}
	return out
}

// reshipping bills a card's home country and ships to a forwarder abroad.
func (r *Retailer) reshipping() sale {
	at := r.moment()
	s := r.basket("web", r.thief(at, ""), 2, 4, 3)
	s.at, s.ip = at, "US"
	s.ship = r.delivered(s.customer, "US")
	r.stolen(&s, "reshipping")
	return s
}

// takeover uses an old account, a new address and the fastest delivery.
func (r *Retailer) takeover() sale {
	s := r.basket("web", r.shopper(), 2, 4, 3)
	s.express, s.ip = true, pick(r.chance, countries).code
	s.ship = r.delivered(s.customer, pick(r.chance, countries[:9]).code)
	r.stolen(&s, "takeover")
	s.cvc = "match"
	return s
}

// reselling buys many of one item with a throw-away address.
func (r *Retailer) reselling() sale {
	at := r.moment()
	s := r.basket("web", r.thief(at, fmt.Sprintf("box%d@disposable.example", r.between(100, 999))), 1, 1, 2)
	s.at, s.express, s.ip = at, true, s.customer.home.country
	s.lines[0].quantity = r.between(10, 20)
	r.stolen(&s, "reselling")
	return s
}

// friendly is bought by the card's owner, who will deny it: nothing about the
// order says so.
func (r *Retailer) friendly() sale {
	s := r.purchase("web", r.shopper())
	s.truth = Truth{Fraudulent: true, Pattern: "friendly"}
	return s
}

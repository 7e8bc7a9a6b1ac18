package simulator

import (
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// store is a shop with its people.
type store struct {
	code      string
	tills     []string // employees
	noReceipt int      // percent of honest refunds
}

// purchase is what somebody bought and may give back.
type purchase struct {
	customer *customer
	product  product
	quantity int
	store    *store // nil is the web
	day      int
}

// Limits of whoever asks, alone.
var tillLimit, agentAlone = euros(10000), euros(25000)

// open makes the stores; the last is the outlet.
func (s *Season) open() {
	for i := range 6 {
		code := "store-" + string(rune('1'+i))
		shop := &store{code: code, noReceipt: 5}
		for k := range 5 {
			shop.tills = append(shop.tills, code+"-till-"+string(rune('1'+k)))
		}
		if code == Outlet {
			shop.noReceipt *= 3
		}
		s.stores = append(s.stores, shop)
	}
	s.agents = []string{"agent-1", "agent-2", "agent-3", "agent-4", "agent-5", "agent-6"}
	s.bad = s.products[17]
}

// populate adds the customers that a season needs: one in twelve lives with
// another, with whom he shares an address and often a phone number; one in
// twenty-five lives in one of a few large houses.
func (s *Season) populate() {
	const people, houses = 12000, 40
	var large []address
	for range houses {
		large = append(large, s.newAddress(0, "DE"))
	}
	for len(s.customers) < people {
		c := s.newCustomer(false)
		other := s.customers[s.IntN(len(s.customers))]
		switch n := s.IntN(100); {
		case n < 8 && !other.business:
			c.home = other.home
			if s.percent(50) {
				c.phone = other.phone
			}
		case n < 12:
			c.home = pick(s.chance, large)
		}
		s.customers = append(s.customers, c)
	}
}

// buyer is a private customer: a few buy much.
func (s *Season) buyer() *customer {
	const keen = 600
	for {
		c := s.customers[s.IntN(len(s.customers))]
		if s.percent(12) {
			c = s.customers[s.IntN(keen)]
		}
		if !c.business {
			return c
		}
	}
}

// keen says that somebody orders to try, and sends most of it back.
func (c *customer) keen() bool { return c.id%29 == 0 }

// trade is a day's orders.
func (s *Season) trade(day int) {
	count := s.plan.Orders
	if s.days[day].Odd == Peak {
		count *= 3
	}
	s.bought = append(s.bought, nil)
	for range count {
		p := s.buy(s.buyer(), day)
		s.order(p)
		s.bought[day] = append(s.bought[day], p)
	}
}

func (s *Season) buy(c *customer, day int) *purchase {
	p := &purchase{customer: c, product: s.anything(), quantity: 1, day: day}
	if s.percent(25) {
		p.quantity = s.between(2, 3)
	}
	if s.percent(40) {
		p.store = s.anyStore()
	}
	return p
}

// anything is a product as customers choose: a few sell best.
func (s *Season) anything() product {
	return s.products[min(s.IntN(len(s.products)), s.IntN(len(s.products)))]
}

// anyStore is the outlet in every third case: it takes more back.
func (s *Season) anyStore() *store {
	if s.percent(22) {
		return s.stores[5]
	}
	return s.stores[s.IntN(len(s.stores))]
}

// order tells of a purchase.
func (s *Season) order(p *purchase) {
	at, channel := s.on(p.day), "web"
	if p.store != nil {
		channel = "pos"
	}
	f := fields{"state": "sale", "date_order": wire(at), "currency": "EUR", "amount_total": number(p.price()), "partner_id": p.customer.id}
	f.known(p.customer, channel == "web")
	s.happen(at, decision.Request{
		Kind: "order", Channel: channel, Subject: decision.Subject{Model: "sale.order", ID: s.id("sale.order")}, Fields: f.raw(),
	}, Truth{})
}

// known is who the customer is, as far as the shop knows: at a till often
// little.
func (f fields) known(c *customer, all bool) {
	if !all && c.id%3 != 0 {
		return
	}
	f.set("customer.email", c.email)
	if c.phone != "" {
		f.set("customer.phone", c.phone)
	}
	f.set("shipping.street", c.home.street)
	f.set("shipping.zip", c.home.zip)
	f.set("shipping.country", c.home.country)
}

// restitution is a wish for money back.
type restitution struct {
	purchase
	asked     time.Time
	amount    decimal.Decimal
	total     decimal.Decimal // of the invoice
	claim     string
	receipt   bool
	returned  bool
	delivered bool   // the carrier says so
	card      string // "" is cash, or another way
	employee  string
	limit     decimal.Decimal
	truth     Truth
}

// ask puts a wish into the season, and returns its invoice.
func (s *Season) ask(r restitution) int64 {
	s.serial++
	channel := "web"
	if r.store != nil {
		channel = "pos"
	}
	bought := s.days[0].Start.AddDate(0, 0, r.day)
	f := fields{
		"state": "posted", "currency": "EUR", "amount": number(r.amount), "amount_total": number(r.total), "amount_credited": json0, "partner_id": r.customer.id,
		"invoice_date": wire(bought), "paid": true, "claim": r.claim, "goods_returned": r.returned, "approval_limit": number(r.limit), "employee": r.employee,
		"lines": []fields{{"product_id": r.product.id, "quantity": r.quantity, "price_unit": number(r.product.price)}},
	}
	if r.delivered {
		on := bought // in a store
		if r.store == nil {
			on = bought.Add(60 * time.Hour)
		}
		f["delivered_date"] = wire(on)
	}
	if r.card != "" {
		f["card"] = r.card
	}
	if r.store != nil {
		f["store"], f["receipt"] = r.store.code, r.receipt
	}
	f.known(r.customer, channel == "web")
	s.happen(r.asked, decision.Request{
		Kind: "refund", Channel: channel, Subject: decision.Subject{Model: "account.move", ID: s.serial}, Fields: f.raw(), RequestedBy: agents[0],
	}, r.truth)
	return s.serial
}

// json0 is what earlier credit notes gave back.
var json0 = number(decimal.Zero)

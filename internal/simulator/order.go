package simulator

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// sale is a sale.order on its way into a request and records.
type sale struct {
	at        time.Time
	channel   string
	state     string // in Odoo
	customer  *customer
	ship      address
	lines     []saleLine
	currency  string
	warehouse warehouse
	express   bool
	method    string // "" is unknown
	paid      string // payment.state
	promised  time.Time
	ip        string // country; "" is no signal
	avs, cvc  string
	score     int // of the payment provider; negative is none
	apply     decision.Applier
	truth     Truth
}

type saleLine struct {
	product  product
	quantity int
	price    decimal.Decimal // in the order's currency
}

// orders is the day's sales: honest ones, and about three in a hundred that
// are not.
func (r *Retailer) orders(count int) {
	attacks := r.attacks(max(1, (count*3+50)/100))
	for _, s := range attacks {
		r.sell(s)
	}
	for range count - len(attacks) {
		r.sell(r.honest())
	}
}

// When the shops and the warehouses work, in hours after the day's start.
const (
	opening = 6
	closing = 20
)

// Closing is how long after its start the day's business is over.
const Closing = closing * time.Hour

// moment is a time in the working day, around noon more than at its ends.
func (w *world) moment() time.Time {
	const half = (closing - opening) * time.Hour / 2
	return w.day.Add(opening * time.Hour).Add(w.within(half) + w.within(half))
}

// honest is an ordinary order of any channel.
func (r *Retailer) honest() sale {
	switch n := r.IntN(100); {
	case n < 60:
		return r.webOrder()
	case n < 75:
		return r.posOrder()
	case n < 90:
		return r.marketplaceOrder()
	default:
		return r.clientOrder()
	}
}

// webOrder is an order in the shop; one in six is somebody's first.
func (r *Retailer) webOrder() sale {
	at := r.moment()
	c := r.shopper()
	if r.percent(16) {
		c = r.newcomer(at.Add(-time.Duration(r.between(4, 4000)) * time.Minute))
	}
	s := r.purchase("web", c)
	s.at = at
	if r.percent(4) { // the shop's plugin was down
		s.ip, s.avs, s.cvc, s.score = "", "", "", -1
	}
	return s
}

// purchase is what an honest private customer buys at a distance.
func (r *Retailer) purchase(channel string, c *customer) sale {
	s := r.basket(channel, c, 1, 3, 2)
	s.express = r.percent(12)
	s.method, s.paid = pick(r.chance, []string{"card", "card", "card", "paypal", "bank_transfer"}), "authorized"
	s.ip = s.customer.home.country
	if r.percent(3) { // on holiday
		s.ip = pick(r.chance, countries).code
	}
	if r.percent(4) { // a gift
		s.ship = r.delivered(s.customer, pick(r.chance, countries[:9]).code)
	}
	r.honestCard(&s)
	if s.method == "bank_transfer" {
		s.paid, s.score = "done", -1
	}
	return s
}

// honestCard gives the checks of an honest payment: mostly green.
func (r *Retailer) honestCard(s *sale) {
	s.score = r.between(1, 40)
	if r.percent(6) {
		s.score = r.between(40, 80)
	}
	if s.method != "card" {
		return
	}
	s.avs, s.cvc = "match", "match"
	switch n := r.IntN(100); {
	case n < 6:
		s.avs = "partial"
	case n < 8:
		s.avs = "mismatch"
	case n < 16:
		s.avs = "unavailable"
	}
}

func (r *Retailer) posOrder() sale {
	s := r.basket("pos", r.shopper(), 1, 3, 1)
	s.method, s.paid, s.score = pick(r.chance, []string{"card", "card", "cash"}), "done", -1
	s.warehouse = r.warehouses[2]
	return s
}

func (r *Retailer) marketplaceOrder() sale {
	s := r.basket("marketplace", r.shopper(), 1, 2, 2)
	s.method, s.paid, s.score = "marketplace", "done", -1
	switch s.customer.home.country {
	case "GB":
		r.priceIn(&s, "GBP")
	case "CH":
		r.priceIn(&s, "CHF")
	}
	return s
}

func (r *Retailer) clientOrder() sale {
	s := r.basket("b2b", r.client(), 1, 5, 12)
	s.method, s.score = "invoice", -1
	if r.percent(40) {
		s.apply = decision.ByCaller // the addon asks inside Odoo's own transaction
	}
	return s
}

// basket fills an order of a customer with lines, at home, in euros.
func (r *Retailer) basket(channel string, c *customer, fewest, most, quantity int) sale {
	s := sale{at: r.moment(), channel: channel, state: "draft", customer: c, ship: c.home, currency: "EUR", warehouse: r.warehouses[r.IntN(2)], score: -1}
	for range r.between(fewest, most) {
		p := r.products[min(r.IntN(len(r.products)), r.IntN(len(r.products)))]
		s.lines = append(s.lines, saleLine{p, r.between(1, quantity), p.price})
	}
	s.promised = r.day.AddDate(0, 0, r.between(3, 9))
	return s
}

// priceIn restates the prices in another currency.
func (r *Retailer) priceIn(s *sale, currency string) {
	rate, _ := r.company.Rate(currency)
	for i := range s.lines {
		s.lines[i].price = s.lines[i].price.Div(rate).Round(2)
	}
	s.currency = currency
}

// delivered adds a delivery address of a customer in a country.
func (r *Retailer) delivered(c *customer, code string) address {
	a := r.newAddress(r.id("res.partner"), code)
	values := addressValues(a)
	values["name"], values["email"], values["phone"], values["is_company"] = c.name, false, false, false
	values["parent_id"], values["customer_rank"] = link(c.id, c.name), 0
	values["create_date"], values["company_id"] = odooTime(c.since), false
	r.record("res.partner", a.id, values)
	return a
}

// sell puts a sale into the day and into Odoo.
func (r *Retailer) sell(s sale) {
	id, name := r.file(s)
	r.happen(s.at, decision.Request{
		Kind: "order", Channel: s.channel, Subject: decision.Subject{Model: "sale.order", ID: id},
		Fields: s.fields(name).raw(), Apply: s.apply,
	}, s.truth)
}

// file writes the order and its lines into Odoo.
func (r *Retailer) file(s sale) (id int64, name string) {
	id = r.id("sale.order")
	name = fmt.Sprintf("S%05d", id)
	var lines []int64
	for _, l := range s.lines {
		line := r.id("sale.order.line")
		lines = append(lines, line)
		r.record("sale.order.line", line, l.values(id, name))
	}
	c := s.customer
	r.record("sale.order", id, map[string]any{
		"name": name, "state": s.state, "date_order": odooTime(s.at), "order_line": lines,
		"amount_untaxed": odooAmount(s.total()), "amount_tax": 0.0, "amount_total": odooAmount(s.total()),
		"partner_id": link(c.id, c.name), "partner_invoice_id": link(c.id, c.name), "partner_shipping_id": link(s.ship.id, c.name),
		"currency_id": r.currencyLink(s.currency), "company_id": r.companyLink(), "warehouse_id": link(s.warehouse.id, s.warehouse.name),
		"commitment_date": odooTime(s.promised), "client_order_ref": false, "create_date": odooTime(s.at), "write_date": odooTime(s.at),
	})
	if s.state == "sale" {
		c.orders++
	}
	return id, name
}

// past files what customers bought before, so that Odoo counts their orders
// as the shop does.
func (r *Retailer) past() {
	for _, c := range r.customers {
		for range 1 + r.IntN(3)*r.IntN(6) {
			s := r.basket("web", c, 1, 1, 2)
			s.at = c.since.Add(r.within(180 * 24 * time.Hour))
			s.state, s.promised = "sale", time.Time{}
			r.file(s)
		}
	}
}

func (l saleLine) total() decimal.Decimal { return l.price.Mul(decimal.NewFromInt(int64(l.quantity))) }

func (l saleLine) values(order int64, name string) map[string]any {
	total := odooAmount(l.total())
	return map[string]any{
		"order_id": link(order, name), "product_id": link(l.product.id, l.product.name), "name": l.product.name,
		"product_uom_qty": float64(l.quantity), "qty_delivered": 0.0, "price_unit": odooAmount(l.price), "discount": 0.0,
		"price_subtotal": total, "price_tax": 0.0, "price_total": total, "customer_lead": 0.0,
	}
}

func (s sale) total() decimal.Decimal {
	sum := decimal.Zero
	for _, l := range s.lines {
		sum = sum.Add(l.total())
	}
	return sum
}

// fields is the request about the order, as the shop knows it.
func (s sale) fields(name string) fields {
	c := s.customer
	f := fields{
		"reference": name, "state": s.state, "date_order": wire(s.at), "currency": s.currency, "amount_total": number(s.total()),
		"partner_id": c.id, "partner_shipping_id": s.ship.id, "warehouse_id": s.warehouse.id,
	}
	if !s.promised.IsZero() {
		f["commitment_date"] = wire(s.promised)
	}
	f.set("customer.since", wire(c.since))
	f.set("customer.orders", c.orders)
	f.set("customer.email", c.email)
	if c.phone != "" {
		f.set("customer.phone", c.phone)
	}
	for at, a := range map[string]address{"billing": c.home, "shipping": s.ship} {
		f.set(at+".name", c.name)
		f.set(at+".street", a.street)
		f.set(at+".city", a.city)
		f.set(at+".country", a.country)
		f.set(at+".zip", a.zip)
	}
	f.set("shipping.express", s.express)
	s.payment(f)
	var lines []fields
	for _, l := range s.lines {
		lines = append(lines, fields{"product_id": l.product.id, "quantity": l.quantity, "price_unit": number(l.price), "discount": 0})
	}
	f["lines"] = lines
	return f
}

func (s sale) payment(f fields) {
	for path, text := range map[string]string{
		"payment.method": s.method, "payment.state": s.paid,
		"signals.ip_country": s.ip, "signals.avs": s.avs, "signals.cvc": s.cvc,
	} {
		if text != "" {
			f.set(path, text)
		}
	}
	if s.score >= 0 {
		f.set("signals.psp_score", s.score)
	}
}

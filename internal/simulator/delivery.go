package simulator

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// shipment is a stock.picking that was sold on an earlier day and is to leave
// about now.
type shipment struct {
	sale
	asked     time.Time
	picking   string // state of the transfer
	scheduled time.Time
	carrier   string // "" is none yet
	handling  int    // tenths of days expected; negative is no estimate
	transit   int
	distance  int // km
	weight    int // tenths of kg
	missing   int // units not reserved
	proposed  *decision.ProposedAction
}

// deliveries is the day's outgoing transfers.
func (r *Retailer) deliveries(count int) {
	for range count {
		r.ship(r.shipment())
	}
}

var carriers = []string{"dhl", "dpd", "gls", "ups"}

func (r *Retailer) shipment() shipment {
	p := shipment{sale: r.purchase("web", r.shopper()), asked: r.moment(), picking: "assigned", carrier: pick(r.chance, carriers)}
	p.at, p.state = p.asked.AddDate(0, 0, -r.between(1, 4)), "sale"
	p.scheduled = p.asked.Add(time.Duration(r.between(-4, 20)) * time.Hour)
	p.handling, p.transit = r.between(2, 12), r.between(8, 22)
	p.distance, p.weight = r.between(20, 900), r.between(5, 300)
	if p.abroad() {
		p.transit, p.distance = p.transit+r.between(8, 20), p.distance+r.between(300, 1200)
	}
	if r.percent(6) {
		p.carrier = ""
	}
	if r.percent(5) {
		p.transit = -1
	}
	r.promise(&p)
	r.trouble(&p)
	p.truth = r.arrival(&p)
	if r.percent(4) { // sold without a promise, which cannot be broken
		p.promised, p.truth.Late = time.Time{}, false
	}
	return p
}

func (p *shipment) abroad() bool { return p.ship.country != p.warehouse.country }

// promise sets the promised day: mostly generous, sometimes tight, and a few
// times already out of reach.
func (r *Retailer) promise(p *shipment) {
	spare := r.between(2, 6)
	switch n := r.IntN(100); {
	case n < 5:
		spare = -r.between(1, 2)
	case n < 15:
		spare = 0
	}
	need := (max(p.handling, 0) + max(p.transit, 15) + 9) / 10
	p.promised = p.asked.Truncate(24*time.Hour).AddDate(0, 0, max(0, need+spare))
}

// trouble keeps one in twelve from being ready.
func (r *Retailer) trouble(p *shipment) {
	if !r.percent(8) {
		return
	}
	p.picking, p.missing = pick(r.chance, []string{"confirmed", "waiting"}), r.between(1, 3)
	p.scheduled = p.asked.Add(-time.Duration(r.between(2, 60)) * time.Hour)
	if r.percent(60) {
		day := p.promised.AddDate(0, 0, r.between(1, 4)).Add(9 * time.Hour)
		p.proposed = &decision.ProposedAction{Name: "reschedule", Params: json.RawMessage(fmt.Sprintf(`{"scheduled_date":%q}`, wire(day)))}
	}
}

// arrival is what will really happen: estimates miss in proportion, some
// parcels go astray for days, missing goods take days more, and late is late
// by the calendar day.
func (r *Retailer) arrival(p *shipment) Truth {
	expected := max(p.handling, 5) + max(p.transit, 15)
	tenths := expected * r.between(70, 150) / 100
	if r.percent(9) {
		tenths += r.between(10, 50)
	}
	if p.missing > 0 {
		tenths += r.between(10, 60)
	}
	arrives := p.asked.Add(time.Duration(tenths) * 24 * time.Hour / 10)
	return Truth{Late: arrives.Truncate(24 * time.Hour).After(p.promised)}
}

// ship puts a shipment into the day and into Odoo.
func (r *Retailer) ship(p shipment) {
	order, origin := r.file(p.sale)
	id := r.id("stock.picking")
	name := fmt.Sprintf("%s/OUT/%05d", p.warehouse.code, id)
	r.record("stock.picking", id, map[string]any{
		"name": name, "state": p.picking, "scheduled_date": odooTime(p.scheduled), "date_deadline": odooTime(p.promised), "date_done": false, "origin": origin,
		"sale_id": link(order, origin), "partner_id": link(p.ship.id, p.customer.name), "company_id": r.companyLink(),
		"picking_type_id": p.warehouse.outgoing(), "location_id": p.warehouse.stock(), "write_date": odooTime(p.at),
	})
	r.happen(p.asked, decision.Request{
		Kind: "delivery", Channel: p.channel, Subject: decision.Subject{Model: "stock.picking", ID: id},
		Fields: p.fields(name).raw(), Proposed: p.proposed, RequestedBy: p.asker(),
	}, p.truth)
}

// asker is the planner of the warehouse where a person wants a new date.
func (p shipment) asker() string {
	if p.proposed == nil {
		return ""
	}
	return planner
}

func (p shipment) fields(name string) fields {
	f := fields{
		"reference": name, "state": p.picking, "scheduled_date": wire(p.scheduled), "currency": p.currency,
		"order_date": wire(p.at), "order_amount": number(p.total()), "partner_id": p.ship.id, "warehouse_id": p.warehouse.id,
		"distance_km": p.distance, "weight_kg": tenths(p.weight), "units_missing": p.missing,
		"international": p.abroad(), "express": p.express, "handling_days": tenths(p.handling),
	}
	f.set("destination.country", p.ship.country)
	f.set("destination.zip", p.ship.zip)
	if !p.promised.IsZero() {
		f["promised_date"] = wire(p.promised)
	}
	if p.transit >= 0 {
		f["transit_days"] = tenths(p.transit)
	}
	if p.carrier != "" {
		f["carrier"] = p.carrier
	}
	return f
}

func tenths(n int) json.Number { return json.Number(decimal.New(int64(n), -1).String()) }

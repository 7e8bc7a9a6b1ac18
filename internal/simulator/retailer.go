package simulator

import (
	"cmp"
	"slices"
	"time"

	"assent/decision"
)

// DefaultOrders is the number of orders a day that gives a demo of seconds.
const DefaultOrders = 180

// Retailer is the company and its day.
type Retailer struct {
	world
	events  []Event
	records []Record
}

// Event is one thing that happens: at its time, somebody or something asks
// for a decision.
type Event struct {
	At      time.Time // UTC, within the day
	Request decision.Request
	Truth   Truth
}

// Truth is what nobody knows at the time of the event.
type Truth struct {
	Fraudulent  bool   // an order by somebody who will not pay
	Late        bool   // a delivery that arrives after the promised day
	Abusive     bool   // a refund for goods that were kept, not bought or not the customer's, or to an employee
	OutOfPolicy bool   // a refund or change that the rules of the house do not allow
	Pattern     string // how, e.g. "burst"; "" for ordinary business
}

// Record is one record as a client reads it from Odoo: field names and value
// shapes are Odoo's own (links are [id, name], nothing is false).
type Record struct {
	Model  string
	ID     int64
	Values map[string]any
}

// New makes the retailer and the day that starts at a time, usually midnight
// UTC. orders is the number of orders; the other kinds follow in proportion.
// Fewer than 1 means DefaultOrders.
func New(seed uint64, day time.Time, orders int) *Retailer {
	if orders < 1 {
		orders = DefaultOrders
	}
	r := &Retailer{world: newWorld(seed, day)}
	// What was sold before comes first: it is the customers' history.
	r.deliveries(orders * 4 / 10)
	r.refunds(max(4, orders/6))
	r.changes(max(9, orders/10))
	r.past()
	r.orders(orders)
	slices.SortStableFunc(r.events, func(a, b Event) int { return a.At.Compare(b.At) })
	r.records = append(r.master(), r.records...)
	slices.SortStableFunc(r.records, func(a, b Record) int {
		return cmp.Or(cmp.Compare(a.Model, b.Model), cmp.Compare(a.ID, b.ID))
	})
	return r
}

// Events is the day in order of time.
func (r *Retailer) Events() []Event { return r.events }

// Records is what Odoo holds when the day begins, by model and id: quotations
// not yet confirmed, deliveries not yet made, invoices posted.
func (r *Retailer) Records() []Record { return r.records }

// Company is the retailer as Assent knows it.
func (r *Retailer) Company() decision.Company { return r.company }

// happen adds an event and what belongs to every request.
func (r *Retailer) happen(at time.Time, req decision.Request, truth Truth) {
	req.Company = r.company.ID
	if req.Apply == "" {
		req.Apply = decision.ByService
	}
	r.events = append(r.events, Event{At: at, Request: req, Truth: truth})
}

func (r *Retailer) record(model string, id int64, values map[string]any) {
	values["id"] = id
	r.records = append(r.records, Record{Model: model, ID: id, Values: values})
}

package odoo_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/odoo"
	"assent/odoo/odootest"
)

// read reads a subject as a kind. Whatever its kind does not declare is a
// fault, except for changes, which are about records of many kinds.
func (s *stage) read(t *testing.T, kind string, subject decision.Subject) decision.Record {
	t.Helper()
	k, _ := decision.KindNamed(kind)
	raw, err := s.odoo.ReadRecord(s, s.company, k, subject)
	if err != nil {
		t.Fatal(err)
	}
	fields, faults := decision.DecodeFields(raw, k.Fields, "", morning, false)
	if len(faults) > 0 && kind != "change" {
		t.Errorf("%s: %v", raw, faults)
	}
	return fields
}

func wantRecord(t *testing.T, have, want decision.Record) {
	t.Helper()
	equal := cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })
	if diff := cmp.Diff(want, have, equal); diff != "" {
		t.Errorf("(-want +have)\n%s", diff)
	}
}

func at(text string) time.Time {
	v, err := time.Parse(odoo.TimeLayout, text)
	if err != nil {
		panic(err)
	}
	return v
}

// furnished gives order 1 everything that an order may have.
func (s *stage) furnished() {
	s.fake.Seed("res.country", map[string]any{"id": 56, "name": "Germany", "code": "DE"}, map[string]any{"id": 75, "name": "France", "code": "FR"})
	s.fake.Seed("res.partner",
		map[string]any{"id": 101, "phone": "+49 30 5550100", "street": "1 Example Street", "city": "Berlin", "zip": "10115", "country_id": 56, "create_date": "2024-03-01 10:00:00"},
		map[string]any{"id": 300, "name": "Customer 01, Delivery", "parent_id": 101, "street": "2 Example Street", "city": "Paris", "zip": "75001", "country_id": 75})
	s.fake.Seed("sale.order", map[string]any{"id": 1, "partner_shipping_id": 300, "commitment_date": "2026-11-27 00:00:00", "amount_total": 300.29999999999995})
	s.fake.Seed("sale.order.line",
		map[string]any{"id": 70, "order_id": 1, "display_type": "line_section", "name": "Kitchen", "sequence": 1},
		map[string]any{"id": 71, "order_id": 1, "product_id": 3, "product_uom_qty": 0.30000000000000004, "price_unit": 33.330000000000005, "discount": 7.5},
		map[string]any{"id": 72, "order_id": 1, "display_type": "line_note", "name": "Please ring."})
}

// whole is what is read of it.
func whole() decision.Record {
	return decision.Record{
		"reference": "S00001", "state": "draft", "date_order": at("2026-11-24 05:59:00"), "currency": "EUR", "amount_total": dec("300.3"), "partner_id": int64(101), "partner_shipping_id": int64(300),
		"commitment_date": at("2026-11-27 00:00:00"), "customer.since": at("2024-03-01 10:00:00"), "customer.orders": int64(0),
		"customer.email": "customer01@example.com", "customer.phone": "+49 30 5550100",
		"billing.name": "Customer 01", "billing.street": "1 Example Street", "billing.city": "Berlin", "billing.country": "DE", "billing.zip": "10115",
		"shipping.name": "Customer 01, Delivery", "shipping.street": "2 Example Street", "shipping.city": "Paris", "shipping.country": "FR", "shipping.zip": "75001",
		"lines": []decision.Record{
			{"product_id": int64(2), "quantity": dec("2"), "price_unit": dec("99"), "discount": dec("0")},
			{"product_id": int64(3), "quantity": dec("0.3"), "price_unit": dec("33.33"), "discount": dec("7.5")},
		},
	}
}

// TestReadOrder: every field, without the noise of binary floats, sections or
// notes.
func TestReadOrder(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		s.furnished()
		wantRecord(t, s.read(t, "order", order1), whole())
	})
}

// TestReadArchived: a customer who was archived since is still the customer.
func TestReadArchived(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		s.furnished()
		s.fake.Seed("res.partner", map[string]any{"id": 101, "active": false}, map[string]any{"id": 300, "active": false})
		wantRecord(t, s.read(t, "order", order1), whole())
		s.read(t, "change", decision.Subject{Model: "res.partner", ID: 101})
	})
}

// TestReadOrderWithout: what Odoo does not have or does not show is left out,
// and nothing else.
func TestReadOrderWithout(t *testing.T) {
	order := func(values map[string]any) func(*stage) {
		return func(s *stage) {
			row := map[string]any{"id": 1}
			maps.Copy(row, values)
			s.fake.Seed("sale.order", row)
		}
	}
	partner := func(id int64, values map[string]any) func(*stage) {
		return func(s *stage) {
			row := map[string]any{"id": id}
			maps.Copy(row, values)
			s.fake.Seed("res.partner", row)
		}
	}
	address := func(of string) []string {
		return []string{of + ".name", of + ".street", of + ".city", of + ".zip", of + ".country"}
	}
	customer := []string{"customer.email", "customer.phone", "customer.since", "customer.orders"}
	for name, c := range map[string]struct {
		change func(*stage)
		lost   []string
	}{
		"a customer that is hidden":      {partner(101, map[string]any{"company_id": 2}), slices.Concat(customer, address("billing"))},
		"a customer":                     {order(map[string]any{"partner_id": false}), append(slices.Clone(customer), "partner_id")},
		"ways to reach them":             {partner(101, map[string]any{"email": false, "phone": false}), customer[:2]},
		"an invoice address":             {order(map[string]any{"partner_invoice_id": false}), address("billing")},
		"a delivery address":             {order(map[string]any{"partner_shipping_id": false}), append(address("shipping"), "partner_shipping_id")},
		"an address that is hidden":      {partner(300, map[string]any{"company_id": 2}), address("shipping")},
		"a street":                       {partner(300, map[string]any{"street": false, "city": false}), []string{"shipping.street", "shipping.city"}},
		"a postcode":                     {partner(300, map[string]any{"zip": false}), []string{"shipping.zip"}},
		"a country":                      {partner(300, map[string]any{"country_id": false}), []string{"shipping.country"}},
		"a country's code":               {partner(300, map[string]any{"country_id": []any{99, "Elsewhere"}}), []string{"shipping.country"}},
		"a country that is shown":        {func(s *stage) { s.odoo.Caller = blind{s.client, "res.country"} }, []string{"shipping.country", "billing.country"}},
		"a promise":                      {order(map[string]any{"commitment_date": false}), []string{"commitment_date"}},
		"a number that is a code":        {order(map[string]any{"name": "Order 1"}), []string{"reference"}},
		"a currency":                     {order(map[string]any{"currency_id": false}), []string{"currency"}},
		"lines":                          {noLines, []string{"lines"}},
		"lines, since they are too many": {manyLines, []string{"lines"}},
	} {
		t.Run(name, func(t *testing.T) {
			eachInstance(t, func(t *testing.T, s *stage) {
				s.furnished()
				c.change(s)
				want := whole()
				for _, path := range c.lost {
					delete(want, path)
				}
				wantRecord(t, s.read(t, "order", order1), want)
			})
		})
	}
}

func noLines(s *stage) {
	for _, id := range []int64{1, 71} {
		s.fake.Seed("sale.order.line", map[string]any{"id": id, "product_id": false})
	}
}

func manyLines(s *stage) {
	for id := range int64(decision.MaxLines) {
		s.fake.Seed("sale.order.line", map[string]any{"id": 1000 + id, "order_id": 1, "product_id": 3, "product_uom_qty": 1.0})
	}
}

// blind does not see the records of a model.
type blind struct {
	odoo.Caller
	model string
}

func (b blind) Call(ctx context.Context, q odoo.Call, into any) error {
	if q.Model == b.model {
		return nil
	}
	return b.Caller.Call(ctx, q, into)
}

// shuffled answers every read of a model with another record's row.
type shuffled struct {
	odoo.Caller
	model string
}

func (o shuffled) Call(ctx context.Context, q odoo.Call, into any) error {
	if q.Model == o.model && q.Method == "search_read" {
		q.Args = maps.Clone(q.Args)
		q.Args["domain"] = odoo.Domain{}.Where("id", "=", 2)
	}
	return o.Caller.Call(ctx, q, into)
}

// TestReadOfAnotherRecord: a row with another id than was asked for is
// neither decided on nor written to.
func TestReadOfAnotherRecord(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		x := s.execution(t, trial{kind: "order", action: record("confirm", nil), subject: order1})
		s.odoo.Caller = shuffled{s.client, "sale.order"}
		kind, _ := decision.KindNamed("order")
		if _, err := s.odoo.ReadRecord(s, s.company, kind, order1); decision.CodeOf(err) != decision.CodeUnavailable {
			t.Errorf("have %v, want unavailable", err)
		}
		wantApplied(t, s.apply(s, x), decision.ResultRetry, string(odoo.KindResult), false)
		s.wantEffects(t, trial{}, 0)
	})
}

// TestReadEarlierOrders counts confirmed orders of the customer, the order
// itself never, and what a locked order of 16 is called.
func TestReadEarlierOrders(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		for id, state := range map[int64]string{1: "sale", 2: "sale", 3: "cancel", 4: "draft", 6: "sent", 7: s.dialect.Confirmed[len(s.dialect.Confirmed)-1]} {
			s.fake.Seed("sale.order", map[string]any{"id": id, "partner_id": 101, "state": state})
		}
		s.fake.Seed("sale.order", map[string]any{"id": 8, "partner_id": 101, "state": "sale", "company_id": 2})
		for id, want := range map[int64]int64{1: 2, 2: 2, 3: 3, 4: 3} {
			subject := decision.Subject{Model: "sale.order", ID: id}
			if have := s.read(t, "order", subject)["customer.orders"]; have != want {
				t.Errorf("order %d: have %v earlier ones, want %d", id, have, want)
			}
		}
	})
}

// TestReadDelivery: a delivery with the order behind it, which 18 names
// together with the customer's reference.
func TestReadDelivery(t *testing.T) {
	want := func(order bool) decision.Record {
		r := decision.Record{
			"reference": "WH/OUT/00007", "state": "assigned", "scheduled_date": at("2026-11-26 09:00:00"), "currency": "EUR",
			"promised_date": at("2026-11-28 00:00:00"), "partner_id": int64(101),
		}
		if order {
			maps.Copy(r, decision.Record{"order_date": at("2026-11-24 05:59:00"), "order_amount": dec("235.62"), "promised_date": at("2026-11-27 12:00:00"), "currency": "SEK"})
		}
		return r
	}
	eachInstance(t, func(t *testing.T, s *stage) {
		s.fake.Seed("sale.order", map[string]any{"id": 1, "commitment_date": "2026-11-27 12:00:00", "currency_id": []any{18, "SEK"}})
		for origin, order := range map[any]bool{"S00001": true, "S00001 - WEB-00001": true, "S99999": false, "Return of WH/OUT/00003": false, false: false} {
			s.fake.Seed("stock.picking", map[string]any{"id": 7, "origin": origin})
			wantRecord(t, s.read(t, "delivery", picking7), want(order))
		}
		s.fake.Seed("sale.order", map[string]any{"id": 1, "company_id": 2})
		s.fake.Seed("stock.picking", map[string]any{"id": 7, "origin": "S00001", "date_deadline": false, "partner_id": false})
		hidden := want(false)
		delete(hidden, "promised_date")
		delete(hidden, "partner_id")
		wantRecord(t, s.read(t, "delivery", picking7), hidden)
	})
}

// shipped gives delivery 7 all that a delivery may have.
func (s *stage) shipped() {
	s.fake.Seed("res.country", map[string]any{"id": 75, "name": "France", "code": "FR"})
	s.fake.Seed("res.partner", map[string]any{"id": 101, "name": "Customer 01", "street": "2 Example Street", "city": "Paris", "zip": "75001", "country_id": 75})
	s.fake.Seed("delivery.carrier", map[string]any{"id": 5, "name": "Standard delivery"})
	s.fake.Seed("stock.picking", map[string]any{"id": 7, "origin": false, "picking_type_id": 4, "carrier_id": 5, "weight": 2.0, "shipping_weight": 4.2})
}

// TestReadDeliveryDetails: whence, whither, by whom and how heavy. What is not
// known is left out, nothing is 0 that has no value, and nobody's name is read.
func TestReadDeliveryDetails(t *testing.T) {
	picking := func(values map[string]any) func(*stage) {
		return func(s *stage) {
			row := map[string]any{"id": 7}
			maps.Copy(row, values)
			s.fake.Seed("stock.picking", row)
		}
	}
	place := []string{"destination.country", "destination.zip"}
	for name, c := range map[string]struct {
		change func(*stage)
		is     decision.Record
		lost   []string
	}{
		"all":                       {func(*stage) {}, nil, nil},
		"without packages":          {picking(map[string]any{"shipping_weight": 0.0}), decision.Record{"weight_kg": dec("2")}, nil},
		"without any weight":        {picking(map[string]any{"shipping_weight": 0.0, "weight": 0.0}), nil, []string{"weight_kg"}},
		"in pounds":                 {picking(map[string]any{"weight_uom_name": "lb"}), decision.Record{"weight_kg": dec("1.905088")}, nil},
		"in another unit":           {picking(map[string]any{"weight_uom_name": "stone"}), nil, []string{"weight_kg"}},
		"without a carrier":         {picking(map[string]any{"carrier_id": false}), nil, []string{"carrier"}},
		"without an operation":      {picking(map[string]any{"picking_type_id": false}), nil, []string{"warehouse_id"}},
		"with one that is not seen": {func(s *stage) { s.odoo.Caller = blind{s.client, "stock.picking.type"} }, nil, []string{"warehouse_id"}},
		"without a warehouse":       {func(s *stage) { s.fake.Seed("stock.picking.type", map[string]any{"id": 4, "warehouse_id": false}) }, nil, []string{"warehouse_id"}},
		"without a customer":        {picking(map[string]any{"partner_id": false}), nil, append(slices.Clone(place), "partner_id")},
		"to somebody who is hidden": {func(s *stage) { s.fake.Seed("res.partner", map[string]any{"id": 101, "company_id": 2}) }, nil, place},
		"without a postcode":        {func(s *stage) { s.fake.Seed("res.partner", map[string]any{"id": 101, "zip": false}) }, nil, place[1:]},
		"without a country":         {func(s *stage) { s.fake.Seed("res.partner", map[string]any{"id": 101, "country_id": false}) }, nil, place[:1]},
	} {
		t.Run(name, func(t *testing.T) {
			eachInstance(t, func(t *testing.T, s *stage) {
				s.shipped()
				c.change(s)
				want := decision.Record{
					"reference": "WH/OUT/00007", "state": "assigned", "scheduled_date": at("2026-11-26 09:00:00"), "currency": "EUR",
					"promised_date": at("2026-11-28 00:00:00"), "partner_id": int64(101), "warehouse_id": int64(2), "carrier": "standard-delivery",
					"weight_kg": dec("4.2"), "destination.country": "FR", "destination.zip": "75001",
				}
				maps.Copy(want, c.is)
				for _, path := range c.lost {
					delete(want, path)
				}
				wantRecord(t, s.read(t, "delivery", picking7), want)
			})
		})
	}
}

// TestReadDeliveryWithoutModule: a shop without carriers has its deliveries
// read all the same. What it cannot have was not looked at, which the policy
// hears, and is no carrier that is missing.
func TestReadDeliveryWithoutModule(t *testing.T) {
	t.Parallel()
	for _, i := range instances {
		t.Run(i.String(), func(t *testing.T) {
			t.Parallel()
			s := setStage(t, i, "delivery")
			s.fake.Seed("stock.picking", map[string]any{"id": 7, "origin": false, "picking_type_id": 4})
			kind, _ := decision.KindNamed("delivery")
			raw, err := s.odoo.ReadRecord(s, s.company, kind, picking7)
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range []string{"carrier", "weight_kg"} {
				if strings.Contains(string(raw), path) {
					t.Errorf("%s was looked at: %s", path, raw)
				}
			}
			if !strings.Contains(string(raw), `"warehouse_id":2`) {
				t.Errorf("no warehouse: %s", raw)
			}
		})
	}
}

// TestReadInvoice: what credit notes returned counts drafts, which will be
// posted, and not those that were cancelled. It is a sum of decimals.
func TestReadInvoice(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		for id, c := range map[int64]struct {
			state  string
			amount float64
		}{901: {"posted", 10.1}, 902: {"draft", 20.2}, 903: {"cancel", 70}, 904: {"posted", 0.30000000000000004}} {
			s.fake.Seed("account.move", map[string]any{"id": id, "state": c.state, "move_type": "out_refund", "reversed_entry_id": 1, "amount_total": c.amount, "company_id": 1})
		}
		want := decision.Record{
			"reference": "INV/2026/00001", "state": "posted", "currency": "EUR", "amount_total": dec("176.72"), "amount_credited": dec("30.6"), "partner_id": int64(105),
			"invoice_date": at("2026-11-24 00:00:00"), "paid": false,
		}
		wantRecord(t, s.read(t, "refund", invoice1), want)
		for state, paid := range map[string]bool{"paid": true, "in_payment": true, "partial": false, "reversed": false} {
			s.fake.Seed("account.move", map[string]any{"id": 1, "payment_state": state})
			if have := s.read(t, "refund", invoice1)["paid"]; have != paid {
				t.Errorf("%s: paid is %v", state, have)
			}
		}
		// A credit note is read like any other move; only acting on it is refused.
		s.fake.Seed("account.move", map[string]any{"id": 904, "name": "/", "state": "draft", "currency_id": 1, "payment_state": false, "amount_total": 0.30000000000000004})
		wantRecord(t, s.read(t, "refund", decision.Subject{Model: "account.move", ID: 904}), decision.Record{
			"state": "draft", "currency": "EUR", "amount_total": dec("0.3"), "amount_credited": dec("0"),
		})
	})
}

// TestReadChange: a change is about records of many kinds, of which it knows
// what they have in common.
func TestReadChange(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		wantRecord(t, s.read(t, "change", order1), decision.Record{"state": "draft", "currency": "EUR", "amount_total": dec("235.62"), "partner_id": int64(101)})
		wantRecord(t, s.read(t, "change", invoice1), decision.Record{"state": "posted", "currency": "EUR", "amount_total": dec("176.72"), "partner_id": int64(105)})
		for _, subject := range []decision.Subject{{Model: "product.template", ID: 2}, {Model: "res.partner", ID: 101}} {
			wantRecord(t, s.read(t, "change", subject), decision.Record{"currency": "EUR"})
		}
	})
}

// subjects are one of each model that the kinds are about.
var subjects = map[string][]decision.Subject{
	"order": {order1}, "delivery": {picking7}, "refund": {invoice1},
	"change": {order1, invoice1, {Model: "res.partner", ID: 101}, {Model: "product.template", ID: 2}, {Model: "purchase.order", ID: 1}, {Model: "stock.quant", ID: 1}},
}

// eachSubject runs a test for them.
func eachSubject(t *testing.T, test func(t *testing.T, s *stage, kind decision.Kind, subject decision.Subject)) {
	eachInstance(t, func(t *testing.T, s *stage) {
		s.furnished()
		s.fake.Seed("purchase.order", map[string]any{"id": 1, "name": "P00001", "company_id": 1})
		s.fake.Seed("stock.quant", map[string]any{"id": 1, "company_id": 1})
		for name, list := range subjects {
			kind, _ := decision.KindNamed(name)
			for _, subject := range list {
				test(t, s, kind, subject)
			}
		}
	})
}

// TestReadHidden: what the bot does not see is not found, in whatever way it
// is not seen.
func TestReadHidden(t *testing.T) {
	eachSubject(t, func(t *testing.T, s *stage, kind decision.Kind, subject decision.Subject) {
		missing := subject
		missing.ID = 99999
		if _, err := s.odoo.ReadRecord(s, s.company, kind, missing); decision.CodeOf(err) != decision.CodeNotFound {
			t.Errorf("%s %v: %v", kind.Name, missing, err)
		}
		s.fake.Seed(subject.Model, map[string]any{"id": subject.ID, "company_id": 2})
		if raw, err := s.odoo.ReadRecord(s, s.company, kind, subject); decision.CodeOf(err) != decision.CodeNotFound || raw != nil {
			t.Errorf("%s %v: %s, %v", kind.Name, subject, raw, err)
		}
		s.fake.Seed(subject.Model, map[string]any{"id": subject.ID, "company_id": 1})
	})
}

// TestReadDown: when any of the reads fails, there is no record rather than
// half of one, and the error names no cause of Odoo's.
func TestReadDown(t *testing.T) {
	eachSubject(t, func(t *testing.T, s *stage, kind decision.Kind, subject decision.Subject) {
		reads := 0
		s.odoo.Caller = &counting{s.client, &reads}
		if _, err := s.odoo.ReadRecord(s, s.company, kind, subject); err != nil || reads == 0 {
			t.Fatalf("%d reads, %v", reads, err)
		}
		s.odoo.Caller = s.client
		for _, f := range []odootest.Fault{
			{Kind: odootest.Refuse}, {Kind: odootest.Reset}, {Kind: odootest.Status}, {Kind: odootest.Garbage}, {Kind: odootest.Login},
			{Kind: odootest.Result, Value: map[string]any{"type": "ir.actions.act_window"}}, {Kind: odootest.Result},
			{Kind: odootest.Raise, Name: "odoo.exceptions.AccessError", Message: "No, said Ada."}, {Kind: odootest.Raise, Name: "builtins.ValueError", Message: "No, said Ada."},
		} {
			for n := range reads {
				f.Skip, f.Times = n, 1
				s.fake.Inject(f)
				raw, err := s.odoo.ReadRecord(s, s.company, kind, subject)
				want := decision.CodeUnavailable
				if f.Name == "odoo.exceptions.AccessError" { // which does not pass by itself
					want = decision.CodeInvalid
				}
				if decision.CodeOf(err) != want || raw != nil || len(s.fake.Armed()) > 0 {
					t.Errorf("%s of read %d of %s: %s, %v", f.Kind, n, subject.Model, raw, err)
				}
			}
		}
		s.company.OdooID = 2
		if _, err := s.odoo.ReadRecord(s, s.company, kind, subject); decision.CodeOf(err) != decision.CodeInvalid {
			t.Errorf("another company: %v", err)
		}
		s.company.OdooID = 1
	})
}

// counting counts calls.
type counting struct {
	odoo.Caller
	calls *int
}

func (c *counting) Call(ctx context.Context, q odoo.Call, into any) error {
	*c.calls++
	return c.Caller.Call(ctx, q, into)
}

// TestReadCancelled: a caller who has left gets no record.
func TestReadCancelled(t *testing.T) {
	t.Parallel()
	s := setStage(t, instance{18, odoo.JSONRPC})
	ctx, cancel := context.WithCancel(s)
	cancel()
	kind, _ := decision.KindNamed("order")
	if raw, err := s.odoo.ReadRecord(ctx, s.company, kind, order1); decision.CodeOf(err) != decision.CodeUnavailable || raw != nil {
		t.Errorf("%s, %v", raw, err)
	}
}

// TestReadWithoutRights: that the bot may not read is said as such, with what
// and without Odoo's sentence, so that nobody asks again for ever.
func TestReadWithoutRights(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		kind, _ := decision.KindNamed("order")
		s.fake.Inject(odootest.Fault{Kind: odootest.Raise, Name: "odoo.exceptions.AccessError", Message: "No, said Ada.", Model: "sale.order.line"})
		_, err := s.odoo.ReadRecord(s, s.company, kind, order1)
		want := "; /subject/model the integration may not read sale.order.line for this company: give its user in Odoo that right, or send the fields"
		if decision.CodeOf(err) != decision.CodeInvalid || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("have %v, want %s", err, want)
		}
	})
}

// TestWrongDatabase: a wrong name is not taken for an Odoo that is down, and
// nothing is lost by it.
func TestWrongDatabase(t *testing.T) {
	t.Parallel()
	for _, i := range instances {
		t.Run(i.String(), func(t *testing.T) {
			t.Parallel()
			b := setup(t, i, func(c *odoo.Config) { c.Database = "other" })
			b.fails(t, odoo.Call{Model: "sale.order", Method: "action_confirm", IDs: []int64{1}}, odoo.KindDatabase, odoo.NotApplied)
			wantFailure(t, b.client.Ping(b), odoo.KindDatabase, odoo.NotApplied)
		})
	}
}

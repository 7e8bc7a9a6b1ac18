package odoo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/odoo"
	"assent/odoo/odootest"
)

func (s *stage) endings(t *testing.T, kind string, ids ...int64) (map[int64]decision.Ending, []string) {
	t.Helper()
	k, _ := decision.KindNamed(kind)
	have, lacks, err := s.odoo.ReadEndings(s, s.company, k, ids)
	if err != nil {
		t.Fatal(err)
	}
	return have, lacks
}

// transfer is one row of stock.picking.
func (s *stage) transfer(id int64, state, done string, values ...map[string]any) {
	row := map[string]any{"id": id, "name": fmt.Sprint("T/", id), "state": state, "company_id": 1, "date_done": any(false)}
	if done != "" {
		row["date_done"] = done
	}
	for _, more := range values {
		for k, v := range more {
			row[k] = v
		}
	}
	s.fake.Seed("stock.picking", row)
}

func leftOf(id int64) map[string]any { return map[string]any{"backorder_id": id} }

// TestEndingOfDeliveries: a delivery has left when all that was put off has.
// What was cancelled never left, and what is hidden is not there.
func TestEndingOfDeliveries(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		s.transfer(20, "done", "2026-11-24 10:00:00")
		s.transfer(21, "assigned", "")
		s.transfer(22, "cancel", "")
		s.transfer(23, "done", "2026-11-24 10:00:00") // with two leftovers, one after the other
		s.transfer(24, "done", "2026-11-26 10:00:00", leftOf(23))
		s.transfer(25, "done", "2026-11-25 10:00:00", leftOf(24))
		s.transfer(26, "done", "2026-11-24 10:00:00") // of which the rest is still here
		s.transfer(27, "done", "2026-11-25 10:00:00", leftOf(26))
		s.transfer(28, "waiting", "", leftOf(27))
		s.transfer(29, "done", "2026-11-24 10:00:00") // of which the rest will never leave
		s.transfer(30, "cancel", "", leftOf(29))
		s.transfer(31, "done", "2026-11-24 10:00:00", map[string]any{"company_id": 2})
		have, lacks := s.endings(t, "delivery", 20, 21, 22, 23, 26, 29, 31, 99)
		want := map[int64]decision.Ending{
			20: {Reference: "T/20", Departed: at("2026-11-24 10:00:00")}, 21: {Reference: "T/21"}, 22: {Reference: "T/22"},
			23: {Reference: "T/23", Departed: at("2026-11-26 10:00:00")}, 26: {Reference: "T/26"}, 29: {Reference: "T/29", Departed: at("2026-11-24 10:00:00")},
		}
		if diff := cmp.Diff(want, have); diff != "" || lacks != nil {
			t.Errorf("lacks %v (-want +have)\n%s", lacks, diff)
		}
	})
}

// returned are order 1, invoiced as invoice 1, and what came back of it.
func (s *stage) returned() {
	s.fake.Seed("stock.location", map[string]any{"id": 50, "name": "Customers", "usage": "customer"})
	line := s.lineOf("sale.order.line", "order_id", 1)
	s.fake.Seed("account.move.line", map[string]any{"id": s.lineOf("account.move.line", "move_id", 1), "sale_line_ids": []any{line}})
	move := func(id int64, values map[string]any) {
		row := map[string]any{"id": id, "product_id": 2, "product_uom_qty": 1.0, "state": "done", "date": "2026-11-28 09:00:00", "sale_line_id": line, "location_dest_id": 8, "company_id": 1}
		for k, v := range values {
			row[k] = v
		}
		s.fake.Seed("stock.move", row)
	}
	move(60, map[string]any{"location_dest_id": 50, "product_uom_qty": 2.0}) // the delivery
	move(61, map[string]any{"origin_returned_move_id": 60})
	move(62, map[string]any{"origin_returned_move_id": 60, "state": "assigned"})           // on its way
	move(63, map[string]any{"origin_returned_move_id": 61, "location_dest_id": 50})        // exchanged: out again
	move(64, map[string]any{"origin_returned_move_id": 60, "sale_line_id": false})         // of nobody's order
	move(65, map[string]any{"origin_returned_move_id": 60, "date": "2026-11-29 09:00:00"}) // the other one
	s.fake.Seed("stock.move", map[string]any{"id": 66, "origin_returned_move_id": 60, "company_id": 2, "state": "done", "sale_line_id": line})
}

// lineOf is the first line of an order or an invoice.
func (s *stage) lineOf(model, parent string, id int64) int64 {
	rows, err := odoo.SearchRead[struct{ ID int64 }](s, s.client, model, odoo.Query{Domain: odoo.Domain{}.Where(parent, "=", id), Fields: []string{"id"}, Order: "id"}, nil)
	if err != nil || len(rows) == 0 {
		panic(err)
	}
	return rows[0].ID
}

// credited are a paid credit note of invoice 1, and others that are not.
func (s *stage) credited() {
	note := func(id int64, state, payment string, values map[string]any) {
		row := map[string]any{"id": id, "move_type": "out_refund", "state": state, "payment_state": payment, "reversed_entry_id": 1, "amount_total": 5.0, "company_id": 1}
		for k, v := range values {
			row[k] = v
		}
		s.fake.Seed("account.move", row)
	}
	note(901, "posted", "paid", nil)
	note(902, "posted", "not_paid", nil)
	note(903, "posted", "in_payment", nil) // the bank has not said so
	note(904, "draft", "paid", nil)
	note(905, "cancel", "paid", nil)
	note(906, "posted", "paid", map[string]any{"move_type": "entry"})
	note(907, "posted", "paid", map[string]any{"company_id": 2})
}

// TestEndingOfRefunds: what came back to the house, and which notes are paid.
func TestEndingOfRefunds(t *testing.T) {
	equal := cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })
	back := []decision.Returned{{Product: 2, Quantity: dec("1"), At: at("2026-11-28 09:00:00")}, {Product: 2, Quantity: dec("1"), At: at("2026-11-29 09:00:00")}}
	t.Run("with everything", func(t *testing.T) {
		eachInstance(t, func(t *testing.T, s *stage) {
			s.returned()
			s.credited()
			have, lacks := s.endings(t, "refund", 1, 2, 99)
			want := map[int64]decision.Ending{1: {Reference: "INV/2026/00001", Looked: true, Returned: back, PaidBack: []string{"account.move:901"}}, 2: {Reference: "INV/2026/00002", Looked: true}}
			if diff := cmp.Diff(want, have, equal); diff != "" || lacks != nil {
				t.Errorf("lacks %v (-want +have)\n%s", lacks, diff)
			}
		})
	})
	for _, module := range []string{"sale", "sale_stock"} {
		t.Run("without "+module, func(t *testing.T) {
			t.Parallel()
			for _, i := range instances {
				t.Run(i.String(), func(t *testing.T) {
					t.Parallel()
					s := setStage(t, i, module)
					s.credited()
					have, lacks := s.endings(t, "refund", 1)
					want := map[int64]decision.Ending{1: {Reference: "INV/2026/00001", PaidBack: []string{"account.move:901"}}}
					if diff := cmp.Diff(want, have); diff != "" || !slices.Equal(lacks, []string{"returns: the module sale_stock is not installed"}) {
						t.Errorf("lacks %v (-want +have)\n%s", lacks, diff)
					}
				})
			}
		})
	}
}

// TestEndingFaults: whichever of the calls fails, nothing is known of any
// record, and the error names what is missing and none of Odoo's words.
func TestEndingFaults(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		s.returned()
		s.transfer(20, "done", "2026-11-24 10:00:00")
		for _, name := range []string{"delivery", "refund"} {
			kind, _ := decision.KindNamed(name)
			calls := 0
			s.odoo.Caller = &counting{s.client, &calls}
			s.endings(t, name, 1, 20)
			s.odoo.Caller = s.client
			for n := range calls {
				for _, f := range []odootest.Fault{
					{Kind: odootest.Reset}, {Kind: odootest.Garbage},
					{Kind: odootest.Raise, Name: "odoo.exceptions.AccessError", Message: "No, said Ada."},
				} {
					f.Skip, f.Times = n, 1
					s.fake.Inject(f)
					have, _, err := s.odoo.ReadEndings(s, s.company, kind, []int64{1, 20})
					want := decision.CodeUnavailable
					if f.Name != "" {
						want = decision.CodeForbidden
					}
					if decision.CodeOf(err) != want || have != nil || strings.Contains(err.Error(), "Ada") || len(s.fake.Armed()) > 0 {
						t.Errorf("%s of call %d for %s: %v, %v", f.Kind, n, name, have, err)
					}
				}
			}
		}
	})
}

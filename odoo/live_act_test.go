//go:build odoo

package odoo_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/odoo"
)

// liveTrial is an action on a record made for it, and what Odoo then shows.
type liveTrial struct {
	name   string
	kind   string
	action func(t *testing.T, s *shop, subject decision.Subject) decision.Action
	make   func(t *testing.T, s *shop) decision.Subject
	change func(t *testing.T, s *shop, subject decision.Subject) // so that the fingerprint differs; nil where nothing is bound
	shows  func(t *testing.T, s *shop, x decision.Execution) string
	want   string // of shows
}

var liveTrials = []liveTrial{
	{"confirm", "order", is("confirm", nil), quotation, dearer, state, "sale"},
	{"cancel quotation", "order", is("cancel", nil), quotation, dearer, state, "cancel"},
	{"cancel order", "order", is("cancel", nil), ordered, dearer, state, "cancel"},
	{"hold", "order", is("hold", review), quotation, nil, traces, "1 activities, 1 notes"},
	{"activity", "delivery", is("activity", review), delivered, nil, traces, "1 activities, 0 notes"},
	{"note", "refund", is("note", decision.Record{"code": "DECIDED"}), invoiced, nil, traces, "0 activities, 1 notes"},
	{"manual", "change", is("manual", nil), quotation, nil, traces, "1 activities, 0 notes"},
	{"reschedule", "delivery", is("reschedule", decision.Record{"scheduled_date": time.Date(2030, 5, 16, 9, 0, 0, 0, time.UTC)}), delivered, later, scheduled, "2030-05-16 09:00:00"},
	{"credit", "refund", is("credit_note", decision.Record{"amount": dec("9.99"), "code": "damaged"}), invoiced, creditedBeside, notesOf, "posted out_refund 9.99"},
	{"price", "change", onLine("price_write", "price_unit", "20.05"), quotation, dearer, firstLine, "3 20.05 0"},
	{"discount", "change", onLine("discount_write", "discount", "12.5"), quotation, dearer, firstLine, "3 33.33 12.5"},
}

func is(name string, params decision.Record) func(*testing.T, *shop, decision.Subject) decision.Action {
	return func(*testing.T, *shop, decision.Subject) decision.Action { return record(name, params) }
}

func onLine(name, param, value string) func(*testing.T, *shop, decision.Subject) decision.Action {
	return func(t *testing.T, s *shop, order decision.Subject) decision.Action {
		return record(name, decision.Record{"line_id": s.lines(t, order)[0].ID, param: dec(value)})
	}
}

func quotation(t *testing.T, s *shop) decision.Subject { return s.sell(t) }
func delivered(t *testing.T, s *shop) decision.Subject { return s.ship(t) }

func ordered(t *testing.T, s *shop) decision.Subject {
	order := s.sell(t)
	s.do(t, order, "action_confirm")
	return order
}

// invoiced is an invoice of 176.72 with 19 % of tax.
func invoiced(t *testing.T, s *shop) decision.Subject {
	return s.bill(t, item(3, 49.5, 0, s.taxes[0].ID))
}

func dearer(t *testing.T, s *shop, order decision.Subject) {
	s.write(t, decision.Subject{Model: "sale.order.line", ID: s.lines(t, order)[0].ID}, map[string]any{"product_uom_qty": 4})
}

func later(t *testing.T, s *shop, picking decision.Subject) {
	s.write(t, picking, map[string]any{"scheduled_date": "2030-05-15 09:00:00"})
}

func creditedBeside(t *testing.T, s *shop, invoice decision.Subject) {
	x := s.assented(t, "refund", invoice, record("credit_note", decision.Record{"amount": dec("1"), "code": "damaged"}))
	wantApplied(t, s.apply(s, x), decision.ResultDone, "applied", false)
}

func (s *shop) write(t *testing.T, subject decision.Subject, values map[string]any) {
	t.Helper()
	if err := odoo.Write(s, s.client, subject.Model, []int64{subject.ID}, values, odoo.InCompany(s.company.OdooID)); err != nil {
		t.Fatal(err)
	}
}

type liveLine struct {
	ID       int64           `json:"id"`
	Quantity decimal.Decimal `json:"product_uom_qty"`
	Price    decimal.Decimal `json:"price_unit"`
	Discount decimal.Decimal `json:"discount"`
}

func (s *shop) lines(t *testing.T, order decision.Subject) []liveLine {
	t.Helper()
	return found[liveLine](t, s, "sale.order.line", odoo.Domain{}.Where("order_id", "=", order.ID), "product_uom_qty", "price_unit", "discount")
}

func state(t *testing.T, s *shop, x decision.Execution) string {
	return found[struct{ State string }](t, s, x.Subject.Model, odoo.Domain{}.Where("id", "=", x.Subject.ID), "state")[0].State
}

func scheduled(t *testing.T, s *shop, x decision.Execution) string {
	return found[struct {
		Date string `json:"scheduled_date"`
	}](t, s, "stock.picking", odoo.Domain{}.Where("id", "=", x.Subject.ID), "scheduled_date")[0].Date
}

func firstLine(t *testing.T, s *shop, x decision.Execution) string {
	l := s.lines(t, x.Subject)[0]
	return fmt.Sprint(l.Quantity, l.Price, l.Discount)
}

// traces counts what this execution left on a record.
func traces(t *testing.T, s *shop, x decision.Execution) string {
	on := func(model, field string) int {
		domain := odoo.Domain{}.Where("res_id", "=", x.Subject.ID).Where(field, "ilike", "assent:"+x.ID)
		if model == "mail.message" {
			return len(listed[identity](t, s, model, domain.Where("model", "=", x.Subject.Model)))
		}
		return len(listed[identity](t, s, model, domain.Where("res_model", "=", x.Subject.Model)))
	}
	return fmt.Sprintf("%d activities, %d notes", on("mail.activity", "note"), on("mail.message", "body"))
}

// notesOf lists an invoice's credit notes that are not cancelled.
func notesOf(t *testing.T, s *shop, x decision.Execution) string {
	var list []string
	for _, m := range listed[struct {
		State string          `json:"state"`
		Type  string          `json:"move_type"`
		Total decimal.Decimal `json:"amount_total"`
	}](t, s, "account.move", odoo.Domain{}.Where("reversed_entry_id", "=", x.Subject.ID).Where("state", "!=", "cancel"), "state", "move_type", "amount_total") {
		list = append(list, fmt.Sprint(m.State, " ", m.Type, " ", m.Total))
	}
	return strings.Join(list, ", ")
}

// eachLive runs a test for every action, on a record of its own.
func eachLive(t *testing.T, test func(t *testing.T, s *shop, c liveTrial, x decision.Execution)) {
	for _, c := range liveTrials {
		t.Run(c.name, func(t *testing.T) {
			s := openShop(t)
			subject := c.make(t, s)
			test(t, s, c, s.assented(t, c.kind, subject, c.action(t, s, subject)))
		})
	}
}

// TestLiveApplied: what each action does in Odoo, and that it does it once.
func TestLiveApplied(t *testing.T) {
	eachLive(t, func(t *testing.T, s *shop, c liveTrial, x decision.Execution) {
		first := s.apply(s, x)
		wantApplied(t, first, decision.ResultDone, "applied", false)
		second := s.apply(s, x)
		wantApplied(t, second, decision.ResultDone, "already_applied", false)
		if second.Ref != first.Ref {
			t.Errorf("ref: have %q, then %q", first.Ref, second.Ref)
		}
		if wrong := differs(c.shows(t, s, x), c.want); wrong != "" {
			t.Error(wrong)
		}
	})
}

// TestLiveChanged: what was decided on another state of the record is not
// applied.
func TestLiveChanged(t *testing.T) {
	eachLive(t, func(t *testing.T, s *shop, c liveTrial, x decision.Execution) {
		if c.change == nil {
			return
		}
		c.change(t, s, x.Subject)
		before := c.shows(t, s, x)
		wantApplied(t, s.apply(s, x), decision.ResultStale, "record_changed", false)
		if wrong := differs(c.shows(t, s, x), before); wrong != "" {
			t.Error(wrong)
		}
	})
}

// deaf carries calls out, and loses the answer of the one whose turn it is, as
// when the process dies before it could write down what it was told.
type deaf struct {
	odoo.Caller
	writes int // calls that change something, so far
	lose   int
}

func (d *deaf) Call(ctx context.Context, q odoo.Call, into any) error {
	err := d.Caller.Call(ctx, q, into)
	if slices.Contains([]string{"search_read", "search_count", "fields_get"}, q.Method) {
		if d.writes > d.lose {
			return &odoo.Error{Kind: odoo.KindUnreachable, Model: q.Model, Method: q.Method} // dead: nothing more is asked
		}
		return err
	}
	if d.writes++; d.writes > d.lose {
		return &odoo.Error{Kind: odoo.KindTransport, Model: q.Model, Method: q.Method}
	}
	return err
}

// TestLiveLost: whichever answer was lost, the next attempt finds what it did.
func TestLiveLost(t *testing.T) {
	for _, c := range liveTrials {
		t.Run(c.name, func(t *testing.T) {
			s := openShop(t)
			for lose := 0; ; lose++ {
				subject := c.make(t, s)
				x := s.assented(t, c.kind, subject, c.action(t, s, subject))
				d := &deaf{Caller: s.client, lose: lose}
				s.odoo.Caller = d
				first := s.apply(s, x)
				s.odoo.Caller = s.client
				if d.writes <= lose {
					return // nothing was left to lose
				}
				wantApplied(t, first, decision.ResultRetry, "odoo_down", true)
				if second := s.apply(s, x); second.Result != decision.ResultDone {
					t.Errorf("after answer %d was lost: %+v", lose, second)
				}
				if wrong := differs(c.shows(t, s, x), c.want); wrong != "" {
					t.Errorf("after answer %d was lost: %s", lose, wrong)
				}
			}
		})
	}
}

// TestLiveFinished: an activity that a person has finished is not made again.
func TestLiveFinished(t *testing.T) {
	s := openShop(t)
	x := s.assented(t, "order", s.sell(t), record("hold", review))
	first := s.apply(s, x)
	wantApplied(t, first, decision.ResultDone, "applied", false)
	activity := found[identity](t, s, "mail.activity", odoo.Domain{}.Where("note", "ilike", "assent:"+x.ID))[0]
	s.call(t, odoo.Call{Model: "mail.activity", Method: "action_feedback", IDs: []int64{activity.ID}, Args: odoo.Args{"feedback": "Looked at."}}, nil)
	second := s.apply(s, x)
	wantApplied(t, second, decision.ResultDone, "already_applied", false)
	x.Action = record("activity", review)
	wantApplied(t, s.apply(s, x), decision.ResultDone, "already_applied", false)
	if second.Ref != first.Ref {
		t.Errorf("ref: have %q, then %q", first.Ref, second.Ref)
	}
}

// TestLiveBot: the bot can be asked what it lacks, and has what a note needs.
func TestLiveBot(t *testing.T) {
	s := openShop(t)
	missing, err := s.client.Missing(s)
	if err != nil || missing.Address {
		t.Errorf("%+v, %v", missing, err)
	}
	t.Logf("rights it lacks: %v", missing.Rights)
}

// TestLiveRefused: a locked order is not repriced nor, from 17 on, cancelled;
// Odoo says so in a way that is final.
func TestLiveRefused(t *testing.T) {
	s := openShop(t)
	order := ordered(t, s)
	s.do(t, order, s.dialect.LockMethod)
	actions := []decision.Action{onLine("price_write", "price_unit", "1")(t, s, order)}
	if s.dialect.LockedField != "" {
		actions = append(actions, record("cancel", nil))
	}
	for _, action := range actions {
		wantApplied(t, s.apply(s, s.assented(t, "order", order, action)), decision.ResultFail, "user_error", false)
	}
}

// TestLiveDecimals: a price that this Odoo would round is not written.
func TestLiveDecimals(t *testing.T) {
	s := openShop(t)
	order := s.sell(t)
	have := s.apply(s, s.assented(t, "change", order, onLine("price_write", "price_unit", "20.005")(t, s, order)))
	price := s.lines(t, order)[0].Price
	if written := price.Equal(dec("20.005")); written != (have.Result == decision.ResultDone) || !written && !price.Equal(dec("33.33")) {
		t.Errorf("%+v, and the price is %v", have, price)
	}
}

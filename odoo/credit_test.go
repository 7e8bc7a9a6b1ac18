package odoo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"assent/decision"
	"assent/odoo"
	"assent/odoo/odootest"
)

// eachInstance runs a test on every version over every API it has.
func eachInstance(t *testing.T, test func(t *testing.T, s *stage)) {
	t.Parallel()
	for _, i := range instances {
		t.Run(i.String(), func(t *testing.T) {
			t.Parallel()
			test(t, setStage(t, i))
		})
	}
}

// invoice makes and posts an invoice of the lines, and returns it as a
// subject.
func (s *stage) invoiceOf(t *testing.T, lines ...map[string]any) decision.Subject {
	t.Helper()
	s.fake.Seed("account.tax", map[string]any{"id": 2, "name": "7%", "amount": 7.0, "company_id": 1})
	commands := []any{}
	for _, line := range lines {
		commands = append(commands, []any{0, 0, line})
	}
	id, err := odoo.Create(s, s.client, "account.move", map[string]any{"move_type": "out_invoice", "partner_id": 101, "invoice_line_ids": commands}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.call(t, odoo.Call{Model: "account.move", Method: "action_post", IDs: []int64{id}}, nil)
	return decision.Subject{Model: "account.move", ID: id}
}

// item is an invoice line.
func item(quantity, price, discount float64, tax int64) map[string]any {
	taxes := []any{}
	if tax != 0 {
		taxes = append(taxes, tax)
	}
	return map[string]any{"product_id": 1, "quantity": quantity, "price_unit": price, "discount": discount, "tax_ids": []any{[]any{6, 0, taxes}}}
}

// refund is the execution of a credit note.
func (s *stage) refund(t *testing.T, subject decision.Subject, amount string) decision.Execution {
	t.Helper()
	return s.execution(t, trial{kind: "refund", action: credit(amount), subject: subject})
}

// notes lists an invoice's credit notes as "state amount".
func (s *stage) notes(invoice int64) string {
	var list []string
	for _, m := range s.reversals(invoice) {
		list = append(list, fmt.Sprintf("%v %v", m["state"], m["amount_total"]))
	}
	return strings.Join(list, ", ")
}

func (s *stage) wantNotes(t *testing.T, invoice int64, want string) {
	t.Helper()
	if wrong := differs(s.notes(invoice), want); wrong != "" {
		t.Errorf("credit notes: %s", wrong)
	}
}

// TestCreditOfManyLines: with several lines, taxes, discounts and a section
// before them, any amount can be credited to the cent.
func TestCreditOfManyLines(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := setStage(t, rapid.SampledFrom(instances).Draw(rt, "instance"))
		subject := s.invoiceOf(t, map[string]any{"name": "Kitchen", "display_type": "line_section"},
			item(3, 49.5, 0, 1), item(1, 19.99, 10, 2), item(7, 3.33, 12.5, 0), item(2, 0.07, 0, 1), map[string]any{"name": "Thank you", "display_type": "line_note"})
		total := dec(fmt.Sprint(s.fake.Record("account.move", subject.ID)["amount_total"]))
		amount := decimal.New(rapid.Int64Range(1, total.Shift(2).IntPart()).Draw(rt, "cents"), -2)
		if have := s.apply(s, s.refund(t, subject, amount.String())); have.Result != decision.ResultDone || s.notes(subject.ID) != "posted "+amount.String() {
			rt.Fatalf("%s of %v: %+v, %s", amount, total, have, s.notes(subject.ID))
		}
	})
}

// TestCreditOfOneLine: an amount that no price makes, tax added, is had by a
// line without tax. So any amount is credited to the cent, whatever the tax.
func TestCreditOfOneLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := setStage(t, rapid.SampledFrom(instances).Draw(rt, "instance"))
		s.fake.Seed("account.tax", map[string]any{"id": 1, "amount": rapid.SampledFrom([]float64{0, 2.5, 7, 19, 25, 40, 99}).Draw(rt, "tax")})
		quantity, price := float64(rapid.IntRange(1, 9).Draw(rt, "quantity")), float64(rapid.IntRange(1, 99_999).Draw(rt, "price"))/100
		subject := s.invoiceOf(t, item(quantity, price, 0, 1))
		total := dec(fmt.Sprint(s.fake.Record("account.move", subject.ID)["amount_total"]))
		amount := decimal.New(rapid.Int64Range(1, total.Shift(2).IntPart()).Draw(rt, "cents"), -2)
		if have := s.apply(s, s.refund(t, subject, amount.String())); have.Result != decision.ResultDone || s.notes(subject.ID) != "posted "+amount.String() {
			rt.Fatalf("%s of %v: %+v, %s", amount, total, have, s.notes(subject.ID))
		}
	})
}

// TestCreditRounding: with 19 % on one line there is nothing between 9.98 and
// 10.00, and what is missing is on a line of its own, without tax.
func TestCreditRounding(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		subject := s.invoiceOf(t, item(3, 49.5, 0, 1))
		wantApplied(t, s.apply(s, s.refund(t, subject, "9.99")), decision.ResultDone, "applied", false)
		s.wantNotes(t, subject.ID, "posted 9.99")
		extra := []string{}
		for _, l := range s.fake.Records("account.move.line") {
			if l["name"] == "Rounding" {
				extra = append(extra, fmt.Sprint(l["price_unit"], l["tax_ids"], l["price_total"]))
			}
		}
		if wrong := differs(strings.Join(extra, ", "), "-0.01 [] -0.01"); wrong != "" {
			t.Errorf("rounding lines: %s", wrong)
		}
	})
}

// TestCreditBeside: what was credited before the decision is left for the
// next, to the cent, and no more.
func TestCreditBeside(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		before := func(id int64, state string, amount float64) {
			s.fake.Seed("account.move", map[string]any{"id": id, "name": fmt.Sprintf("RINV/%d", id), "state": state, "reversed_entry_id": 1, "move_type": "out_refund", "amount_total": amount, "company_id": 1})
		}
		before(901, "posted", 100)
		before(902, "cancel", 70)
		before(903, "draft", 26.72)
		wantApplied(t, s.apply(s, s.refund(t, invoice1, "50.01")), decision.ResultFail, "amount_mismatch", false)
		s.wantEffects(t, trial{}, 0)
		wantApplied(t, s.apply(s, s.refund(t, invoice1, "50")), decision.ResultDone, "applied", false)
		s.wantNotes(t, 1, "posted 100, cancel 70, draft 26.72, posted 50")
	})
}

// drafted leaves a credit note as an attempt does that ended after its draft.
func (s *stage) drafted(t *testing.T, x decision.Execution) {
	t.Helper()
	s.fake.Inject(odootest.Fault{Kind: odootest.Refuse, Model: "account.move", Writes: true, Times: 1})
	wantApplied(t, s.apply(s, x), decision.ResultRetry, "odoo_down", false)
}

// TestCreditGoesOn with the draft of an earlier attempt, unless somebody else
// credited the invoice since.
func TestCreditGoesOn(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		x := s.refund(t, invoice1, "50")
		s.drafted(t, x)
		s.wantNotes(t, 1, "draft 176.72")
		wantApplied(t, s.apply(s, x), decision.ResultDone, "applied", false)
		s.wantNotes(t, 1, "posted 50")

		other := decision.Subject{Model: "account.move", ID: 2}
		x = s.refund(t, other, "50")
		x.ID += "0" // execution 00 is not 0
		s.drafted(t, x)
		s.fake.Seed("account.move", map[string]any{"id": 901, "state": "posted", "reversed_entry_id": 2, "move_type": "out_refund", "amount_total": 1.0, "company_id": 1})
		wantApplied(t, s.apply(s, x), decision.ResultStale, "record_changed", false)
		if states := s.notes(2); strings.Contains(states, "draft") {
			t.Errorf("credit notes: %s", states)
		}
		wantApplied(t, s.apply(s, x), decision.ResultStale, "record_changed", false)
	})
}

// TestCreditOfTwins: of several credit notes of one execution the posted one
// counts, whatever their order, and drafts beside it are cancelled.
func TestCreditOfTwins(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		x := s.refund(t, invoice1, "176.72")
		twin := func(id int64, state, marker string) {
			s.fake.Seed("account.move", map[string]any{"id": id, "state": state, "ref": "Reversal of: INV/2026/00001, " + marker, "reversed_entry_id": 1, "move_type": "out_refund", "amount_total": 176.72, "company_id": 1})
		}
		twin(901, "draft", "assent:"+x.ID)
		twin(902, "posted", "assent:"+x.ID)
		twin(903, "cancel", "assent:"+x.ID+"1") // of another execution
		have := s.apply(s, x)
		wantApplied(t, have, decision.ResultDone, "already_applied", false)
		if have.Ref != "account.move:902" {
			t.Errorf("ref: %s", have.Ref)
		}
		s.wantNotes(t, 1, "cancel 176.72, posted 176.72, cancel 176.72")
	})
}

// TestCreditTakenBack: a person who cancels an execution's credit note has
// the last word.
func TestCreditTakenBack(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		x := s.refund(t, invoice1, "50")
		wantApplied(t, s.apply(s, x), decision.ResultDone, "applied", false)
		s.fake.Seed("account.move", map[string]any{"id": s.reversals(1)[0]["id"], "state": "cancel"})
		wantApplied(t, s.apply(s, x), decision.ResultFail, "note_cancelled", false)
		s.wantNotes(t, 1, "cancel 50")
	})
}

// TestCreditRefused: no draft is left for somebody to post, unless Odoo
// refuses to cancel it as well.
func TestCreditRefused(t *testing.T) {
	refuse := func(method string) odootest.Fault {
		return odootest.Fault{Kind: odootest.Raise, Model: "account.move", Method: method, Name: "odoo.exceptions.UserError", Times: 1}
	}
	for name, c := range map[string]struct {
		faults []odootest.Fault
		code   string
		notes  string
	}{
		"new prices":          {[]odootest.Fault{refuse("write")}, "user_error", "cancel 176.72"},
		"new prices, cancel":  {[]odootest.Fault{refuse("write"), refuse("button_cancel")}, "user_error", "draft 176.72"},
		"post":                {[]odootest.Fault{refuse("action_post")}, "user_error", "cancel 50"},
		"post, cancel":        {[]odootest.Fault{refuse("action_post"), refuse("button_cancel")}, "user_error", "draft 50"},
		"post, no effect":     {[]odootest.Fault{{Kind: odootest.Result, Value: true, Model: "account.move", Method: "action_post"}}, "no_effect", "cancel 50"},
		"new prices, no more": {[]odootest.Fault{{Kind: odootest.Result, Value: true, Model: "account.move", Method: "write"}}, "amount_mismatch", "cancel 176.72"},
	} {
		t.Run(name, func(t *testing.T) {
			eachInstance(t, func(t *testing.T, s *stage) {
				for _, f := range c.faults {
					s.fake.Inject(f)
				}
				wantApplied(t, s.apply(s, s.refund(t, invoice1, "50")), decision.ResultFail, c.code, false)
				s.wantNotes(t, 1, c.notes)
			})
		})
	}
}

// TestCreditCancelLost: the answer to cancelling a draft is lost. The next
// attempt neither posts nor makes another.
func TestCreditCancelLost(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		x := s.refund(t, invoice1, "50")
		s.fake.Inject(odootest.Fault{Kind: odootest.Raise, Model: "account.move", Method: "write", Name: "odoo.exceptions.UserError", Times: 1})
		s.fake.Inject(odootest.Fault{Kind: odootest.Reset, After: true, Method: "button_cancel", Times: 1})
		s.odoo.Caller = &after{Caller: s.client, model: "account.move", method: "button_cancel", do: func() {
			s.fake.Inject(odootest.Fault{Kind: odootest.Reset, Times: 1})
		}}
		wantApplied(t, s.apply(s, x), decision.ResultRetry, "odoo_down", true)
		have := s.apply(s, x)
		wantApplied(t, have, decision.ResultFail, "note_cancelled", false)
		if len(s.reversals(1)) != 1 {
			t.Errorf("credit notes: %s", s.notes(1))
		}
	})
}

// TestNoInvoice: only customer invoices are credited, and only amounts.
func TestNoInvoice(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		for _, kind := range []string{"in_invoice", "out_refund", "in_refund", "entry", "in_receipt"} {
			s.fake.Seed("account.move", map[string]any{"id": 2, "move_type": kind})
			wantApplied(t, s.apply(s, s.refund(t, decision.Subject{Model: "account.move", ID: 2}, "10")), decision.ResultFail, "no_invoice", false)
		}
		for _, amount := range []string{"0", "-1", "176.73"} {
			wantApplied(t, s.apply(s, s.refund(t, invoice1, amount)), decision.ResultFail, "amount_mismatch", false)
		}
		s.fake.Seed("account.move", map[string]any{"id": 1, "state": "draft"})
		wantApplied(t, s.apply(s, s.refund(t, invoice1, "10")), decision.ResultFail, "user_error", false)
		s.wantEffects(t, trial{}, 0)
	})
}

// TestCreditPasses: a note is corrected in a bounded number of writes.
func TestCreditPasses(t *testing.T) {
	t.Parallel()
	s := setStage(t, instance{19, odoo.JSON2})
	wantApplied(t, s.apply(s, s.refund(t, s.invoiceOf(t, item(3, 49.5, 0, 1)), "9.99")), decision.ResultDone, "applied", false)
	writes := slices.DeleteFunc(s.fake.Log(), func(e odootest.Entry) bool { return e.Effect != "write" })
	if len(writes) != 3 {
		t.Errorf("%d writes, want one in proportion, one for the cents and one for the rounding", len(writes))
	}
}

// TestCreditChanged: a note that somebody gave another amount before it was
// posted is no success.
func TestCreditChanged(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		x := s.refund(t, invoice1, "50")
		wantApplied(t, s.apply(s, x), decision.ResultDone, "applied", false)
		s.fake.Seed("account.move", map[string]any{"id": s.reversals(1)[0]["id"], "amount_total": 60.0})
		have := s.apply(s, x)
		wantApplied(t, have, decision.ResultFail, "amount_mismatch", false)
		if !strings.HasPrefix(have.Ref, "account.move:") {
			t.Errorf("the note is not named: %q", have.Ref)
		}
	})
}

// TestCreditNotPosted: a note that Odoo does not post is cancelled.
func TestCreditNotPosted(t *testing.T) {
	eachInstance(t, func(t *testing.T, s *stage) {
		x := s.refund(t, invoice1, "176.72")
		s.fake.Seed("account.journal", map[string]any{"id": 1, "active": false})
		wantApplied(t, s.apply(s, x), decision.ResultFail, "user_error", false)
		s.wantNotes(t, invoice1.ID, "cancel 176.72")
		wantApplied(t, s.apply(s, x), decision.ResultFail, "note_cancelled", false)
	})
}

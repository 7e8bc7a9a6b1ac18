package odoo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// creditNote creates and posts a credit note over the amount assented to.
// Odoo stops neither a second one nor one over too much: the marker in its
// reference and the amount credited by others, part of the fingerprint, do.
//
// A request that was sent twice, or that took effect after it was given up,
// leaves more than one draft. Only one is ever posted; the others are
// cancelled as soon as they are seen.
func (a attempt) creditNote(ctx context.Context) decision.Applied {
	own, others, err := a.ownCreditNotes(ctx)
	if err != nil {
		return a.classify(err)
	}
	if note, found := inState(own, "posted"); found {
		if end, ok := a.withdraw(ctx, own, note.ID); !ok {
			return end
		}
		return a.credited(note, codeAlready)
	}
	if end, ok := a.creditable(ctx, own, others); !ok {
		return end
	}
	if len(own) == 0 {
		var end decision.Applied
		var ok bool
		if own, end, ok = a.draftCreditNote(ctx); !ok {
			return end
		}
	}
	note, drafted := inState(own, "draft")
	if !drafted {
		return failed(codeWithdrawn) // by a person, or by us before the answer was lost: not to be made again
	}
	if end, ok := a.withdraw(ctx, own, note.ID); !ok {
		return end
	}
	if end, ok := a.adjust(ctx, note); !ok {
		return end
	}
	return a.post(ctx, note)
}

func creditRef(n creditNote) string { return fmt.Sprintf("account.move:%d", n.ID) }

// ownCreditNotes finds the credit notes of this execution, oldest first, and
// what others amount to.
func (a attempt) ownCreditNotes(ctx context.Context) (own []creditNote, others decimal.Decimal, err error) {
	notes, err := a.creditNotes(ctx, a.company, a.x.Subject.ID)
	if err != nil {
		return nil, others, err
	}
	isOwn := func(n creditNote) bool {
		// Whole words only: execution 1 is not 10.
		return slices.Contains(strings.FieldsFunc(n.Ref.Or(""), func(r rune) bool { return r == ' ' || r == ',' }), a.marker())
	}
	for _, n := range notes {
		if isOwn(n) {
			own = append(own, n)
		}
	}
	others, err = creditedBy(slices.DeleteFunc(notes, isOwn))
	return own, others, err
}

// inState gives the oldest of the notes in a state.
func inState(notes []creditNote, state string) (creditNote, bool) {
	i := slices.IndexFunc(notes, func(n creditNote) bool { return n.State.Or("") == state })
	if i < 0 {
		return creditNote{}, false
	}
	return notes[i], true
}

// creditable compares the invoice with what was decided on, drafts of our own
// left out. They are cancelled when it has changed: nobody must post them.
func (a attempt) creditable(ctx context.Context, own []creditNote, others decimal.Decimal) (decision.Applied, bool) {
	tree, end, ok := a.look(ctx)
	if !ok {
		return end, false
	}
	tree["amount_credited"] = json.Number(others.String())
	total, _ := decimal.NewFromString(fmt.Sprint(tree["amount_total"]))
	amount := a.number("amount")
	switch {
	case !a.unchanged(tree):
		end = stale
	case tree[moveType] != "out_invoice" && tree[moveType] != "out_receipt":
		end = failed(codeNoInvoice)
	case !amount.IsPositive() || amount.GreaterThan(total.Sub(others)):
		end = failed(codeAmount)
	default:
		return end, true
	}
	return a.abandon(ctx, own, end)
}

// abandon cancels every draft and ends the attempt.
func (a attempt) abandon(ctx context.Context, own []creditNote, end decision.Applied) (decision.Applied, bool) {
	if again, ok := a.withdraw(ctx, own, 0); !ok {
		return again, false
	}
	return end, false
}

// withdraw cancels all drafts but one. ok is false when that has to be tried
// again; a refusal is left to whoever reads Odoo, since the drafts say whose
// they are.
func (a attempt) withdraw(ctx context.Context, own []creditNote, but int64) (again decision.Applied, ok bool) {
	spare := func(n creditNote) bool { return n.ID != but && n.State.Or("") == "draft" }
	var drafts []int64
	for _, n := range own {
		if spare(n) {
			drafts = append(drafts, n.ID)
		}
	}
	if len(drafts) == 0 {
		return again, true
	}
	call := func() error {
		return a.Caller.Call(ctx, Call{Model: "account.move", Method: "button_cancel", IDs: drafts, Context: a.context()}, nil)
	}
	again = a.changed(ctx, call, func(ctx context.Context) (bool, error) {
		own, _, err := a.ownCreditNotes(ctx)
		return !slices.ContainsFunc(own, spare), err
	})
	return again, again.Result != decision.ResultRetry
}

// draftCreditNote reverses the whole invoice as a draft, by the wizard that
// people use.
func (a attempt) draftCreditNote(ctx context.Context) (own []creditNote, end decision.Applied, ok bool) {
	dialect, err := a.Caller.Dialect(ctx)
	if err != nil {
		return nil, a.classify(err), false
	}
	// The journal is computed, but too late for the wizard to be stored.
	invoice, err := one[struct {
		Journal Ref `json:"journal_id"`
	}](ctx, a.Integration, a.company, "account.move", a.x.Subject.ID, "journal_id")
	if err != nil {
		return nil, a.classify(err), false
	}
	cx := a.context().With(Context{"active_model": "account.move", "active_ids": []int64{a.x.Subject.ID}})
	values := map[string]any{"reason": a.marker(), "journal_id": invoice.Journal.ID}
	for k, v := range dialect.ReversalValues {
		values[k] = v
	}
	reverse := func() error {
		wizard, err := Create(ctx, a.Caller, "account.move.reversal", values, cx)
		if err != nil {
			return err
		}
		var opened Action
		return a.Caller.Call(ctx, Call{Model: "account.move.reversal", Method: dialect.ReversalMethod, IDs: []int64{wizard}, Context: cx}, &opened)
	}
	end = a.changed(ctx, reverse, func(ctx context.Context) (bool, error) {
		own, _, err = a.ownCreditNotes(ctx)
		return len(own) > 0, err
	})
	return own, end, end.Result == decision.ResultDone
}

// adjust brings the draft down to a partial amount, and checks that it then
// has exactly the amount assented to. A draft that cannot have it is
// cancelled: nobody must post it.
func (a attempt) adjust(ctx context.Context, note creditNote) (decision.Applied, bool) {
	want, draft := a.number("amount"), []creditNote{note}
	for pass := 0; ; pass++ {
		total, err := decimal.NewFromString(draft[0].Total.String())
		switch {
		case err == nil && a.sameAmount(total, want):
			return decision.Applied{}, true
		case err != nil || pass == 0 && !total.IsPositive():
			return a.abandon(ctx, draft, failed(codeAmount))
		}
		written, err := a.rewrite(ctx, draft[0], pass, total, want)
		switch {
		case err != nil && OutcomeOf(err) == Refused:
			return a.abandon(ctx, draft, a.classify(err))
		case err != nil:
			return a.classify(err), false
		case !written:
			return a.abandon(ctx, draft, failed(codeAmount))
		}
		if draft, err = a.again(ctx, note.ID); err != nil {
			return a.unseen(nil, err), false
		}
		*a.doubt = false
	}
}

// again reads a credit note.
func (a attempt) again(ctx context.Context, id int64) ([]creditNote, error) {
	own, _, err := a.ownCreditNotes(ctx)
	i := slices.IndexFunc(own, func(n creditNote) bool { return n.ID == id })
	if err == nil && i < 0 {
		err = errNotVisible
	}
	if err != nil {
		return nil, err
	}
	return own[i : i+1], nil
}

func (a attempt) sameAmount(have, want decimal.Decimal) bool {
	digits := decision.CurrencyDigits(a.x.Currency)
	return have.Round(digits).Equal(want.Round(digits))
}

// rewrite corrects the lines, which change only through their move. It says
// whether there was something left to try.
func (a attempt) rewrite(ctx context.Context, note creditNote, pass int, total, want decimal.Decimal) (bool, error) {
	lines, err := SearchRead[creditLine](ctx, a.Caller, "account.move.line", Query{
		Domain: Domain{}.Where("id", "in", note.Lines), Fields: []string{"display_type", "quantity", "price_unit", "discount", "price_total"}, Order: "id",
	}, a.context())
	if err != nil {
		return false, err
	}
	commands := correction(lines, pass, total, want, decision.CurrencyDigits(a.x.Currency))
	if len(commands) == 0 {
		return false, nil
	}
	return true, a.change(func() error {
		return Write(ctx, a.Caller, "account.move", []int64{note.ID}, map[string]any{"invoice_line_ids": commands}, a.context())
	})
}

// post makes the credit note final. A draft that Odoo does not post is
// cancelled: nobody must post it later, beside another decision.
func (a attempt) post(ctx context.Context, note creditNote) decision.Applied {
	call := func() error {
		return a.Caller.Call(ctx, Call{Model: "account.move", Method: "action_post", IDs: []int64{note.ID}, Context: a.context()}, nil)
	}
	var posted []creditNote
	applied := a.changed(ctx, call, func(ctx context.Context) (bool, error) {
		own, err := a.again(ctx, note.ID)
		posted = own
		return err == nil && own[0].State.Or("") == "posted", err
	})
	switch applied.Result {
	case decision.ResultDone:
		return a.credited(posted[0], applied.Code)
	case decision.ResultFail:
		applied, _ = a.abandon(ctx, posted, applied)
	}
	return applied
}

// credited ends with a posted note: as done, unless somebody else changed its
// amount before it was posted.
func (a attempt) credited(note creditNote, code string) decision.Applied {
	end := done(code, creditRef(note))
	total, err := decimal.NewFromString(note.Total.String())
	if err != nil || !a.sameAmount(total, a.number("amount")) {
		end = failed(codeAmount)
		end.Ref = creditRef(note)
	}
	return end
}

package odoo

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// creditNote creates and posts a credit note over the amount assented to.
// Odoo stops neither a second one nor one over too much: the marker in its
// reference and the amount credited so far, part of the fingerprint, do.
func (a attempt) creditNote(ctx context.Context) decision.Applied {
	note, found, err := a.ownCreditNote(ctx)
	if err != nil {
		return a.classify(err)
	}
	if !found {
		tree, end, ok := a.look(ctx)
		switch {
		case !ok:
			return end
		case !a.unchanged(tree):
			return stale
		}
		if note, end, ok = a.draftCreditNote(ctx); !ok {
			return end
		}
	}
	if note.State.Or("") == "posted" {
		return done(codeAlready, creditRef(note))
	}
	if end, ok := a.adjust(ctx, &note); !ok {
		return end
	}
	return a.post(ctx, note)
}

func creditRef(n creditNote) string { return fmt.Sprintf("account.move:%d", n.ID) }

// ownCreditNote finds the credit note an earlier attempt made.
func (a attempt) ownCreditNote(ctx context.Context) (creditNote, bool, error) {
	notes, err := a.creditNotes(ctx, a.company, a.x.Subject.ID)
	for _, n := range notes {
		if strings.Contains(n.Ref.Or(""), a.marker()) {
			return n, true, nil
		}
	}
	return creditNote{}, false, err
}

// draftCreditNote reverses the whole invoice as a draft, by the wizard that
// people use.
func (a attempt) draftCreditNote(ctx context.Context) (creditNote, decision.Applied, bool) {
	dialect, err := a.Caller.Dialect(ctx)
	if err != nil {
		return creditNote{}, a.classify(err), false
	}
	cx := a.context().With(Context{"active_model": "account.move", "active_ids": []int64{a.x.Subject.ID}})
	values := map[string]any{"reason": a.marker()}
	for k, v := range dialect.ReversalValues {
		values[k] = v
	}
	wizard, callErr := Create(ctx, a.Caller, "account.move.reversal", values, cx)
	if callErr == nil {
		var opened Action
		callErr = a.Caller.Call(ctx, Call{Model: "account.move.reversal", Method: dialect.ReversalMethod, IDs: []int64{wizard}, Context: cx}, &opened)
	}
	note, found, err := a.ownCreditNote(ctx)
	switch {
	case err != nil:
		return note, a.classify(err), false
	case found:
		return note, decision.Applied{}, true
	case callErr != nil:
		return note, a.classify(callErr), false
	}
	return note, failed(codeNoEffect), false
}

// adjust brings the draft down to a partial amount, and checks that it then
// has exactly the amount assented to: first every line in proportion, then
// the first line by the cents that rounding left over.
func (a attempt) adjust(ctx context.Context, note *creditNote) (decision.Applied, bool) {
	want := a.number("amount")
	for pass := 0; ; pass++ {
		total, err := decimal.NewFromString(note.Total.String())
		switch {
		case err != nil || !total.IsPositive():
			return failed(codeAmount), false
		case a.sameAmount(total, want):
			return decision.Applied{}, true
		case pass == 2:
			return a.discard(ctx, *note), false
		}
		share, extra := want.Div(total), decimal.Decimal{}
		if pass == 1 {
			share, extra = decimal.NewFromInt(1), want.Sub(total)
		}
		if err := a.rewrite(ctx, *note, share, extra); err != nil {
			return a.classify(err), false
		}
		again, _, err := a.ownCreditNote(ctx)
		if err != nil {
			return a.classify(err), false
		}
		*note = again
	}
}

// discard cancels a draft over another amount: nobody must post it.
func (a attempt) discard(ctx context.Context, note creditNote) decision.Applied {
	err := a.Caller.Call(ctx, Call{Model: "account.move", Method: "button_cancel", IDs: []int64{note.ID}, Context: a.context()}, nil)
	if err != nil && OutcomeOf(err) != Refused {
		return a.classify(err)
	}
	return failed(codeAmount)
}

func (a attempt) sameAmount(have, want decimal.Decimal) bool {
	digits := decision.CurrencyDigits(a.x.Currency)
	return have.Round(digits).Equal(want.Round(digits))
}

// rewrite makes each line one unit at its share of its untaxed amount, and
// adds extra to the first; taxes follow.
func (a attempt) rewrite(ctx context.Context, note creditNote, share, extra decimal.Decimal) error {
	rows, err := SearchRead[struct {
		ID       int64       `json:"id"`
		Subtotal json.Number `json:"price_subtotal"`
	}](ctx, a.Caller, "account.move.line", Query{Domain: Domain{}.Where("id", "in", note.Lines), Fields: []string{"price_subtotal"}, Order: "id"}, a.context())
	if err != nil {
		return err
	}
	var commands []any
	for _, r := range rows {
		untaxed, err := decimal.NewFromString(r.Subtotal.String())
		if err != nil {
			return err
		}
		price := untaxed.Mul(share).Add(extra).Round(decision.CurrencyDigits(a.x.Currency))
		extra = decimal.Decimal{}
		// Command 1 updates a line in place; lines change only through their move.
		commands = append(commands, []any{1, r.ID, map[string]any{"quantity": 1, "discount": 0, "price_unit": json.Number(price.String())}})
	}
	return Write(ctx, a.Caller, "account.move", []int64{note.ID}, map[string]any{"invoice_line_ids": commands}, a.context())
}

// post makes the credit note final.
func (a attempt) post(ctx context.Context, note creditNote) decision.Applied {
	call := func() error {
		return a.Caller.Call(ctx, Call{Model: "account.move", Method: "action_post", IDs: []int64{note.ID}, Context: a.context()}, nil)
	}
	applied := a.changed(ctx, call, func(ctx context.Context) (bool, error) {
		n, found, err := a.ownCreditNote(ctx)
		return found && n.State.Or("") == "posted", err
	})
	if applied.Result == decision.ResultDone {
		applied.Ref = creditRef(note)
	}
	return applied
}

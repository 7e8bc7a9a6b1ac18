//go:build odoo

package odoo_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/odoo"
)

// TestLiveCredit: any amount is credited to the cent, whatever the taxes.
func TestLiveCredit(t *testing.T) {
	s := openShop(t)
	for _, tax := range s.taxes {
		for name, lines := range map[string]func() []map[string]any{
			"one line": func() []map[string]any { return []map[string]any{item(3, 49.5, 0, tax.ID)} },
			"many lines": func() []map[string]any {
				return []map[string]any{
					{"name": "Kitchen", "display_type": "line_section"}, item(3, 49.5, 0, tax.ID), item(1, 19.99, 10, s.taxes[0].ID),
					item(7, 3.33, 12.5, 0), item(2, 0.07, 0, tax.ID), {"name": "Thank you", "display_type": "line_note"},
				}
			},
		} {
			invoice := s.bill(t, lines()...)
			total := s.amount(t, invoice)
			for _, amount := range []string{"0.01", "0.02", "9.99", "10", "17.37", total.Div(decimal.NewFromInt(3)).Round(2).String(), total.Sub(dec("0.01")).String(), total.String()} {
				s.credits(t, name, tax, s.bill(t, lines()...), amount)
			}
		}
	}
}

func (s *shop) amount(t *testing.T, invoice decision.Subject) decimal.Decimal {
	t.Helper()
	return found[struct {
		Total decimal.Decimal `json:"amount_total"`
	}](t, s, "account.move", odoo.Domain{}.Where("id", "=", invoice.ID), "amount_total")[0].Total
}

func (s *shop) credits(t *testing.T, name string, tax saleTax, invoice decision.Subject, amount string) {
	t.Helper()
	x := s.assented(t, "refund", invoice, record("credit_note", decision.Record{"amount": dec(amount), "code": "damaged"}))
	have := s.apply(s, x)
	if have.Result != decision.ResultDone || notesOf(t, s, x) != "posted out_refund "+amount {
		t.Errorf("%s with %v %%, invoice %d: %s is %+v, %s", name, tax.Amount, invoice.ID, amount, have, notesOf(t, s, x))
	}
}

// TestLiveCreditTwice: two credits of one invoice, and no third beyond it.
func TestLiveCreditTwice(t *testing.T) {
	s := openShop(t)
	invoice := s.bill(t, item(1, 100, 0, 0))
	credit := func(amount string) decision.Applied {
		return s.apply(s, s.assented(t, "refund", invoice, record("credit_note", decision.Record{"amount": dec(amount), "code": "damaged"})))
	}
	wantApplied(t, credit("60"), decision.ResultDone, "applied", false)
	wantApplied(t, credit("40.01"), decision.ResultFail, "amount_mismatch", false)
	wantApplied(t, credit("40"), decision.ResultDone, "applied", false)
}

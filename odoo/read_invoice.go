package odoo

import (
	"context"
	"encoding/json"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// invoiceCore reads an account.move with what its credit notes returned.
// Cancelled ones do not count; drafts do, since they will be posted.
func (i *Integration) invoiceCore(ctx context.Context, c decision.Company, s decision.Subject) (map[string]any, error) {
	m, err := one[struct {
		Name     Text        `json:"name"`
		State    Text        `json:"state"`
		Total    json.Number `json:"amount_total"`
		Currency Ref         `json:"currency_id"`
		Partner  Ref         `json:"partner_id"`
		Date     Time        `json:"invoice_date"`
		Payment  Text        `json:"payment_state"`
		Type     Text        `json:"move_type"`
	}](ctx, i, c, "account.move", s.ID, "name", "state", "amount_total", "currency_id", "partner_id", "invoice_date", "payment_state", moveType)
	if err != nil {
		return nil, err
	}
	notes, err := i.creditNotes(ctx, c, s.ID)
	if err != nil {
		return nil, err
	}
	credited, err := creditedBy(notes)
	if err != nil {
		return nil, err
	}
	tree := map[string]any{"amount_credited": json.Number(credited.String()), moveType: m.Type.Or("")}
	if m.Name.Or("") != "/" { // up to 17 what has no number yet
		setCode(tree, "reference", m.Name)
	}
	setText(tree, "state", m.State)
	setNumber(tree, "amount_total", m.Total)
	set(tree, "currency", m.Currency.Name, m.Currency.Name != "")
	setRef(tree, "partner_id", m.Partner)
	setTime(tree, "invoice_date", m.Date)
	if payment := m.Payment.Or(""); payment != "" {
		set(tree, "paid", payment == "paid" || payment == "in_payment", true)
	}
	return tree, nil
}

// moveType tells invoices from bills, credit notes and other entries. It is no
// field of a kind, but only customer invoices are credited.
const moveType = "move_type"

// creditNote is a reversal of an invoice.
type creditNote struct {
	ID    int64       `json:"id"`
	State Text        `json:"state"`
	Ref   Text        `json:"ref"`
	Total json.Number `json:"amount_total"`
	Lines IDs         `json:"invoice_line_ids"`
}

// creditNotes lists an invoice's reversals, oldest first, cancelled ones too.
func (i *Integration) creditNotes(ctx context.Context, c decision.Company, invoice int64) ([]creditNote, error) {
	return SearchRead[creditNote](ctx, i.Caller, "account.move", Query{
		Domain: Domain{}.Where("reversed_entry_id", "=", invoice), Order: "id",
		Fields: []string{"state", "ref", "amount_total", "invoice_line_ids"},
	}, inCompany(c))
}

// creditedBy sums what the notes return.
func creditedBy(notes []creditNote) (decimal.Decimal, error) {
	sum := decimal.Decimal{}
	for _, n := range notes {
		if n.State.Or("") == "cancel" {
			continue
		}
		total, err := decimal.NewFromString(n.Total.String())
		if err != nil {
			return sum, err
		}
		sum = sum.Add(total.Round(floatDigits).Abs())
	}
	return sum, nil
}

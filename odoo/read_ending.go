package odoo

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

var _ decision.Endings = (*Integration)(nil)

// ReadEndings reads how deliveries and invoices ended, many with a few calls.
func (i *Integration) ReadEndings(ctx context.Context, c decision.Company, kind decision.Kind, ids []int64) (map[int64]decision.Ending, []string, error) {
	var (
		endings map[int64]decision.Ending
		lacks   []string
		err     error
	)
	switch kind.Name {
	case "delivery":
		endings, err = i.departures(ctx, c, ids)
	case "refund":
		endings, lacks, err = i.givenBack(ctx, c, ids)
	}
	if err != nil {
		return nil, nil, endingError(err)
	}
	return endings, lacks, nil
}

func endingError(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Name == accessError {
		return decision.Errorf(decision.CodeForbidden, "The integration may not read %s in Odoo for this company: give its user that right.", e.Model)
	}
	unavailable := decision.Errorf(decision.CodeUnavailable, "Odoo could not be asked how records ended (%s).", KindOf(err))
	unavailable.Err = err
	return unavailable
}

// part is a transfer, or what was left over of one.
type part struct {
	ID    int64 `json:"id"`
	Name  Text  `json:"name"`
	State Text  `json:"state"`
	Done  Time  `json:"date_done"`
	Of    Ref   `json:"backorder_id"`
}

// maxParts bounds how often what is left over may be left over again.
const maxParts = 20

// departures says when transfers left, each with all that was put off: part of
// an order on time is not the order on time. What was cancelled leaves never.
func (i *Integration) departures(ctx context.Context, c decision.Company, ids []int64) (map[int64]decision.Ending, error) {
	parts, err := i.parts(ctx, c, Domain{}.Where("id", "in", ids))
	if err != nil {
		return nil, err
	}
	first, of := map[int64]transfer{}, map[int64]int64{}
	for _, p := range parts {
		first[p.ID], of[p.ID] = transfer{name: p.Name.Or("")}.with(p), p.ID
	}
	for range maxParts {
		if len(parts) == 0 {
			return ends(first), nil
		}
		var before []int64
		for _, p := range parts {
			before = append(before, p.ID)
		}
		if parts, err = i.parts(ctx, c, Domain{}.Where("backorder_id", "in", before)); err != nil {
			return nil, err
		}
		for _, p := range parts {
			root := of[p.Of.ID]
			first[root], of[p.ID] = first[root].with(p), root
		}
	}
	return ends(first), nil
}

func (i *Integration) parts(ctx context.Context, c decision.Company, domain Domain) ([]part, error) {
	return SearchRead[part](ctx, i.Caller, "stock.picking", Query{Domain: domain, Fields: []string{"name", "state", "date_done", "backorder_id"}, Order: "id"}, inCompany(c))
}

// transfer is what is known of all the parts of one.
type transfer struct {
	name string
	open bool
	last time.Time
}

func (t transfer) with(p part) transfer {
	switch p.State.Or("") {
	case "done":
		t.open = t.open || p.Done.IsZero()
		if p.Done.After(t.last) {
			t.last = p.Done.Time
		}
	case "cancel":
	default:
		t.open = true
	}
	return t
}

func ends(transfers map[int64]transfer) map[int64]decision.Ending {
	out := map[int64]decision.Ending{}
	for id, t := range transfers {
		if t.open {
			t.last = time.Time{}
		}
		out[id] = decision.Ending{Reference: t.name, Departed: t.last}
	}
	return out
}

// givenBack says of invoices what came back, and which of their credit notes
// are paid.
func (i *Integration) givenBack(ctx context.Context, c decision.Company, ids []int64) (map[int64]decision.Ending, []string, error) {
	visible, err := SearchRead[struct {
		ID   int64 `json:"id"`
		Name Text  `json:"name"`
	}](ctx, i.Caller, "account.move", Query{Domain: Domain{}.Where("id", "in", ids), Fields: []string{"name"}, Order: "id"}, inCompany(c))
	if err != nil {
		return nil, nil, err
	}
	out := map[int64]decision.Ending{}
	for _, v := range visible {
		out[v.ID] = decision.Ending{Reference: v.Name.Or("")}
	}
	if err := i.paidBack(ctx, c, ids, out); err != nil {
		return nil, nil, err
	}
	lacks, err := i.cameBack(ctx, c, ids, out)
	return out, lacks, err
}

// paidBack adds the credit notes whose money has gone out.
func (i *Integration) paidBack(ctx context.Context, c decision.Company, ids []int64, out map[int64]decision.Ending) error {
	notes, err := SearchRead[struct {
		ID int64 `json:"id"`
		Of Ref   `json:"reversed_entry_id"`
	}](ctx, i.Caller, "account.move", Query{
		Domain: Domain{}.Where("reversed_entry_id", "in", ids).Where(moveType, "=", "out_refund").Where("state", "=", "posted").Where("payment_state", "=", "paid"),
		Fields: []string{"reversed_entry_id"}, Order: "id",
	}, inCompany(c))
	for _, n := range notes {
		e := out[n.Of.ID]
		e.PaidBack = append(e.PaidBack, decision.RefTo("account.move", n.ID))
		out[n.Of.ID] = e
	}
	return err
}

// cameBack adds the goods that customers sent back: transfers that return one
// of the deliveries of the lines that an invoice is for. Only with Odoo's sales
// and stock together is there a way from the one to the other.
func (i *Integration) cameBack(ctx context.Context, c decision.Company, ids []int64, out map[int64]decision.Ending) ([]string, error) {
	sold, err := i.has(ctx, c, "account.move.line", "sale_line_ids")
	if err != nil {
		return nil, err
	}
	if len(sold) > 0 {
		if sold, err = i.has(ctx, c, "sale.order.line", "move_ids"); err != nil {
			return nil, err
		}
	}
	if len(sold) == 0 {
		return []string{"returns: the module sale_stock is not installed"}, nil
	}
	invoices, lines, err := i.soldBy(ctx, c, ids)
	if err != nil {
		return nil, err
	}
	for id, e := range out {
		e.Looked = true
		out[id] = e
	}
	if len(lines) == 0 {
		return nil, nil
	}
	return nil, i.returns(ctx, c, lines, invoices, out)
}

// soldBy lists the sales lines that invoices are for, and the invoices of each.
func (i *Integration) soldBy(ctx context.Context, c decision.Company, ids []int64) (invoices map[int64][]int64, lines []int64, err error) {
	rows, err := SearchRead[struct {
		Move Ref `json:"move_id"`
		Sold IDs `json:"sale_line_ids"`
	}](ctx, i.Caller, "account.move.line", Query{
		Domain: Domain{}.Where("move_id", "in", ids).Where("sale_line_ids", "!=", false), Fields: []string{"move_id", "sale_line_ids"}, Order: "id",
	}, inCompany(c))
	invoices = map[int64][]int64{}
	for _, r := range rows {
		for _, line := range r.Sold {
			if invoices[line] == nil {
				lines = append(lines, line)
			}
			invoices[line] = append(invoices[line], r.Move.ID)
		}
	}
	return invoices, lines, err
}

func (i *Integration) returns(ctx context.Context, c decision.Company, lines []int64, invoices map[int64][]int64, out map[int64]decision.Ending) error {
	rows, err := SearchRead[struct {
		Line     Ref         `json:"sale_line_id"`
		Product  Ref         `json:"product_id"`
		Quantity json.Number `json:"product_uom_qty"`
		Date     Time        `json:"date"`
	}](ctx, i.Caller, "stock.move", Query{
		// An exchange that goes out again returns a return: it is at the customer.
		Domain: Domain{}.Where("sale_line_id", "in", lines).Where("origin_returned_move_id", "!=", false).Where("state", "=", "done").Where("location_dest_id.usage", "!=", "customer"),
		Fields: []string{"sale_line_id", "product_id", "product_uom_qty", "date"}, Order: "id",
	}, inCompany(c))
	for _, r := range rows {
		quantity, failed := decimal.NewFromString(r.Quantity.String())
		if failed != nil {
			return errors.Join(err, failed)
		}
		for _, invoice := range invoices[r.Line.ID] {
			e := out[invoice]
			e.Returned = append(e.Returned, decision.Returned{Product: r.Product.ID, Quantity: quantity.Round(floatDigits), At: r.Date.Time})
			out[invoice] = e
		}
	}
	return err
}

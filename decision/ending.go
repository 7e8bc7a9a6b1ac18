package decision

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
)

// Ending is what Odoo knows of how a record ended. The zero Ending is one of
// which nothing is known yet.
type Ending struct {
	Reference string     // the record's number as people know it; "" is unknown
	Departed  time.Time  // of a delivery: when the last of its goods left; zero while some are here, or it was cancelled
	Looked    bool       // of an invoice: whether returns could be looked at
	Returned  []Returned // the goods that came back
	PaidBack  []string   // its posted and paid credit notes, "account.move:17"
}

// Returned is a quantity of a product that came back.
type Returned struct {
	Product  int64
	Quantity decimal.Decimal
	At       time.Time
}

// Endings reads how records ended.
type Endings interface {
	// ReadEndings reads them by the ids of the kind's records; one that is not
	// visible is absent. lacks names, in words, what this Odoo cannot tell.
	// Errors: CodeForbidden names what may not be read, CodeUnavailable says that
	// Odoo could not be asked. Then nothing is known of any of them.
	ReadEndings(ctx context.Context, c Company, kind Kind, ids []int64) (endings map[int64]Ending, lacks []string, err error)
}

// Terms are what Odoo does not know and somebody must say.
type Terms struct {
	Transit *time.Duration // how long goods are on the road; nil is unknown: then Odoo tells of departures only
	Return  time.Duration  // how long customers have to send back what they announced
}

// FromOdoo is the source of outcomes that were read from Odoo.
const FromOdoo = "odoo"

// Late says in the words of outcomes whether something that happened at at kept
// a day that was promised: the day counts, in UTC, and not the hour.
func Late(promised, at time.Time) string {
	if day := 24 * time.Hour; at.UTC().Truncate(day).After(promised.UTC().Truncate(day)) {
		return "late"
	}
	return "on_time"
}

// deliveryEnds tells of a delivery that has left. When it arrives Odoo does not
// know: that is the carrier's to tell, or the house's to estimate. A delivery
// that was cancelled is neither late nor failed.
func deliveryEnds(s Snapshot, e Ending, told []OutcomeRow, now time.Time, t Terms) (out []OutcomeRecord) {
	if e.Departed.IsZero() {
		return nil
	}
	if planned, known := s.Fields["scheduled_date"].(time.Time); known {
		out = append(out, OutcomeRecord{Type: "shipped", Value: Late(planned, e.Departed), At: e.Departed})
	}
	promised, known := s.Fields["promised_date"].(time.Time)
	if !known || t.Transit == nil || toldOf(told, "failed") {
		return out
	}
	if arrival := e.Departed.Add(*t.Transit); !arrival.After(now) {
		out = append(out, OutcomeRecord{Type: "delivered", Value: Late(promised, arrival), At: arrival})
	}
	return out
}

// refundEnds tells what came back, and that the money of this refund, not of
// another one of the same invoice, is with the customer.
func refundEnds(s Snapshot, e Ending, _ []OutcomeRow, now time.Time, t Terms) (out []OutcomeRecord) {
	due := s.Now.Add(t.Return)
	claim, _ := s.Fields.Text("claim")
	at, back := cameBack(s, e.Returned)
	switch {
	case back:
		out = append(out, OutcomeRecord{Type: "goods", Value: "returned", At: at})
	case e.Looked && len(e.Returned) == 0 && claim == "return" && !due.After(now):
		out = append(out, OutcomeRecord{Type: "goods", Value: "not_returned", At: due})
	}
	if paid, _ := s.Fields["paid"].(bool); paid && len(e.PaidBack) > 0 { // else the note only settles what was owed
		out = append(out, OutcomeRecord{Type: "refunded", Value: "paid"})
	}
	return out
}

// cameBack says when the last of what was refunded came back. Without lines in
// the request any goods of the invoice are what was refunded.
func cameBack(s Snapshot, returned []Returned) (at time.Time, back bool) {
	missing := map[int64]decimal.Decimal{}
	lines, _ := s.Fields["lines"].([]Record)
	for _, line := range lines {
		product, _ := line.Integer("product_id")
		quantity, _ := line.Money("quantity")
		missing[product] = missing[product].Add(quantity)
	}
	for _, r := range returned {
		if _, wanted := missing[r.Product]; wanted || len(lines) == 0 {
			missing[r.Product] = missing[r.Product].Sub(r.Quantity)
			at = later(at, r.At)
		}
	}
	for _, quantity := range missing {
		if quantity.IsPositive() {
			return at, false
		}
	}
	return at, !at.IsZero()
}

func toldOf(told []OutcomeRow, typ string) bool {
	return slices.ContainsFunc(told, func(o OutcomeRow) bool { return o.Type == typ })
}

// news leaves of what a record's ending says what was not told yet. What others
// told they know better; what was read from Odoo before may have changed there.
func news(found []OutcomeRecord, told []OutcomeRow) []OutcomeRecord {
	return slices.DeleteFunc(found, func(o OutcomeRecord) bool {
		for _, t := range slices.Backward(told) {
			if t.Type == o.Type {
				return t.Value == o.Value || t.Source != FromOdoo
			}
		}
		return false
	})
}

// of says that it is the ending of the record that was decided on: an id means
// another one in another database, and people's number tells them apart.
func (e Ending) of(s Snapshot) bool {
	reference, known := s.Fields.Text("reference")
	return !known || e.Reference == "" || e.Reference == reference
}

// ownNotes keeps the credit notes that the decision's own execution made.
func (e Ending) ownNotes(executions []Execution) Ending {
	e.PaidBack = slices.DeleteFunc(slices.Clone(e.PaidBack), func(ref string) bool {
		return !slices.ContainsFunc(executions, func(x Execution) bool { return x.Ref == ref })
	})
	return e
}

// RefTo is how receipts and endings name a record.
func RefTo(model string, id int64) string { return model + ":" + strconv.FormatInt(id, 10) }

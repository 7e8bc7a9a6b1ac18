package simulator

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// refund is a wish to give money back for a posted invoice.
type refund struct {
	sale
	asked     time.Time
	invoiced  time.Time
	delivered time.Time // zero is not delivered
	amount    decimal.Decimal
	credited  decimal.Decimal // by earlier credit notes
	reason    string
	returned  bool
	by        string
}

// refundDays is how long the house takes goods back.
const refundDays = 30

// agentLimit is what a support agent may refund without another person.
var agentLimit = euros(50000)

// refunds is what the support desk asks for during the day: one customer
// sends back whatever he buys.
func (r *Retailer) refunds(count int) {
	serial := r.shopper()
	for i := range count {
		f := r.refund(r.shopper())
		if i%10 == 3 {
			f = r.refund(serial)
			f.truth.Pattern = "serial"
		}
		r.credit(f)
	}
}

func (r *Retailer) refund(c *customer) refund {
	f := refund{sale: r.purchase("web", c), asked: r.moment(), credited: decimal.Zero, returned: true, by: pick(r.chance, agents)}
	age := r.between(4, 26)
	f.reason = pick(r.chance, []string{"damaged", "wrong_item", "unwanted", "not_as_described", "late"})
	f.state = "sale"
	switch n := r.IntN(100); {
	case n < 10: // too late
		age = r.between(refundDays+10, 120)
	case n < 20: // nothing came back
		f.returned = false
	}
	f.at = f.asked.AddDate(0, 0, -age)
	f.invoiced = f.at.Truncate(24 * time.Hour)
	f.delivered = f.invoiced.AddDate(0, 0, 3).Add(14 * time.Hour)
	f.amount = f.total()
	if r.percent(50) {
		f.amount = f.lines[0].total()
	}
	if left := f.total().Sub(f.amount); left.IsPositive() && r.percent(30) {
		f.credited = share(left, 50)
	}
	f.truth = Truth{OutOfPolicy: !f.returned || f.asked.Sub(f.delivered) > refundDays*24*time.Hour}
	return f
}

// credit puts a refund into the day, and its invoice into Odoo.
func (r *Retailer) credit(f refund) {
	_, origin := r.file(f.sale)
	id, name := r.invoice(f, origin)
	if f.credited.IsPositive() {
		r.creditNote(f, id, name)
	}
	r.happen(f.asked, decision.Request{
		Kind: "refund", Channel: f.channel, Subject: decision.Subject{Model: "account.move", ID: id},
		Fields: f.fields(name).raw(), RequestedBy: f.by,
	}, f.truth)
}

func (r *Retailer) invoice(f refund, origin string) (id int64, name string) {
	id = r.id("account.move")
	name = fmt.Sprintf("INV/%d/%05d", f.invoiced.Year(), id)
	var lines []int64
	for _, l := range f.lines {
		lines = append(lines, r.invoiceLine(id, name, l.product, l.quantity, l.price))
	}
	values := r.moveValues(f, name, "out_invoice", f.total(), lines)
	values["invoice_origin"], values["reversed_entry_id"], values["payment_state"] = origin, false, "paid"
	r.record("account.move", id, values)
	return id, name
}

// creditNote is what an earlier refund left behind.
func (r *Retailer) creditNote(f refund, invoice int64, of string) {
	id := r.id("account.move")
	name := fmt.Sprintf("RINV/%d/%05d", f.invoiced.Year(), id)
	line := r.invoiceLine(id, name, f.lines[0].product, 1, f.credited)
	values := r.moveValues(f, name, "out_refund", f.credited, []int64{line})
	values["invoice_origin"], values["reversed_entry_id"], values["payment_state"] = false, link(invoice, of), "paid"
	r.record("account.move", id, values)
}

func (r *Retailer) moveValues(f refund, name, kind string, total decimal.Decimal, lines []int64) map[string]any {
	return map[string]any{
		"name": name, "move_type": kind, "state": "posted", "partner_id": link(f.customer.id, f.customer.name),
		"amount_untaxed": odooAmount(total), "amount_tax": 0.0, "amount_total": odooAmount(total),
		"currency_id": r.currencyLink(f.currency), "company_id": r.companyLink(), "date": odooDate(f.invoiced),
		"invoice_date": odooDate(f.invoiced), "invoice_line_ids": lines, "journal_id": link(salesJournal, "Customer Invoices"), "ref": false,
		"write_date": odooTime(f.at),
	}
}

func (r *Retailer) invoiceLine(move int64, name string, p product, quantity int, price decimal.Decimal) int64 {
	id := r.id("account.move.line")
	total := odooAmount(price.Mul(decimal.NewFromInt(int64(quantity))))
	r.record("account.move.line", id, map[string]any{
		"move_id": link(move, name), "product_id": link(p.id, p.name), "name": p.name, "quantity": float64(quantity),
		"price_unit": odooAmount(price), "discount": 0.0, "price_subtotal": total, "price_tax": 0.0, "price_total": total, "tax_ids": []int64{},
	})
	return id
}

func (f refund) fields(name string) fields {
	out := fields{
		"reference": name, "state": "posted", "currency": f.currency, "amount": number(f.amount), "amount_total": number(f.total()),
		"amount_credited": number(f.credited), "partner_id": f.customer.id, "reason": f.reason,
		"invoice_date": wire(f.invoiced), "paid": true, "goods_returned": f.returned, "claim": f.claim(), "approval_limit": number(agentLimit),
	}
	if !f.delivered.IsZero() && !f.delivered.After(f.asked) {
		out["delivered_date"] = wire(f.delivered)
	}
	return out
}

// claim is what the customer says.
func (f refund) claim() string {
	if f.reason == "damaged" {
		return f.reason
	}
	return "return"
}

package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// changes is what staff want to change during the day; every type comes up
// in turn.
func (r *Retailer) changes(count int) {
	kinds := []func(){
		r.discount, r.priceOverride, r.bankDetails, r.emergencyPurchase,
		r.writeOff, r.stockCorrection, r.discount, r.campaignException, r.paymentState,
	}
	for i := range count {
		kinds[i%len(kinds)]()
	}
}

// change asks for one change.
func (r *Retailer) change(model string, id int64, by string, f fields, outOfPolicy bool) {
	f["currency"] = "EUR"
	r.happen(r.moment(), decision.Request{
		Kind: "change", Channel: "backoffice", Subject: decision.Subject{Model: model, ID: id},
		Fields: f.raw(), RequestedBy: by,
	}, Truth{OutOfPolicy: outOfPolicy})
}

// quote is an open quotation that somebody wants to sell cheaper.
func (r *Retailer) quote() (s sale, id int64, f fields) {
	s = r.basket("b2b", r.client(), 1, 3, 8)
	s.at = r.day.AddDate(0, 0, -r.between(1, 5)).Add(10 * time.Hour)
	id, _ = r.file(s)
	line := r.nextID["sale.order.line"] - int64(len(s.lines)) + 1
	f = fields{"state": s.state, "amount_total": number(s.total()), "partner_id": s.customer.id, "line_id": line}
	return s, id, f
}

func (r *Retailer) discount() {
	s, id, f := r.quote()
	percent := pick(r.chance, []int{3, 5, 5, 8, 10, 15, 30})
	line := s.lines[0]
	f["type"], f["discount"], f["amount"] = "discount", percent, number(share(line.total(), percent))
	f["margin_percent"] = margin(line.product, share(line.price, 100-percent))
	r.change("sale.order", id, pick(r.chance, sellers), f, percent > 15)
}

func (r *Retailer) priceOverride() {
	s, id, f := r.quote()
	line := s.lines[0]
	price := share(line.price, pick(r.chance, []int{96, 94, 90, 70}))
	lost := line.price.Sub(price).Mul(decimal.NewFromInt(int64(line.quantity)))
	f["type"], f["price_unit"], f["amount"] = "price_override", number(price), number(lost)
	f["value_before"] = line.price.StringFixed(2)
	f["margin_percent"] = margin(line.product, price)
	r.change("sale.order", id, pick(r.chance, sellers), f, price.LessThan(share(line.price, 80)))
}

// margin is in percent of a price, to a tenth.
func margin(p product, price decimal.Decimal) json.Number {
	return json.Number(price.Sub(p.cost).Mul(decimal.NewFromInt(100)).DivRound(price, 1).String())
}

// bankDetails is the classic of payment diversion: a mail asks to pay a
// vendor to another account, and nobody called back.
func (r *Retailer) bankDetails() {
	v := pick(r.chance, r.vendors)
	sum := sha256.Sum256(fmt.Appendf(nil, "XX00EXAMPLE%06d", r.between(0, 999999)))
	f := fields{"type": "bank_details", "partner_id": v.id, "amount": number(euros(r.between(200000, 2500000))), "change_hash": "sha256:" + hex.EncodeToString(sum[:16])}
	called := r.percent(60)
	if called {
		f["evidence"] = "callback:" + odooDate(r.day)
	}
	r.change("res.partner", v.id, clerk, f, !called)
}

func (r *Retailer) emergencyPurchase() {
	v := pick(r.chance, r.vendors)
	id := r.id("purchase.order")
	amount, left := euros(r.between(20000, 900000)), euros(r.between(100000, 800000))
	r.record("purchase.order", id, map[string]any{
		"name": fmt.Sprintf("P%05d", id), "partner_id": link(v.id, v.name), "state": "draft",
		"amount_untaxed": odooAmount(amount), "amount_tax": 0.0, "amount_total": odooAmount(amount),
		"currency_id": r.currencyLink("EUR"), "company_id": r.companyLink(), "date_order": odooTime(r.day), "date_planned": odooTime(r.day.AddDate(0, 0, 2)),
		"date_approve": false, "origin": false, "write_date": odooTime(r.day),
	})
	f := fields{"type": "emergency_purchase", "state": "draft", "amount": number(amount), "partner_id": v.id, "budget_left": number(left)}
	f["value_before"], f["value_after"] = "draft", "purchase"
	r.change("purchase.order", id, buyer, f, amount.GreaterThan(left))
}

// writeOff takes broken goods out of the books.
func (r *Retailer) writeOff() {
	id, p, stock := r.quant()
	broken := r.between(1, min(12, stock))
	amount := p.cost.Mul(decimal.NewFromInt(int64(broken)))
	f := fields{"type": "write_off", "amount": number(amount), "value_before": pieces(stock), "value_after": pieces(stock - broken)}
	documented := r.percent(70)
	if documented {
		f["evidence"] = fmt.Sprintf("photo:%d", id)
	}
	r.change("stock.quant", id, planner, f, !documented)
}

// stockCorrection books what a count found.
func (r *Retailer) stockCorrection() {
	id, p, stock := r.quant()
	lost := r.between(1, 6)
	amount := p.cost.Mul(decimal.NewFromInt(int64(lost)))
	f := fields{
		"type": "stock_correction", "amount": number(amount), "evidence": fmt.Sprintf("count:%d", id),
		"value_before": pieces(stock), "value_after": pieces(stock - lost),
	}
	r.change("stock.quant", id, planner, f, false)
}

// pieces is a quantity as people write it.
func pieces(n int) string { return fmt.Sprintf("%d pieces", n) }

// quant files some stock of a product somewhere.
func (r *Retailer) quant() (id int64, p product, stock int) {
	p, w := pick(r.chance, r.products), pick(r.chance, r.warehouses)
	id, stock = r.id("stock.quant"), r.between(10, 80)
	r.record("stock.quant", id, map[string]any{
		"product_id": link(p.id, p.name), "location_id": w.stock(), "warehouse_id": link(w.id, w.name),
		"quantity": float64(stock), "reserved_quantity": 0.0, "company_id": r.companyLink(), "write_date": odooTime(r.day),
	})
	return id, p, stock
}

func (r *Retailer) campaignException() {
	p := pick(r.chance, r.products)
	percent := r.between(10, 45)
	f := fields{"type": "campaign_exception", "amount": number(share(p.price, percent).Mul(decimal.NewFromInt(20))), "discount": percent}
	f["margin_percent"] = margin(p, share(p.price, 100-percent))
	r.change("product.template", p.id, pick(r.chance, sellers), f, p.cost.GreaterThan(share(p.price, 100-percent)))
}

func (r *Retailer) paymentState() {
	f := refund{sale: r.basket("web", r.shopper(), 1, 2, 2), credited: decimal.Zero}
	f.at, f.state = r.day.AddDate(0, 0, -9).Add(11*time.Hour), "sale"
	f.invoiced = f.at
	_, origin := r.file(f.sale)
	id, _ := r.invoice(f, origin)
	out := fields{"type": "payment_state", "state": "posted", "amount": number(f.total()), "amount_total": number(f.total()), "partner_id": f.customer.id}
	out["value_before"], out["value_after"] = "not_paid", "paid"
	documented := r.percent(50)
	if documented {
		out["evidence"] = fmt.Sprintf("statement:%d", id)
	}
	r.change("account.move", id, clerk, out, !documented)
}

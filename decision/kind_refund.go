package decision

import "time"

// refundKind asks whether money may go back to a customer. It has no model:
// the policy decides by rules.
var refundKind = Kind{
	Name:   "refund",
	Doc:    "May this refund be credited? Decided by rules.",
	Models: []string{"account.move"},
	Amount: "amount",
	Given:  "amount_credited",
	Asked:  true,
	Fields: []Field{
		{Path: "reference", Type: TypeCode, Absent: "not_given", Example: `"INV/2026/00012"`, Doc: "Invoice number."},
		{Path: "state", Type: TypeEnum, Enum: []string{"draft", "posted", "cancel"}, Required: true, Example: `"posted"`, Doc: "State of the invoice."},
		{Path: "currency", Type: TypeCurrency, Required: true, Example: `"EUR"`, Doc: "ISO 4217 currency of every amount in the request."},
		{Path: "amount", Type: TypeMoney, Required: true, Min: zero, Example: "25.00", Doc: "Amount to refund, tax included."},
		{Path: "amount_total", Type: TypeMoney, Required: true, Min: zero, Shown: true, Example: "120.50", Doc: "Total of the invoice."},
		{Path: "amount_credited", Type: TypeMoney, Required: true, Min: zero, Shown: true, Example: "0", Doc: "What earlier credit notes already returned."},
		{Path: "partner_id", Type: TypeID, Required: true, Example: "14", Doc: "The customer, res.partner."},
		{Path: "reason", Type: TypeCode, Absent: "not_given", Example: `"damaged"`, Doc: "Reason code of the refund."},
		{Path: "invoice_date", Type: TypeTime, NotAfter: true, Absent: "not_given", Example: `"2026-11-20T00:00:00Z"`, Doc: "Date of the invoice."},
		{Path: "delivered_date", Type: TypeTime, NotAfter: true, Absent: "not_delivered", Example: `"2026-11-22T00:00:00Z"`, Doc: "When the goods arrived."},
		{Path: "paid", Type: TypeBoolean, Absent: "not_given", Example: "true", Doc: "The invoice is paid; nothing is credited once Odoo says otherwise."},
		{Path: "goods_returned", Type: TypeBoolean, Absent: "not_given", Shown: true, Example: "true", Doc: "The goods are back in a warehouse."},
	},
	Entities: []Entity{{Type: "partner", Path: "partner_id", Cap: 200}},
	Features: []Feature{
		{Path: "history.partner_refunds_90d", Type: TypeInteger, Entity: "partner", Kind: "refund", Window: 90 * 24 * time.Hour, Fold: Count, Doc: "Refunds asked for by the same customer in 90 days."},
		{Path: "history.partner_refunded_90d", Type: TypeMoney, Entity: "partner", Kind: "refund", Window: 90 * 24 * time.Hour, Fold: Sum, Doc: "Their total, in the company's currency."},
	},
	Actions:    []string{"credit_note", "activity", "note", NoAction},
	FromAction: map[string]string{"amount": "amount", "reason": "code"},
	Outcomes: []OutcomeType{
		{"refunded", []string{"paid", "failed"}, "The money reached the customer, or came back."},
		{"goods", []string{"returned", "not_returned", "other_goods"}, "What came back: what was refunded, nothing, or something else."},
		{"abuse", []string{"confirmed", "cleared"}, "An investigation has ended: the customer abused refunds, or did not."},
		chargeback,
	},
	Propose: proposeRefund,
	Check:   checkRefund,
}

// proposeRefund credits what was asked for.
func proposeRefund(s Snapshot, _ Assessment) Recommendation {
	params := Record{}
	if amount, ok := s.Fields.Money("amount"); ok {
		params["amount"] = amount
	}
	if reason, ok := s.Fields.Text("reason"); ok {
		params["code"] = reason
	}
	return Recommendation{Action: Action{Name: "credit_note", Params: params}, AtStake: atStake(s, "amount")}
}

// checkRefund refuses a refund of more than the invoice still holds: Odoo
// itself stops neither that nor a second credit note.
func checkRefund(s Snapshot) []FieldError {
	amount, known := s.Fields.Money("amount")
	currency, _ := s.Fields.Text("currency")
	if known && !amount.Round(CurrencyDigits(currency)).IsPositive() {
		return []FieldError{{Pointer: "/fields/amount", Code: "minimum", Message: "must be more than nothing"}}
	}
	total, okTotal := s.Fields.Money("amount_total")
	credited, okCredited := s.Fields.Money("amount_credited")
	if okTotal && okCredited && amount.GreaterThan(total.Sub(credited)) {
		return []FieldError{{Pointer: "/fields/amount", Code: "maximum", Message: "at most amount_total minus amount_credited"}}
	}
	return nil
}

package decision

// refundKind asks whether money may go back to a customer.
var refundKind = Kind{
	Name:   "refund",
	Doc:    "May this refund be credited? Assesses the probability of abuse.",
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
		{Path: "claim", Type: TypeEnum, Enum: []string{"return", "not_received", "damaged", "goodwill", "other"}, Absent: "not_given", Example: `"return"`, Doc: "What the customer says: sent back, never arrived, damaged; goodwill is the house's own."},
		{Path: "receipt", Signal: true, Type: TypeBoolean, Absent: "not_given", Example: "true", Doc: "The customer showed a receipt, or the order was found."},
		{Path: "employee", Signal: true, Type: TypeCode, Absent: "not_given", Example: `"cashier-12"`, Doc: "Who serves the customer, where that is not who asks."},
		{Path: "approval_limit", Type: TypeMoney, Min: zero, Absent: "not_given", Example: "100", Doc: "Up to which amount whoever asks may refund without another person."},
		{Path: "store", Signal: true, Type: TypeCode, Absent: "not_given", Example: `"store-3"`, Doc: "The shop or till that refunds."},
		{Path: "card", Signal: true, Type: TypeText, Most: 256, Personal: true, Absent: "not_given", Example: `"card-51c2"`, Doc: "Fingerprint of the card that the money goes to, from the payment provider; kept as a keyed hash."},
		{Path: "customer.email", Type: TypeText, Personal: true, Absent: "no_email", Example: `"ada@example.com"`, Doc: "E-mail address; kept as a keyed hash."},
		{Path: "customer.phone", Type: TypeText, Personal: true, Absent: "no_phone", Example: `"+15550100"`, Doc: "Phone number; kept as a keyed hash."},
		{Path: "shipping.street", Type: TypeText, Personal: true, Absent: "no_street", Example: `"1 Example Street"`, Doc: "Street and number that the goods went to; kept as a keyed hash, with the postcode."},
		{Path: "shipping.zip", Type: TypeText, Personal: true, Absent: "no_zip", Example: `"10115"`, Doc: "Postcode that the goods went to."},
		{Path: "shipping.country", Type: TypeCountry, Absent: "no_country", Example: `"DE"`, Doc: "ISO 3166-1 country that the goods went to."},
		{Path: "lines", Type: TypeLines, Absent: "not_given", Items: orderLine, Example: `[{"product_id":49,"quantity":1,"price_unit":25.00}]`, Doc: "The lines that are refunded."},
		{Path: "goods_returned", Type: TypeBoolean, Absent: "not_given", Shown: true, Example: "true", Doc: "The goods are back in a warehouse."},
	},
	Entities:   refundEntities,
	Features:   refundFeatures(),
	Notes:      refundNotes,
	Actions:    []string{"credit_note", "activity", "note", NoAction},
	FromAction: map[string]string{"amount": "amount", "reason": "code"},
	Outcomes:   refundOutcomes,
	Propose:    proposeRefund,
	Changes:    refundChanges,
	Check:      checkRefund,
	Ends:       refundEnds,
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

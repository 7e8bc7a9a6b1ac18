package decision

// orderKind asks whether a sales order may be confirmed (fraud).
var orderKind = Kind{
	Name:   "order",
	Doc:    "May this sales order be confirmed? Assesses the probability of fraud.",
	Models: []string{"sale.order"},
	Amount: "amount_total",
	Fields: []Field{
		{Path: "reference", Type: TypeCode, Absent: "not_given", Example: `"S00036"`, Doc: "Order number as people know it."},
		{Path: "state", Type: TypeEnum, Enum: []string{"draft", "sent", "sale", "done", "cancel"}, Required: true, Example: `"draft"`, Doc: "State of the order in Odoo."},
		{Path: "date_order", Type: TypeTime, Required: true, NotAfter: true, Example: `"2026-11-24T09:30:00Z"`, Doc: "When the customer ordered."},
		{Path: "currency", Type: TypeCurrency, Required: true, Example: `"EUR"`, Doc: "ISO 4217 currency of every amount in the request."},
		{Path: "amount_total", Type: TypeMoney, Required: true, Min: zero, Example: "120.50", Doc: "Total of the order, tax included."},
		{Path: "partner_id", Type: TypeID, Required: true, Example: "14", Doc: "The customer, res.partner."},
		{Path: "partner_shipping_id", Type: TypeID, Absent: "not_given", Example: "15", Doc: "Whom the goods go to, res.partner; no order is confirmed once Odoo names another."},
		{Path: "customer.since", Type: TypeTime, Absent: "not_given", Example: `"2024-03-01T00:00:00Z"`, Doc: "When the customer's record was created."},
		{Path: "customer.orders", Type: TypeInteger, Min: zero, Absent: "not_given", Example: "3", Doc: "Orders the customer confirmed before this one."},
		{Path: "customer.email", Type: TypeText, Personal: true, Absent: "no_email", Example: `"ada@example.com"`, Doc: "E-mail address; kept as a keyed hash."},
		{Path: "customer.phone", Type: TypeText, Personal: true, Absent: "no_phone", Example: `"+15550100"`, Doc: "Phone number; kept as a keyed hash."},
		{Path: "billing.name", Type: TypeText, Personal: true, Absent: "no_name", Example: `"Ada Example"`, Doc: "Name on the invoice address."},
		{Path: "billing.street", Type: TypeText, Personal: true, Absent: "no_street", Example: `"1 Example Street"`, Doc: "Street and number of the invoice address."},
		{Path: "billing.city", Type: TypeText, Personal: true, Absent: "no_city", Example: `"Berlin"`, Doc: "City of the invoice address."},
		{Path: "billing.country", Type: TypeCountry, Absent: "no_country", Example: `"DE"`, Doc: "ISO 3166-1 country of the invoice address."},
		{Path: "billing.zip", Type: TypeText, Personal: true, Absent: "no_zip", Example: `"10115"`, Doc: "Postcode of the invoice address."},
		{Path: "shipping.name", Type: TypeText, Personal: true, Absent: "no_name", Example: `"Ada Example"`, Doc: "Name on the delivery address."},
		{Path: "shipping.street", Type: TypeText, Personal: true, Absent: "no_street", Example: `"1 Example Street"`, Doc: "Street and number of the delivery address; kept as a keyed hash, with the postcode."},
		{Path: "shipping.city", Type: TypeText, Personal: true, Absent: "no_city", Example: `"Berlin"`, Doc: "City of the delivery address."},
		{Path: "shipping.country", Type: TypeCountry, Absent: "no_country", Example: `"DE"`, Doc: "ISO 3166-1 country of the delivery address."},
		{Path: "shipping.zip", Type: TypeText, Personal: true, Absent: "no_zip", Example: `"10115"`, Doc: "Postcode of the delivery address."},
		{Path: "shipping.express", Type: TypeBoolean, Absent: "not_given", Example: "false", Doc: "The customer paid for the fastest delivery."},
		{Path: "payment.method", Type: TypeCode, Absent: "no_payment", Example: `"card"`, Doc: "Payment method code."},
		{Path: "payment.state", Type: TypeEnum, Enum: []string{"pending", "authorized", "done", "cancel", "error"}, Absent: "no_payment", Example: `"authorized"`, Doc: "State of the last payment transaction."},
		{Path: "commitment_date", Type: TypeTime, Absent: "no_promise", Example: `"2026-11-27T00:00:00Z"`, Doc: "Delivery date promised to the customer."},
		{Path: "warehouse_id", Type: TypeID, Absent: "not_given", Example: "1", Doc: "Warehouse the order ships from."},
		{Path: "lines", Type: TypeLines, Absent: "not_given", Items: orderLine, Example: `[{"product_id":49,"quantity":2,"price_unit":60.25}]`, Doc: "All lines of the order that have a product; no order is confirmed once the products or their quantities in Odoo are others."},
		{Path: "signals.ip", Signal: true, Type: TypeText, Most: 45, Personal: true, Absent: "no_signal", Example: `"192.0.2.7"`, Doc: "The buyer's IP address, version 4 or 6, from the shop; it and its network are kept as keyed hashes."},
		{Path: "signals.device", Signal: true, Type: TypeText, Most: 256, Personal: true, Absent: "no_signal", Example: `"d-7f3a"`, Doc: "Fingerprint of the buyer's device, from the shop; kept as a keyed hash."},
		{Path: "signals.card", Signal: true, Type: TypeText, Most: 256, Personal: true, Absent: "no_signal", Example: `"card-51c2"`, Doc: "Fingerprint of the card, from the payment provider, and never its number; kept as a keyed hash."},
		{Path: "signals.ip_country", Signal: true, Type: TypeCountry, Absent: "no_signal", Example: `"DE"`, Doc: "ISO 3166-1 country of the buyer's IP address, from the shop."},
		{Path: "signals.avs", Signal: true, Type: TypeEnum, Enum: []string{"match", "partial", "mismatch", "unavailable"}, Absent: "no_signal", Example: `"match"`, Doc: "Address check by the card issuer."},
		{Path: "signals.cvc", Signal: true, Type: TypeEnum, Enum: []string{"match", "mismatch", "unavailable"}, Absent: "no_signal", Example: `"match"`, Doc: "Card code check by the card issuer."},
		{Path: "signals.psp_score", Signal: true, Type: TypeNumber, Min: zero, Max: bound("100"), Absent: "no_signal", Example: "12", Doc: "Risk score of the payment provider, 0 to 100, high is risky."},
	},
	Entities: orderEntities,
	Features: orderFeatures(),
	Actions:  []string{"confirm", "hold", "activity", "note", "cancel", NoAction},
	Outcomes: []OutcomeType{disputed, disputeWon, chargeback, fraudSettled},
	Propose:  proposeOrder,
	Changes:  orderChanges,
}

var orderLine = []Field{
	{Path: "product_id", Type: TypeID, Required: true, Example: "49", Doc: "The product."},
	{Path: "quantity", Type: TypeNumber, Required: true, Example: "2", Doc: "Ordered quantity, in the line's unit; below zero for what comes back."},
	{Path: "price_unit", Type: TypeMoney, Exact: true, Absent: "not_given", Example: "60.25", Doc: "Unit price; below zero for a coupon."},
	{Path: "discount", Type: TypeNumber, Absent: "not_given", Max: bound("100"), Unit: "percent", Example: "0", Doc: "Discount of the line."},
}

// proposeOrder confirms a quotation that somebody placed; an order that is
// already confirmed, done or cancelled is left alone.
func proposeOrder(s Snapshot, _ Assessment) Recommendation {
	r := Recommendation{AtStake: atStake(s, "amount_total")}
	if s.Proposed != nil {
		r.Action = *s.Proposed
		return r
	}
	switch state, _ := s.Fields.Text("state"); state {
	case "draft", "sent":
		r.Action = Action{Name: "confirm"}
		r.Alternates = []Alternate{{Action{Name: "cancel"}, "NOT_REVERSIBLE"}}
	default:
		r.Action = Action{Name: NoAction}
	}
	return r
}

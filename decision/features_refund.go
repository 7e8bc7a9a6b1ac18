package decision

import (
	"time"

	"github.com/shopspring/decimal"
)

// refundEntities are what refunds are counted by: the customer and who is
// linked with him, who asks and where, what comes back, and where the money
// goes.
var refundEntities = []Entity{
	{Type: "partner", Name: "customer", Path: "partner_id", Cap: 200},
	{Type: "email", Name: "e-mail address", Path: "customer.email", Cap: 200},
	{Type: "phone", Name: "phone number", Path: "customer.phone", Cap: 200},
	{Type: "address", Name: "delivery address", Path: "shipping.street", With: []string{"shipping.zip", "shipping.country"}, Of: together("shipping.street", "shipping.zip", "shipping.country"), Cap: 200},
	{Type: "card", Name: "card", Path: "card", Cap: 200},
	{Type: "employee", Name: "employee", Path: "employee", Of: employee, Cap: 100},
	{Type: "employee_card", Name: "employee and card", Path: "card", With: []string{"employee"}, Of: employeeCard, Cap: 200},
	{Type: "store", Name: "store", Path: "store", Cap: 100, Hot: true},
	{Type: "product", Name: "product (of the three that are worth most)", Path: "lines", Of: products, Cap: 30, Hot: true},
	{Type: "system", Name: "company", Of: everything, Cap: 100, Hot: true},
}

// employee is who serves the customer, or else who asks.
func employee(s Snapshot) []string {
	if who, known := s.Fields.Text("employee"); known {
		return []string{who}
	}
	if s.RequestedBy == "" {
		return nil
	}
	return []string{s.RequestedBy}
}

// employeeCard is one employee's refunds to one card.
func employeeCard(s Snapshot) []string {
	card, known := s.Fields.Text("card")
	who := employee(s)
	if !known || len(who) == 0 {
		return nil
	}
	return []string{who[0] + "|" + card}
}

var refundOutcomes = []OutcomeType{
	{Name: "refunded", Values: []string{"paid", "failed"}, Doc: "The money reached the customer, or came back."},
	{
		Name: "goods", Values: []string{"returned", "not_returned", "other_goods"}, Doc: "What came back: what was refunded, nothing, or something else.",
		Teaches: []Lesson{yesNo("goods_missing", []string{"not_returned", "other_goods"}, []string{"returned"})},
	},
	{
		Name: "abuse", Values: []string{"confirmed", "by_employee", "cleared"}, Doc: "An investigation has ended: the customer abused refunds, an employee did without him, or nobody.",
		Teaches: []Lesson{
			yesNo("abuse", []string{"confirmed", "by_employee"}, []string{"cleared"}),
			// Whose invoice an employee used must not be held against him.
			yesNo("customer_abuse", []string{"confirmed"}, []string{"by_employee", "cleared"}),
		},
	},
	chargeback,
}

// refundNotes are what rows of refunds say beside the amount: 1 is yes.
var refundNotes = []Note{
	{"not_received", "The customer says that nothing arrived.", claimed("not_received"), []string{"claim"}},
	{"no_receipt", "There is no receipt.", unless("receipt"), []string{"receipt"}},
	{"before_goods", "The money goes back before the goods are.", unless("goods_returned"), []string{"goods_returned"}},
	{"under_limit", "The amount is just under what whoever asks may refund alone.", underLimit, []string{"amount", "approval_limit"}},
	{"full", "The whole invoice is refunded.", fullRefund, []string{"amount", "amount_total", "amount_credited"}},
	{"amount", "The amount in the company's currency.", refundAmount, []string{"amount", "currency"}},
	{"days_held", "Days that the customer had the goods.", daysHeld, []string{"delivered_date"}},
}

// How often honest refunds are so; peers of the house are in the features of
// the store and the company.
var notePriors = map[string]Prior{
	"not_received": prior("0.05", 10), "no_receipt": prior("0.05", 10), "before_goods": prior("0.15", 10), "under_limit": prior("0.05", 10), "full": prior("0.5", 10),
}

func refundFeatures() []Feature {
	t := newTable("refund", "refunds", refundEntities,
		Feature{Path: "history.partner_refunds_90d", Type: TypeInteger, Entity: "partner", Kind: "refund", Window: 90 * 24 * time.Hour, Fold: Count, Doc: "Refunds asked for by the same customer in 90 days."},
		Feature{Path: "history.partner_refunded_90d", Type: TypeMoney, Entity: "partner", Kind: "refund", Window: 90 * 24 * time.Hour, Fold: Sum, Doc: "Their total, in the company's currency."},
	)
	for _, e := range refundEntities {
		if e.Hot {
			t.perDay(e.Type, aMonth)
		} else {
			t.counts(e.Type, anHour, aDay, aWeek, aMonth)
			t.amounts(e.Type, aMonth)
			t.age(e.Type)
		}
	}
	t.counts("employee", threeMonths) // as far back as the shares below
	for _, e := range []string{"partner", "employee", "store", "product", "system"} {
		for _, note := range []string{"not_received", "no_receipt", "before_goods", "under_limit", "full"} {
			t.note(e, note)
		}
		t.value(e, "days_held_mean", "refund", threeMonths, Mean, Feature{Value: "days_held", Doc: "Mean days that the goods of other refunds were kept"})
		t.value(e, "amount_mean", "refund", threeMonths, Mean, Feature{Value: "amount", Doc: "Mean amount of other refunds"})
		t.value(e, "amount_p90", "refund", threeMonths, Quantile, Feature{Value: "amount", Level: decimal.New(9, -1), Doc: "Amount that nine in ten of other refunds did not exceed,"})
	}
	for _, e := range []string{"partner", "email", "phone", "address"} {
		t.perOrder(e)
		t.value(e, "abuses", "refund.truth", stretch{}, Total, Feature{Value: "customer_abuse", Doc: "Refunds known to be the customer's abuse"})
		t.value(e, "goods_missing", "refund.truth", aYear, Total, Feature{Value: "goods_missing", Doc: "Refunds whose goods did not come back"})
	}
	t.distinct("card", "partner", "partners", aMonth)
	t.distinct("address", "partner", "partners", aMonth)
	t.distinct("email", "partner", "partners", aMonth)
	t.distinct("phone", "partner", "partners", aMonth)
	t.distinct("employee", "card", "cards", aMonth)
	t.distinct("employee", "partner", "partners", aMonth)
	return append(t.features, refundFacts...)
}

// note adds how often an entity's refunds are so.
func (t *table) note(entity, value string) {
	words := map[string]string{
		"not_received": "that never arrived", "no_receipt": "without a receipt", "before_goods": "before the goods were back",
		"under_limit": "just under the limit of who asked", "full": "of the whole invoice",
	}[value]
	t.value(entity, value+"_rate", "refund", threeMonths, Rate, Feature{Value: value, Prior: notePriors[value], Doc: "Share, shrunk, of other refunds " + words})
}

// perOrder adds refunds for each order of the same customer: one that buys
// much may send back much.
func (t *table) perOrder(entity string) {
	t.value(entity, "refunds_per_order", "refund", aYear, Ratio, Feature{Per: "order", Prior: prior("0.1", 5), Doc: "Other refunds for each order, shrunk,"})
}

// refundFacts are what the request itself says.
var refundFacts = []Feature{
	{Path: "refund.share_of_invoice", Type: TypeNumber, From: shareOfInvoice, Reads: []string{"amount", "amount_total", "amount_credited"}, Doc: "Share of the invoice that is given back with this refund and those before it."},
	{Path: "refund.share_of_limit", Type: TypeNumber, From: shareOfLimit, Reads: []string{"amount", "approval_limit"}, Doc: "The amount in parts of what whoever asks may refund alone."},
	{Path: "refund.days_since_delivery", Type: TypeNumber, From: daysFrom("delivered_date"), Reads: []string{"delivered_date"}, Doc: "Days since the goods arrived."},
	{Path: "refund.days_since_invoice", Type: TypeNumber, From: daysFrom("invoice_date"), Reads: []string{"invoice_date"}, Doc: "Days since the invoice."},
	{Path: "refund.before_goods", Type: TypeBoolean, From: func(s Snapshot) any { return negated(s, "goods_returned") }, Reads: []string{"goods_returned"}, Doc: "The money goes back before the goods are."},
	{Path: "refund.never_arrived_but_delivered", Type: TypeBoolean, From: neverArrived, Reads: []string{"claim", "delivered_date"}, Doc: "The customer says that nothing arrived, and the carrier says that it did."},
}

func shareOfInvoice(s Snapshot) any {
	amount, knownAmount := s.Fields.Money("amount")
	total, knownTotal := s.Fields.Money("amount_total")
	credited, knownCredited := s.Fields.Money("amount_credited")
	if !knownAmount || !knownTotal || !knownCredited || !total.IsPositive() {
		return nil
	}
	return amount.Add(credited).DivRound(total, valueDigits)
}

func shareOfLimit(s Snapshot) any {
	amount, knownAmount := s.Fields.Money("amount")
	limit, knownLimit := s.Fields.Money("approval_limit")
	if !knownAmount || !knownLimit || !limit.IsPositive() {
		return nil
	}
	return amount.DivRound(limit, valueDigits)
}

// neverArrived is false where the customer says something else.
func neverArrived(s Snapshot) any {
	claim, known := s.Fields.Text("claim")
	if !known {
		return nil
	}
	_, delivered := s.Fields["delivered_date"]
	return claim == "not_received" && delivered
}

func negated(s Snapshot, path string) any {
	b, known := s.Fields[path].(bool)
	if !known {
		return nil
	}
	return !b
}

// oneIf is 1 for true and 0 for false.
func oneIf(b bool) decimal.Decimal {
	if b {
		return decimal.New(1, 0)
	}
	return decimal.Zero
}

func claimed(claim string) func(Snapshot) (decimal.Decimal, bool) {
	return func(s Snapshot) (decimal.Decimal, bool) {
		said, known := s.Fields.Text("claim")
		return oneIf(said == claim), known
	}
}

func unless(path string) func(Snapshot) (decimal.Decimal, bool) {
	return func(s Snapshot) (decimal.Decimal, bool) {
		b, known := negated(s, path).(bool)
		return oneIf(b), known
	}
}

// nearLimit is how much of the limit an amount just under it reaches.
var nearLimit = decimal.New(9, -1)

func underLimit(s Snapshot) (decimal.Decimal, bool) {
	share, known := shareOfLimit(s).(decimal.Decimal)
	return oneIf(share.GreaterThanOrEqual(nearLimit) && share.LessThanOrEqual(decimal.New(1, 0))), known
}

func fullRefund(s Snapshot) (decimal.Decimal, bool) {
	share, known := shareOfInvoice(s).(decimal.Decimal)
	return oneIf(share.Equal(decimal.New(1, 0))), known
}

func refundAmount(s Snapshot) (decimal.Decimal, bool) {
	m := atStake(s, "amount")
	if m == nil {
		return decimal.Decimal{}, false
	}
	return m.Amount, true
}

func daysHeld(s Snapshot) (decimal.Decimal, bool) {
	days, known := daysFrom("delivered_date")(s).(decimal.Decimal)
	return days, known
}

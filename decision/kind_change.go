package decision

import (
	"time"

	"github.com/shopspring/decimal"
)

// changeKind is governance without a model: somebody wants to change
// something in Odoo that costs margin, stock or trust.
var changeKind = Kind{
	Name: "change",
	Doc:  "May this change be made? Discounts, price overrides, campaign exceptions, stock corrections, write-offs, vendor bank details, emergency purchases, payment-state overrides; decided by rules.",
	Models: []string{"sale.order", "product.template", "stock.quant", "stock.scrap", "account.move",
		"res.partner", "res.partner.bank", "purchase.order"},
	Amount: "amount",
	Asked:  true,
	Fields: []Field{
		{Path: "type", Type: TypeEnum, Enum: []string{"discount", "price_override", "campaign_exception", "stock_correction", "write_off", "bank_details", "emergency_purchase", "payment_state"}, Required: true, Shown: true, Example: `"discount"`, Doc: "What is to be changed."},
		{Path: "currency", Type: TypeCurrency, Required: true, Example: `"EUR"`, Doc: "ISO 4217 currency of every amount in the request."},
		{Path: "amount", Type: TypeMoney, Required: true, Min: zero, Example: "35.00", Doc: "Money at stake: margin given away, value written off, value of the purchase."},
		{Path: "state", Type: TypeCode, Absent: "not_given", Example: `"draft"`, Doc: "State of the record in Odoo."},
		{Path: "amount_total", Type: TypeMoney, Min: zero, Absent: "not_given", Example: "350.00", Doc: "Total of the record that is changed: the order, the invoice or the purchase."},
		{Path: "partner_id", Type: TypeID, Absent: "not_given", Shown: true, Example: "14", Doc: "Customer or vendor concerned."},
		{Path: "line_id", Type: TypeID, Absent: "not_given", Example: "64", Doc: "Order line concerned."},
		{Path: "discount", Type: TypeNumber, Min: zero, Max: bound("100"), Unit: "percent", Absent: "not_given", Shown: true, Example: "10", Doc: "Discount after the change."},
		{Path: "price_unit", Type: TypeMoney, Exact: true, Min: zero, Absent: "not_given", Shown: true, Example: "70.00", Doc: "Unit price after the change."},
		{Path: "value_before", Type: TypeText, Most: 200, Absent: "not_given", Shown: true, Example: `"not_paid"`, Doc: "What is there before the change, for whoever approves it; nothing personal."},
		{Path: "value_after", Type: TypeText, Most: 200, Absent: "not_given", Shown: true, Example: `"paid"`, Doc: "What shall be there after the change, for whoever approves it; nothing personal."},
		{Path: "margin_percent", Type: TypeNumber, Min: bound("-1000"), Max: bound("100"), Unit: "percent", Absent: "not_given", Shown: true, Example: "22.5", Doc: "Margin after the change."},
		{Path: "budget_left", Type: TypeMoney, Absent: "not_given", Shown: true, Example: "5000.00", Doc: "Budget left before an emergency purchase; may be negative."},
		{Path: "evidence", Type: TypeCode, Absent: "no_evidence", Shown: true, Example: `"callback:2026-11-24"`, Doc: "Reference to the evidence, e.g. of a call back."},
		{Path: "change_hash", Type: TypeCode, Absent: "not_given", Example: `"sha256:9f2c"`, Doc: "Hash of the new value where the value itself must not be stored, e.g. an IBAN."},
	},
	Entities: []Entity{{Type: "partner", Name: "customer", Path: "partner_id", Cap: 200}},
	Features: []Feature{
		{Path: "history.partner_changes_30d", Type: TypeInteger, Entity: "partner", Kind: "change", Window: 30 * 24 * time.Hour, Fold: Count, Doc: "Changes asked for about the same partner in 30 days."},
	},
	Actions:    []string{"price_write", "discount_write", ManualAction, "activity", "note", NoAction},
	FromAction: map[string]string{"line_id": "line_id", "discount": "discount", "price_unit": "price_unit"},
	Outcomes: []OutcomeType{
		{Name: "reversed", Values: []string{"mistake", "fraud", "other"}, Doc: "The change was taken back, and why."},
		fraudSettled,
	},
	Propose: proposeChange,
	Check:   checkChange,
}

// proposeChange writes discount or price where we know how; every other
// change is made by a person once it has assent.
func proposeChange(s Snapshot, _ Assessment) Recommendation {
	r := Recommendation{AtStake: changeAtStake(s), Action: Action{Name: ManualAction}}
	kind, _ := s.Fields.Text("type")
	line, ok := s.Fields.Integer("line_id")
	if !ok || s.Subject.Model != "sale.order" {
		return r
	}
	if discount, known := s.Fields.Money("discount"); known && kind == "discount" {
		r.Action = Action{Name: "discount_write", Params: Record{"line_id": line, "discount": discount}}
	}
	if price, known := s.Fields.Money("price_unit"); known && kind == "price_override" {
		r.Action = Action{Name: "price_write", Params: Record{"line_id": line, "price_unit": price}}
	}
	return r
}

// changeNeeds are the fields that a type of change cannot be judged without.
var changeNeeds = map[string][]string{
	"discount":       {"discount", "amount_total"},
	"price_override": {"price_unit", "amount_total"},
	"bank_details":   {"change_hash"},
}

// changeWrites are the actions that write by themselves, and the type of
// change each makes.
var changeWrites = map[string]string{"discount_write": "discount", "price_write": "price_override"}

// checkChange asks for the fields of the type, and keeps account numbers out:
// whoever approves those compares them in Odoo. An action that is asked for
// must be one that makes such a change, or a person would be asked to make it
// and the caller would never know.
func checkChange(s Snapshot) []FieldError {
	kind, _ := s.Fields.Text("type")
	var errs []FieldError
	if s.Proposed != nil {
		name := s.Proposed.Name
		made, writes := changeWrites[name]
		switch {
		case writes && kind != made:
			errs = append(errs, FieldError{Pointer: "/fields/type", Code: "conflict", Message: "must be " + made + " for the action " + name})
		case writes && s.Subject.Model != "sale.order":
			errs = append(errs, FieldError{Pointer: "/subject/model", Code: "conflict", Message: "must be sale.order for the action " + name})
		}
	}
	for _, need := range changeNeeds[kind] {
		if _, ok := s.Fields[need]; !ok {
			errs = append(errs, FieldError{Pointer: "/fields/" + need, Code: "required", Message: "required for this type of change"})
		}
	}
	for _, told := range []string{"value_before", "value_after"} {
		if _, ok := s.Fields[told]; ok && kind == "bank_details" {
			errs = append(errs, FieldError{Pointer: "/fields/" + told, Code: "conflict", Message: "not for bank details, which are not kept here; give change_hash"})
		}
	}
	return errs
}

// changeAtStake is what the asker says is at stake, or more where the change
// itself tells: a discount can give away its share of the order, a new price
// all of it.
func changeAtStake(s Snapshot) *Money {
	said := atStake(s, "amount")
	total, known := s.Fields.Money("amount_total")
	if said == nil || !known {
		return said
	}
	var most decimal.Decimal
	switch kind, _ := s.Fields.Text("type"); kind {
	case "discount":
		percent, _ := s.Fields.Money("discount")
		most = total.Mul(percent).Div(decimal.NewFromInt(100))
	case "price_override":
		most = total
	}
	if m := s.InCompanyCurrency(most); m.Amount.GreaterThan(said.Amount) {
		return &m
	}
	return said
}

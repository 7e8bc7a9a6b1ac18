package decision

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// subjectOf makes a snapshot of a kind with these fields, at a rate of 2.
func subjectOf(kind, model string, fields Record, proposed *Action) Snapshot {
	return Snapshot{
		Kind: kind, CompanyCurrency: "EUR", Rate: decimal.NewFromInt(2), Subject: Subject{Model: model, ID: 7},
		Now: noon, Fields: fields, Proposed: proposed,
	}
}

func TestPropose(t *testing.T) {
	t.Parallel()
	dec := decimal.RequireFromString
	moved := Action{Name: "reschedule", Params: Record{"scheduled_date": noon}}
	tests := map[string]struct {
		snap    Snapshot
		action  string
		atStake string
	}{
		"a draft is confirmed":        {subjectOf("order", "sale.order", Record{"state": "draft", "amount_total": dec("10.01")}, nil), `{"name":"confirm"}`, "20.02 EUR"},
		"a sent one too":              {subjectOf("order", "sale.order", Record{"state": "sent"}, nil), `{"name":"confirm"}`, ""},
		"a confirmed one is left":     {subjectOf("order", "sale.order", Record{"state": "sale"}, nil), `{"name":"none"}`, ""},
		"without a state it is left":  {subjectOf("order", "sale.order", Record{}, nil), `{"name":"none"}`, ""},
		"as the caller asked":         {subjectOf("order", "sale.order", Record{"state": "sale"}, &Action{Name: "cancel"}), `{"name":"cancel"}`, ""},
		"a delivery is left":          {subjectOf("delivery", "stock.picking", Record{"order_amount": dec("3")}, nil), `{"name":"none"}`, "6.00 EUR"},
		"a delivery is moved":         {subjectOf("delivery", "stock.picking", Record{}, &moved), `{"name":"reschedule","params":{"scheduled_date":"2026-11-24T12:00:00Z"}}`, ""},
		"a refund is credited":        {subjectOf("refund", "account.move", Record{"amount": dec("25"), "reason": "damaged"}, nil), `{"name":"credit_note","params":{"amount":25,"code":"damaged"}}`, "50.00 EUR"},
		"a refund without reason":     {subjectOf("refund", "account.move", Record{"amount": dec("25")}, nil), `{"name":"credit_note","params":{"amount":25}}`, "50.00 EUR"},
		"a discount":                  {subjectOf("change", "sale.order", Record{"type": "discount", "line_id": int64(64), "discount": dec("10")}, nil), `{"name":"discount_write","params":{"discount":10,"line_id":64}}`, ""},
		"a price":                     {subjectOf("change", "sale.order", Record{"type": "price_override", "line_id": int64(64), "price_unit": dec("7")}, nil), `{"name":"price_write","params":{"line_id":64,"price_unit":7}}`, ""},
		"a discount of no line":       {subjectOf("change", "sale.order", Record{"type": "discount", "discount": dec("10")}, nil), `{"name":"manual"}`, ""},
		"a discount of a product":     {subjectOf("change", "product.template", Record{"type": "discount", "line_id": int64(64), "discount": dec("10")}, nil), `{"name":"manual"}`, ""},
		"a discount costs its share":  {subjectOf("change", "sale.order", Record{"type": "discount", "discount": dec("10"), "amount": dec("1"), "amount_total": dec("500")}, nil), `{"name":"manual"}`, "100.00 EUR"},
		"a price may cost the order":  {subjectOf("change", "sale.order", Record{"type": "price_override", "price_unit": dec("0.01"), "amount": dec("0"), "amount_total": dec("500")}, nil), `{"name":"manual"}`, "1000.00 EUR"},
		"bank details are for people": {subjectOf("change", "res.partner.bank", Record{"type": "bank_details", "amount": dec("1")}, nil), `{"name":"manual"}`, "2.00 EUR"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kind, _ := KindNamed(test.snap.Kind)
			r := kind.Propose(test.snap, Assessment{})
			if have := string(mustCanonical(r.Action)); have != test.action {
				t.Errorf("have %s, want %s", have, test.action)
			}
			have := ""
			if r.AtStake != nil {
				have = r.AtStake.String()
			}
			if have != test.atStake {
				t.Errorf("at stake %q, want %q", have, test.atStake)
			}
		})
	}
}

func TestKindChecks(t *testing.T) {
	t.Parallel()
	dec := decimal.RequireFromString
	invoice := func(amount string) Record {
		return Record{"amount": dec(amount), "amount_total": dec("100"), "amount_credited": dec("40")}
	}
	tests := map[string]struct {
		kind    string
		fields  Record
		pointer string
	}{
		"the rest of the invoice":       {"refund", invoice("60"), ""},
		"more than the rest":            {"refund", invoice("60.01"), "/fields/amount"},
		"what is credited is unknown":   {"refund", Record{"amount": dec("60"), "amount_total": dec("50")}, ""},
		"discount":                      {"change", Record{"type": "discount", "discount": dec("1"), "amount_total": dec("9")}, ""},
		"discount without one":          {"change", Record{"type": "discount", "amount_total": dec("9")}, "/fields/discount"},
		"discount of an unknown order":  {"change", Record{"type": "discount", "discount": dec("1")}, "/fields/amount_total"},
		"price without one":             {"change", Record{"type": "price_override", "amount_total": dec("9")}, "/fields/price_unit"},
		"nothing to refund":             {"refund", Record{"amount": dec("0.004"), "currency": "EUR"}, "/fields/amount"},
		"bank details without a hash":   {"change", Record{"type": "bank_details"}, "/fields/change_hash"},
		"an account number in words":    {"change", Record{"type": "bank_details", "change_hash": "sha256:0", "value_after": "x"}, "/fields/value_after"},
		"what a payment state becomes":  {"change", Record{"type": "payment_state", "value_before": "not_paid", "value_after": "paid"}, ""},
		"write-off needs nothing":       {"change", Record{"type": "write_off"}, ""},
		"a type that Odoo does not say": {"change", Record{}, ""},
	}
	for name, test := range tests {
		kind, _ := KindNamed(test.kind)
		errs := kind.Check(Snapshot{Fields: test.fields})
		if (len(errs) == 0) != (test.pointer == "") || len(errs) > 0 && errs[0].Pointer != test.pointer {
			t.Errorf("%s: have %v", name, errs)
		}
	}
}

func TestPromiseAtRisk(t *testing.T) {
	t.Parallel()
	p := func(v float64) *float64 { return &v }
	day := 24 * time.Hour
	tests := map[string]struct {
		probability *float64
		promised    any
		deadline    time.Time // zero: nothing is opened
	}{
		"unknown":                {nil, noon.Add(time.Hour), time.Time{}},
		"likely in time":         {p(0.49), noon.Add(time.Hour), time.Time{}},
		"likely late":            {p(0.5), noon.Add(time.Hour), noon.Add(time.Hour)},
		"promised next week":     {p(0.9), noon.Add(7 * day), noon.Add(day)},
		"promised yesterday":     {p(0.9), noon.Add(-day), noon.Add(day)},
		"nothing was promised":   {p(1), nil, noon.Add(day)},
		"promised at the minute": {p(1), noon, noon.Add(day)},
	}
	for name, test := range tests {
		fields := Record{}
		if test.promised != nil {
			fields["promised_date"] = test.promised
		}
		s := subjectOf("delivery", "stock.picking", fields, nil)
		opened := promiseAtRisk(s, Evaluation{Assessment: Assessment{Probability: test.probability}})
		if (len(opened) == 0) != test.deadline.IsZero() {
			t.Errorf("%s: %+v", name, opened)
			continue
		}
		if len(opened) == 1 && (!opened[0].Deadline.Equal(test.deadline) || opened[0].Type != PromiseAtRisk || opened[0].Cause != "delivery:/stock.picking/7") {
			t.Errorf("%s: %+v", name, opened[0])
		}
	}
}

// A write that is asked for must fit the type of change: else nothing would
// be written, and a person asked instead.
func TestChangeAction(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ model, kind, action, want string }{
		"a discount":               {"sale.order", "discount", "discount_write", ""},
		"a price":                  {"sale.order", "price_override", "price_write", ""},
		"a price as a discount":    {"sale.order", "discount", "price_write", "/fields/type must be price_override for the action price_write"},
		"a discount as a price":    {"sale.order", "price_override", "discount_write", "/fields/type must be discount for the action discount_write"},
		"a discount as a campaign": {"sale.order", "campaign_exception", "discount_write", "/fields/type must be discount for the action discount_write"},
		"of another record":        {"purchase.order", "discount", "discount_write", "/subject/model must be sale.order for the action discount_write"},
		"by a person":              {"sale.order", "campaign_exception", "manual", ""},
	} {
		fields := Record{"type": c.kind, "discount": decimal.Decimal{}, "price_unit": decimal.Decimal{}, "amount_total": decimal.Decimal{}}
		have := ""
		for _, f := range checkChange(subjectOf("change", c.model, fields, &Action{Name: c.action})) {
			have += f.Pointer + " " + f.Message
		}
		if have != c.want {
			t.Errorf("%s: have %q, want %q", name, have, c.want)
		}
	}
}

package decision

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// taught is a row of "order.truth" so many days ago.
func taught(subject string, daysAgo, knownDaysAgo int, value string) HistoryRow {
	return HistoryRow{
		Kind: "order.truth", Subject: subject, At: noon.AddDate(0, 0, -daysAgo), KnownAt: noon.AddDate(0, 0, -knownDaysAgo),
		Values: map[string]decimal.Decimal{"v": decimal.RequireFromString(value)},
	}
}

func TestAggregates(t *testing.T) {
	t.Parallel()
	var asked []HistoryRow
	for i := range 20 {
		at := noon.AddDate(0, 0, -3*i)
		asked = append(asked, HistoryRow{Kind: "order", Subject: fmt.Sprint(i), At: at, KnownAt: at, Links: map[string]string{"card": fmt.Sprint(i % 3)}})
	}
	truths := []HistoryRow{
		taught("0", 0, 0, "9"), taught("12", 36, 3, "1"), taught("13", 39, 30, "1"), taught("13", 39, 2, "0.5"),
		taught("19", 57, 1, "0.0000004"), taught("40", 120, 100, "3"),
	}
	future := taught("14", 42, 0, "7")
	future.KnownAt = noon.Add(time.Microsecond)
	all := slices.Concat(asked, truths, []HistoryRow{future})
	month := 30 * 24 * time.Hour
	bound := func(known bool) func(Snapshot) (decimal.Decimal, bool) {
		return func(Snapshot) (decimal.Decimal, bool) { return decimal.New(1, 0), known }
	}
	p := Prior{Rate: decimal.New(5, -1), Weight: 4}
	tests := map[string]struct {
		f    Feature
		want string
	}{
		"distinct":                         {Feature{Kind: "order", Fold: Distinct, Link: "card"}, "3"},
		"distinct in a day":                {Feature{Kind: "order", Fold: Distinct, Link: "card", Window: time.Hour}, "1"},
		"hours since the last":             {Feature{Kind: "order.truth", Fold: HoursSinceLast, Window: 500 * 24 * time.Hour}, "0"},
		"hours since none":                 {Feature{Kind: "refund", Fold: HoursSinceLast}, "<nil>"},
		"per day":                          {Feature{Kind: "order", Fold: PerDay, Window: month}, "0.366667"}, // 11 in 30 days
		"total":                            {Feature{Kind: "order.truth", Fold: Total, Value: "v"}, "13.5"},
		"total of a value that nobody has": {Feature{Kind: "order.truth", Fold: Total, Value: "w"}, "0"},
		"mean":                             {Feature{Kind: "order.truth", Fold: Mean, Value: "v"}, "2.7"},
		"mean of none":                     {Feature{Kind: "order.truth", Fold: Mean, Value: "w"}, "<nil>"},
		"median":                           {Feature{Kind: "order.truth", Fold: Quantile, Value: "v", Level: decimal.New(5, -1)}, "1"},
		"ninth decile":                     {Feature{Kind: "order.truth", Fold: Quantile, Value: "v", Level: decimal.New(9, -1)}, "9"},
		"fifth":                            {Feature{Kind: "order.truth", Fold: Quantile, Value: "v", Level: decimal.New(2, -1)}, "0"},
		"rate":                             {Feature{Kind: "order.truth", Fold: Rate, Value: "v", Prior: p}, "1.722222"},                           // (13.5+2)/(5+4)
		"rate of none":                     {Feature{Kind: "order.truth", Fold: Rate, Value: "w", Prior: p}, "0.5"},                                // the belief
		"share":                            {Feature{Kind: "order.truth", Per: "order", Mature: month, Fold: Share, Value: "v", Prior: p}, "0.25"}, // (1+0.5+2)/(10+4): subject 0 is young, 40 was not asked
		"ratio":                            {Feature{Kind: "order.truth", Per: "order", Fold: Ratio, Prior: p}, "0.291667"},                        // (5+2)/(20+4)
		"ratio of a value":                 {Feature{Kind: "order.truth", Per: "order", Fold: Ratio, Value: "v", Prior: p}, "0.645833"},            // (13.5+2)/24
		"above":                            {Feature{Kind: "order.truth", Fold: Above, Value: "v", Bound: bound(true), Prior: p}, "0.444444"},      // 2 of 5 are over 1: (2+2)/9
		"above nothing known":              {Feature{Kind: "order.truth", Fold: Above, Value: "v", Bound: bound(false), Prior: p}, "<nil>"},
	}
	for name, test := range tests {
		value, at := test.f.Compute(all, noon)
		if d, ok := value.(decimal.Decimal); ok {
			value = d.String()
		}
		if fmt.Sprint(value) != test.want || at.After(noon) {
			t.Errorf("%s: have %v known at %s, want %s", name, value, at, test.want)
		}
	}
}

// The order of rows changes nothing, and neither does a row that is told of
// twice.
func TestAggregatesDoNotDependOnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) HistoryRow {
			r := taught(fmt.Sprint(rapid.IntRange(0, 12).Draw(t, "subject")), rapid.IntRange(0, 60).Draw(t, "at"), 0, rapid.SampledFrom([]string{"0", "1", "0.333333", "-2.5"}).Draw(t, "v"))
			r.Kind = rapid.SampledFrom([]string{"order", "order.truth"}).Draw(t, "kind")
			r.KnownAt = noon.Add(-time.Duration(rapid.IntRange(0, 1e6).Draw(t, "known")) * time.Second)
			return r
		}), 0, 30).Draw(t, "rows")
		once := map[string]bool{}
		rows = slices.DeleteFunc(rows, func(r HistoryRow) bool {
			key := fmt.Sprint(r.Kind, r.Subject, r.KnownAt)
			defer func() { once[key] = true }()
			return once[key]
		})
		f := Feature{
			Kind: "order.truth", Per: "order", Value: "v", Mature: 240 * time.Hour, Level: decimal.New(5, -1), Prior: Prior{decimal.New(1, -1), 3},
			Bound: func(Snapshot) (decimal.Decimal, bool) { return decimal.Zero, true },
			Fold:  rapid.SampledFrom([]Aggregate{Total, Mean, Quantile, Rate, Share, Ratio, Above, HoursSinceLast}).Draw(t, "fold"),
		}
		a, _ := f.Compute(rows, noon)
		b, _ := f.Compute(rapid.Permutation(rows).Draw(t, "order"), noon)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Fatalf("%s: %v, and in another order %v", f.Fold, a, b)
		}
	})
}

// Rates are rounded half away from zero, as money is.
func TestQuotient(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b int64
		want string
	}{{1, 3, "0.333333"}, {2, 3, "0.666667"}, {1, 2_000_000, "0.000001"}, {-1, 2_000_000, "-0.000001"}, {1 << 62, 1, "4611686018427387904"}, {0, 5, "0"}} {
		if have := quotient(c.a, c.b).String(); have != c.want {
			t.Errorf("%d/%d is %s, want %s", c.a, c.b, have, c.want)
		}
	}
}

func TestEntityValues(t *testing.T) {
	t.Parallel()
	line := func(id int64, quantity, price string) Record {
		return Record{"product_id": id, "quantity": decimal.RequireFromString(quantity), "price_unit": decimal.RequireFromString(price)}
	}
	for name, c := range map[string]struct {
		kind   Kind
		entity string
		fields Record
		want   []string
	}{
		"domain":                  {orderKind, "domain", Record{"customer.email": "a@b@Shop.example"}, []string{"Shop.example"}}, // the hash folds case
		"no domain":               {orderKind, "domain", Record{"customer.email": "a@"}, nil},
		"network":                 {orderKind, "network", Record{"signals.ip": " 192.0.2.77"}, []string{"192.0.2.0/24"}},
		"mapped network":          {orderKind, "network", Record{"signals.ip": "::ffff:192.0.2.77"}, []string{"192.0.2.0/24"}},
		"network of version 6":    {orderKind, "network", Record{"signals.ip": "2001:db8:1:2::3%eth0"}, []string{"2001:db8:1::/48"}},
		"address":                 {orderKind, "ip", Record{"signals.ip": "2001:DB8:0::1"}, []string{"2001:db8::1"}},
		"no IP address":           {orderKind, "ip", Record{"signals.ip": "localhost"}, nil},
		"no network":              {orderKind, "network", Record{"signals.ip": "1.2.3"}, nil},
		"street":                  {orderKind, "address", Record{"shipping.street": "1, Main-St.", "shipping.zip": "10 115", "shipping.country": "DE"}, []string{"1mainst|10115|de"}},
		"street without postcode": {orderKind, "address", Record{"shipping.street": "1 Main St", "shipping.country": "DE"}, nil},
		"street of punctuation":   {orderKind, "address", Record{"shipping.street": "--", "shipping.zip": "1", "shipping.country": "DE"}, nil},
		"postcode":                {orderKind, "postcode", Record{"shipping.zip": "SW1A 1AA", "shipping.country": "GB"}, []string{"gb|sw1a1aa"}},
		"the dearest products":    {orderKind, "sku", Record{"lines": []Record{line(1, "1", "1"), line(2, "2", "50"), line(3, "1", "20"), line(4, "1", "20"), line(1, "98", "1")}}, []string{"2", "1", "3"}},
		"no products":             {orderKind, "sku", Record{}, nil},
		"route":                   {deliveryKind, "route", Record{"warehouse_id": int64(3), "destination.country": "DE", "destination.zip": "10115"}, []string{"3|DE|1"}},
		"route without zip":       {deliveryKind, "route", Record{"warehouse_id": int64(3), "destination.country": "IE"}, []string{"3|IE|"}},
		"no route":                {deliveryKind, "route", Record{"destination.country": "IE"}, nil},
		"everything":              {deliveryKind, "system", nil, []string{"all"}},
		"who asks":                {refundKind, "employee", Record{}, []string{"odoo:7"}},
		"who serves":              {refundKind, "employee", Record{"employee": "e1"}, []string{"e1"}},
		"one's own card":          {refundKind, "employee_card", Record{"card": "c1"}, []string{"odoo:7|c1"}},
		"a customer":              {refundKind, "partner", Record{"partner_id": int64(14)}, []string{"14"}},
		"nobody":                  {refundKind, "partner", Record{}, nil},
	} {
		e, ok := c.kind.entity(c.entity)
		have := e.values(Snapshot{Fields: c.fields, RequestedBy: "odoo:7"})
		if !ok || !slices.Equal(have, c.want) {
			t.Errorf("%s: have %q, want %q", name, have, c.want)
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind   Kind
		path   string
		fields Record
		want   any
	}{
		"the same name":       {orderKind, "match.names_differ", Record{"billing.name": "Ada Example", "shipping.name": " ada  EXAMPLE"}, false},
		"another name":        {orderKind, "match.names_differ", Record{"billing.name": "Ada Example", "shipping.name": "Bob"}, true},
		"no name":             {orderKind, "match.names_differ", Record{"billing.name": "Ada Example"}, nil},
		"a name in an e-mail": {orderKind, "match.name_not_in_email", Record{"billing.name": "Ada Li Example", "customer.email": "a.example@x.example"}, false},
		"another e-mail":      {orderKind, "match.name_not_in_email", Record{"billing.name": "Ada Li", "customer.email": "li@ada.example"}, true}, // two letters say nothing, nor does the domain
		"a new account":       {orderKind, "match.account_days", Record{"customer.since": noon.Add(time.Minute)}, "0"},
		"an old account":      {orderKind, "match.account_days", Record{"customer.since": noon.Add(-36 * time.Hour)}, "1.5"},
		"days left":           {deliveryKind, "promise.days_left", Record{"promised_date": noon.Add(-12 * time.Hour)}, "-0.5"},
		"slack":               {deliveryKind, "promise.slack_days", Record{"promised_date": noon.Add(72 * time.Hour), "handling_days": decimal.New(1, 0), "transit_days": decimal.New(25, -1)}, "-0.5"},
		"no slack":            {deliveryKind, "promise.slack_days", Record{"promised_date": noon, "transit_days": decimal.New(25, -1)}, nil},
		"a part":              {refundKind, "refund.share_of_invoice", Record{"amount": decimal.New(20, 0), "amount_total": decimal.New(60, 0), "amount_credited": decimal.New(10, 0)}, "0.5"},
		"of nothing":          {refundKind, "refund.share_of_invoice", Record{"amount": decimal.New(20, 0), "amount_total": decimal.Zero, "amount_credited": decimal.Zero}, nil},
		"never arrived":       {refundKind, "refund.never_arrived_but_delivered", Record{"claim": "not_received", "delivered_date": noon}, true},
		"never delivered":     {refundKind, "refund.never_arrived_but_delivered", Record{"claim": "not_received"}, false},
	} {
		f, ok := c.kind.Feature(c.path)
		if !ok {
			t.Fatalf("no feature %s", c.path)
		}
		have := f.From(Snapshot{Fields: c.fields, Now: noon})
		if d, isNumber := have.(decimal.Decimal); isNumber {
			have = d.String()
		}
		if have != c.want {
			t.Errorf("%s: have %v, want %v", name, have, c.want)
		}
	}
}

// Money just under the limit is noted, and only there.
func TestRefundNotes(t *testing.T) {
	t.Parallel()
	for amount, want := range map[string]string{"89.99": "0", "90": "1", "100": "1", "100.01": "0"} {
		s := Snapshot{Kind: "refund", CompanyCurrency: "EUR", Rate: decimal.New(1, 0), Fields: Record{"amount": decimal.RequireFromString(amount), "approval_limit": decimal.New(100, 0)}}
		notes := refundKind.notes(s)
		if notes["under_limit"].String() != want || notes["amount"].String() != amount {
			t.Errorf("%s: %v", amount, notes)
		}
		if _, known := notes["no_receipt"]; known {
			t.Error("a receipt that nobody spoke of is missing")
		}
	}
}

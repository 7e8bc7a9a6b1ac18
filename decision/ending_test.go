package decision_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	. "assent/decision"
)

// endsAs is what a kind makes of an ending, a word for each outcome.
func endsAs(kind string, fields Record, e Ending, told []OutcomeRow, now time.Time, terms Terms) string {
	k, _ := KindNamed(kind)
	var words []string
	for _, o := range k.Ends(Snapshot{Now: noon, Fields: fields}, e, told, now, terms) {
		word := o.Type + " " + o.Value
		if !o.At.IsZero() {
			word += " " + o.At.Format("02T15")
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// A delivery is late by the day, not by the hour; when it arrived is told only
// on terms; and what did not leave is nothing.
func TestDeliveryEnds(t *testing.T) {
	t.Parallel()
	on := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }
	days := func(n int) *time.Duration { d := time.Duration(n) * day; return &d }
	planned := Record{"scheduled_date": on(26, 9)}
	promised := Record{"scheduled_date": on(26, 9), "promised_date": on(28, 0)}
	for name, c := range map[string]struct {
		fields   Record
		departed time.Time
		transit  *time.Duration
		told     []OutcomeRow
		want     string
	}{
		"nothing yet, or cancelled":   {promised, time.Time{}, days(0), nil, ""},
		"left the evening it should":  {planned, on(26, 22), nil, nil, "shipped on_time 26T22"},
		"left a day late":             {planned, on(27, 1), nil, nil, "shipped late 27T01"},
		"left early":                  {planned, on(20, 1), nil, nil, "shipped on_time 20T01"},
		"nobody said when it arrives": {promised, on(29, 1), nil, nil, "shipped late 29T01"},
		"handed over":                 {promised, on(28, 8), days(0), nil, "shipped late 28T08, delivered on_time 28T08"},
		"two days on the road":        {promised, on(26, 8), days(2), nil, "shipped on_time 26T08, delivered on_time 28T08"},
		"three":                       {promised, on(26, 8), days(3), nil, "shipped on_time 26T08, delivered late 29T08"},
		"still on the road":           {promised, on(29, 8), days(3), nil, "shipped late 29T08"},
		"nothing promised":            {planned, on(26, 8), days(2), nil, "shipped on_time 26T08"},
		"nothing known":               {Record{}, on(26, 8), days(2), nil, ""},
		"known to have failed": {promised, on(26, 8), days(2), []OutcomeRow{{OutcomeRecord: OutcomeRecord{Type: "failed", Value: "lost"}}},
			"shipped on_time 26T08"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if have := endsAs("delivery", c.fields, Ending{Departed: c.departed}, c.told, on(30, 0), Terms{Transit: c.transit}); have != c.want {
				t.Errorf("have %q, want %q", have, c.want)
			}
		})
	}
}

// What was refunded came back when all of it did; that nothing came back is
// told once it should have; and money is paid back only where it had been paid.
func TestRefundEnds(t *testing.T) {
	t.Parallel()
	came := func(product int64, quantity string, hours int) Returned {
		return Returned{product, decimal.RequireFromString(quantity), noon.Add(time.Duration(hours) * time.Hour)}
	}
	line := func(product int64, quantity string) Record {
		return Record{"product_id": product, "quantity": decimal.RequireFromString(quantity)}
	}
	both := Record{"claim": "return", "lines": []Record{line(1, "2"), line(2, "1")}}
	for name, c := range map[string]struct {
		fields Record
		ending Ending
		days   int
		want   string
	}{
		"nothing known":              {Record{}, Ending{}, 99, ""},
		"all came back":              {both, Ending{Looked: true, Returned: []Returned{came(1, "1", 1), came(2, "1", 5), came(1, "1", 3)}}, 1, "goods returned 24T17"},
		"and something else":         {both, Ending{Looked: true, Returned: []Returned{came(1, "2", 1), came(3, "1", 9), came(2, "2", 2)}}, 1, "goods returned 24T14"},
		"only some of it":            {both, Ending{Looked: true, Returned: []Returned{came(1, "1", 1), came(2, "1", 5)}}, 99, ""},
		"something else only":        {both, Ending{Looked: true, Returned: []Returned{came(3, "9", 1)}}, 99, ""},
		"any goods without lines":    {Record{"claim": "return"}, Ending{Looked: true, Returned: []Returned{came(3, "1", 1)}}, 99, "goods returned 24T13"},
		"still time":                 {both, Ending{Looked: true}, 29, ""},
		"too late":                   {both, Ending{Looked: true}, 30, "goods not_returned 24T12"},
		"nobody could look":          {both, Ending{}, 99, ""},
		"nothing was to come back":   {Record{"claim": "not_received"}, Ending{Looked: true}, 99, ""},
		"nobody said what was to be": {Record{}, Ending{Looked: true}, 99, ""},
		"paid back":                  {Record{"paid": true}, Ending{PaidBack: []string{"account.move:9"}}, 1, "refunded paid"},
		"only owed less":             {Record{"paid": false}, Ending{PaidBack: []string{"account.move:9"}}, 1, ""},
		"perhaps only owed less":     {Record{}, Ending{PaidBack: []string{"account.move:9"}}, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := noon.Add(time.Duration(c.days) * day)
			if have := endsAs("refund", c.fields, c.ending, nil, now, Terms{Return: 30 * day}); have != c.want {
				t.Errorf("have %q, want %q", have, c.want)
			}
		})
	}
}

// Odoo holds no truth about fraud: an order that was cancelled is not one.
func TestOrdersHaveNoEnding(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.Endings = endings{}
	s.decide(t, order(1, "50"))
	before := s.seq(t)
	for _, kind := range []string{"order", "change", "none", ""} {
		_, err := s.PullOutcomes(t.Context(), "main", Pull{Kind: kind})
		if CodeOf(err) != CodeInvalid || !strings.Contains(err.Error(), "/kind must be one of delivery, refund") {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if s.seq(t) != before {
		t.Error("something was told")
	}
}

func TestLate(t *testing.T) {
	t.Parallel()
	east := time.FixedZone("", 2*3600)
	for at, want := range map[time.Time]string{
		time.Date(2026, 11, 24, 23, 59, 59, 0, time.UTC): "on_time", time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC): "late",
		time.Date(2026, 11, 25, 1, 0, 0, 0, east): "on_time", time.Date(2026, 11, 25, 2, 0, 0, 0, east): "late",
	} {
		if have := Late(noon, at); have != want {
			t.Errorf("%s: have %s, want %s", at, have, want)
		}
	}
	if have := fmt.Sprint(RefTo("account.move", 17)); have != "account.move:17" {
		t.Error(have)
	}
}

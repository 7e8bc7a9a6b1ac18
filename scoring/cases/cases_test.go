package cases_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"assent/decision"
	"assent/scoring"
	"assent/scoring/cases"
	"assent/scoring/feature"
	"assent/scoring/frame"
	"assent/scoring/logistic"
)

var now = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func set(t interface{ Fatal(...any) }) feature.Set {
	s, ok := feature.Named("order/odoo")
	if !ok {
		t.Fatal("no set")
	}
	return s
}

// anyOrder draws an order of which much is missing.
func anyOrder(t *rapid.T, at time.Time) decision.Snapshot {
	s := decision.Snapshot{Kind: "order", CompanyCurrency: "EUR", Now: at, Rate: decimal.NewFromInt(1), Fields: decision.Record{}, Context: decision.Record{}}
	if rapid.Bool().Draw(t, "amount") {
		s.Fields["amount_total"] = decimal.New(rapid.Int64Range(0, 1e6).Draw(t, "cents"), -2)
	}
	if rapid.Bool().Draw(t, "paid") {
		s.Fields["payment.method"] = rapid.SampledFrom([]string{"card", "transfer", "wallet"}).Draw(t, "method")
	}
	if rapid.Bool().Draw(t, "history") {
		s.Context["history.email_orders_24h"] = rapid.Int64Range(0, 9).Draw(t, "orders")
	}
	return s
}

// Source gives what was added, in order, of those whose truth is known; twice
// the same.
func TestSourceIsWhatWasAdded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := &cases.Cases{Set: set(t)}
		var want []frame.Row
		n := rapid.IntRange(0, 20).Draw(t, "cases")
		for i := range n {
			s := anyOrder(t, now.Add(time.Duration(i)*time.Hour))
			place, err := c.Add(fmt.Sprint("case ", i/2), &s)
			if err != nil || place != i {
				t.Fatalf("%d: place %d, %v", i, place, err)
			}
			if !rapid.Bool().Draw(t, "known") {
				continue
			}
			label := feature.Label{Positive: rapid.Bool().Draw(t, "positive"), KnownAt: s.Now.Add(time.Duration(rapid.IntRange(-5, 5).Draw(t, "hours")) * time.Hour)}
			c.Tell(place, label)
			row := frame.Row{ID: fmt.Sprint("case ", i/2), At: s.Now, KnownAt: label.KnownAt, Positive: label.Positive, Values: make([]frame.Value, len(c.Set.Features))}
			if row.KnownAt.Before(row.At) {
				row.KnownAt = row.At // nothing is known of a case before it is one
			}
			c.Set.Read(&s, row.Values)
			want = append(want, row)
		}
		for range 2 {
			var have []frame.Row
			err := c.Source()(func(r *frame.Row) error {
				row := *r
				row.Values = slices.Clone(r.Values)
				have = append(have, row)
				return nil
			})
			if err != nil || fmt.Sprint(have) != fmt.Sprint(want) {
				t.Fatalf("%v\nhave %v\nwant %v", err, have, want)
			}
		}
		if all, labelled := c.Len(); all != n || labelled != len(want) {
			t.Errorf("%d and %d", all, labelled)
		}
	})
}

func TestSourceEndsWithTheReader(t *testing.T) {
	t.Parallel()
	c := &cases.Cases{Set: set(t)}
	for range 3 {
		place, err := c.Add("x", &decision.Snapshot{Kind: "order", Now: now})
		if err != nil {
			t.Fatal(err)
		}
		c.Tell(place, feature.Label{KnownAt: now})
	}
	enough, n := errors.New("enough"), 0
	if err := c.Source()(func(*frame.Row) error { n++; return enough }); !errors.Is(err, enough) || n != 1 {
		t.Errorf("%v after %d", err, n)
	}
}

// The scorecard's log-odds stand beside each row; where it does not know, what
// it says on average.
func TestPrior(t *testing.T) {
	t.Parallel()
	card := scoring.CardOf("order")
	c := &cases.Cases{Set: set(t), Scorecard: card}
	var told []float64
	for i, amount := range []int64{50, 5000, 0} {
		s := decision.Snapshot{Kind: "order", Channel: "web", CompanyCurrency: "EUR", Now: now, Rate: decimal.NewFromInt(1), Fields: decision.Record{
			"state": "draft", "date_order": now, "currency": "EUR", "amount_total": decimal.NewFromInt(amount), "partner_id": int64(1),
		}}
		if amount == 0 {
			s.Rate = decimal.Zero // of an unknown currency
		}
		place, err := c.Add(fmt.Sprint(i), &s)
		if err != nil {
			t.Fatal(err)
		}
		c.Tell(place, feature.Label{KnownAt: now})
		a, err := card.Assess(s)
		if err != nil {
			t.Fatal(err)
		}
		if a.Probability != nil {
			told = append(told, logistic.Logit(*a.Probability))
		}
	}
	if len(told) != 2 || told[0] == told[1] {
		t.Fatalf("the scorecard says %v", told)
	}
	want := []float64{told[0], told[1], (told[0] + told[1]) / 2}
	if have := c.Prior(); len(have) != 3 || math.Abs(have[2]-want[2]) > 1e-12 || have[0] != want[0] || have[1] != want[1] {
		t.Errorf("%v, want %v", have, want)
	}
	if (&cases.Cases{Set: set(t)}).Prior() != nil {
		t.Error("a prior without a scorecard")
	}
}

// The hash is of what is learnt from: the same cases give the same, any
// difference in id, time, value or label another one, and a case without a
// label none.
func TestSHA256(t *testing.T) {
	t.Parallel()
	hash := func(change func(s *decision.Snapshot, l *feature.Label, id *string), told bool) string {
		c := &cases.Cases{Set: set(t)}
		for i := range 3 {
			s := decision.Snapshot{Kind: "order", Now: now, Rate: decimal.NewFromInt(1), Fields: decision.Record{"amount_total": decimal.NewFromInt(int64(i)), "payment.method": "card"}}
			l, id := feature.Label{KnownAt: now.Add(time.Hour)}, fmt.Sprint(i)
			if i == 1 && change != nil {
				change(&s, &l, &id)
			}
			place, err := c.Add(id, &s)
			if err != nil {
				t.Fatal(err)
			}
			if i != 1 || told {
				c.Tell(place, l)
			}
		}
		return c.SHA256()
	}
	same := hash(nil, true)
	if hash(nil, true) != same || len(same) != 64 {
		t.Errorf("not the same: %s", same)
	}
	for name, change := range map[string]func(*decision.Snapshot, *feature.Label, *string){
		"id":    func(_ *decision.Snapshot, _ *feature.Label, id *string) { *id = "7" },
		"time":  func(s *decision.Snapshot, _ *feature.Label, _ *string) { s.Now = s.Now.Add(time.Second) },
		"known": func(_ *decision.Snapshot, l *feature.Label, _ *string) { l.KnownAt = l.KnownAt.Add(time.Second) },
		"label": func(_ *decision.Snapshot, l *feature.Label, _ *string) { l.Positive = true },
		"number": func(s *decision.Snapshot, _ *feature.Label, _ *string) {
			s.Fields["amount_total"] = decimal.NewFromInt(9)
		},
		"category": func(s *decision.Snapshot, _ *feature.Label, _ *string) { s.Fields["payment.method"] = "cash" },
		"missing":  func(s *decision.Snapshot, _ *feature.Label, _ *string) { delete(s.Fields, "amount_total") },
	} {
		if hash(change, true) == same {
			t.Errorf("another %s, the same hash", name)
		}
	}
	if hash(nil, false) == same {
		t.Error("a case without a label counts")
	}
}

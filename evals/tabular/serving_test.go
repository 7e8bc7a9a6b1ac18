package tabular_test

import (
	"fmt"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"assent/decision"
)

// TestAsServed: what a fold says of a file is what the feature of the same
// name says of history while serving, to its six digits.
func TestAsServed(t *testing.T) {
	t.Parallel()
	s := spec(t, "time: {column: at}", "known: {column: known_at}", "history:",
		"  - {name: count, fold: count, key: [email]}",
		"  - {name: count_20m, fold: count, key: [email], window: 20m}",
		"  - {name: since, fold: since, key: [email]}",
		"  - {name: rate, fold: rate, key: [email]}",
		"  - {name: mean, fold: mean, of: value, key: [email]}",
		"features: [{name: count}, {name: count_20m}, {name: since}, {name: rate}, {name: mean}]")
	served := map[string]decision.Feature{
		"count":     {Kind: "seen", Fold: decision.Count},
		"count_20m": {Kind: "seen", Fold: decision.Count, Window: 20 * time.Minute},
		"since":     {Kind: "seen", Fold: decision.HoursSinceLast},
		"rate":      {Kind: "outcome", Fold: decision.Rate, Value: "late"},
		"mean":      {Kind: "outcome", Fold: decision.Mean, Value: "value"},
	}
	rapid.Check(t, func(r *rapid.T) {
		all := orders().Draw(r, "orders")
		for i := range all {
			if all[i].label == "" { // an outcome is of both or of none
				all[i].label = "0"
			}
		}
		train, test := files(all)
		learnt, judged := features(t, s, folder("orders.csv", train), folder("later.csv", test))
		for _, o := range all {
			have := learnt[o.id]
			if o.heldOut {
				have = judged[o.id]
			}
			for name, f := range served {
				if f.Fold == decision.Rate || f.Fold == decision.Mean {
					if len(history(all, o, f.Kind)) == 0 {
						continue // a file's prior is learnt, a feature's is declared
					}
				}
				if o.email == "" {
					// Served, it is missing; a file's rate falls back on that of all.
					if f.Kind == "seen" && have[name] != "" {
						r.Fatalf("row %s, %s: have %q of no entity", o.id, name, have[name])
					}
					continue
				}
				value, _ := f.Compute(history(all, o, f.Kind), minute(o.at))
				if want := number(value); !close6(have[name], want) {
					r.Fatalf("row %s, %s: have %q of the file and %q of history", o.id, name, have[name], want)
				}
			}
		}
	})
}

func minute(n int) time.Time {
	return time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
}

// history is what a store would give for an order: rows of its e-mail address
// known before it, newest first.
func history(all []order, now order, kind string) []decision.HistoryRow {
	var out []decision.HistoryRow
	for i := len(all) - 1; i >= 0; i-- {
		o := all[i]
		known := o.at
		if kind == "outcome" {
			known = o.known
		}
		if o.email != now.email || known >= now.at {
			continue
		}
		late, _ := decimal.NewFromString(o.label)
		out = append(out, decision.HistoryRow{
			Kind: kind, Subject: o.id, At: minute(o.at), KnownAt: minute(known),
			Values: map[string]decimal.Decimal{"late": late, "value": decimal.NewFromInt(int64(o.value))},
		})
	}
	return out
}

func number(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// close6 compares to the six digits that history keeps.
func close6(have, want string) bool {
	a, errA := strconv.ParseFloat(have, 64)
	b, errB := strconv.ParseFloat(want, 64)
	if errA != nil || errB != nil {
		return have == want
	}
	return math.Abs(a-b) <= 0.5000001e-6
}

package feature_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"assent/decision"
	"assent/scoring/feature"
	"assent/scoring/frame"
)

var now = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func named(t interface{ Fatal(...any) }, name string) feature.Set {
	s, ok := feature.Named(name)
	if !ok {
		t.Fatal("no set " + name)
	}
	return s
}

// Every feature of every set says what it is, and none identifies a person or
// says what was decided before.
func TestDeclarations(t *testing.T) {
	t.Parallel()
	for _, s := range feature.Sets() {
		kind, _ := decision.KindNamed(s.Kind)
		seen := map[string]bool{}
		for _, f := range s.Features {
			if f.Doc == "" || f.Code == "" || f.Source != "fields" && f.Source != "context" || f.AvailableAt != decision.AtRequest && f.AvailableAt != decision.AtHistory || seen[f.Name] {
				t.Errorf("%s: %+v", s.Name, f)
			}
			seen[f.Name] = true
			if field, ok := kind.Field(f.Name); ok && (field.Personal || field.Path == "state" || !field.Required && f.Missing == "") {
				t.Errorf("%s reads %s", s.Name, f.Name)
			}
		}
	}
}

// What needs the shop's signals is in the enriched set alone; a kind without
// signals has none.
func TestSets(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"order/odoo": true, "order/enriched": true, "delivery/odoo": true, "delivery/enriched": false, "refund/odoo": true, "refund/enriched": true,
		"change/odoo": false, "order": false, "order/other": false, "": false, "ticket/odoo": false,
	} {
		if _, ok := feature.Named(name); ok != want {
			t.Errorf("%q: %v", name, ok)
		}
	}
	for _, kindName := range []string{"order", "refund"} {
		kind, _ := decision.KindNamed(kindName)
		plain, enriched := named(t, kindName+"/odoo"), named(t, kindName+"/enriched")
		has := map[string]bool{}
		for _, f := range plain.Features {
			field, _ := kind.Field(f.Name)
			if feature, ok := kind.Feature(f.Name); field.Signal || ok && kind.SetOf(feature) == decision.SetEnriched {
				t.Errorf("%s needs signals: %s", plain.Name, f.Name)
			}
			has[f.Name] = true
		}
		n := 0
		for _, f := range enriched.Features {
			if has[f.Name] {
				n++
			}
		}
		if n != len(plain.Features) || len(enriched.Features) == n {
			t.Errorf("%s: %d of %d, and %d in all", kindName, n, len(plain.Features), len(enriched.Features))
		}
	}
}

// A snapshot without values is all missing, and missing is not zero.
func TestMissing(t *testing.T) {
	t.Parallel()
	s := named(t, "order/enriched")
	out := make([]frame.Value, len(s.Features))
	for i := range out {
		out[i] = frame.Of(7) // of the one before
	}
	s.Read(&decision.Snapshot{Kind: "order", Now: now}, out)
	for i, v := range out {
		if v != (frame.Value{}) {
			t.Errorf("%s: %+v", s.Features[i].Name, v)
		}
	}
	snap := decision.Snapshot{Kind: "order", Now: now, Fields: decision.Record{"amount_total": decimal.NewFromInt(3)}}
	if v := valueOf(t, s, snap, "amount_total"); v.Known {
		t.Errorf("an amount in a currency without a rate: %+v", v)
	}
}

func valueOf(t interface{ Fatal(...any) }, s feature.Set, snap decision.Snapshot, name string) frame.Value {
	out := make([]frame.Value, len(s.Features))
	s.Read(&snap, out)
	for i, f := range s.Features {
		if f.Name == name {
			return out[i]
		}
	}
	t.Fatal("no feature " + name)
	return frame.Value{}
}

func TestRead(t *testing.T) {
	t.Parallel()
	s := named(t, "order/enriched")
	snap := decision.Snapshot{
		Kind: "order", Now: now, Rate: decimal.New(5, -1),
		Fields: decision.Record{
			"amount_total": decimal.RequireFromString("120.50"), "customer.since": now.Add(-36 * time.Hour), "commitment_date": now.Add(48 * time.Hour),
			"customer.orders": int64(3), "shipping.express": false, "payment.method": "card",
		},
		Context: decision.Record{"match.names_differ": true, "history.partner_orders_24h": int64(2), "history.partner_fraud_rate": decimal.New(15, -3)},
	}
	for name, want := range map[string]frame.Value{
		"amount_total": frame.Of(60.25), "customer.since": frame.Of(1.5), "commitment_date": frame.Of(-2), "customer.orders": frame.Of(3),
		"shipping.express": frame.Level("false"), "payment.method": frame.Level("card"), "match.names_differ": frame.Level("true"),
		"history.partner_orders_24h": frame.Of(2), "history.partner_fraud_rate": frame.Of(0.015), "signals.avs": {},
	} {
		if have := valueOf(t, s, snap, name); have != want {
			t.Errorf("%s: %+v, want %+v", name, have, want)
		}
	}
}

func TestReadAllocatesNothing(t *testing.T) {
	s := named(t, "order/odoo")
	snap := &decision.Snapshot{Kind: "order", Now: now, Rate: decimal.NewFromInt(1), Fields: decision.Record{
		"amount_total": decimal.RequireFromString("120.50"), "customer.since": now, "customer.orders": int64(3), "payment.method": "card",
	}}
	out := make([]frame.Value, len(s.Features))
	if n := testing.AllocsPerRun(100, func() { s.Read(snap, out) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A decimal of up to 15 digits becomes the float64 next to it, as the library
// makes it exactly; and more digits are rounded as it rounds them.
func TestDecimals(t *testing.T) {
	t.Parallel()
	s := named(t, "delivery/odoo")
	rapid.Check(t, func(t *rapid.T) {
		d := decimal.New(rapid.Int64().Draw(t, "digits"), int32(rapid.IntRange(-20, 5).Draw(t, "exponent")))
		have := valueOf(t, s, decision.Snapshot{Kind: "delivery", Now: now, Fields: decision.Record{"distance_km": d}}, "distance_km")
		if want := d.InexactFloat64(); !have.Known || have.Number != want {
			t.Errorf("%s: %v, want %v", d, have.Number, want)
		}
	})
}

// A model that was trained on what this release does not declare is refused
// by name.
func TestOnly(t *testing.T) {
	t.Parallel()
	s := named(t, "refund/odoo")
	columns := []frame.Column{s.Features[5].Column, s.Features[0].Column}
	columns[1].Monotone = 1
	some, err := s.Only(columns)
	if err != nil || fmt.Sprint(some.Columns()) != fmt.Sprint(columns) {
		t.Errorf("%v %v", some.Columns(), err)
	}
	for _, c := range []frame.Column{{Name: "gone", Type: frame.Number}, {Name: s.Features[0].Name, Type: frame.Category}} {
		if _, err := s.Only([]frame.Column{c}); err == nil || !strings.Contains(err.Error(), c.Name) {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// What is told last counts, from when it was told; silence counts as no once
// most of who would complain have; and nothing of the future is known.
func TestLabelOf(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	told := func(kind, value string, at int) decision.OutcomeRow {
		return decision.OutcomeRow{OutcomeRecord: decision.OutcomeRecord{Type: kind, Value: value, At: day(at)}, KnownAt: day(at)}
	}
	for name, c := range map[string]struct {
		kind     string
		told     []decision.OutcomeRow
		until    int
		known    bool
		positive bool
		from     int // day from which it is known
	}{
		"silence":             {"order", nil, 59, false, false, 0},
		"long silence":        {"order", nil, 60, true, false, 60},
		"fraud, too early":    {"order", []decision.OutcomeRow{told("chargeback", "fraud", 9)}, 59, false, true, 0},
		"fraud":               {"order", []decision.OutcomeRow{told("chargeback", "fraud", 9)}, 60, true, true, 60},
		"fraud, told late":    {"order", []decision.OutcomeRow{told("chargeback", "fraud", 90)}, 90, true, true, 90},
		"fraud of the future": {"order", []decision.OutcomeRow{told("chargeback", "fraud", 11)}, 10, false, false, 0},
		"suspected":           {"order", []decision.OutcomeRow{told("dispute", "fraud", 9)}, 500, false, false, 0},
		"disputed otherwise":  {"order", []decision.OutcomeRow{told("dispute", "not_received", 9)}, 60, true, false, 60},
		"suspected, won":      {"order", []decision.OutcomeRow{told("dispute", "fraud", 9), told("dispute_won", "fraud", 70)}, 70, true, false, 70},
		"suspected, not yet":  {"order", []decision.OutcomeRow{told("dispute", "fraud", 9), told("dispute_won", "fraud", 70)}, 69, false, false, 0},
		"suspected, lost":     {"order", []decision.OutcomeRow{told("dispute", "fraud", 9), told("chargeback", "fraud", 20)}, 60, true, true, 60},
		"lost, won after all": {"order", []decision.OutcomeRow{told("dispute", "fraud", 9), told("chargeback", "fraud", 20), told("dispute_won", "fraud", 80)}, 80, true, false, 80},
		"suspected once more": {"order", []decision.OutcomeRow{told("dispute", "fraud", 9), told("dispute_won", "fraud", 20), told("dispute", "fraud", 30)}, 90, false, false, 0},
		"known, and disputed": {"order", []decision.OutcomeRow{told("fraud", "confirmed", 5), told("dispute", "fraud", 9)}, 60, true, true, 60},
		"won otherwise":       {"order", []decision.OutcomeRow{told("fraud", "confirmed", 5), told("dispute_won", "not_received", 9)}, 60, true, true, 60},
		"late":                {"delivery", []decision.OutcomeRow{told("delivered", "late", 3)}, 30, true, true, 30},
		"late, told late":     {"delivery", []decision.OutcomeRow{told("delivered", "late", 40)}, 40, true, true, 40},
		"on time, too early":  {"delivery", []decision.OutcomeRow{told("delivered", "on_time", 3)}, 29, false, false, 0},
		"on time":             {"delivery", []decision.OutcomeRow{told("delivered", "on_time", 3)}, 30, true, false, 30},
		"corrected":           {"delivery", []decision.OutcomeRow{told("delivered", "late", 5), told("delivered", "on_time", 3)}, 30, true, true, 30},
		"not arrived":         {"delivery", nil, 1000, false, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			label, known := feature.LabelOf(c.kind, now, c.told, day(c.until))
			if known != c.known || label.Positive != c.positive || known && !label.KnownAt.Equal(day(c.from)) {
				t.Errorf("%+v %v", label, known)
			}
		})
	}
}

package decision

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

var printed = []string{"state", "amount_total", "currency", "partner_id"}

func orderRecord() Record {
	return Record{
		"state": "draft", "amount_total": decimal.RequireFromString("120.50"), "currency": "EUR", "partner_id": int64(14),
		"date_order": noon, "reference": "S1",
	}
}

func printOf(r Record, currency string) string {
	return SubjectFingerprint(printed, orderKind.Fields, r, currency)
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	base := printOf(orderRecord(), "EUR")
	if !strings.HasPrefix(base, `["amount_total","currency","partner_id","state"]`) {
		t.Fatalf("have %s", base)
	}
	tests := map[string]struct {
		change func(Record)
		same   bool
	}{
		"nothing":               {func(Record) {}, true},
		"below a cent":          {func(r Record) { r["amount_total"] = decimal.RequireFromString("120.5049") }, true},
		"a cent":                {func(r Record) { r["amount_total"] = decimal.RequireFromString("120.505") }, false},
		"another state":         {func(r Record) { r["state"] = "sale" }, false},
		"another partner":       {func(r Record) { r["partner_id"] = int64(15) }, false},
		"a field not bound":     {func(r Record) { r["reference"], r["date_order"] = "S2", noon.Add(time.Hour) }, true},
		"a bound field is gone": {func(r Record) { delete(r, "partner_id") }, false},
		"nothing is left":       {func(r Record) { clear(r) }, false},
	}
	for name, test := range tests {
		r := orderRecord()
		test.change(r)
		if have := SameFingerprint(base, orderKind.Fields, r, "EUR"); have != test.same {
			t.Errorf("%s: same is %v", name, have)
		}
	}
}

// Only fields that were known are bound: one that appears later is no change.
func TestFingerprintMissing(t *testing.T) {
	t.Parallel()
	r := orderRecord()
	delete(r, "partner_id")
	bound := printOf(r, "EUR")
	if !SameFingerprint(bound, orderKind.Fields, orderRecord(), "EUR") {
		t.Error("a field that was unknown is bound")
	}
	if have := printOf(Record{"reference": "S1"}, "EUR"); have != "" {
		t.Errorf("nothing is bound by %q", have)
	}
}

// Amounts are rounded by the currency: a yen has no decimals.
func TestFingerprintCurrency(t *testing.T) {
	t.Parallel()
	yen := orderRecord()
	yen["currency"], yen["amount_total"] = "JPY", decimal.RequireFromString("120.4")
	bound := printOf(yen, "JPY")
	yen["amount_total"] = decimal.RequireFromString("120.2")
	if !SameFingerprint(bound, orderKind.Fields, yen, "JPY") {
		t.Error("a fraction of a yen is a change")
	}
	yen["amount_total"] = decimal.RequireFromString("121")
	if SameFingerprint(bound, orderKind.Fields, yen, "JPY") {
		t.Error("a yen is no change")
	}
}

// Lines are bound by what they add up to: how they are ordered, split or
// priced is no change, other goods are.
func TestFingerprintLines(t *testing.T) {
	t.Parallel()
	line := func(product int64, quantity, price string) Record {
		r := Record{"product_id": product, "quantity": decimal.RequireFromString(quantity)}
		if price != "" {
			r["price_unit"] = decimal.RequireFromString(price)
		}
		return r
	}
	of := func(lines ...Record) Record {
		r := orderRecord()
		if lines != nil {
			r["lines"] = lines
		}
		return r
	}
	confirm, _ := ActionNamed("confirm")
	base := SubjectFingerprint(confirm.Fingerprint, orderKind.Fields, of(line(49, "2", ""), line(7, "0.3", "5")), "EUR")
	for name, test := range map[string]struct {
		now  Record
		same bool
	}{
		"the same":         {of(line(49, "2", ""), line(7, "0.3", "5")), true},
		"in another order": {of(line(7, "0.30", ""), line(49, "2.0", "60.25")), true},
		"split":            {of(line(49, "1.5", "1"), line(7, "0.3", ""), line(49, "0.5", "2")), true},
		"noise":            {of(line(49, "2.0000001", ""), line(7, "0.3", "")), true},
		"other goods":      {of(line(50, "2", ""), line(7, "0.3", "5")), false},
		"exchanged":        {of(line(7, "2", ""), line(49, "0.3", "5")), false},
		"more":             {of(line(49, "3", ""), line(7, "0.3", "5")), false},
		"fewer lines":      {of(line(49, "2", "")), false},
		"more lines":       {of(line(49, "2", ""), line(7, "0.3", "5"), line(8, "1", "0")), false},
		"unknown":          {of(), false},
	} {
		if have := SameFingerprint(base, orderKind.Fields, test.now, "EUR"); have != test.same {
			t.Errorf("%s: same is %v", name, have)
		}
	}
	without := SubjectFingerprint(confirm.Fingerprint, orderKind.Fields, of(), "EUR")
	if !SameFingerprint(without, orderKind.Fields, of(line(49, "2", "")), "EUR") {
		t.Error("lines that were unknown are bound")
	}
}

// What is no fingerprint never matches anything.
func TestFingerprintMalformed(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "x", strings.Repeat("0", 64), "[" + strings.Repeat("0", 64), `["state"]`, `"state"` + strings.Repeat("0", 64), `["state"]` + strings.Repeat("0", 64)} {
		if SameFingerprint(bad, orderKind.Fields, orderRecord(), "EUR") || SameFingerprint(bad, orderKind.Fields, Record{}, "EUR") {
			t.Errorf("%q matches", bad)
		}
	}
}

// For any record of any kind: it matches itself, and not once a bound field
// differs.
func TestFingerprintAny(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := DrawKind(t)
		record, _ := DecodeFields(DrawFields(t, kind, noon), kind.Fields, "", noon, true)
		currency, _ := record.Text("currency")
		spec, _ := ActionNamed(rapid.SampledFrom(kind.Actions).Draw(t, "action"))
		bound := SubjectFingerprint(spec.Fingerprint, kind.Fields, record, currency)
		if (bound != "") != SameFingerprint(bound, kind.Fields, record, currency) {
			t.Fatalf("%s does not match itself", bound)
		}
		paths, _ := boundPaths(bound)
		for _, path := range paths {
			changed := roundMoney(record, nil, "")
			delete(changed, path)
			if SameFingerprint(bound, kind.Fields, changed, currency) {
				t.Fatalf("%s is gone and not missed", path)
			}
		}
	})
}

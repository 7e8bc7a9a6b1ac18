package export

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

const mapping = `{
  "kind": "order", "model": "sale.order",
  "files": {"orders": "orders.csv", "payments": "payments.csv"},
  "rows": "orders", "key": "id", "time": "placed",
  "fields": {
    "state": [{"value": "sent"}],
    "date_order": [{"columns": ["placed"]}],
    "currency": [{"value": "EUR"}],
    "amount_total": [{"file": "payments", "columns": ["paid"], "fold": "sum"}, {"columns": ["total"]}],
    "partner_id": [{"columns": ["buyer"], "as": "id"}],
    "shipping.zip": [{"columns": ["zip"]}]
  }
}`

func folder() fstest.MapFS {
	return fstest.MapFS{
		"orders.csv": {Data: []byte("id,placed,buyer,total,zip\n" +
			"a,2026-01-02 03:04:05,ada,9,10115\n" + // two payments: their sum wins
			"b,2026-01-02 03:04:06,bob,7.50,\n" + // no payment: the order's own total
			"c,2026-01-02 03:04:07,eve,,\n" + // neither: left out
			"d,yesterday,eve,1,\n" +
			"e,2026-01-02T03:04:08+01:00,eve,\"89,90\",\n" + // no number, and so not the same as none
			"f,2026-01-02 03:04:09,eve,5,\n" + // a payment that is no number: the order's own total does not hide it
			"g,2026-01-02 03:04:10,eve,6,\n" + // a payment that is missing: the order's own total
			"h,02.01.2026,eve,1,\n" +
			"i,2026-01-02 03:04:11,eve,1.234.5,\n")},
		"payments.csv": {Data: []byte("id,paid\na,10.10\na,0.20\nf,1.00\nf,\"1,50\"\ng,1.00\ng,\n")},
	}
}

func TestReadJoinsFoldsAndLeavesOut(t *testing.T) {
	t.Parallel()
	m, err := Parse([]byte(mapping))
	if err != nil {
		t.Fatal(err)
	}
	skipped := map[string]string{}
	rows, err := m.Read(folder(), 0, func(key, why string) { skipped[key] = why })
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"c": "/fields/amount_total required",
		"d": "column placed must be a time such as 2026-11-24 09:30:00 or 2026-11-24, which are UTC, or 2026-11-24T10:30:00+01:00",
		"e": "/fields/amount_total must be a number with a point for its decimals and nothing between its thousands",
		"f": "/fields/amount_total column paid must be a number with a point",
		"h": "column placed must be a time",
		"i": "/fields/amount_total must be a number with a point",
	} {
		if !strings.HasPrefix(skipped[key], want) || strings.Contains(skipped[key], "89,9") {
			t.Errorf("%s: have %q, want %q", key, skipped[key], want)
		}
	}
	if len(rows) != 3 || len(skipped) != 6 {
		t.Fatalf("have %d rows, skipped %v", len(rows), skipped)
	}
	for i, want := range []string{"10.3", "7.50", "6"} {
		var fields struct {
			Amount  json.Number `json:"amount_total"`
			Partner int64       `json:"partner_id"`
			State   string
		}
		if err := json.Unmarshal(rows[i].Fields, &fields); err != nil {
			t.Fatal(err)
		}
		if fields.Amount.String() != want || fields.Partner <= 0 || fields.State != "sent" {
			t.Errorf("row %d: have %+v, want amount %s", i, fields, want)
		}
	}
	if !rows[0].At.Equal(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)) {
		t.Errorf("have time %v", rows[0].At)
	}
}

func TestReadStopsAtLimit(t *testing.T) {
	t.Parallel()
	m, _ := Parse([]byte(mapping))
	rows, err := m.Read(folder(), 1, func(string, string) {})
	if err != nil || len(rows) != 1 {
		t.Fatalf("have %d rows, %v", len(rows), err)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"unknown key":     {`"rows"`, `"row"`},
		"unknown kind":    {`"kind": "order"`, `"kind": "orders"`},
		"unknown field":   {`"state"`, `"sate"`},
		"unknown fold":    {`"sum"`, `"mean"`},
		"unknown file":    {`"file": "payments"`, `"file": "payment"`},
		"value or column": {`{"value": "sent"}`, `{}`},
	} {
		if _, err := Parse([]byte(strings.Replace(mapping, change[0], change[1], 1))); err == nil {
			t.Errorf("%s: was accepted", name)
		}
	}
}

func TestReadNamesTheMissingColumn(t *testing.T) {
	t.Parallel()
	m, err := Parse([]byte(strings.Replace(mapping, `["zip"]`, `["postcode"]`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Read(folder(), 0, func(string, string) {}); err == nil || !strings.Contains(err.Error(), "postcode") {
		t.Fatalf("have %v", err)
	}
}

func TestStableIDIsPositiveAndStable(t *testing.T) {
	t.Parallel()
	if stableID("14") != 14 {
		t.Error("a number must stay itself")
	}
	if a, b := stableID("ada"), stableID("ada"); a != b || a <= 0 || a == stableID("bob") {
		t.Errorf("have %d and %d", a, b)
	}
}

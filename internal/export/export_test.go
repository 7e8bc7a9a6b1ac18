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
			"d,yesterday,eve,1,\n")},
		"payments.csv": {Data: []byte("id,paid\na,10.10\na,0.20\n")},
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
	if len(rows) != 2 || len(skipped) != 2 || !strings.Contains(skipped["c"], "amount_total") || skipped["d"] == "" {
		t.Fatalf("have %d rows, skipped %v", len(rows), skipped)
	}
	for i, want := range []string{"10.3", "7.50"} {
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

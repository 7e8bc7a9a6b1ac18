package decision

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func TestCompute(t *testing.T) {
	t.Parallel()
	past := func(hours int, kind string, partner int64, amount *decimal.Decimal) HistoryRow {
		at := noon.Add(-time.Duration(hours) * time.Hour)
		return HistoryRow{Kind: kind, Subject: fmt.Sprint(kind, hours), Partner: partner, Amount: amount, At: at, KnownAt: at}
	}
	late := past(3, "order", 9, bound("1000")) // happened before, was told later
	late.KnownAt = noon.Add(time.Microsecond)
	again := past(5, "order", 1, bound("500")) // the newest order, asked about before for more
	again.Subject = "order1"
	rows := []HistoryRow{
		past(1, "order", 1, bound("10.50")), past(2, "order", 2, nil), past(24, "order", 1, bound("2")), past(25, "order", 0, bound("100")),
		past(1, "refund", 3, bound("7")), late, again,
	}
	day := 24 * time.Hour
	tests := map[string]struct {
		feature Feature
		want    string
		known   int // hours ago; -1: nothing is known
	}{
		"count in a day":         {Feature{Kind: "order", Window: day, Fold: Count}, "3", 1},
		"sum in a day":           {Feature{Kind: "order", Window: day, Fold: Sum}, "502", 1},
		"partners in a day":      {Feature{Kind: "order", Window: day, Fold: DistinctPartners}, "2", 1},
		"count of all":           {Feature{Kind: "order", Fold: Count}, "4", 1},
		"sum of all":             {Feature{Kind: "order", Fold: Sum}, "602", 1},
		"unknown partner is not": {Feature{Kind: "order", Fold: DistinctPartners}, "2", 1},
		"days since the first":   {Feature{Kind: "order", Fold: DaysSinceFirst}, "1", 1},
		"another kind":           {Feature{Kind: "refund", Window: day, Fold: Sum}, "7", 1},
		"nothing":                {Feature{Kind: "delivery", Window: day, Fold: Count}, "0", -1},
		"no sum":                 {Feature{Kind: "delivery", Window: day, Fold: Sum}, "0", -1},
	}
	for name, test := range tests {
		value, known := test.feature.Compute(rows, noon)
		if have := string(mustCanonical(Record{"x": value})); have != `{"x":`+test.want+`}` {
			t.Errorf("%s: have %s, want %s", name, have, test.want)
		}
		want := time.Time{}
		if test.known >= 0 {
			want = noon.Add(-time.Duration(test.known) * time.Hour)
		}
		if !known.Equal(want) {
			t.Errorf("%s: known at %s, want %s", name, known, want)
		}
	}
}

// A feature reads nothing that was not known before the decision, and the
// order of rows does not matter.
func TestComputeLooksBack(t *testing.T) {
	t.Parallel()
	row := rapid.Custom(func(t *rapid.T) HistoryRow {
		at := noon.Add(time.Duration(rapid.IntRange(-100, 10).Draw(t, "at")) * time.Hour)
		return HistoryRow{
			Kind: rapid.SampledFrom([]string{"order", "refund"}).Draw(t, "kind"), Partner: rapid.Int64Range(0, 3).Draw(t, "partner"),
			Amount: bound("1"), At: at, KnownAt: at.Add(time.Duration(rapid.IntRange(0, 50).Draw(t, "delay")) * time.Hour),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOf(row).Draw(t, "rows")
		for i := range rows {
			rows[i].Subject = fmt.Sprint(i)
		}
		f := Feature{Kind: "order", Window: 24 * time.Hour, Fold: rapid.SampledFrom([]Aggregate{Count, Sum, DistinctPartners, DaysSinceFirst}).Draw(t, "fold")}
		var known []HistoryRow
		for _, r := range rows {
			if !r.KnownAt.After(noon) {
				known = append(known, r)
			}
		}
		all, at := f.Compute(rapid.Permutation(rows).Draw(t, "order"), noon)
		some, _ := f.Compute(known, noon)
		if string(mustCanonical(Record{"x": all})) != string(mustCanonical(Record{"x": some})) || at.After(noon) {
			t.Fatalf("have %v known at %s, want %v", all, at, some)
		}
	})
}

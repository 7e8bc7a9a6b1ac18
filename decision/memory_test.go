package decision_test

import (
	"fmt"
	"testing"
	"time"

	. "assent/decision"
	"assent/internal/store/storetest"
)

// Training's history answers as the stores do.
func TestMemoryHistory(t *testing.T) {
	t.Parallel()
	storetest.History(t, func() storetest.Memory { return &MemoryHistory{} })
}

// BenchmarkMemoryHistory replays orders in order of time: two in a hundred are
// told to be fraud a month later.
func BenchmarkMemoryHistory(b *testing.B) {
	m, now, n := &MemoryHistory{}, noon, 0
	for b.Loop() {
		n++
		now = now.Add(time.Minute)
		email, domain := fmt.Sprint(n*7919%5000), fmt.Sprint(n%40)
		row := HistoryRow{Kind: "order", Subject: fmt.Sprint(n), At: now, KnownAt: now}
		if n%50 == 0 {
			row.Kind, row.At = "order.truth", now.AddDate(0, -1, 0)
		}
		var queries []HistoryQuery
		for _, e := range [][2]string{{"email", email}, {"domain", domain}, {"system", "all"}} {
			row.EntityType, row.EntityHash = e[0], e[1]
			queries = append(queries, HistoryQuery{EntityType: e[0], EntityHash: e[1], Kind: "order", Before: now, NotSubject: row.Subject, Cap: 100})
			noError(b, m.AddHistory(b.Context(), "main", []HistoryRow{row}))
		}
		if _, err := m.History(b.Context(), "main", queries); err != nil {
			b.Fatal(err)
		}
	}
}

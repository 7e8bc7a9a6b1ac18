package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// past is a row of the entity "email h1": event n is newer than event n-1,
// and was known a second after it happened.
func past(n int) decision.HistoryRow {
	at := after(time.Duration(n) * time.Minute)
	return decision.HistoryRow{
		EntityType: "email", EntityHash: "1:h1", Kind: "order", Subject: fmt.Sprint("shop/sale.order/", n),
		Partner: int64(n), At: at, KnownAt: at.Add(time.Second),
	}
}

// ask is a query that finds every row of past.
func ask() decision.HistoryQuery {
	return decision.HistoryQuery{EntityType: "email", EntityHash: "1:h1", Kind: "order", Before: after(1000 * time.Hour), Cap: 100}
}

// Memory is what remembers rows and answers queries: a store, or a history
// without one.
type Memory interface {
	decision.History
	AddHistory(ctx context.Context, company string, rows []decision.HistoryRow) error
}

// historyCase is one promise of HistoryQuery, whoever answers it.
type historyCase struct {
	name string
	run  func(t *testing.T, m Memory)
}

// History holds what answers HistoryQuery without a store to a store's rules.
func History(t *testing.T, open func() Memory) {
	for _, c := range memoryCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, open())
		})
	}
}

// stored is a store as a memory.
type stored struct{ decision.Store }

// AddHistory adds rows in a unit of work of its own.
func (s stored) AddHistory(ctx context.Context, company string, rows []decision.HistoryRow) error {
	return s.Do(ctx, decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error { return tx.AddHistory(ctx, rows) }})
}

// historyCases are the promises of HistoryQuery, and what only a store can do.
func historyCases() []testCase {
	cases := []testCase{transactionCase}
	for _, c := range memoryCases {
		cases = append(cases, testCase{c.name, func(t *testing.T, db Database) { c.run(t, stored{db.Store}) }})
	}
	return cases
}

var memoryCases = []historyCase{
	{"history: comes back whole, newest first", func(t *testing.T, m Memory) {
		rows := []decision.HistoryRow{past(1), past(2), past(3)}
		rows[0].Amount, rows[1].Amount = amount("12.50"), amount("-0.000000001")
		rows[2].Partner = 0
		addHistory(t, m, rows...)
		wantHistory(t, m, ask(), rows[2], rows[1], rows[0])
	}},
	{"history: ties by when it was known and by subject", func(t *testing.T, m Memory) {
		a, b, c := past(1), past(2), past(3)
		for _, r := range []*decision.HistoryRow{&a, &b, &c} {
			r.At, r.KnownAt = start, after(time.Second)
		}
		c.KnownAt = after(2 * time.Second)
		addHistory(t, m, a, b, c)
		wantHistory(t, m, ask(), c, a, b)
	}},
	{"history: a row that is there stays as it was", func(t *testing.T, m Memory) {
		first, again := past(1), past(1)
		again.Partner, again.At, again.Amount = 99, after(time.Hour), amount("5")
		addHistory(t, m, first, again) // in one call
		addHistory(t, m, again)        // and in another
		wantHistory(t, m, ask(), first)
	}},
	{"history: the same subject learnt of again is another row", func(t *testing.T, m Memory) {
		first, again := past(1), past(1)
		again.At, again.KnownAt, again.Amount = after(time.Hour), after(time.Hour), amount("5")
		addHistory(t, m, first, again)
		wantHistory(t, m, ask(), again, first)
	}},
	{"history: the same subject under another kind or entity is another row", func(t *testing.T, m Memory) {
		a, b, c := past(1), past(1), past(1)
		b.Kind, c.EntityHash = "refund", "1:h2"
		addHistory(t, m, a, b, c)
		wantHistory(t, m, ask(), a)
		q := ask()
		q.Kind = "refund"
		wantHistory(t, m, q, b)
	}},
	{"history: only what was known before, to the microsecond", func(t *testing.T, m Memory) {
		late := past(1)
		late.KnownAt = after(time.Hour) // learnt long after it happened
		addHistory(t, m, late, past(2))
		q := ask()
		q.Before = after(time.Hour)
		wantHistory(t, m, q, past(2))
		q.Before = after(time.Hour + time.Microsecond)
		wantHistory(t, m, q, past(2), late)
	}},
	{"history: only since, the bound included", func(t *testing.T, m Memory) {
		addHistory(t, m, past(1), past(2), past(3))
		q := ask()
		q.Since = past(2).At
		wantHistory(t, m, q, past(3), past(2))
		q.Since = q.Since.Add(time.Microsecond)
		wantHistory(t, m, q, past(3))
	}},
	{"history: only until, the bound left out", func(t *testing.T, m Memory) {
		addHistory(t, m, past(1), past(2), past(3))
		q := ask()
		q.Until = past(2).At
		wantHistory(t, m, q, past(1))
		q.Until, q.Cap = q.Until.Add(time.Microsecond), 1
		wantHistory(t, m, q, past(2))
	}},
	{"history: keeps links and values as they are", func(t *testing.T, m Memory) {
		a, b, c := past(1), past(2), past(3)
		a.Links = map[string]string{"card": "1:" + strings.Repeat("ab", 16), "device": "1:ü\"'\\"}
		b.Values = map[string]decimal.Decimal{"late": *amount("1"), "total_days": *amount("-0.000001"), "big": *amount("123456789012.5")}
		c.Links, c.Values = map[string]string{"email": "1:x"}, map[string]decimal.Decimal{"fraud": decimal.Zero}
		addHistory(t, m, a, b, c)
		wantHistory(t, m, ask(), c, b, a)
	}},
	{"history: what was learnt later of the same subject is beside what was learnt first", func(t *testing.T, m Memory) {
		first, last := past(1), past(1)
		first.Values, last.Values = map[string]decimal.Decimal{"fraud": *amount("1")}, map[string]decimal.Decimal{"fraud": *amount("0")}
		last.KnownAt = last.KnownAt.Add(time.Microsecond)
		again := first
		again.Values = map[string]decimal.Decimal{"fraud": *amount("7")}
		addHistory(t, m, first, last, again)
		wantHistory(t, m, ask(), last, first)
	}},
	{"history: a row that became known before it happened is seen once it is known", func(t *testing.T, m Memory) {
		early := past(60)
		early.KnownAt = after(time.Minute)
		addHistory(t, m, early, past(2))
		q := ask()
		q.Before = after(2 * time.Minute)
		wantHistory(t, m, q, early)
		q.Before = past(2).KnownAt.Add(time.Microsecond)
		wantHistory(t, m, q, early, past(2))
	}},
	{"history: not of the subject itself", func(t *testing.T, m Memory) {
		addHistory(t, m, past(1), past(2))
		q := ask()
		q.NotSubject = past(2).Subject
		wantHistory(t, m, q, past(1))
	}},
	{"history: the newest up to the cap, which counts after the other rules", func(t *testing.T, m Memory) {
		addHistory(t, m, past(1), past(2), past(3), past(4))
		q := ask()
		q.Cap, q.NotSubject, q.Before = 2, past(4).Subject, past(4).KnownAt
		wantHistory(t, m, q, past(3), past(2))
		q.Cap = 0
		wantHistory(t, m, q)
	}},
	{"history: many queries at once, each with its own answer", func(t *testing.T, m Memory) {
		other := past(5)
		other.EntityType, other.EntityHash = "phone", "1:h9"
		addHistory(t, m, past(1), past(2), other)
		nothing, one, phone := ask(), ask(), ask()
		nothing.EntityHash, one.Cap, phone.EntityType, phone.EntityHash = "1:none", 1, "phone", "1:h9"
		got, err := m.History(t.Context(), company, []decision.HistoryQuery{nothing, phone, ask(), one})
		noError(t, err)
		equal(t, "history", got, [][]decision.HistoryRow{nil, {other}, {past(2), past(1)}, {past(2)}})
		got, err = m.History(t.Context(), company, nil)
		noError(t, err)
		equal(t, "history of nothing", got, [][]decision.HistoryRow{})
	}},
	{"history: belongs to its company", func(t *testing.T, m Memory) {
		addHistory(t, m, past(1))
		got, err := m.History(t.Context(), "other", []decision.HistoryQuery{ask()})
		noError(t, err)
		equal(t, "history", got, [][]decision.HistoryRow{nil})
	}},
}

var transactionCase = testCase{"history: a transaction sees its own", func(t *testing.T, db Database) {
	addHistory(t, stored{db.Store}, past(1))
	do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
		if err := tx.AddHistory(ctx, []decision.HistoryRow{past(2)}); err != nil {
			return err
		}
		found, err := tx.History(ctx, []decision.HistoryQuery{ask()})
		if err == nil && (len(found) != 1 || len(found[0]) != 2) {
			t.Errorf("have %v", found)
		}
		return err
	})
}}

func addHistory(t testing.TB, m Memory, rows ...decision.HistoryRow) {
	t.Helper()
	noError(t, m.AddHistory(t.Context(), company, rows))
}

func wantHistory(t testing.TB, m Memory, q decision.HistoryQuery, want ...decision.HistoryRow) {
	t.Helper()
	got, err := m.History(t.Context(), company, []decision.HistoryQuery{q})
	noError(t, err)
	equal(t, "history", got, [][]decision.HistoryRow{want})
}

package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

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

var historyCases = []testCase{
	{"history: comes back whole, newest first", func(t *testing.T, db Database) {
		rows := []decision.HistoryRow{past(1), past(2), past(3)}
		rows[0].Amount, rows[1].Amount = amount("12.50"), amount("-0.000000001")
		rows[2].Partner = 0
		addHistory(t, db.Store, rows...)
		wantHistory(t, db, ask(), rows[2], rows[1], rows[0])
	}},
	{"history: ties by when it was known and by subject", func(t *testing.T, db Database) {
		a, b, c := past(1), past(2), past(3)
		for _, r := range []*decision.HistoryRow{&a, &b, &c} {
			r.At, r.KnownAt = start, after(time.Second)
		}
		c.KnownAt = after(2 * time.Second)
		addHistory(t, db.Store, a, b, c)
		wantHistory(t, db, ask(), c, a, b)
	}},
	{"history: a row that is there stays as it was", func(t *testing.T, db Database) {
		first, again := past(1), past(1)
		again.Partner, again.At, again.Amount = 99, after(time.Hour), amount("5")
		addHistory(t, db.Store, first, again) // in one call
		addHistory(t, db.Store, again)        // and in another
		wantHistory(t, db, ask(), first)
	}},
	{"history: the same subject learnt of again is another row", func(t *testing.T, db Database) {
		first, again := past(1), past(1)
		again.At, again.KnownAt, again.Amount = after(time.Hour), after(time.Hour), amount("5")
		addHistory(t, db.Store, first, again)
		wantHistory(t, db, ask(), again, first)
	}},
	{"history: a transaction sees its own", func(t *testing.T, db Database) {
		addHistory(t, db.Store, past(1))
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
	}},
	{"history: the same subject under another kind or entity is another row", func(t *testing.T, db Database) {
		a, b, c := past(1), past(1), past(1)
		b.Kind, c.EntityHash = "refund", "1:h2"
		addHistory(t, db.Store, a, b, c)
		wantHistory(t, db, ask(), a)
		q := ask()
		q.Kind = "refund"
		wantHistory(t, db, q, b)
	}},
	{"history: only what was known before, to the microsecond", func(t *testing.T, db Database) {
		late := past(1)
		late.KnownAt = after(time.Hour) // learnt long after it happened
		addHistory(t, db.Store, late, past(2))
		q := ask()
		q.Before = after(time.Hour)
		wantHistory(t, db, q, past(2))
		q.Before = after(time.Hour + time.Microsecond)
		wantHistory(t, db, q, past(2), late)
	}},
	{"history: only since, the bound included", func(t *testing.T, db Database) {
		addHistory(t, db.Store, past(1), past(2), past(3))
		q := ask()
		q.Since = past(2).At
		wantHistory(t, db, q, past(3), past(2))
		q.Since = q.Since.Add(time.Microsecond)
		wantHistory(t, db, q, past(3))
	}},
	{"history: not of the subject itself", func(t *testing.T, db Database) {
		addHistory(t, db.Store, past(1), past(2))
		q := ask()
		q.NotSubject = past(2).Subject
		wantHistory(t, db, q, past(1))
	}},
	{"history: the newest up to the cap, which counts after the other rules", func(t *testing.T, db Database) {
		addHistory(t, db.Store, past(1), past(2), past(3), past(4))
		q := ask()
		q.Cap, q.NotSubject, q.Before = 2, past(4).Subject, past(4).KnownAt
		wantHistory(t, db, q, past(3), past(2))
		q.Cap = 0
		wantHistory(t, db, q)
	}},
	{"history: many queries at once, each with its own answer", func(t *testing.T, db Database) {
		other := past(5)
		other.EntityType, other.EntityHash = "phone", "1:h9"
		addHistory(t, db.Store, past(1), past(2), other)
		nothing, one, phone := ask(), ask(), ask()
		nothing.EntityHash, one.Cap, phone.EntityType, phone.EntityHash = "1:none", 1, "phone", "1:h9"
		got, err := db.Store.History(t.Context(), company, []decision.HistoryQuery{nothing, phone, ask(), one})
		noError(t, err)
		equal(t, "history", got, [][]decision.HistoryRow{nil, {other}, {past(2), past(1)}, {past(2)}})
		got, err = db.Store.History(t.Context(), company, nil)
		noError(t, err)
		equal(t, "history of nothing", got, [][]decision.HistoryRow{})
	}},
	{"history: belongs to its company", func(t *testing.T, db Database) {
		addHistory(t, db.Store, past(1))
		got, err := db.Store.History(t.Context(), "other", []decision.HistoryQuery{ask()})
		noError(t, err)
		equal(t, "history", got, [][]decision.HistoryRow{nil})
	}},
}

func addHistory(t testing.TB, s decision.Store, rows ...decision.HistoryRow) {
	t.Helper()
	do(t, s, func(ctx context.Context, tx decision.Tx) error { return tx.AddHistory(ctx, rows) })
}

func wantHistory(t testing.TB, db Database, q decision.HistoryQuery, want ...decision.HistoryRow) {
	t.Helper()
	got, err := db.Store.History(t.Context(), company, []decision.HistoryQuery{q})
	noError(t, err)
	equal(t, "history", got, [][]decision.HistoryRow{want})
}

package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"assent/decision"
)

var dueCases = []testCase{
	{"pending: what a record's decisions have begun and not ended, oldest first", func(t *testing.T, db Database) {
		rows := make([]any, len(decision.Statuses))
		for i, status := range decision.Statuses {
			d := decisionRow(len(decision.Statuses) - i)
			d.ID, d.RecordID, d.Status = string(status), 7, status
			rows[i] = d
		}
		put(t, db.Store, decision.Decisions, rows...)
		wantPending(t, db, "sale.order", 7, "parked", "executing", "awaiting_receipt")
		wantPending(t, db, "sale.order", 8)
		wantPending(t, db, "account.move", 7)
	}},
	{"pending: sees what the transaction has written", func(t *testing.T, db Database) {
		d := decisionRow(1)
		d.Status = decision.Executing
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
			if err := tx.Put(ctx, decision.Decisions, d.ID, encode(d)); err != nil {
				return err
			}
			pending, err := tx.Pending(ctx, d.Model, d.RecordID)
			if len(pending) != 1 {
				t.Errorf("have %v", pending)
			}
			return err
		})
	}},
	{"due: waiting ones when their time has come", func(t *testing.T, db Database) {
		past, now, later := execution("a"), execution("b"), execution("c")
		past.Due, later.Due = after(-time.Hour), after(time.Microsecond)
		put(t, db.Store, decision.Executions, now, later, past)
		wantDue(t, db, start, 10, false, "a", "b")
		wantDue(t, db, after(time.Microsecond), 10, false, "a", "b", "c")
	}},
	{"due: running ones only past their lease", func(t *testing.T, db Database) {
		x := execution("x")
		x.Status, x.LeaseUntil = decision.ExecutionRunning, after(time.Minute)
		put(t, db.Store, decision.Executions, x)
		wantDue(t, db, after(time.Minute), 10, true)
		wantDue(t, db, after(time.Minute+time.Microsecond), 10, false, "x")
	}},
	{"due: parked ones only when asked for", func(t *testing.T, db Database) {
		x := execution("x")
		x.Status, x.Due = decision.ExecutionParked, after(time.Hour)
		put(t, db.Store, decision.Executions, x)
		wantDue(t, db, after(2*time.Hour), 10, false)
		wantDue(t, db, start, 10, true, "x")
	}},
	{"due: never one that has ended", func(t *testing.T, db Database) {
		for i, status := range []decision.ExecutionStatus{decision.ExecutionDone, decision.ExecutionFailed, decision.ExecutionStale, decision.ExecutionVoid} {
			x := execution(fmt.Sprint(i))
			x.Status = status
			put(t, db.Store, decision.Executions, x)
		}
		wantDue(t, db, after(time.Hour), 10, true)
	}},
	{"due: one in flight a record, in decision order", func(t *testing.T, db Database) {
		// The id of the first is the largest and its time the latest: only Order counts.
		first, second, other := execution("z"), execution("a"), execution("b")
		first.Record, second.Record = "shop/sale.order/1", "shop/sale.order/1"
		first.Order, second.Order = 100, 200
		first.Due = after(time.Minute)
		put(t, db.Store, decision.Executions, second, first, other)
		wantDue(t, db, start, 10, false, "b") // z is not due, and a must wait for it
		wantDue(t, db, after(time.Minute), 10, false, "b", "z")

		for _, status := range []decision.ExecutionStatus{decision.ExecutionRunning, decision.ExecutionParked} {
			first.Status, first.LeaseUntil = status, after(24*time.Hour)
			put(t, db.Store, decision.Executions, first)
			wantDue(t, db, after(time.Hour), 10, false, "b")
		}
		first.Status = decision.ExecutionFailed
		put(t, db.Store, decision.Executions, first)
		wantDue(t, db, after(time.Hour), 10, false, "b", "a")
	}},
	{"due: earliest first, at most n", func(t *testing.T, db Database) {
		for i, minutes := range []int{3, 1, 2, 0, 4} {
			x := execution(fmt.Sprint("x", i))
			x.Due = after(time.Duration(minutes) * time.Minute)
			if i == 2 {
				x.Status, x.LeaseUntil = decision.ExecutionRunning, after(3*time.Minute)
			}
			put(t, db.Store, decision.Executions, x)
		}
		wantDue(t, db, after(time.Hour), 10, false, "x3", "x1", "x2", "x0", "x4")
		wantDue(t, db, after(time.Hour), 3, false, "x3", "x1", "x2")
		wantDue(t, db, after(time.Hour), 0, false)
	}},
	{"due: ties by order, then id", func(t *testing.T, db Database) {
		a, b, c := execution("a"), execution("b"), execution("c")
		a.Order = 300
		put(t, db.Store, decision.Executions, c, b, a)
		wantDue(t, db, start, 10, false, "b", "c", "a")
	}},
	{"due: sees what its transaction has written", func(t *testing.T, db Database) {
		put(t, db.Store, decision.Executions, execution("a"), execution("b"))
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
			leased := execution("a")
			leased.Status, leased.LeaseUntil = decision.ExecutionRunning, after(time.Minute)
			if err := tx.Put(ctx, decision.Executions, "a", encode(leased)); err != nil {
				return err
			}
			if err := tx.Put(ctx, decision.Executions, "c", encode(execution("c"))); err != nil {
				return err
			}
			due, err := tx.Due(ctx, start, 10, false)
			equal(t, "due", idsOf(due), []string{"b", "c"})
			return err
		})
	}},
	{"due: workers of one process lease each execution once", func(t *testing.T, db Database) {
		leaseAll(t, []decision.Store{db.Store})
	}},
	{"due: workers of two replicas lease each execution once", func(t *testing.T, db Database) {
		second, err := db.Second(t)
		if err != nil {
			wantCode(t, err, decision.CodeConflict)
			return
		}
		leaseAll(t, []decision.Store{db.Store, second})
	}},
	{"due: belongs to its company", func(t *testing.T, db Database) {
		put(t, db.Store, decision.Executions, execution("a"))
		noError(t, db.Store.Do(t.Context(), decision.Work{Company: "other", Do: func(ctx context.Context, tx decision.Tx) error {
			due, err := tx.Due(ctx, after(time.Hour), 10, true)
			equal(t, "due", idsOf(due), []string{})
			return err
		}}))
	}},
}

func idsOf(due []decision.Execution) []string {
	ids := []string{}
	for _, x := range due {
		ids = append(ids, x.ID)
	}
	return ids
}

func wantPending(t testing.TB, db Database, model string, id int64, want ...string) {
	t.Helper()
	got := []string{}
	do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
		pending, err := tx.Pending(ctx, model, id)
		for _, d := range pending {
			got = append(got, d.ID)
		}
		return err
	})
	equal(t, "pending", got, append([]string{}, want...))
}

func wantDue(t testing.TB, db Database, now time.Time, n int, parked bool, want ...string) {
	t.Helper()
	var got []string
	do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
		due, err := tx.Due(ctx, now, n, parked)
		got = idsOf(due)
		return err
	})
	equal(t, "due", got, append([]string{}, want...))
}

// leaseAll has many workers lease 60 executions, three at a time.
func leaseAll(t *testing.T, stores []decision.Store) {
	for i := range 60 {
		put(t, stores[0], decision.Executions, execution(fmt.Sprint("x", i)))
	}
	leased := make([][]string, 40)
	noErrors(t, together(len(leased), func(i int) error {
		return stores[i%len(stores)].Do(t.Context(), decision.Work{Company: company, Lane: decision.Background, Do: func(ctx context.Context, tx decision.Tx) error {
			due, err := tx.Due(ctx, start, 3, false)
			for _, x := range due {
				x.Status, x.LeaseUntil = decision.ExecutionRunning, after(time.Hour)
				if err := tx.Put(ctx, decision.Executions, x.ID, encode(x)); err != nil {
					return err
				}
			}
			leased[i] = idsOf(due)
			return err
		}})
	}))
	seen := map[string]int{}
	for _, ids := range leased {
		for _, id := range ids {
			seen[id]++
		}
	}
	for i := range 60 {
		if id := fmt.Sprint("x", i); seen[id] != 1 {
			t.Errorf("%s was leased %d times", id, seen[id])
		}
	}
}

package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"assent/decision"
)

var listCases = []testCase{
	{"list: decisions, exceptions and outcomes newest first", func(t *testing.T, db Database) {
		put(t, db.Store, decision.Decisions, decisionRow(2), decisionRow(0), decisionRow(1))
		put(t, db.Store, decision.Exceptions, exception(2), exception(0), exception(1))
		put(t, db.Store, decision.Outcomes, outcomeRow(2), outcomeRow(0), outcomeRow(1))
		wantIDs(t, db, decision.Decisions, decision.Filter{}, "d002", "d001", "d000")
		wantIDs(t, db, decision.Exceptions, decision.Filter{}, "exc-002", "exc-001", "exc-000")
		wantIDs(t, db, decision.Outcomes, decision.Filter{}, "o002", "o001", "o000")
	}},
	{"list: executions newest first, ties by id", func(t *testing.T, db Database) {
		a, b, c := execution("a"), execution("b"), execution("c")
		b.Order = 200
		put(t, db.Store, decision.Executions, b, c, a)
		wantIDs(t, db, decision.Executions, decision.Filter{}, "b", "c", "a")
	}},
	{"list: approvals nearest deadline first, to the microsecond", func(t *testing.T, db Database) {
		// As text, "10:00:00Z" comes after "10:00:00.5Z".
		at := []time.Duration{time.Hour, time.Hour + time.Microsecond, time.Hour + 500*time.Millisecond, 2 * time.Hour}
		for i, d := range at {
			a := approval(len(at)-i, "finance")
			a.Deadline = after(d)
			put(t, db.Store, decision.Approvals, a)
		}
		wantIDs(t, db, decision.Approvals, decision.Filter{}, "a004", "a003", "a002", "a001")
	}},
	{"list: digits past microseconds are cut, not rounded", func(t *testing.T, db Database) {
		a := approval(1, "finance")
		a.Deadline = after(time.Hour + 1999*time.Nanosecond)
		put(t, db.Store, decision.Approvals, a)
		wantIDs(t, db, decision.Approvals, decision.Filter{Before: after(time.Hour + 2*time.Microsecond)}, "a001")
		wantIDs(t, db, decision.Approvals, decision.Filter{Before: after(time.Hour + time.Microsecond)})
	}},
	{"list: a time with an offset is the same instant", func(t *testing.T, db Database) {
		a, b := approval(1, "finance"), approval(2, "finance")
		a.Deadline = after(90 * time.Minute).In(time.FixedZone("", 2*3600))
		b.Deadline = after(89*time.Minute + 123456*time.Microsecond).In(time.FixedZone("", -90*60))
		put(t, db.Store, decision.Approvals, a, b)
		wantIDs(t, db, decision.Approvals, decision.Filter{}, "a002", "a001")
		wantIDs(t, db, decision.Approvals, decision.Filter{Before: after(90 * time.Minute)}, "a002")
	}},
	{"list: filters by every column of decisions", func(t *testing.T, db Database) {
		a, b := decisionRow(1), decisionRow(2)
		b.Kind, b.Channel, b.Model, b.RecordID, b.Outcome, b.Status = "refund", "pos", "account.move", 77, decision.Execute, decision.Done
		put(t, db.Store, decision.Decisions, a, b)
		wantEach(t, db, decision.Decisions, "d001", map[string]string{
			"kind": "order", "status": "awaiting_approval", "outcome": "approve", "model": "sale.order", "record_id": "1", "channel": "web",
		})
		wantEach(t, db, decision.Decisions, "d002", map[string]string{
			"kind": "refund", "status": "done", "outcome": "execute", "model": "account.move", "record_id": "77", "channel": "pos",
		})
	}},
	{"list: filters by every column of the other tables", func(t *testing.T, db Database) {
		approved, declined := approval(1, "finance"), approval(2, "compliance", "operations")
		declined.Kind, declined.Status = "refund", decision.Declined
		put(t, db.Store, decision.Approvals, approved, declined)
		wantEach(t, db, decision.Approvals, "a002", map[string]string{"status": "declined", "kind": "refund", "decision": "d002", "role": "operations"})

		waiting, done := execution("w"), execution("x")
		done.Status = decision.ExecutionDone
		put(t, db.Store, decision.Executions, waiting, done)
		wantEach(t, db, decision.Executions, "x", map[string]string{"status": "done", "decision": "d-x", "record": "shop/sale.order/x"})

		open, closed := exception(1), exception(2)
		closed.State, closed.Type, closed.Role = decision.StateClosed, decision.PromiseAtRisk, "warehouse_lead"
		put(t, db.Store, decision.Exceptions, open, closed)
		wantEach(t, db, decision.Exceptions, "exc-002", map[string]string{"state": "closed", "type": "promise_at_risk", "role": "warehouse_lead"})

		lost, late := outcomeRow(1), outcomeRow(2)
		late.Decision, late.Type = "d007", "delivered_late"
		put(t, db.Store, decision.Outcomes, lost, late)
		wantEach(t, db, decision.Outcomes, "o002", map[string]string{"decision": "d007", "type": "delivered_late"})
	}},
	{"list: any of several values, all of several columns", func(t *testing.T, db Database) {
		for i, status := range []decision.Status{decision.Done, decision.Failed, decision.Stale, decision.Done} {
			row := decisionRow(i)
			row.Status = status
			if i == 3 {
				row.Kind = "refund"
			}
			put(t, db.Store, decision.Decisions, row)
		}
		wantIDs(t, db, decision.Decisions, where("status", "done", "failed"), "d003", "d001", "d000")
		both := where("status", "done", "stale")
		both.Where["kind"] = []string{"order"}
		wantIDs(t, db, decision.Decisions, both, "d002", "d000")
		wantIDs(t, db, decision.Decisions, where("status", "none of these"))
	}},
	{"list: no value matches nothing", func(t *testing.T, db Database) {
		put(t, db.Store, decision.Approvals, approval(1, "finance"))
		wantIDs(t, db, decision.Approvals, where("role"))
		wantIDs(t, db, decision.Approvals, where("status"))
	}},
	{"list: approvals by any of their roles, each once", func(t *testing.T, db Database) {
		put(t, db.Store, decision.Approvals,
			approval(1, "finance"), approval(2, "finance", "compliance"), approval(3, "operations"), approval(4))
		wantIDs(t, db, decision.Approvals, where("role", "finance"), "a001", "a002")
		wantIDs(t, db, decision.Approvals, where("role", "compliance", "finance"), "a001", "a002")
		wantIDs(t, db, decision.Approvals, where("role", "operations"), "a003")
		wantIDs(t, db, decision.Approvals, where("role", "fin"))
		both := where("role", "finance")
		both.Where["decision"] = []string{"d002"}
		wantIDs(t, db, decision.Approvals, both, "a002")
	}},
	{"list: approvals by the roles they have now", func(t *testing.T, db Database) {
		put(t, db.Store, decision.Approvals, approval(1, "finance", "compliance"))
		put(t, db.Store, decision.Approvals, approval(1, "compliance", "operations"))
		wantIDs(t, db, decision.Approvals, where("role", "finance"))
		wantIDs(t, db, decision.Approvals, where("role", "operations"), "a001")
		wantIDs(t, db, decision.Approvals, where("role", "compliance"), "a001")
	}},
	{"list: from and to", func(t *testing.T, db Database) {
		for i := range 5 {
			put(t, db.Store, decision.Decisions, decisionRow(i))
			put(t, db.Store, decision.Exceptions, exception(i))
			put(t, db.Store, decision.Approvals, approval(i, "finance"))
		}
		between := decision.Filter{From: after(time.Minute), To: after(3 * time.Minute)} // the end is outside
		wantIDs(t, db, decision.Decisions, between, "d002", "d001")
		wantIDs(t, db, decision.Exceptions, between, "exc-002", "exc-001")
		wantIDs(t, db, decision.Approvals, between, "a001", "a002")
		wantIDs(t, db, decision.Approvals, decision.Filter{Before: after(2 * time.Hour)}, "a000", "a001")
	}},
	{"list: what a table cannot be filtered by is invalid", func(t *testing.T, db Database) {
		for _, c := range []struct {
			table  decision.Table
			filter decision.Filter
		}{
			{decision.Decisions, where("body", "x")},
			{decision.Decisions, where("1=1 OR status", "x")},
			{decision.Decisions, decision.Filter{Before: start}},
			{decision.Executions, where("role", "x")},
			{decision.Executions, decision.Filter{From: start}},
			{decision.Outcomes, decision.Filter{To: start}},
			{decision.Decisions, decision.Filter{Cursor: "no cursor"}},
			{decision.Decisions, decision.Filter{Cursor: "bm8tY3Vyc29y"}},
		} {
			_, err := db.Store.List(t.Context(), company, c.table, c.filter)
			wantCode(t, err, decision.CodeInvalid)
			if c.filter.Cursor != "" {
				continue // a count has no pages
			}
			_, err = db.Store.Count(t.Context(), company, c.table, c.filter)
			wantCode(t, err, decision.CodeInvalid)
		}
	}},
	{"list: limits", func(t *testing.T, db Database) {
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
			for i := range 520 {
				if err := tx.Put(ctx, decision.Decisions, decisionRow(i).ID, encode(decisionRow(i))); err != nil {
					return err
				}
			}
			return nil
		})
		for limit, want := range map[int]int{-1: 50, 0: 50, 1: 1, 7: 7, 500: 500, 501: 500, 9999: 500} {
			page, err := db.Store.List(t.Context(), company, decision.Decisions, decision.Filter{Limit: limit})
			noError(t, err)
			if len(page.Rows) != want || page.Next == "" {
				t.Errorf("limit %d gave %d rows and the cursor %q, want %d", limit, len(page.Rows), page.Next, want)
			}
			n, err := db.Store.Count(t.Context(), company, decision.Decisions, decision.Filter{Limit: limit, Cursor: page.Next})
			noError(t, err)
			equal(t, "count, whatever the page", n, 520)
		}
		n, err := db.Store.Count(t.Context(), "other", decision.Decisions, decision.Filter{})
		noError(t, err)
		equal(t, "count of another company", n, 0)
	}},
	{"list: pages give every row once, the last one no cursor", func(t *testing.T, db Database) {
		for i := range 12 {
			a := approval(i, "finance")
			a.Deadline = after(time.Duration(i/4) * time.Hour) // many share one
			put(t, db.Store, decision.Approvals, a)
			put(t, db.Store, decision.Decisions, decisionRow(i))
		}
		for _, table := range []decision.Table{decision.Approvals, decision.Decisions} {
			for _, limit := range []int{1, 4, 5, 12} {
				ids := pages(t, db.Store, table, limit, func() {})
				if slices.Sort(ids); len(ids) != 12 || len(slices.Compact(ids)) != 12 {
					t.Errorf("%s by %d gave %v", table, limit, ids)
				}
			}
		}
	}},
	{"list: a cursor stays where it is while rows come", func(t *testing.T, db Database) {
		for i := range 10 {
			put(t, db.Store, decision.Decisions, decisionRow(i*10))
		}
		next := 1000
		ids := pages(t, db.Store, decision.Decisions, 3, func() {
			put(t, db.Store, decision.Decisions, decisionRow(next)) // newer than all: no page may show it
			next++
		})
		want := []string{"d090", "d080", "d070", "d060", "d050", "d040", "d030", "d020", "d010", "d000"}
		equal(t, "ids", ids, want)
	}},
}

func where(column string, values ...string) decision.Filter {
	return decision.Filter{Where: map[string][]string{column: values}}
}

func list(t testing.TB, s decision.Store, table decision.Table, f decision.Filter) ([]string, string) {
	t.Helper()
	page, err := s.List(t.Context(), company, table, f)
	noError(t, err)
	ids := []string{}
	for _, body := range page.Rows {
		ids = append(ids, idOf(body))
	}
	return ids, page.Next
}

func wantIDs(t testing.TB, db Database, table decision.Table, f decision.Filter, want ...string) {
	t.Helper()
	got, _ := list(t, db.Store, table, f)
	equal(t, fmt.Sprintf("%s by %v", table, f), got, append([]string{}, want...))
	n, err := db.Store.Count(t.Context(), company, table, f)
	noError(t, err)
	equal(t, fmt.Sprintf("count of %s by %v", table, f), n, len(want))
}

// wantEach filters by one column at a time; each must find just the row id.
func wantEach(t testing.TB, db Database, table decision.Table, id string, columns map[string]string) {
	t.Helper()
	for column, value := range columns {
		wantIDs(t, db, table, where(column, value), id)
		wantIDs(t, db, table, where(column, value+"?"))
	}
}

// pages follows the cursors to the end, calling between before each next page.
func pages(t testing.TB, s decision.Store, table decision.Table, limit int, between func()) []string {
	t.Helper()
	var all []string
	f := decision.Filter{Limit: limit}
	for {
		ids, next := list(t, s, table, f)
		all = append(all, ids...)
		if next == "" {
			return all
		}
		f.Cursor = next
		between()
	}
}

package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"assent/decision"
)

// The rows of the cases: number n is older than number n+1.

func decisionRow(n int) decision.DecisionRow {
	return decision.DecisionRow{
		ID: fmt.Sprintf("d%03d", n), Seq: int64(n + 1), At: after(time.Duration(n) * time.Minute),
		Kind: "order", Channel: "web", DB: "shop", Model: "sale.order", RecordID: int64(n), Correlation: "c",
		Outcome: decision.Approve, Status: decision.AwaitingApproval, Apply: decision.ByService,
		Action:  decision.Action{Name: "credit_note", Params: decision.Record{"amount": *amount("1.50")}},
		AtStake: &decision.Money{Amount: *amount("12.50"), Currency: "EUR"},
	}
}

func approval(n int, roles ...string) decision.Approval {
	return decision.Approval{
		ID: fmt.Sprintf("a%03d", n), Decision: fmt.Sprintf("d%03d", n), Kind: "order", Status: decision.AwaitingApproval,
		Roles: roles, People: 1, OpenedAt: after(time.Duration(n) * time.Minute), Deadline: after(time.Duration(n) * time.Hour),
	}
}

func execution(id string) decision.Execution {
	return decision.Execution{
		ID: id, Decision: "d-" + id, Record: "shop/sale.order/" + id, Status: decision.ExecutionWaiting,
		Order: 100, Due: start, Action: decision.Action{Name: "confirm"},
	}
}

func exception(n int) decision.Exception {
	return decision.Exception{
		ID: fmt.Sprintf("exc-%03d", n), State: decision.StateOpen, OpenedAt: after(time.Duration(n) * time.Minute), Times: 1,
		NewException: decision.NewException{Type: decision.DeadLetter, Cause: "cause", Role: decision.RoleOperations, Deadline: after(time.Hour)},
	}
}

func outcomeRow(n int) decision.OutcomeRow {
	return decision.OutcomeRow{
		OutcomeRecord: decision.OutcomeRecord{ID: fmt.Sprintf("o%03d", n), Decision: "d000", Type: "chargeback", Value: "lost", At: start},
		KnownAt:       after(time.Duration(n) * time.Minute),
	}
}

var projectionCases = []testCase{
	{"row: comes back byte for byte", func(t *testing.T, db Database) {
		for _, table := range decision.Tables {
			body := sampleRow(table)
			do(t, db.Store, func(ctx context.Context, tx decision.Tx) error { return tx.Put(ctx, table, "id-1", body) })
			got, found, err := db.Store.Row(t.Context(), company, table, "id-1")
			noError(t, err)
			if !found || string(got) != string(body) {
				t.Errorf("%s: found %t, %s, want %s", table, found, got, body)
			}
		}
	}},
	{"row: a missing one is not found, without error", func(t *testing.T, db Database) {
		for _, table := range decision.Tables {
			_, found, err := db.Store.Row(t.Context(), company, table, "none")
			noError(t, err)
			do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
				_, alsoFound, err := tx.Get(ctx, table, "none")
				found = found || alsoFound
				return err
			})
			if found {
				t.Errorf("%s: found", table)
			}
		}
	}},
	{"row: belongs to its company", func(t *testing.T, db Database) {
		put(t, db.Store, decision.Decisions, decisionRow(1))
		_, found, err := db.Store.Row(t.Context(), "other", decision.Decisions, "d001")
		noError(t, err)
		page, err := db.Store.List(t.Context(), "other", decision.Decisions, decision.Filter{})
		noError(t, err)
		if found || len(page.Rows) != 0 {
			t.Fatal("another company sees it")
		}
	}},
	{"row: an unknown table is invalid", func(t *testing.T, db Database) {
		const table = decision.Table("users; DROP TABLE journal")
		_, _, err := db.Store.Row(t.Context(), company, table, "x")
		wantCode(t, err, decision.CodeInvalid)
		_, err = db.Store.List(t.Context(), company, table, decision.Filter{})
		wantCode(t, err, decision.CodeInvalid)
		wantCode(t, db.Store.AllRows(t.Context(), company, table, nil), decision.CodeInvalid)
		err = db.Store.Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
			return tx.Put(ctx, table, "x", []byte("{}"))
		}})
		wantCode(t, err, decision.CodeInvalid)
	}},
	{"row: typed access reads what typed access wrote", func(t *testing.T, db Database) {
		want := approval(1, decision.RoleFinance)
		put(t, db.Store, decision.Approvals, want)
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
			got, err := decision.Load[decision.Approval](ctx, tx, decision.Approvals, want.ID)
			equal(t, "approval", got, want)
			return err
		})
	}},
	{"all rows: every row once, in id order", func(t *testing.T, db Database) {
		const n = 1203 // more than any engine reads at once
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
			for i := range n {
				row := decisionRow(i)
				row.ID = fmt.Sprintf("d%05d", (i*7919)%n) // not in order of insertion
				if err := tx.Put(ctx, decision.Decisions, row.ID, encode(row)); err != nil {
					return err
				}
			}
			return nil
		})
		var ids []string
		noError(t, db.Store.AllRows(t.Context(), company, decision.Decisions, func(id string, body json.RawMessage) error {
			if idOf(body) != id {
				return fmt.Errorf("row %s has the body of %s", id, idOf(body))
			}
			ids = append(ids, id)
			return nil
		}))
		if len(ids) != n || !slices.IsSorted(ids) || len(slices.Compact(ids)) != n {
			t.Fatalf("%d ids, sorted %t", len(ids), slices.IsSorted(ids))
		}
	}},
	{"all rows: ends with the caller's error", func(t *testing.T, db Database) {
		put(t, db.Store, decision.Decisions, decisionRow(1), decisionRow(2))
		calls := 0
		err := db.Store.AllRows(t.Context(), company, decision.Decisions, func(string, json.RawMessage) error {
			calls++
			return errRefused
		})
		if !errors.Is(err, errRefused) || calls != 1 {
			t.Fatalf("%d calls, %v", calls, err)
		}
	}},
}

// sampleRow is a row with what a codec might change: key order, spaces,
// trailing zeros, escapes, letters beyond ASCII.
func sampleRow(table decision.Table) json.RawMessage {
	key := map[decision.Table]string{
		decision.Decisions: `"seq":1`, decision.Approvals: `"opened_at":"2026-11-24T09:00:00Z","deadline":"2026-11-24T10:00:00Z"`,
		decision.Executions: `"order":100`, decision.Exceptions: `"opened_at":"2026-11-24T09:00:00Z"`, decision.Outcomes: `"known_at":"2026-11-24T09:00:00Z"`,
	}[table]
	return json.RawMessage(`{ "z":1.500, "a" : "ü 漢字 😀 \u00e9 \/ \"", "z2":1e3,"list":[ 1,2 ],` + key + ` }`)
}

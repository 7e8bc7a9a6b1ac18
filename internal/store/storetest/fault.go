package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"testing"

	"assent/decision"
)

// Decide writes what a decision writes: one entry, key, row and execution, a
// sealed snapshot of 2 kB and three rows of history, all named by id.
func Decide(ctx context.Context, s decision.Store, id string) error {
	return s.Do(ctx, decision.Work{Company: company, Keys: []string{id}, Do: func(ctx context.Context, tx decision.Tx) error {
		if _, found, err := tx.Binding(ctx, id); err != nil || found {
			return err
		}
		row, x := decisionRow(1), execution(id)
		row.ID, row.Seq = id, tx.Head().Seq+1
		x.Order = row.Seq * 100
		for _, step := range []func() error{
			func() error { return tx.Bind(ctx, decision.Binding{Key: id, Request: id, Decision: id}) },
			func() error {
				return tx.Seal(ctx, decision.Sealed{ID: id, Master: "1", Key: make([]byte, 60), Box: bytes.Repeat([]byte{7}, 2048)})
			},
			func() error { return append1(ctx, tx, id) },
			func() error { return tx.Put(ctx, decision.Decisions, id, encode(row)) },
			func() error { return tx.Put(ctx, decision.Executions, id, encode(x)) },
			func() error { return tx.AddHistory(ctx, remembered(id)) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	}})
}

// remembered is the history of one decision: a thousand entities, in the end.
func remembered(id string) []decision.HistoryRow {
	rows := make([]decision.HistoryRow, 3)
	for n, entity := range []string{"partner", "email", "address"} {
		rows[n] = past(n)
		rows[n].EntityType, rows[n].EntityHash, rows[n].Subject = entity, fmt.Sprint("1:", crc32.ChecksumIEEE([]byte(id))%1000), id
		rows[n].Amount = amount("12.50")
	}
	return rows
}

// CheckWhole fails unless all that Decide was acknowledged for is there, and
// everything that is there is whole. It returns how many decisions there are.
func CheckWhole(t testing.TB, s decision.Store, acknowledged []string) int {
	t.Helper()
	there := map[string]bool{}
	for _, e := range checkChain(t, s, company) {
		there[e.ID] = true
		checkDecided(t, s, e.ID)
	}
	for _, id := range acknowledged {
		if !there[id] {
			t.Errorf("%s was acknowledged, and is not there", id)
		}
	}
	for _, table := range []decision.Table{decision.Decisions, decision.Executions} {
		noError(t, s.AllRows(t.Context(), company, table, func(id string, _ json.RawMessage) error {
			if !there[id] {
				t.Errorf("%s has a row in %s but no entry", id, table)
			}
			return nil
		}))
	}
	return len(there)
}

func checkDecided(t testing.TB, s decision.Store, id string) {
	t.Helper()
	var queries []decision.HistoryQuery
	for _, h := range remembered(id) {
		q := ask()
		q.EntityType, q.EntityHash, q.Cap = h.EntityType, h.EntityHash, 1_000_000
		queries = append(queries, q)
	}
	_, decided, err := s.Row(t.Context(), company, decision.Decisions, id)
	noError(t, err)
	_, started, err := s.Row(t.Context(), company, decision.Executions, id)
	noError(t, err)
	_, bound, err := s.Binding(t.Context(), company, id)
	noError(t, err)
	_, err = s.Sealed(t.Context(), company, id)
	noError(t, err)
	history, err := s.History(t.Context(), company, queries)
	noError(t, err)
	known := 0
	for _, rows := range history {
		for _, h := range rows {
			if h.Subject == id {
				known++
			}
		}
	}
	if !decided || !started || !bound || known != 3 {
		t.Errorf("%s is half done: row %t, execution %t, key %t, %d rows of history", id, decided, started, bound, known)
	}
}

package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"assent/decision"
)

var viewCases = []testCase{
	{"view: everything in it is of one state, while others write", func(t *testing.T, db Database) {
		stop := writeOn(t, db.Store)
		defer stop()
		for range 20 {
			noError(t, db.Store.View(t.Context(), func(r decision.Reader) error {
				entries := checkChain(t, r, company)
				rows := 0
				if err := r.AllRows(t.Context(), company, decision.Decisions, func(id string, _ json.RawMessage) error {
					rows++
					_, err := r.Entry(t.Context(), company, id) // reading inside yield is allowed
					return err
				}); err != nil {
					return err
				}
				if rows != len(entries) {
					return fmt.Errorf("%d rows, %d entries", rows, len(entries))
				}
				return nil
			}))
		}
	}},
	{"view: ends with the caller's error", func(t *testing.T, db Database) {
		err := db.Store.View(t.Context(), func(decision.Reader) error { return errRefused })
		if !errors.Is(err, errRefused) {
			t.Fatal(err)
		}
	}},
	{"view: does not hold up writers", func(t *testing.T, db Database) {
		noError(t, db.Store.View(t.Context(), func(r decision.Reader) error {
			appendMany(t, db.Store, 1)
			if n := len(checkChain(t, r, company)); n != 0 {
				t.Errorf("the view sees %d entries written after it began", n)
			}
			return nil
		}))
		if n := len(checkChain(t, db.Store, company)); n != 1 {
			t.Errorf("%d entries after the view, want 1", n)
		}
	}},
	{"read: what Do has acknowledged is seen at once", func(t *testing.T, db Database) {
		for i := range 50 {
			put(t, db.Store, decision.Decisions, decisionRow(i))
			_, found, err := db.Store.Row(t.Context(), company, decision.Decisions, decisionRow(i).ID)
			noError(t, err)
			if !found {
				t.Fatalf("row %d is not there", i)
			}
		}
	}},
}

// writeOn writes an entry and a row at a time until stopped.
func writeOn(t *testing.T, s decision.Store) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			if err := s.Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
				row := decisionRow(i)
				if err := append1(ctx, tx, row.ID); err != nil {
					return err
				}
				return tx.Put(ctx, decision.Decisions, row.ID, encode(row))
			}}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	return func() {
		cancel()
		done.Wait()
	}
}

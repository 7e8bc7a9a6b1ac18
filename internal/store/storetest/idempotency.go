package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"assent/decision"
)

var idempotencyCases = []testCase{
	{"key: a free one is not found", func(t *testing.T, db Database) {
		_, found, err := db.Store.Binding(t.Context(), company, "free")
		noError(t, err)
		if found {
			t.Fatal("found")
		}
	}},
	{"key: a binding comes back whole, in its transaction and after it", func(t *testing.T, db Database) {
		bindAndFind(t, db.Store, "db:sale.order:7:order:ab/c+d", true)
	}},
	{"key: one that was not read ahead is found too", func(t *testing.T, db Database) {
		bindAndFind(t, db.Store, "k", false)
	}},
	{"key: a bound one names its winner", func(t *testing.T, db Database) {
		bind := func(decisionID string) error {
			return db.Store.Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
				return tx.Bind(ctx, decision.Binding{Key: "k", Decision: decisionID})
			}})
		}
		noError(t, bind("first"))
		err := bind("second")
		wantCode(t, err, decision.CodeConflict)
		if e := err.(*decision.Error); e.Winner != "first" {
			t.Fatalf("the winner is %q, want first", e.Winner)
		}
	}},
	{"key: all of a company's are read once, in order", func(t *testing.T, db Database) {
		const n = 1203 // more than any engine reads at once
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
			for i := range n {
				key := fmt.Sprintf("k%05d", (i*7919)%n) // not in order of insertion
				if err := tx.Bind(ctx, decision.Binding{Key: key, Request: "of " + key, Decision: "d"}); err != nil {
					return err
				}
			}
			return nil
		})
		noError(t, db.Store.Do(t.Context(), decision.Work{Company: "other", Do: func(ctx context.Context, tx decision.Tx) error {
			return tx.Bind(ctx, decision.Binding{Key: "k00000", Decision: "elsewhere"})
		}}))
		var read []decision.Binding
		noError(t, db.Store.AllBindings(t.Context(), company, func(b decision.Binding) error {
			read = append(read, b)
			return nil
		}))
		equal(t, "keys", len(read), n)
		for i, b := range read {
			key := fmt.Sprintf("k%05d", i)
			equal(t, "binding", b, decision.Binding{Key: key, Request: "of " + key, Decision: "d"})
		}
		calls := 0
		err := db.Store.AllBindings(t.Context(), company, func(decision.Binding) error {
			calls++
			return errRefused
		})
		if !errors.Is(err, errRefused) || calls != 1 {
			t.Fatalf("%d calls, %v", calls, err)
		}
	}},
	{"key: 50 callers at once get one decision", func(t *testing.T, db Database) {
		raceForKey(t, []decision.Store{db.Store})
	}},
	{"key: 50 callers of two replicas get one decision", func(t *testing.T, db Database) {
		second, err := db.Second(t)
		if err != nil {
			wantCode(t, err, decision.CodeConflict)
			return
		}
		raceForKey(t, []decision.Store{db.Store, second})
	}},
}

func bindAndFind(t *testing.T, s decision.Store, key string, ahead bool) {
	want := decision.Binding{Key: key, Request: "fingerprint", Decision: "d1"}
	work := decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
		if _, found, err := tx.Binding(ctx, key); err != nil || found {
			return fmt.Errorf("a free key: found %t, %w", found, err)
		}
		if err := tx.Bind(ctx, want); err != nil {
			return err
		}
		got, found, err := tx.Binding(ctx, key)
		if err != nil || !found || got != want {
			return fmt.Errorf("in its transaction: %+v, found %t, %w", got, found, err)
		}
		return nil
	}}
	if ahead {
		work.Keys = []string{key}
	}
	noError(t, s.Do(t.Context(), work))
	got, found, err := s.Binding(t.Context(), company, key)
	noError(t, err)
	if !found {
		t.Fatal("not found")
	}
	equal(t, "binding", got, want)
	_, found, err = s.Binding(t.Context(), "other", key)
	noError(t, err)
	if found {
		t.Fatal("found in another company")
	}
}

// raceForKey has every caller bind the same key unless it is bound, as the
// commit of a decision does.
func raceForKey(t *testing.T, stores []decision.Store) {
	const callers = 50
	winners := make([]string, callers)
	noErrors(t, together(callers, func(i int) error {
		return stores[i%len(stores)].Do(t.Context(), decision.Work{Company: company, Keys: []string{"k"}, Do: func(ctx context.Context, tx decision.Tx) error {
			bound, found, err := tx.Binding(ctx, "k")
			if err != nil {
				return err
			}
			if found {
				winners[i] = bound.Decision
				return nil
			}
			winners[i] = fmt.Sprint("d", i)
			if err := tx.Bind(ctx, decision.Binding{Key: "k", Decision: winners[i]}); err != nil {
				return err
			}
			return append1(ctx, tx, winners[i])
		}})
	}))
	entries := checkChain(t, stores[0], company)
	if len(entries) != 1 {
		t.Fatalf("%d decisions, want 1", len(entries))
	}
	for i, winner := range winners {
		if winner != entries[0].ID {
			t.Fatalf("caller %d was told %q, the journal says %q", i, winner, entries[0].ID)
		}
	}
}

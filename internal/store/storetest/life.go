package storetest

import (
	"context"
	"fmt"
	"testing"

	"assent/decision"
)

var lifeCases = []testCase{
	{"life: ping", func(t *testing.T, db Database) {
		noError(t, db.Store.Ping(t.Context()))
	}},
	{"life: a closed store is unavailable", func(t *testing.T, db Database) {
		appendMany(t, db.Store, 1)
		noError(t, db.Store.Close())
		err := db.Store.Do(t.Context(), decision.Work{Company: company, Do: func(context.Context, decision.Tx) error { return nil }})
		wantCode(t, err, decision.CodeUnavailable)
		wantCode(t, db.Store.Ping(t.Context()), decision.CodeUnavailable)
		_, err = db.Store.Head(t.Context(), company)
		wantCode(t, err, decision.CodeUnavailable)
		wantCode(t, db.Store.PutUser(t.Context(), user("u", "e")), decision.CodeUnavailable)
		noError(t, db.Store.Close()) // again is no error
	}},
	{"life: closing answers everybody, with what is true", func(t *testing.T, db Database) {
		results := make(chan error, 100)
		acknowledged := 0
		go func() {
			for _, err := range together(cap(results), func(i int) error {
				return db.Store.Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
					return append1(ctx, tx, fmt.Sprint("e", i))
				}})
			}) {
				results <- err
			}
			close(results)
		}()
		noError(t, db.Store.Close())
		for err := range results {
			if err == nil {
				acknowledged++
				continue
			}
			wantCode(t, err, decision.CodeUnavailable)
		}
		again, err := db.Second(t)
		noError(t, err)
		if n := len(checkChain(t, again, company)); n != acknowledged {
			t.Fatalf("%d acknowledged, %d there", acknowledged, n)
		}
	}},
	{"life: a read whose caller has left is unavailable", func(t *testing.T, db Database) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := db.Store.Head(ctx, company)
		wantCode(t, err, decision.CodeUnavailable)
	}},
}

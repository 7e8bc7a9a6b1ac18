package storetest

import (
	"bytes"
	"context"
	"testing"

	"assent/decision"
)

func sealed(id string) decision.Sealed {
	return decision.Sealed{ID: id, Master: "2026-1", Key: []byte{0, 1, 2, 0xff}, Box: bytes.Repeat([]byte{0, 0xfe}, 1000)}
}

var sealedCases = []testCase{
	{"sealed: comes back whole", func(t *testing.T, db Database) {
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error { return tx.Seal(ctx, sealed("s")) })
		got, err := db.Store.Sealed(t.Context(), company, "s")
		noError(t, err)
		equal(t, "sealed", got, sealed("s"))
	}},
	{"sealed: a missing one is not found", func(t *testing.T, db Database) {
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error { return tx.Seal(ctx, sealed("s")) })
		_, err := db.Store.Sealed(t.Context(), company, "none")
		wantCode(t, err, decision.CodeNotFound)
		_, err = db.Store.Sealed(t.Context(), "other", "s")
		wantCode(t, err, decision.CodeNotFound)
	}},
	{"sealed: an id is used once", func(t *testing.T, db Database) {
		work := decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error { return tx.Seal(ctx, sealed("s")) }}
		noError(t, db.Store.Do(t.Context(), work))
		wantCode(t, db.Store.Do(t.Context(), work), decision.CodeConflict)
	}},
	{"sealed: an erased one is gone for good", func(t *testing.T, db Database) {
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error { return tx.Seal(ctx, sealed("s")) })
		for range 2 { // again is no error
			do(t, db.Store, func(ctx context.Context, tx decision.Tx) error { return tx.EraseSealed(ctx, "s") })
			got, err := db.Store.Sealed(t.Context(), company, "s")
			wantCode(t, err, decision.CodeErased)
			equal(t, "what is left", got, decision.Sealed{})
		}
		work := decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error { return tx.Seal(ctx, sealed("s")) }}
		wantCode(t, db.Store.Do(t.Context(), work), decision.CodeConflict)
	}},
	{"sealed: one can be erased in the transaction that made it", func(t *testing.T, db Database) {
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
			if err := tx.Seal(ctx, sealed("s")); err != nil {
				return err
			}
			return tx.EraseSealed(ctx, "s")
		})
		_, err := db.Store.Sealed(t.Context(), company, "s")
		wantCode(t, err, decision.CodeErased)
	}},
	{"sealed: erasing a missing one is not found", func(t *testing.T, db Database) {
		err := db.Store.Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
			return tx.EraseSealed(ctx, "none")
		}})
		wantCode(t, err, decision.CodeNotFound)
	}},
	{"sealed: an erasure that fails erases nothing", func(t *testing.T, db Database) {
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error { return tx.Seal(ctx, sealed("s")) })
		err := db.Store.Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
			if err := tx.EraseSealed(ctx, "s"); err != nil {
				return err
			}
			return errRefused
		}})
		if err != errRefused {
			t.Fatal(err)
		}
		got, err := db.Store.Sealed(t.Context(), company, "s")
		noError(t, err)
		equal(t, "sealed", got, sealed("s"))
	}},
}

package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"assent/decision"
)

var journalCases = []testCase{
	{"head: of an unknown company is the zero head with its name", func(t *testing.T, db Database) {
		head, err := db.Store.Head(t.Context(), "nobody")
		noError(t, err)
		equal(t, "head", head, decision.Head{Company: "nobody"})
	}},
	{"head: comes back whole", func(t *testing.T, db Database) {
		want := decision.Head{
			Company: company, Seq: 1, Hash: "hash-of-e1", Epoch: 7, Policy: "rev",
			Switches: decision.Switches{Kill: true, Modes: map[string]decision.Mode{"order": decision.Live}, Paused: map[string]string{"refund": "STREAK"}},
			Spent:    map[string]decision.Spent{"order": {Hour: start, Count: 3, Amount: *amount("12.50")}},
		}
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
			if err := append1(ctx, tx, "e1"); err != nil {
				return err
			}
			tx.SetHead(want)
			return nil
		})
		got, err := db.Store.Head(t.Context(), company)
		noError(t, err)
		equal(t, "head", got, want)
		do(t, db.Store, func(_ context.Context, tx decision.Tx) error {
			equal(t, "head in the next transaction", tx.Head(), want)
			return nil
		})
	}},
	{"head: keeps the name of its company", func(t *testing.T, db Database) {
		do(t, db.Store, func(_ context.Context, tx decision.Tx) error {
			equal(t, "first head", tx.Head(), decision.Head{Company: company})
			tx.SetHead(decision.Head{Company: "other", Epoch: 1})
			equal(t, "head", tx.Head(), decision.Head{Company: company, Epoch: 1})
			return nil
		})
		other, err := db.Store.Head(t.Context(), "other")
		noError(t, err)
		equal(t, "the other head", other, decision.Head{Company: "other"})
	}},
	{"journal: entries come back whole, by id and by seq", func(t *testing.T, db Database) {
		want := decision.Entry{
			Company: company, Seq: 1, ID: "0193-a", Type: decision.EntryDecision, At: after(123456 * time.Microsecond),
			Hash: "abc", Body: json.RawMessage(`{"z":1.50,"a":" ü","nested":{"list":[1,2,3]}}`),
		}
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
			tx.SetHead(decision.Head{Seq: 1, Hash: "abc"})
			return tx.AddEntry(ctx, want)
		})
		got, err := db.Store.Entry(t.Context(), company, "0193-a")
		noError(t, err)
		equal(t, "entry", got, want)
		if got.At.Location() != time.UTC {
			t.Errorf("the time is in %v, want UTC", got.At.Location())
		}
		page, err := db.Store.Entries(t.Context(), company, 0, 10)
		noError(t, err)
		equal(t, "entries", page, []decision.Entry{want})
	}},
	{"journal: a missing entry is not found", func(t *testing.T, db Database) {
		_, err := db.Store.Entry(t.Context(), company, "none")
		wantCode(t, err, decision.CodeNotFound)
	}},
	{"journal: pages follow seq", func(t *testing.T, db Database) {
		appendMany(t, db.Store, 25)
		var seqs []int64
		for afterSeq := int64(0); ; {
			page, err := db.Store.Entries(t.Context(), company, afterSeq, 10)
			noError(t, err)
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				afterSeq = e.Seq
				seqs = append(seqs, e.Seq)
			}
		}
		if len(seqs) != 25 || seqs[0] != 1 || seqs[24] != 25 {
			t.Fatalf("pages gave %v", seqs)
		}
	}},
	{"journal: an entry out of order is refused", func(t *testing.T, db Database) {
		appendMany(t, db.Store, 3)
		for _, seq := range []int64{0, 1, 3, 5} {
			err := db.Store.Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
				e := nextEntry(tx.Head(), fmt.Sprint("out-", seq))
				e.Seq = seq
				return tx.AddEntry(ctx, e)
			}})
			if err == nil {
				t.Errorf("an entry with seq %d was taken after seq 3", seq)
			}
		}
		checkChain(t, db.Store, company)
	}},
	{"journal: an entry that the head does not tell of is refused", func(t *testing.T, db Database) {
		err := db.Store.Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
			return tx.AddEntry(ctx, nextEntry(tx.Head(), "e1"))
		}})
		if err == nil {
			t.Fatal("the head stayed behind the journal")
		}
		checkChain(t, db.Store, company)
	}},
	{"journal: an id is used once a company", func(t *testing.T, db Database) {
		appendMany(t, db.Store, 1)
		work := decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error { return append1(ctx, tx, "e0") }}
		wantCode(t, db.Store.Do(t.Context(), work), decision.CodeConflict)
		work.Company = "other"
		noError(t, db.Store.Do(t.Context(), work))
		checkChain(t, db.Store, company)
	}},
	{"journal: companies have a chain each", func(t *testing.T, db Database) {
		noErrors(t, together(20, func(i int) error {
			name := fmt.Sprint("company-", i%4)
			return db.Store.Do(t.Context(), decision.Work{Company: name, Do: func(ctx context.Context, tx decision.Tx) error {
				return append1(ctx, tx, fmt.Sprint("e", i))
			}})
		}))
		for i := range 4 {
			if n := len(checkChain(t, db.Store, fmt.Sprint("company-", i))); n != 5 {
				t.Errorf("company-%d has %d entries, want 5", i, n)
			}
		}
	}},
}

// appendMany appends entries e0, e1, ….
func appendMany(t testing.TB, s decision.Store, n int) {
	t.Helper()
	do(t, s, func(ctx context.Context, tx decision.Tx) error {
		for i := range n {
			if err := append1(ctx, tx, fmt.Sprint("e", i)); err != nil {
				return err
			}
		}
		return nil
	})
}

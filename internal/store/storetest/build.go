package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"assent/decision"
)

// company is the one most cases write to.
const company = "main"

// start is when every case begins.
var start = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func after(d time.Duration) time.Time { return start.Add(d) }

// errRefused is what a unit of work that must leave no trace returns.
var errRefused = errors.New("refused by the test")

// append1 adds the entry that follows the head.
func append1(ctx context.Context, tx decision.Tx, id string) error {
	head := tx.Head()
	e := nextEntry(head, id)
	if err := tx.AddEntry(ctx, e); err != nil {
		return err
	}
	head.Seq, head.Hash = e.Seq, e.Hash
	tx.SetHead(head)
	return nil
}

func nextEntry(head decision.Head, id string) decision.Entry {
	return decision.Entry{
		Company: head.Company, Seq: head.Seq + 1, ID: id, Type: decision.EntryOutcome,
		At: after(time.Duration(head.Seq) * time.Microsecond), Prev: head.Hash, Hash: "hash-of-" + id,
		Body: json.RawMessage(fmt.Sprintf(`{"id":%q}`, id)),
	}
}

// do runs a unit of work that must succeed.
func do(t testing.TB, s decision.Store, fn func(ctx context.Context, tx decision.Tx) error) {
	t.Helper()
	if err := s.Do(t.Context(), decision.Work{Company: company, Do: fn}); err != nil {
		t.Fatalf("Do: %v", err)
	}
}

// put stores rows, each under the id it has in its body.
func put(t testing.TB, s decision.Store, table decision.Table, rows ...any) {
	t.Helper()
	do(t, s, func(ctx context.Context, tx decision.Tx) error {
		for _, row := range rows {
			if err := tx.Put(ctx, table, idOf(row), encode(row)); err != nil {
				return err
			}
		}
		return nil
	})
}

func idOf(row any) string {
	var named struct{ ID string }
	if err := json.Unmarshal(encode(row), &named); err != nil {
		panic(err)
	}
	return named.ID
}

func encode(row any) json.RawMessage {
	body, err := json.Marshal(row)
	if err != nil {
		panic(err) // our own types always encode
	}
	return body
}

func amount(text string) *decimal.Decimal {
	d := decimal.RequireFromString(text)
	return &d
}

func wantCode(t testing.TB, err error, code decision.Code) {
	t.Helper()
	if decision.CodeOf(err) != code {
		t.Fatalf("error is %v, want code %q", err, code)
	}
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// equal compares, times by instant and decimals by value.
func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// together runs fn n times at once and returns each one's error.
func together(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = fn(i) })
	}
	all.Wait()
	return errs
}

func noErrors(t testing.TB, errs []error) {
	t.Helper()
	noError(t, errors.Join(errs...))
}

// checkChain reads the whole journal of a company: gapless, each entry linked
// to the one before, the head at its end.
func checkChain(t testing.TB, r decision.Reader, company string) []decision.Entry {
	t.Helper()
	entries, err := r.Entries(t.Context(), company, 0, 1_000_000)
	noError(t, err)
	prev := ""
	for i, e := range entries {
		if e.Seq != int64(i+1) || e.Prev != prev {
			t.Fatalf("entry %d has seq %d and does not follow %q", i+1, e.Seq, prev)
		}
		prev = e.Hash
	}
	head, err := r.Head(t.Context(), company)
	noError(t, err)
	if head.Seq != int64(len(entries)) || head.Hash != prev {
		t.Fatalf("the head is at %d, the journal at %d", head.Seq, len(entries))
	}
	return entries
}

package storetest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"assent/decision"
)

var isolationCases = []testCase{
	{"work: seq is gapless under concurrency", func(t *testing.T, db Database) {
		noErrors(t, together(200, func(i int) error {
			return db.Store.Do(t.Context(), decision.Work{Company: company, Lane: decision.Lane(i % 2), Do: func(ctx context.Context, tx decision.Tx) error {
				return append1(ctx, tx, fmt.Sprint("e", i))
			}})
		}))
		if n := len(checkChain(t, db.Store, company)); n != 200 {
			t.Fatalf("%d entries, want 200", n)
		}
	}},
	{"work: one that fails leaves no trace, and takes no other with it", failingAmongGood},
	{"work: one that fails at the database takes no other with it", func(t *testing.T, db Database) {
		appendMany(t, db.Store, 1)
		errs := together(40, func(i int) error {
			return db.Store.Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
				id := fmt.Sprint("good-", i)
				if i%4 == 0 {
					id = "e0" // taken
				}
				return append1(ctx, tx, id)
			}})
		})
		for i, err := range errs {
			want := decision.Code("")
			if i%4 == 0 {
				want = decision.CodeConflict
			}
			wantCode(t, err, want)
		}
		if n := len(checkChain(t, db.Store, company)); n != 31 {
			t.Fatalf("%d entries, want 31", n)
		}
	}},
	{"work: one that fails after a query leaves no trace", func(t *testing.T, db Database) {
		err := db.Store.Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
			if err := tx.Put(ctx, decision.Executions, "x", encode(execution("x"))); err != nil {
				return err
			}
			if _, err := tx.Due(ctx, start, 1, false); err != nil {
				return err
			}
			return errRefused
		}})
		if err != errRefused {
			t.Fatalf("error is %v, want the work's own", err)
		}
		_, found, err := db.Store.Row(t.Context(), company, decision.Executions, "x")
		noError(t, err)
		if found {
			t.Fatal("the row of the failed work is there")
		}
	}},
	{"work: a panic is an error of its own", func(t *testing.T, db Database) {
		errs := together(10, func(i int) error {
			return db.Store.Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
				if err := append1(ctx, tx, fmt.Sprint("e", i)); err != nil {
					return err
				}
				if i == 5 {
					panic("a bug")
				}
				return nil
			}})
		})
		for i, err := range errs {
			if (err != nil) != (i == 5) {
				t.Errorf("work %d: %v", i, err)
			}
		}
		if n := len(checkChain(t, db.Store, company)); n != 9 {
			t.Fatalf("%d entries, want 9", n)
		}
	}},
	{"work: one that ends its goroutine does not hold up the others", func(t *testing.T, db Database) {
		err := db.Store.Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
			if err := append1(ctx, tx, "lost"); err != nil {
				return err
			}
			runtime.Goexit() // as FailNow of a test does
			return nil
		}})
		if err == nil {
			t.Fatal("the work was committed")
		}
		appendMany(t, db.Store, 1)
		checkChain(t, db.Store, company)
	}},
	{"work: an ignored refusal of the database does not commit", func(t *testing.T, db Database) {
		err := db.Store.Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
			_ = tx.Put(ctx, decision.Decisions, "bad", []byte(`{"seq":`)) // no JSON
			_ = tx.Put(ctx, decision.Decisions, "good", encode(decisionRow(1)))
			return nil
		}})
		if err == nil {
			t.Fatal("work with a row that is no JSON was committed")
		}
		_, found, err := db.Store.Row(t.Context(), company, decision.Decisions, "good")
		noError(t, err)
		if found {
			t.Fatal("half of the work is there")
		}
	}},
	{"work: a caller that has left changes nothing", func(t *testing.T, db Database) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := db.Store.Do(ctx, decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
			return append1(ctx, tx, "e0")
		}})
		wantCode(t, err, decision.CodeUnavailable)
		if n := len(checkChain(t, db.Store, company)); n != 0 {
			t.Fatalf("%d entries, want none", n)
		}
	}},
	{"work: a caller that leaves meanwhile changes nothing more", func(t *testing.T, db Database) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Store.Do(ctx, decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
			cancel()
			if _, _, err := tx.Get(ctx, decision.Decisions, "d"); err != nil {
				return err
			}
			return append1(ctx, tx, "e0")
		}})
		wantCode(t, err, decision.CodeUnavailable)
		if n := len(checkChain(t, db.Store, company)); n != 0 {
			t.Fatalf("%d entries, want none", n)
		}
	}},
	{"work: sees what it and work before it has written", func(t *testing.T, db Database) {
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
			for _, body := range []string{`{"seq":1,"n":1}`, `{"seq":1,"n":2}`} {
				if err := tx.Put(ctx, decision.Decisions, "d", []byte(body)); err != nil {
					return err
				}
				got, found, err := tx.Get(ctx, decision.Decisions, "d")
				if err != nil || !found || string(got) != body {
					return fmt.Errorf("got %s, %t, %w, want %s", got, found, err, body)
				}
			}
			return nil
		})
		do(t, db.Store, func(ctx context.Context, tx decision.Tx) error {
			got, _, err := tx.Get(ctx, decision.Decisions, "d")
			equal(t, "row", string(got), `{"seq":1,"n":2}`)
			return err
		})
	}},
	{"work: sees what work before it in the same batch has written", sameBatch},
	{"work: the foreground goes first", foregroundFirst},
	{"work: two replicas write one chain", twoReplicas},
}

func failingAmongGood(t *testing.T, db Database) {
	errs := together(60, func(i int) error {
		return db.Store.Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
			id := fmt.Sprint("e", i)
			if err := append1(ctx, tx, id); err != nil {
				return err
			}
			row := decisionRow(i)
			if err := tx.Put(ctx, decision.Decisions, row.ID, encode(row)); err != nil {
				return err
			}
			if err := tx.Bind(ctx, decision.Binding{Key: id, Decision: row.ID}); err != nil {
				return err
			}
			head := tx.Head()
			head.Epoch += int64(i)
			tx.SetHead(head)
			if i%3 == 0 {
				return errRefused
			}
			return nil
		}})
	})
	epoch := 0
	for i, err := range errs {
		refused := i%3 == 0
		if refused != (err == errRefused) || !refused && err != nil {
			t.Errorf("work %d: %v", i, err)
		}
		_, found, err := db.Store.Row(t.Context(), company, decision.Decisions, decisionRow(i).ID)
		noError(t, err)
		_, bound, err := db.Store.Binding(t.Context(), company, fmt.Sprint("e", i))
		noError(t, err)
		if found == refused || bound == refused {
			t.Errorf("work %d: row %t, key %t, refused %t", i, found, bound, refused)
		}
		if !refused {
			epoch += i
		}
	}
	if n := len(checkChain(t, db.Store, company)); n != 40 {
		t.Errorf("%d entries, want 40", n)
	}
	head, err := db.Store.Head(t.Context(), company)
	noError(t, err)
	equal(t, "epoch", head.Epoch, int64(epoch))
}

// waitingContext tells when somebody waits for it to end: then the work of
// its caller is queued.
type waitingContext struct {
	context.Context
	waits func()
}

// Done is the context's, once it was waited for.
func (c waitingContext) Done() <-chan struct{} {
	c.waits()
	return c.Context.Done()
}

// sameBatch queues work behind a writer that is held, so that an engine may
// run it in one transaction: each adds one to what the one before has left.
func sameBatch(t *testing.T, db Database) {
	const n = 20
	var all sync.WaitGroup
	do(t, db.Store, func(context.Context, decision.Tx) error {
		for i := range n {
			var queued sync.WaitGroup
			queued.Add(1)
			ctx := waitingContext{t.Context(), sync.OnceFunc(queued.Done)}
			all.Go(func() {
				if err := db.Store.Do(ctx, decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
					return addOne(ctx, tx, i)
				}}); (err == errRefused) != (i%5 == 4) || err != errRefused && err != nil {
					t.Errorf("work %d: %v", i, err)
				}
			})
			queued.Wait()
		}
		return nil
	})
	all.Wait()
	body, _, err := db.Store.Row(t.Context(), company, decision.Decisions, "d")
	noError(t, err)
	equal(t, "count", decoded[decision.DecisionRow](string(body)).Seq, int64(n-n/5))
}

// addOne counts in the row "d"; every fifth one is refused after it has.
func addOne(ctx context.Context, tx decision.Tx, i int) error {
	row, _, err := decision.Find[decision.DecisionRow](ctx, tx, decision.Decisions, "d")
	if err != nil {
		return err
	}
	row.ID, row.Seq = "d", row.Seq+1
	if err := tx.Put(ctx, decision.Decisions, "d", encode(row)); err != nil {
		return err
	}
	if i%5 == 4 {
		return errRefused
	}
	return nil
}

func foregroundFirst(t *testing.T, db Database) {
	var mu sync.Mutex
	var order []string
	var queued, all sync.WaitGroup
	add := func(lane decision.Lane, name string) {
		queued.Add(1)
		ctx := waitingContext{t.Context(), sync.OnceFunc(queued.Done)}
		all.Go(func() {
			if err := db.Store.Do(ctx, decision.Work{Company: company, Lane: lane, Do: func(context.Context, decision.Tx) error {
				mu.Lock()
				defer mu.Unlock()
				order = append(order, name)
				return nil
			}}); err != nil {
				t.Error(err)
			}
		})
	}
	do(t, db.Store, func(context.Context, decision.Tx) error { // holds the writer until all are queued
		for i := range 20 {
			add(decision.Background, fmt.Sprint("background-", i))
		}
		queued.Wait()
		for i := range 20 {
			add(decision.Foreground, fmt.Sprint("foreground-", i))
		}
		queued.Wait()
		return nil
	})
	all.Wait()
	if len(order) != 40 || slices.ContainsFunc(order[:20], func(s string) bool { return strings.HasPrefix(s, "background") }) {
		t.Fatalf("the order was %v", order)
	}
}

func twoReplicas(t *testing.T, db Database) {
	second, err := db.Second(t)
	if err != nil {
		wantCode(t, err, decision.CodeConflict) // an engine without replicas says so
		return
	}
	stores := []decision.Store{db.Store, second}
	noErrors(t, together(100, func(i int) error {
		return stores[i%2].Do(t.Context(), decision.Work{Company: company, Do: func(ctx context.Context, tx decision.Tx) error {
			return append1(ctx, tx, fmt.Sprint("e", i))
		}})
	}))
	if n := len(checkChain(t, db.Store, company)); n != 100 {
		t.Fatalf("%d entries, want 100", n)
	}
}

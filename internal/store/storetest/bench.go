package storetest

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assent/decision"
)

// Benchmark measures commits that look like a decision's, with 1, 8 and 64
// callers at once, and Due behind a backlog of other records.
func Benchmark(b *testing.B, open func(b *testing.B) decision.Store) {
	for _, callers := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("commit/callers=%d", callers), func(b *testing.B) {
			commits(b, open(b), callers)
		})
	}
	b.Run("due/backlog=10000", func(b *testing.B) {
		dueBehind(b, open(b), 10_000)
	})
}

func commits(b *testing.B, s decision.Store, callers int) {
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for range callers {
		all.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				if err := s.Do(context.Background(), likeADecision(int(i))); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
}

// likeADecision writes one entry, key, decision and execution, a sealed
// snapshot of 2 kB and three rows of history.
func likeADecision(i int) decision.Work {
	id := fmt.Sprintf("0193-%09d", i)
	return decision.Work{Company: company, Keys: []string{id}, Do: func(ctx context.Context, tx decision.Tx) error {
		if _, _, err := tx.Binding(ctx, id); err != nil {
			return err
		}
		row, x := decisionRow(i), execution(id)
		row.ID, row.Seq = id, tx.Head().Seq+1
		x.Order = row.Seq * 100
		steps := []func() error{
			func() error { return tx.Bind(ctx, decision.Binding{Key: id, Request: id, Decision: id}) },
			func() error {
				return tx.Seal(ctx, decision.Sealed{ID: id, Master: "1", Key: make([]byte, 60), Box: bytes.Repeat([]byte{7}, 2048)})
			},
			func() error { return append1(ctx, tx, id) },
			func() error { return tx.Put(ctx, decision.Decisions, id, encode(row)) },
			func() error { return tx.Put(ctx, decision.Executions, id, encode(x)) },
			func() error { return tx.AddHistory(ctx, remember(id, i)) },
		}
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	}}
}

func remember(id string, i int) []decision.HistoryRow {
	rows := make([]decision.HistoryRow, 3)
	for n, entity := range []string{"partner", "email", "address"} {
		rows[n] = past(i)
		rows[n].EntityType, rows[n].EntityHash, rows[n].Subject = entity, fmt.Sprint("1:", i%1000), id
		rows[n].Amount = amount("12.50")
	}
	return rows
}

func dueBehind(b *testing.B, s decision.Store, backlog int) {
	for from := 0; from < backlog; from += 1000 {
		do(b, s, func(ctx context.Context, tx decision.Tx) error {
			for i := from; i < from+1000; i++ {
				x := execution(fmt.Sprint("x", i))
				x.Due = after(time.Duration(i) * time.Second)
				x.Record = fmt.Sprint("r/", i/2) // every other one waits for the one before it
				x.Order = int64(i)
				if err := tx.Put(ctx, decision.Executions, x.ID, encode(x)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for b.Loop() {
		do(b, s, func(ctx context.Context, tx decision.Tx) error {
			due, err := tx.Due(ctx, after(24*time.Hour), 16, false)
			if err == nil && len(due) != 16 {
				return fmt.Errorf("%d due, want 16", len(due))
			}
			return err
		})
	}
}

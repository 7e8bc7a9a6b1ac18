package storetest

import (
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
				if err := Decide(context.Background(), s, fmt.Sprintf("0193-%09d", i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
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

package sqlite

import (
	"context"
	"database/sql"
	"sync"
)

// batchesBetween checkpoints: about as many pages as SQLite would itself let
// come together, at some 30 pages a decision.
const batchesBetween = 32

// checkpointer moves the write-ahead log into the database beside the writer,
// so that no commit waits for it.
type checkpointer struct {
	db   *sql.DB
	wake chan struct{}
	done sync.WaitGroup
}

func startCheckpointer(path string) (*checkpointer, error) {
	db, err := open(path, "rw", []string{"busy_timeout(0)", "synchronous(FULL)"})
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	c := &checkpointer{db: db, wake: make(chan struct{}, 1)}
	c.done.Go(func() {
		for range c.wake {
			// Whatever is in the way now is not the next time.
			_, _ = c.db.ExecContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)")
		}
	})
	return c, nil
}

// written counts a batch. It does not wait.
func (c *checkpointer) written(batches int) {
	if batches%batchesBetween != 0 {
		return
	}
	select {
	case c.wake <- struct{}{}:
	default: // one is on its way
	}
}

func (c *checkpointer) close() error {
	close(c.wake)
	c.done.Wait()
	return c.db.Close()
}

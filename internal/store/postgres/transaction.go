package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"assent/decision"
	"assent/internal/store/reading"
)

// transaction is one batch of one company, its head locked. What its units
// write stays in memory until the commit, or until a query needs to see it.
type transaction struct {
	conn    *pgxpool.Conn
	company string
	head    decision.Head
	changed bool                        // the head
	rows    map[rowKey]json.RawMessage  // read, or written by units that succeeded
	bound   map[string]decision.Binding // known idempotency keys; the zero Binding is a free one
	unsent  pgx.Batch                   // writes of units that succeeded
	ended   bool
}

type rowKey struct {
	table decision.Table
	id    string
}

const (
	lockText     = reading.HeadText + " FOR UPDATE"
	bindingsText = "SELECT key, request, decision FROM idempotency WHERE company = $1 AND key = ANY($2)"
)

// begin locks the head and reads the keys that jobs will ask for, in one
// round trip. Each statement sees what was committed before it began: the
// keys are read after the lock is held.
func (s *Store) begin(ctx context.Context, company string, jobs []job) (*transaction, error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	t := &transaction{conn: conn, company: company, rows: map[rowKey]json.RawMessage{}, bound: map[string]decision.Binding{}}
	keys := []string{}
	for _, j := range jobs {
		keys = append(keys, j.Value.Keys...)
	}
	var b pgx.Batch
	b.Queue("BEGIN")
	found, err := t.lock(ctx, &b, keys)
	if err == nil && !found {
		// A new company. Whoever inserts the row first, all lock the same one.
		b = pgx.Batch{}
		b.Queue("INSERT INTO company_head (company, body) VALUES ($1, $2) ON CONFLICT DO NOTHING", company, "{}")
		_, err = t.lock(ctx, &b, keys)
	}
	if err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

func (t *transaction) lock(ctx context.Context, b *pgx.Batch, keys []string) (found bool, err error) {
	b.Queue(lockText, t.company).QueryRow(func(row pgx.Row) error {
		var body []byte
		err := row.Scan(&body)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err == nil {
			found = true
			t.head, err = reading.DecodeHead(t.company, body)
			t.head.Company = t.company // the row of a new company is {}
		}
		return err
	})
	b.Queue(bindingsText, t.company, keys).Query(func(rows pgx.Rows) error {
		bindings, err := pgx.CollectRows(rows, pgx.RowToStructByPos[decision.Binding])
		for _, b := range bindings {
			t.bound[b.Key] = b
		}
		return err
	})
	if err := t.conn.SendBatch(ctx, b).Close(); err != nil {
		return false, err
	}
	for _, key := range keys {
		free := t.bound[key]
		t.bound[key] = free // those that are free are known to be
	}
	return found, nil
}

// run runs one job. answer is the job's own; err says that the transaction is
// lost.
func (t *transaction) run(ctx context.Context, j job) (answer, err error) {
	u := newTx(ctx, t)
	answer = j.Run(func(ctx context.Context) error { return u.do(ctx, j.Value) })
	switch {
	case u.err != nil:
		return nil, u.err
	case answer != nil:
		return answer, u.undo()
	}
	u.keep()
	return nil, nil
}

// commit sends what is left with the commit, in one round trip.
func (t *transaction) commit(ctx context.Context) error {
	if t.changed {
		body, err := json.Marshal(t.head)
		if err != nil {
			return err
		}
		t.unsent.Queue("UPDATE company_head SET body = $2 WHERE company = $1", t.company, string(body))
	}
	t.unsent.Queue("COMMIT").Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" { // the server's way to say that the transaction had failed
			return fmt.Errorf("postgres: the commit ended in %s", tag)
		}
		return nil
	})
	err := t.conn.SendBatch(ctx, &t.unsent).Close()
	t.ended = err == nil
	return err
}

// close rolls back what was not committed.
func (t *transaction) close() {
	if !t.ended && !t.conn.Conn().IsClosed() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_, _ = t.conn.Exec(ctx, "ROLLBACK") // the pool drops a connection that could not
	}
	t.conn.Release()
}

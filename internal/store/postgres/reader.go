package postgres

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"assent/decision"
	"assent/internal/store/listing"
	"assent/internal/store/reading"
)

// querier is the pool, or one connection.
type querier interface {
	Query(ctx context.Context, text string, args ...any) (pgx.Rows, error)
}

// database is what the shared statements run on.
type database struct{ querier }

// Query runs a statement on the pool or the connection.
func (d database) Query(ctx context.Context, text string, args ...any) (reading.Rows, error) {
	return d.querier.Query(ctx, text, args...)
}

// Fault gives an error its code.
func (d database) Fault(err error) error { return fault(err) }

// Again lets a read on the pool try another connection. In a transaction
// there is no other.
func (d database) Again(ctx context.Context, err error) bool {
	pool, ok := d.querier.(*pgxpool.Pool)
	return ok && reconnect(ctx, pool, err)
}

// reconnect says that err is a lost connection, and that the pool holds no
// other one of before: a server that restarts cuts them all.
func reconnect(ctx context.Context, pool *pgxpool.Pool, err error) bool {
	if !lost(err) || ctx.Err() != nil {
		return false
	}
	pool.Reset()
	return true
}

// reader reads from the pool, or from the one connection of a view.
type reader struct{ reading.Reader }

var _ decision.Reader = reader{}

func newReader(q querier) reader {
	return reader{reading.Reader{Database: database{q}, Dialect: dialect}}
}

var dialect = listing.Dialect{
	In: func(column, parameter string) string { return column + " = ANY(" + parameter + ")" },
	Values: func(values []string) any {
		return append([]string{}, values...) // nil would be NULL
	},
	Role: func(parameter string) string { return "roles && " + parameter },
}

// AllRows yields every row of a table in id order, from one state.
func (s *Store) AllRows(ctx context.Context, company string, table decision.Table, yield func(id string, body json.RawMessage) error) error {
	return s.View(ctx, func(r decision.Reader) error { return r.AllRows(ctx, company, table, yield) })
}

// AllBindings yields every key in order, from one state.
func (s *Store) AllBindings(ctx context.Context, company string, yield func(decision.Binding) error) error {
	return s.View(ctx, func(r decision.Reader) error { return r.AllBindings(ctx, company, yield) })
}

// View runs fn on one snapshot of the database. It may take its time.
func (s *Store) View(ctx context.Context, fn func(decision.Reader) error) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fault(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it only read
	// This statement also fixes what the view sees.
	if _, err := tx.Exec(ctx, "SELECT set_config('idle_in_transaction_session_timeout', '0', true)"); err != nil {
		return fault(err)
	}
	return fn(newReader(tx))
}

// single writes one statement a transaction, for the directory.
type single struct {
	reading.Database
	pool *pgxpool.Pool
}

// Exec writes in a transaction of its own.
func (d single) Exec(ctx context.Context, text string, args ...any) error {
	_, err := d.pool.Exec(ctx, text, args...)
	return fault(err)
}

// Take deletes a row and returns its one column.
func (d single) Take(ctx context.Context, text string, args ...any) (value []byte, found bool, err error) {
	err = d.pool.QueryRow(ctx, text, args...).Scan(&value) // once: trying again would find it taken
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	return value, err == nil, fault(err)
}

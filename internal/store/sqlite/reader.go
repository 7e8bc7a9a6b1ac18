package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"sync"

	"assent/decision"
	"assent/internal/store/listing"
	"assent/internal/store/reading"
)

// reader reads from the pool, or from the one connection of a view.
type reader struct{ reading.Reader }

var _ decision.Reader = reader{}

func newReader(db reading.Database) reader {
	return reader{reading.Reader{Database: db, Dialect: dialect}}
}

var dialect = listing.Dialect{
	In: func(column, parameter string) string {
		return column + " IN (SELECT value FROM json_each(" + parameter + "))"
	},
	Values: func(values []string) any {
		if len(values) == 0 {
			return "[]"
		}
		encoded, _ := json.Marshal(values) // strings always encode
		return string(encoded)
	},
	Role: func(parameter string) string {
		return "EXISTS (SELECT 1 FROM approval_roles AS r WHERE r.company = $1 AND r.approval = approvals.id AND r.role IN (SELECT value FROM json_each(" + parameter + ")))"
	},
}

// AllRows yields every row of a table in id order, from one state.
func (s *Store) AllRows(ctx context.Context, company string, table decision.Table, yield func(id string, body json.RawMessage) error) error {
	return s.View(ctx, func(r decision.Reader) error { return r.AllRows(ctx, company, table, yield) })
}

// AllBindings yields every key in order, from one state.
func (s *Store) AllBindings(ctx context.Context, company string, yield func(decision.Binding) error) error {
	return s.View(ctx, func(r decision.Reader) error { return r.AllBindings(ctx, company, yield) })
}

// View runs fn on one read transaction. It keeps the log from being emptied
// for as long as it lasts.
func (s *Store) View(ctx context.Context, fn func(decision.Reader) error) error {
	tx, err := s.pool.BeginTx(ctx, nil)
	if err != nil {
		return fault(err)
	}
	defer func() { _ = tx.Rollback() }() // it only read
	var fixed int                        // the first read fixes the state
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&fixed); err != nil {
		return fault(err)
	}
	return fn(newReader(view{tx}))
}

// rows is sql.Rows as pgx has it; what Close could say, Err has said.
type rows struct{ *sql.Rows }

// Close gives the connection back.
func (r rows) Close() { _ = r.Rows.Close() }

// numbered writes parameters as SQLite numbers them.
func numbered(text string) string { return strings.ReplaceAll(text, "$", "?") }

// prepared is the pool with each statement prepared once a connection.
// Statements are few: values, however many, are always one parameter. Every
// one is short, and is not interrupted: to watch a context costs two
// goroutines a statement, a tenth of the work of a decision.
type prepared struct {
	db         *sql.DB
	statements sync.Map // text: *sql.Stmt
}

// Query runs a statement on any connection of the pool.
func (p *prepared) Query(ctx context.Context, text string, args ...any) (reading.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	s, ok := p.statements.Load(text)
	if !ok {
		fresh, err := p.db.PrepareContext(ctx, numbered(text))
		if err != nil {
			return nil, err
		}
		var raced bool
		if s, raced = p.statements.LoadOrStore(text, fresh); raced {
			_ = fresh.Close() // another caller's is as good
		}
	}
	r, err := s.(*sql.Stmt).QueryContext(ctx, args...)
	return rows{r}, err
}

// Fault gives an error its code.
func (p *prepared) Fault(err error) error { return fault(err) }

// Again is for reads over a network.
func (p *prepared) Again(context.Context, error) bool { return false }

type view struct{ tx *sql.Tx }

// Query runs a statement in the transaction.
func (v view) Query(ctx context.Context, text string, args ...any) (reading.Rows, error) {
	r, err := v.tx.QueryContext(ctx, numbered(text), args...)
	return rows{r}, err
}

// Fault gives an error its code.
func (v view) Fault(err error) error { return fault(err) }

// Again is for reads over a network.
func (v view) Again(context.Context, error) bool { return false }

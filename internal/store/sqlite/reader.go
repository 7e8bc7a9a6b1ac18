package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"time"

	"assent/decision"
	"assent/internal/store/listing"
)

// querier is the pool, or the one connection of a view.
type querier interface {
	query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

// reader reads from either.
type reader struct{ db querier }

var _ decision.Reader = reader{}

const bindingQuery = "SELECT request, decision FROM idempotency WHERE company = ? AND key = ?"

// Head reads the company's head.
func (r reader) Head(ctx context.Context, company string) (decision.Head, error) {
	var body string
	err := r.row(ctx, "SELECT body FROM company_head WHERE company = ?", []any{company}, &body)
	return decodeHead(company, body, err)
}

// decodeHead gives the zero head for a company that has no row yet.
func decodeHead(company, body string, err error) (decision.Head, error) {
	head := decision.Head{Company: company}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return head, nil
	case err != nil:
		return head, fault(err)
	}
	return head, json.Unmarshal([]byte(body), &head)
}

// Row reads one row of a projection.
func (r reader) Row(ctx context.Context, company string, table decision.Table, id string) (json.RawMessage, bool, error) {
	if !listing.Known(table) {
		return nil, false, listing.Unknown(table)
	}
	var body []byte
	err := r.row(ctx, "SELECT body FROM "+string(table)+" WHERE company = ? AND id = ?", []any{company, id}, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return body, err == nil, fault(err)
}

var dialect = listing.Dialect{
	Bind: func(n int) string { return "?" + strconv.Itoa(n) },
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
		return "id IN (SELECT approval FROM approval_roles AS r WHERE r.company = ?1 AND r.role IN (SELECT value FROM json_each(" + parameter + ")))"
	},
}

// List reads one page of a projection.
func (r reader) List(ctx context.Context, company string, table decision.Table, f decision.Filter) (decision.Page, error) {
	q, err := listing.Select(dialect, company, table, f)
	if err != nil {
		return decision.Page{}, err
	}
	rows, err := r.db.query(ctx, q.SQL, q.Args...)
	if err != nil {
		return decision.Page{}, fault(err)
	}
	page, err := collect(rows, func(rows *sql.Rows) (row listing.Row, err error) {
		return row, rows.Scan(&row.ID, &row.Sort, (*[]byte)(&row.Body))
	})
	return q.Page(page), fault(err)
}

// pageRows is how many rows AllRows holds at a time: between pages no
// statement is open, so that yield may read too.
const pageRows = 500

// AllRows yields every row of a table in id order, from one state.
func (s *Store) AllRows(ctx context.Context, company string, table decision.Table, yield func(id string, body json.RawMessage) error) error {
	return s.View(ctx, func(r decision.Reader) error { return r.AllRows(ctx, company, table, yield) })
}

func (r reader) AllRows(ctx context.Context, company string, table decision.Table, yield func(id string, body json.RawMessage) error) error {
	if !listing.Known(table) {
		return listing.Unknown(table)
	}
	for last, more := "", true; more; {
		rows, err := r.db.query(ctx, "SELECT id, body FROM "+string(table)+" WHERE company = ? AND id > ? ORDER BY id LIMIT ?", company, last, pageRows)
		if err != nil {
			return fault(err)
		}
		page, err := collect(rows, func(rows *sql.Rows) (row listing.Row, err error) {
			return row, rows.Scan(&row.ID, (*[]byte)(&row.Body))
		})
		if err != nil {
			return fault(err)
		}
		for _, row := range page {
			if err := yield(row.ID, row.Body); err != nil {
				return err
			}
			last = row.ID
		}
		more = len(page) == pageRows
	}
	return nil
}

const entryColumns = "SELECT seq, id, type, at, prev, hash, body FROM journal WHERE company = ?"

// Entry finds an entry by id.
func (r reader) Entry(ctx context.Context, company, id string) (decision.Entry, error) {
	entries, err := r.entries(ctx, company, entryColumns+" AND id = ?", company, id)
	if err == nil && len(entries) == 0 {
		err = notFound("entry")
	}
	if err != nil {
		return decision.Entry{}, err
	}
	return entries[0], nil
}

// Entries lists at most limit entries after a seq, in order.
func (r reader) Entries(ctx context.Context, company string, afterSeq int64, limit int) ([]decision.Entry, error) {
	return r.entries(ctx, company, entryColumns+" AND seq > ? ORDER BY seq LIMIT ?", company, afterSeq, max(limit, 0))
}

func (r reader) entries(ctx context.Context, company, text string, args ...any) ([]decision.Entry, error) {
	rows, err := r.db.query(ctx, text, args...)
	if err != nil {
		return nil, fault(err)
	}
	entries, err := collect(rows, func(rows *sql.Rows) (decision.Entry, error) {
		e := decision.Entry{Company: company}
		var at int64
		err := rows.Scan(&e.Seq, &e.ID, (*string)(&e.Type), &at, &e.Prev, &e.Hash, (*[]byte)(&e.Body))
		e.At = time.UnixMicro(at).UTC()
		return e, err
	})
	return entries, fault(err)
}

// Binding finds what an idempotency key is bound to.
func (r reader) Binding(ctx context.Context, company, key string) (decision.Binding, bool, error) {
	b := decision.Binding{Key: key}
	err := r.row(ctx, bindingQuery, []any{company, key}, &b.Request, &b.Decision)
	if errors.Is(err, sql.ErrNoRows) {
		return decision.Binding{}, false, nil
	}
	return b, err == nil, fault(err)
}

// Sealed reads a sealed object.
func (r reader) Sealed(ctx context.Context, company, id string) (decision.Sealed, error) {
	s := decision.Sealed{ID: id}
	err := r.row(ctx, "SELECT master, data_key, box FROM sealed WHERE company = ? AND id = ?", []any{company, id}, &s.Master, &s.Key, &s.Box)
	if err != nil {
		return decision.Sealed{}, missing(err, "sealed object")
	}
	if len(s.Key) == 0 {
		return decision.Sealed{}, decision.Errorf(decision.CodeErased, "The content was erased; its hash in the journal still verifies.")
	}
	return s, nil
}

// View runs fn on one read transaction. It keeps the log from being emptied
// for as long as it lasts.
func (s *Store) View(ctx context.Context, fn func(decision.Reader) error) error {
	conn, err := s.pool.BeginTx(ctx, nil)
	if err != nil {
		return fault(err)
	}
	defer func() { _ = conn.Rollback() }() // it only read
	var fixed int                          // the first read fixes the state
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&fixed); err != nil {
		return fault(err)
	}
	return fn(reader{view{conn}})
}

// row reads one row; sql.ErrNoRows when there is none.
func (r reader) row(ctx context.Context, text string, args []any, dest ...any) error {
	rows, err := r.db.query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // its error is that of Err
	if !rows.Next() {
		return errors.Join(rows.Err(), noRow(rows.Err()))
	}
	return rows.Scan(dest...)
}

func noRow(err error) error {
	if err == nil {
		return sql.ErrNoRows
	}
	return nil
}

// collect reads all rows.
func collect[T any](rows *sql.Rows, scan func(*sql.Rows) (T, error)) ([]T, error) {
	defer func() { _ = rows.Close() }() // its error is that of Err
	var out []T
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	return out, rows.Err()
}

// prepared is the pool with each statement prepared once a connection.
// Statements are few: values, however many, are always one parameter.
type prepared struct {
	db         *sql.DB
	statements sync.Map // text: *sql.Stmt
}

func (p *prepared) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s, ok := p.statements.Load(text)
	if !ok {
		fresh, err := p.db.PrepareContext(ctx, text)
		if err != nil {
			return nil, err
		}
		var raced bool
		if s, raced = p.statements.LoadOrStore(text, fresh); raced {
			_ = fresh.Close() // another caller's is as good
		}
	}
	return s.(*sql.Stmt).QueryContext(ctx, args...)
}

type view struct{ tx *sql.Tx }

func (v view) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return v.tx.QueryContext(ctx, text, args...)
}

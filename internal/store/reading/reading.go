// Package reading reads one company's state. Both engines have the same
// tables, so the statements are said once, with parameters as $1; an engine
// brings its connection, its errors and what it spells differently.
package reading

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"assent/decision"
	"assent/internal/store/listing"
)

// Rows is what a query gives, as pgx has it.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Close()
	Err() error
}

// Database is a pool, or the one connection of a view.
type Database interface {
	Query(ctx context.Context, text string, args ...any) (Rows, error)
	// Fault gives an error of the database its code. Errors that have one and
	// nil stay as they are.
	Fault(error) error
	// Again says that a read that failed may be tried once more.
	Again(ctx context.Context, err error) bool
}

// Reader is a decision.Reader without History.
type Reader struct {
	Database
	Dialect listing.Dialect
}

// Statements that units of work read with, too.
const (
	HeadText    = "SELECT body FROM company_head WHERE company = $1"
	BindingText = "SELECT request, decision FROM idempotency WHERE company = $1 AND key = $2"
)

// RowText reads the body of one row. The table must be known to listing.
func RowText(table decision.Table) string {
	return "SELECT body FROM " + string(table) + " WHERE company = $1 AND id = $2"
}

// Head reads the company's head.
func (r Reader) Head(ctx context.Context, company string) (decision.Head, error) {
	body, _, err := One(ctx, r, Bytes, HeadText, company)
	if err != nil {
		return decision.Head{}, err
	}
	return DecodeHead(company, body)
}

// DecodeHead gives the zero head for a company that has none yet.
func DecodeHead(company string, body []byte) (decision.Head, error) {
	head := decision.Head{Company: company}
	if len(body) == 0 {
		return head, nil
	}
	return head, json.Unmarshal(body, &head)
}

// Row reads one row of a projection.
func (r Reader) Row(ctx context.Context, company string, table decision.Table, id string) (json.RawMessage, bool, error) {
	if !listing.Known(table) {
		return nil, false, listing.Unknown(table)
	}
	return One(ctx, r, Bytes, RowText(table), company, id)
}

// List reads one page of a projection.
func (r Reader) List(ctx context.Context, company string, table decision.Table, f decision.Filter) (decision.Page, error) {
	q, err := listing.Select(r.Dialect, company, table, f)
	if err != nil {
		return decision.Page{}, err
	}
	rows, err := All(ctx, r, func(rows Rows) (row listing.Row, err error) {
		err = rows.Scan(&row.ID, &row.Sort, (*[]byte)(&row.Body))
		return row, err
	}, q.SQL, q.Args...)
	if err != nil {
		return decision.Page{}, err
	}
	return q.Page(rows), nil
}

// Count counts the rows that a filter selects.
func (r Reader) Count(ctx context.Context, company string, table decision.Table, f decision.Filter) (int, error) {
	q, err := listing.Count(r.Dialect, company, table, f)
	if err != nil {
		return 0, err
	}
	n, _, err := One(ctx, r, func(rows Rows) (n int, err error) { return n, rows.Scan(&n) }, q.SQL, q.Args...)
	return n, err
}

// pageRows is how many rows AllRows and AllBindings hold at a time. Between pages no
// statement is open, so that yield may read too.
const pageRows = 500

// AllRows yields every row of a table in id order. It must run on a view.
func (r Reader) AllRows(ctx context.Context, company string, table decision.Table, yield func(id string, body json.RawMessage) error) error {
	if !listing.Known(table) {
		return listing.Unknown(table)
	}
	// The first page begins at the empty id, which only an intruder gives a row.
	text := "SELECT id, body FROM " + string(table) + " WHERE company = $1 AND id >= $2 ORDER BY id LIMIT $3"
	for last, more := "", true; more; text = strings.Replace(text, ">=", ">", 1) {
		page, err := All(ctx, r, func(rows Rows) (row listing.Row, err error) {
			err = rows.Scan(&row.ID, (*[]byte)(&row.Body))
			return row, err
		}, text, company, last, pageRows)
		if err != nil {
			return err
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

const entryText = "SELECT seq, id, type, at, prev, hash, body FROM journal WHERE company = $1"

// Entry finds an entry by id.
func (r Reader) Entry(ctx context.Context, company, id string) (decision.Entry, error) {
	e, found, err := One(ctx, r, entryOf(company), entryText+" AND id = $2", company, id)
	if err == nil && !found {
		err = NotFound("entry")
	}
	return e, err
}

// Entries lists at most limit entries after a seq, in order.
func (r Reader) Entries(ctx context.Context, company string, afterSeq int64, limit int) ([]decision.Entry, error) {
	return All(ctx, r, entryOf(company), entryText+" AND seq > $2 ORDER BY seq LIMIT $3", company, afterSeq, max(limit, 0))
}

func entryOf(company string) func(Rows) (decision.Entry, error) {
	return func(rows Rows) (decision.Entry, error) {
		e := decision.Entry{Company: company}
		var at int64
		err := rows.Scan(&e.Seq, &e.ID, (*string)(&e.Type), &at, &e.Prev, &e.Hash, (*[]byte)(&e.Body))
		e.At = time.UnixMicro(at).UTC()
		return e, err
	}
}

// Binding finds what an idempotency key is bound to.
func (r Reader) Binding(ctx context.Context, company, key string) (decision.Binding, bool, error) {
	return One(ctx, r, func(rows Rows) (decision.Binding, error) {
		b := decision.Binding{Key: key}
		err := rows.Scan(&b.Request, &b.Decision)
		return b, err
	}, BindingText, company, key)
}

// AllBindings yields every key in order. It must run on a view.
func (r Reader) AllBindings(ctx context.Context, company string, yield func(decision.Binding) error) error {
	text := "SELECT key, request, decision FROM idempotency WHERE company = $1 AND key >= $2 ORDER BY key LIMIT $3"
	for last, more := "", true; more; text = strings.Replace(text, ">=", ">", 1) {
		page, err := All(ctx, r, func(rows Rows) (b decision.Binding, err error) {
			err = rows.Scan(&b.Key, &b.Request, &b.Decision)
			return b, err
		}, text, company, last, pageRows)
		if err != nil {
			return err
		}
		for _, b := range page {
			if err := yield(b); err != nil {
				return err
			}
			last = b.Key
		}
		more = len(page) == pageRows
	}
	return nil
}

// Artefact finds content by its revision.
func (r Reader) Artefact(ctx context.Context, kind, revision string) ([]byte, error) {
	return Artefact(ctx, r, kind, revision)
}

// Artefact finds content by its revision.
func Artefact(ctx context.Context, db Database, kind, revision string) ([]byte, error) {
	content, found, err := One(ctx, db, Bytes, "SELECT content FROM artefacts WHERE kind = $1 AND revision = $2", kind, revision)
	if err == nil && !found {
		err = NotFound("artefact")
	}
	return content, err
}

// Sealed reads a sealed object.
func (r Reader) Sealed(ctx context.Context, company, id string) (decision.Sealed, error) {
	s, found, err := One(ctx, r, func(rows Rows) (decision.Sealed, error) {
		s := decision.Sealed{ID: id}
		err := rows.Scan(&s.Master, &s.Key, &s.Box)
		return s, err
	}, "SELECT master, data_key, box FROM sealed WHERE company = $1 AND id = $2", company, id)
	switch {
	case err != nil:
		return decision.Sealed{}, err
	case !found:
		return decision.Sealed{}, NotFound("sealed object")
	case len(s.Key) == 0:
		return decision.Sealed{}, decision.Errorf(decision.CodeErased, "The content was erased; its hash in the journal still verifies.")
	}
	return s, nil
}

// dueText looks at each status by itself, so that each arm stops at the limit,
// and asks for each candidate which one of its record is first: a join would
// look at the whole backlog instead.
const dueText = `
	WITH free AS NOT MATERIALIZED (
		SELECT id, status, due, ord, lease_until, body FROM executions AS x
		WHERE company = $1 AND status IN ('waiting', 'running', 'parked')
		  AND id = (SELECT first.id FROM executions AS first
		            WHERE first.company = $1 AND first.record = x.record AND first.status IN ('waiting', 'running', 'parked')
		            ORDER BY first.ord, first.id LIMIT 1))
	SELECT body FROM (
		SELECT * FROM (SELECT * FROM free WHERE status = 'waiting' AND due <= $2 ORDER BY due, ord, id LIMIT $4) AS waiting
		UNION ALL
		SELECT * FROM (SELECT * FROM free WHERE status = 'running' AND lease_until < $2 ORDER BY due, ord, id LIMIT $4) AS lapsed
		UNION ALL
		SELECT * FROM (SELECT * FROM free WHERE status = 'parked' AND $3 ORDER BY due, ord, id LIMIT $4) AS parked
	) AS due_now ORDER BY due, ord, id LIMIT $4`

// Due lists executions that may be leased; see decision.Tx.
func Due(ctx context.Context, db Database, company string, now time.Time, n int, parked bool) ([]decision.Execution, error) {
	return All(ctx, db, body[decision.Execution], dueText, company, now.UnixMicro(), parked, max(n, 0))
}

const pendingText = `
	SELECT body FROM decisions
	WHERE company = $1 AND model = $2 AND record_id = $3 AND status IN ('awaiting_receipt', 'executing', 'parked')
	ORDER BY seq`

// Pending lists a record's decisions whose end is not known; see decision.Tx.
func Pending(ctx context.Context, db Database, company, model string, id int64) ([]decision.DecisionRow, error) {
	return All(ctx, db, body[decision.DecisionRow], pendingText, company, model, strconv.FormatInt(id, 10))
}

// body reads the one column of a row that is JSON.
func body[T any](rows Rows) (T, error) {
	var row T
	raw, err := Bytes(rows)
	if err == nil {
		err = json.Unmarshal(raw, &row)
	}
	return row, err
}

// NotFound is the error about something that is not there.
func NotFound(what string) error {
	return decision.Errorf(decision.CodeNotFound, "There is no such %s.", what)
}

// All reads every row of a query.
func All[T any](ctx context.Context, db Database, scan func(Rows) (T, error), text string, args ...any) ([]T, error) {
	out, err := all(ctx, db, scan, text, args...)
	if err != nil && db.Again(ctx, err) {
		out, err = all(ctx, db, scan, text, args...)
	}
	return out, db.Fault(err)
}

func all[T any](ctx context.Context, db Database, scan func(Rows) (T, error), text string, args ...any) ([]T, error) {
	rows, err := db.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
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

// One reads the first row of a query, and says whether there is one.
func One[T any](ctx context.Context, db Database, scan func(Rows) (T, error), text string, args ...any) (T, bool, error) {
	var none T
	rows, err := All(ctx, db, scan, text, args...)
	if err != nil || len(rows) == 0 {
		return none, false, err
	}
	return rows[0], true, nil
}

// Bytes reads the only column of a row.
func Bytes(rows Rows) (out []byte, err error) {
	err = rows.Scan(&out)
	return out, err
}

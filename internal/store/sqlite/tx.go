package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"assent/decision"
	"assent/internal/store/listing"
	"assent/internal/store/reading"
)

// tx is one company's state inside a savepoint.
type tx struct {
	w       *writer
	company string
	next    int64 // seq of the next entry
	err     error // of a statement: the work cannot succeed any more
}

var _ decision.Tx = (*tx)(nil)

func (w *writer) work(ctx context.Context, work decision.Work) error {
	if _, ok := w.heads[work.Company]; !ok {
		head, err := w.head(work.Company)
		if err != nil {
			return err
		}
		w.heads[work.Company] = headState{head: head}
	}
	t := &tx{w: w, company: work.Company, next: w.heads[work.Company].head.Seq + 1}
	if err := work.Do(ctx, t); err != nil {
		return err
	}
	if t.err != nil {
		return t.err
	}
	if t.next != t.Head().Seq+1 {
		return fmt.Errorf("sqlite: the head was left at seq %d, the journal at %d", t.Head().Seq, t.next-1)
	}
	return nil
}

func (w *writer) head(company string) (decision.Head, error) {
	var body []byte
	err := w.row(numbered(reading.HeadText), []any{company}, &body)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return decision.Head{}, fault(err)
	}
	return reading.DecodeHead(company, body)
}

// Head is the head as left by earlier work of the same transaction.
func (t *tx) Head() decision.Head { return t.w.heads[t.company].head }

// SetHead is written once a transaction, before its commit.
func (t *tx) SetHead(h decision.Head) {
	h.Company = t.company
	t.w.heads[t.company] = headState{head: h, dirty: true}
}

// AddEntry appends; an entry that does not follow the newest one is refused.
func (t *tx) AddEntry(ctx context.Context, e decision.Entry) error {
	if e.Company != t.company || e.Seq != t.next {
		return fmt.Errorf("sqlite: entry %d does not follow entry %d of its company", e.Seq, t.next-1)
	}
	err := t.exec(ctx, "INSERT INTO journal (company, seq, id, type, at, prev, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		t.company, e.Seq, e.ID, string(e.Type), e.At.UnixMicro(), e.Prev, e.Hash, string(e.Body))
	if err == nil {
		t.next++
	}
	return err
}

// Get reads a row as earlier work of the same transaction left it.
func (t *tx) Get(ctx context.Context, table decision.Table, id string) (json.RawMessage, bool, error) {
	if !listing.Known(table) {
		return nil, false, listing.Unknown(table)
	}
	var body []byte
	found, err := t.row(ctx, reading.RowText(table), []any{t.company, id}, &body)
	return body, found, err
}

// Put inserts or replaces a row.
func (t *tx) Put(ctx context.Context, table decision.Table, id string, body json.RawMessage) error {
	if !listing.Known(table) {
		return listing.Unknown(table)
	}
	return t.exec(ctx, "INSERT INTO "+string(table)+" (company, id, body) VALUES (?, ?, ?) ON CONFLICT (company, id) DO UPDATE SET body = excluded.body",
		t.company, id, string(body))
}

// Binding finds what a key is bound to.
func (t *tx) Binding(ctx context.Context, key string) (decision.Binding, bool, error) {
	b := decision.Binding{Key: key}
	found, err := t.row(ctx, reading.BindingText, []any{t.company, key}, &b.Request, &b.Decision)
	if !found {
		return decision.Binding{}, false, err
	}
	return b, true, nil
}

// Bind binds a key; one that is bound is a CodeConflict error that names the
// decision it is bound to.
func (t *tx) Bind(ctx context.Context, b decision.Binding) error {
	bound, found, err := t.Binding(ctx, b.Key)
	if err != nil {
		return err
	}
	if found {
		return decision.Conflict(bound.Decision, "The idempotency key is bound to another decision.")
	}
	return t.exec(ctx, "INSERT INTO idempotency (company, key, request, decision) VALUES (?, ?, ?, ?)",
		t.company, b.Key, b.Request, b.Decision)
}

// Seal stores a sealed object; its id must be new.
func (t *tx) Seal(ctx context.Context, s decision.Sealed) error {
	return t.exec(ctx, "INSERT INTO sealed (company, id, master, data_key, box) VALUES (?, ?, ?, ?, ?)",
		t.company, s.ID, s.Master, s.Key, s.Box)
}

// EraseSealed empties key and content; erasing twice is no error.
func (t *tx) EraseSealed(ctx context.Context, id string) error {
	var one int
	found, err := t.row(ctx, "SELECT 1 FROM sealed WHERE company = $1 AND id = $2", []any{t.company, id}, &one)
	if err != nil {
		return err
	}
	if !found {
		return reading.NotFound("sealed object")
	}
	t.w.erased = true
	return t.exec(ctx, "UPDATE sealed SET data_key = x'', box = x'' WHERE company = ? AND id = ?", t.company, id)
}

// AddHistory inserts rows that are not there yet.
func (t *tx) AddHistory(ctx context.Context, rows []decision.HistoryRow) error {
	for _, r := range rows {
		var amount any
		if r.Amount != nil {
			amount = r.Amount.String()
		}
		facts, err := reading.Facts(r)
		if err != nil {
			return t.failed(err)
		}
		if err := t.exec(ctx, insertHistory, t.company, r.EntityType, r.EntityHash, r.Kind, r.Subject,
			r.Partner, amount, r.At.UnixMicro(), r.KnownAt.UnixMicro(), facts); err != nil {
			return err
		}
	}
	return nil
}

// insertHistory cannot use ON CONFLICT: the trigger that refuses REPLACE
// comes first.
const insertHistory = `
	INSERT INTO history (company, entity_type, entity_hash, kind, subject, partner, amount, at, known_at, facts)
	SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
	WHERE NOT EXISTS (SELECT 1 FROM history
	                  WHERE company = ?1 AND entity_type = ?2 AND entity_hash = ?3 AND kind = ?4 AND subject = ?5 AND known_at = ?9)`

// History answers as the transaction sees it.
func (t *tx) History(ctx context.Context, queries []decision.HistoryQuery) ([][]decision.HistoryRow, error) {
	if err := ctx.Err(); err != nil {
		return nil, t.failed(err)
	}
	found, err := history(ctx, t.w, t.company, queries)
	return found, t.failed(err)
}

// Due lists executions that may be leased; see decision.Tx.
func (t *tx) Due(ctx context.Context, now time.Time, n int, parked bool) ([]decision.Execution, error) {
	if err := ctx.Err(); err != nil {
		return nil, t.failed(err)
	}
	due, err := reading.Due(ctx, t.w, t.company, now, n, parked)
	return due, t.failed(err)
}

// Pending lists a record's decisions whose end is not known; see decision.Tx.
func (t *tx) Pending(ctx context.Context, model string, id int64) ([]decision.DecisionRow, error) {
	if err := ctx.Err(); err != nil {
		return nil, t.failed(err)
	}
	rows, err := reading.Pending(ctx, t.w, t.company, model, id)
	return rows, t.failed(err)
}

func (t *tx) exec(ctx context.Context, text string, args ...any) error {
	if err := ctx.Err(); err != nil {
		return t.failed(err)
	}
	return t.failed(t.w.exec(text, args...))
}

// row reads one row, and says whether there is one.
func (t *tx) row(ctx context.Context, text string, args []any, dest ...any) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, t.failed(err)
	}
	err := t.w.row(numbered(text), args, dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, t.failed(err)
}

// failed keeps the first error: work that goes on after one must not commit.
func (t *tx) failed(err error) error {
	if err != nil && t.err == nil {
		t.err = fault(err)
	}
	return fault(err)
}

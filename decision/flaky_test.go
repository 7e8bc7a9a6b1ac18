package decision_test

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	. "assent/decision"
)

// flaky breaks at one call of the store, inside or outside a transaction, as
// a database does that goes away.
type flaky struct {
	Store
	mu   sync.Mutex
	left int // calls until it breaks; negative: broken
}

var errGone = Errorf(CodeUnavailable, "The database is gone.")

func (f *flaky) call() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left--; f.left == -1 {
		return errGone
	}
	return nil
}

func (f *flaky) Company(ctx context.Context, id string) (Company, error) {
	if err := f.call(); err != nil {
		return Company{}, err
	}
	return f.Store.Company(ctx, id)
}

func (f *flaky) Do(ctx context.Context, w Work) error {
	if err := f.call(); err != nil {
		return err
	}
	do := w.Do
	w.Do = func(ctx context.Context, tx Tx) error { return do(ctx, flakyTx{tx, f}) }
	return f.Store.Do(ctx, w)
}

func (f *flaky) Head(ctx context.Context, company string) (Head, error) {
	return flakyReader{f.Store, f}.Head(ctx, company)
}

func (f *flaky) Row(ctx context.Context, company string, table Table, id string) (json.RawMessage, bool, error) {
	return flakyReader{f.Store, f}.Row(ctx, company, table, id)
}

func (f *flaky) List(ctx context.Context, company string, table Table, q Filter) (Page, error) {
	return flakyReader{f.Store, f}.List(ctx, company, table, q)
}

func (f *flaky) Entry(ctx context.Context, company, id string) (Entry, error) {
	return flakyReader{f.Store, f}.Entry(ctx, company, id)
}

func (f *flaky) Binding(ctx context.Context, company, key string) (Binding, bool, error) {
	return flakyReader{f.Store, f}.Binding(ctx, company, key)
}

func (f *flaky) Sealed(ctx context.Context, company, id string) (Sealed, error) {
	return flakyReader{f.Store, f}.Sealed(ctx, company, id)
}

func (f *flaky) History(ctx context.Context, company string, q []HistoryQuery) ([][]HistoryRow, error) {
	if err := f.call(); err != nil {
		return nil, err
	}
	return f.Store.History(ctx, company, q)
}

// flakyReader breaks like its flaky; audits read through it.
type flakyReader struct {
	Reader
	f *flaky
}

func (r flakyReader) Head(ctx context.Context, company string) (Head, error) {
	if err := r.f.call(); err != nil {
		return Head{}, err
	}
	return r.Reader.Head(ctx, company)
}

func (r flakyReader) Row(ctx context.Context, company string, table Table, id string) (json.RawMessage, bool, error) {
	if err := r.f.call(); err != nil {
		return nil, false, err
	}
	return r.Reader.Row(ctx, company, table, id)
}

func (r flakyReader) List(ctx context.Context, company string, table Table, q Filter) (Page, error) {
	if err := r.f.call(); err != nil {
		return Page{}, err
	}
	return r.Reader.List(ctx, company, table, q)
}

func (r flakyReader) AllRows(ctx context.Context, company string, table Table, yield func(string, json.RawMessage) error) error {
	if err := r.f.call(); err != nil {
		return err
	}
	return r.Reader.AllRows(ctx, company, table, yield)
}

func (r flakyReader) Entry(ctx context.Context, company, id string) (Entry, error) {
	if err := r.f.call(); err != nil {
		return Entry{}, err
	}
	return r.Reader.Entry(ctx, company, id)
}

func (r flakyReader) Entries(ctx context.Context, company string, after int64, limit int) ([]Entry, error) {
	if err := r.f.call(); err != nil {
		return nil, err
	}
	return r.Reader.Entries(ctx, company, after, limit)
}

func (r flakyReader) Binding(ctx context.Context, company, key string) (Binding, bool, error) {
	if err := r.f.call(); err != nil {
		return Binding{}, false, err
	}
	return r.Reader.Binding(ctx, company, key)
}

func (r flakyReader) AllBindings(ctx context.Context, company string, yield func(Binding) error) error {
	if err := r.f.call(); err != nil {
		return err
	}
	return r.Reader.AllBindings(ctx, company, yield)
}

func (r flakyReader) Strays(ctx context.Context, company string) ([]Problem, error) {
	if err := r.f.call(); err != nil {
		return nil, err
	}
	return r.Reader.Strays(ctx, company)
}

func (r flakyReader) Artefact(ctx context.Context, kind, revision string) ([]byte, error) {
	if err := r.f.call(); err != nil {
		return nil, err
	}
	return r.Reader.Artefact(ctx, kind, revision)
}

func (r flakyReader) Sealed(ctx context.Context, company, id string) (Sealed, error) {
	if err := r.f.call(); err != nil {
		return Sealed{}, err
	}
	return r.Reader.Sealed(ctx, company, id)
}

// flakyTx breaks inside a transaction.
type flakyTx struct {
	Tx
	f *flaky
}

func (t flakyTx) Get(ctx context.Context, table Table, id string) (json.RawMessage, bool, error) {
	if err := t.f.call(); err != nil {
		return nil, false, err
	}
	return t.Tx.Get(ctx, table, id)
}

func (t flakyTx) Put(ctx context.Context, table Table, id string, body json.RawMessage) error {
	if err := t.f.call(); err != nil {
		return err
	}
	return t.Tx.Put(ctx, table, id, body)
}

func (t flakyTx) AddEntry(ctx context.Context, e Entry) error {
	if err := t.f.call(); err != nil {
		return err
	}
	return t.Tx.AddEntry(ctx, e)
}

func (t flakyTx) Binding(ctx context.Context, key string) (Binding, bool, error) {
	if err := t.f.call(); err != nil {
		return Binding{}, false, err
	}
	return t.Tx.Binding(ctx, key)
}

func (t flakyTx) Bind(ctx context.Context, b Binding) error {
	if err := t.f.call(); err != nil {
		return err
	}
	return t.Tx.Bind(ctx, b)
}

func (t flakyTx) Seal(ctx context.Context, s Sealed) error {
	if err := t.f.call(); err != nil {
		return err
	}
	return t.Tx.Seal(ctx, s)
}

func (t flakyTx) EraseSealed(ctx context.Context, id string) error {
	if err := t.f.call(); err != nil {
		return err
	}
	return t.Tx.EraseSealed(ctx, id)
}

func (t flakyTx) AddHistory(ctx context.Context, rows []HistoryRow) error {
	if err := t.f.call(); err != nil {
		return err
	}
	return t.Tx.AddHistory(ctx, rows)
}

func (t flakyTx) Pending(ctx context.Context, model string, id int64) ([]DecisionRow, error) {
	if err := t.f.call(); err != nil {
		return nil, err
	}
	return t.Tx.Pending(ctx, model, id)
}

func (t flakyTx) Due(ctx context.Context, now time.Time, n int, parked bool) ([]Execution, error) {
	if err := t.f.call(); err != nil {
		return nil, err
	}
	return t.Tx.Due(ctx, now, n, parked)
}

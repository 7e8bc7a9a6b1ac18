package decision

import (
	"context"
	"time"
)

// Ledger is the only writer of the journal: every change to a company is an
// entry, chained to the one before, folded into the projections in the same
// transaction.
type Ledger struct {
	Store Store
	Key   AuditKey
}

// Writer appends entries inside one unit of work.
type Writer struct {
	Tx
	key AuditKey
}

// Do runs fn with the company's head locked. fn may run more than once.
func (l *Ledger) Do(ctx context.Context, company string, lane Lane, keys []string, fn func(context.Context, *Writer) error) error {
	return l.Store.Do(ctx, Work{Company: company, Lane: lane, Keys: keys, Do: func(ctx context.Context, tx Tx) error {
		return fn(ctx, &Writer{Tx: tx, key: l.Key})
	}})
}

// Append chains an entry and folds it into the projections. id names the
// entry; a decision's entry has the decision's id.
func (w *Writer) Append(ctx context.Context, id string, typ EntryType, at time.Time, body any) (Entry, error) {
	encoded, err := canonical(body)
	if err != nil {
		return Entry{}, err
	}
	head := w.Head()
	e := Entry{
		Company: head.Company, Seq: head.Seq + 1, ID: id, Type: typ,
		At: at.UTC().Truncate(time.Microsecond), Prev: head.Hash, Body: encoded,
	}
	e.Hash = w.key.Hash(e)
	if err := w.AddEntry(ctx, e); err != nil {
		return Entry{}, err
	}
	if err := Fold(ctx, w.Tx, &head, e); err != nil {
		return Entry{}, err
	}
	w.SetHead(head)
	return e, nil
}

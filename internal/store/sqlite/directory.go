package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"assent/decision"
	"assent/internal/store/reading"
)

// single writes one statement a unit, for the directory.
type single struct {
	reading.Database
	store *Store
}

// Exec writes in a unit of its own.
func (d single) Exec(ctx context.Context, text string, args ...any) error {
	return d.store.do(ctx, decision.Foreground, func(_ context.Context, w *writer) error {
		return w.exec(numbered(text), args...)
	})
}

// Take deletes a row and returns its one column.
func (d single) Take(ctx context.Context, text string, args ...any) (value []byte, found bool, err error) {
	err = d.store.do(ctx, decision.Foreground, func(_ context.Context, w *writer) error {
		return w.row(numbered(text), args, &value)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	return value, err == nil, fault(err)
}

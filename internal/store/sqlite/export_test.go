package sqlite

import (
	"context"
	"fmt"

	"assent/decision"
)

// LimitPages makes the disk full once the file has n pages.
func (s *Store) LimitPages(ctx context.Context, n int) error {
	return s.do(ctx, decision.Foreground, func(_ context.Context, w *writer) error {
		var set int
		return w.row(fmt.Sprintf("PRAGMA max_page_count = %d", n), nil, &set)
	})
}

// BreakCommit leaves a reference to nothing that only the commit looks at.
func (s *Store) BreakCommit(ctx context.Context) error {
	return s.do(ctx, decision.Foreground, func(_ context.Context, w *writer) error {
		if err := w.exec("PRAGMA defer_foreign_keys = ON"); err != nil {
			return err
		}
		return w.exec("INSERT INTO vectors (company, space, id, label, length, vector) VALUES ('main', 'none', 'v', '', 1, x'00000000')")
	})
}

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

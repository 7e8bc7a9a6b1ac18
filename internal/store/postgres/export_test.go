//go:build postgres

package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"
)

// CurrentRole is the role of a connection of the pool.
func (s *Store) CurrentRole(ctx context.Context) (role string, err error) {
	err = s.pool.QueryRow(ctx, "SELECT current_user").Scan(&role)
	return role, err
}

// IndexScans is the plan of a search.
func (s *Store) IndexScans(ctx context.Context, company, space string, vector []float32) (string, error) {
	rows, err := s.pool.Query(ctx, "EXPLAIN "+nearestText(len(vector)), pgx.QueryExecModeExec, company, space, pgvector.NewVector(vector), 200)
	if err != nil {
		return "", err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(lines, "\n"), err
}

package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"assent/decision"
	"assent/internal/store/nearest"
	"assent/internal/store/reading"
)

type spaceKey struct{ company, space string }

// PutVector stores or replaces a vector; the first one of a space sets its
// length and makes its index.
func (s *Store) PutVector(ctx context.Context, company, space, id, label string, vector []float32) error {
	if err := nearest.Check(vector); err != nil {
		return err
	}
	length, found, err := s.length(ctx, company, space, "SELECT assent_vector_space($1, $2, $3)", len(vector))
	if err != nil || !found {
		return err
	}
	if err := nearest.CheckLength(vector, length); err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, `INSERT INTO vectors (company, space, id, label, length, embedding) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (company, space, id) DO UPDATE SET label = excluded.label, embedding = excluded.embedding`,
		company, space, id, label, length, pgvector.NewVector(vector))
	return fault(err)
}

// length finds how long the vectors of a space are.
func (s *Store) length(ctx context.Context, company, space, text string, args ...any) (int, bool, error) {
	key := spaceKey{company, space}
	if length, ok := s.spaces.Load(key); ok {
		return length.(int), true, nil
	}
	length, found, err := reading.One(ctx, s, func(rows reading.Rows) (length int, err error) {
		err = rows.Scan(&length)
		return length, err
	}, text, append([]any{company, space}, args...)...)
	if found {
		s.spaces.Store(key, length)
	}
	return length, found, err
}

// candidates is how many vectors the index is asked for when k are wanted.
// HNSW is approximate: more candidates are searched and compared exactly. 200
// is five times pgvector's default.
func candidates(k int) int { return min(max(4*k, 200), 4*nearest.MostK) }

// Nearest searches the space's HNSW index.
func (s *Store) Nearest(ctx context.Context, company, space string, vector []float32, k int) ([]decision.Neighbour, error) {
	if err := nearest.Check(vector); err != nil {
		return nil, err
	}
	length, found, err := s.length(ctx, company, space, "SELECT length FROM vector_spaces WHERE company = $1 AND space = $2")
	if err != nil || !found {
		return nil, err // nothing is near in an empty space
	}
	if err := nearest.CheckLength(vector, length); err != nil {
		return nil, err
	}
	near, err := s.search(ctx, company, space, vector, candidates(k))
	return nearest.Best(vector, near, k), fault(err)
}

// search finds about n vectors. A plan made for any company could not use the
// index of this one's space; hence a plan for each query.
func (s *Store) search(ctx context.Context, company, space string, vector []float32, n int) ([]nearest.Candidate, error) {
	var out []nearest.Candidate
	var b pgx.Batch // one transaction, to which the settings are local
	b.Queue("SELECT set_config('hnsw.ef_search', $1, true), set_config('plan_cache_mode', 'force_custom_plan', true)", fmt.Sprint(n))
	b.Queue(nearestText(len(vector)), company, space, pgvector.NewVector(vector), n).Query(func(rows pgx.Rows) (err error) {
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (c nearest.Candidate, err error) {
			var v pgvector.Vector
			err = row.Scan(&c.ID, &c.Label, &v)
			c.Vector = v.Slice()
			return c, err
		})
		return err
	})
	err := s.pool.SendBatch(ctx, &b).Close()
	return out, err
}

// nearestText names the length because the index does.
func nearestText(length int) string {
	return fmt.Sprintf("SELECT id, label, embedding FROM vectors WHERE company = $1 AND space = $2 ORDER BY embedding::vector(%[1]d) <=> $3::vector(%[1]d) LIMIT $4", length)
}

package decision

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// past is what history said about a question's entities when it was
// gathered.
type past struct {
	queries []HistoryQuery
	rows    [][]HistoryRow // by query, newest first
}

// historyQueries ask for every entity's rows that are known by now.
func (s *Service) historyQueries(q question) []HistoryQuery {
	var queries []HistoryQuery
	for _, e := range q.kind.Entities {
		if hash, known := s.entityHash(e, q.fields); known {
			queries = append(queries, HistoryQuery{
				EntityType: e.Type, EntityHash: hash, Before: q.now.Add(time.Microsecond), NotSubject: q.Subject.Record(), Cap: e.Cap,
			})
		}
	}
	return queries
}

// addHistory folds every entity's past into the declared features.
func addHistory(q question, snap *Snapshot, p past) {
	snap.Context, snap.KnownAt = Record{}, map[string]time.Time{}
	rows := map[string][]HistoryRow{}
	for i, query := range p.queries {
		rows[query.EntityType] = p.rows[i]
	}
	for _, f := range q.kind.Features {
		past, known := rows[f.Entity]
		if !known {
			snap.Missing[f.Path] = "no_" + f.Entity
			continue
		}
		value, at := f.Compute(past, q.now)
		snap.Context[f.Path] = value
		if !at.IsZero() {
			snap.KnownAt[f.Path] = at
		}
	}
}

// grown says, under the lock, whether the entities' past has rows that the
// snapshot has not seen: of decisions that were made at the same time. Each
// alone may be within a limit that all of them together break.
func (p past) grown(ctx context.Context, tx Tx) (bool, error) {
	queries := slices.Clone(p.queries)
	for i := range queries {
		// Another replica's clock may be ahead of ours.
		queries[i].Before = queries[i].Before.Add(ClockSkew)
	}
	rows, err := tx.History(ctx, queries)
	if err != nil {
		return false, err
	}
	same := slices.EqualFunc(rows, p.rows, func(a, b []HistoryRow) bool {
		return slices.EqualFunc(a, b, func(x, y HistoryRow) bool { return x.Subject == y.Subject && x.KnownAt.Equal(y.KnownAt) })
	})
	return !same, nil
}

// entityHash is the keyed hash of an entity's value, if it is known.
func (s *Service) entityHash(e Entity, fields Record) (string, bool) {
	switch v := fields[e.Path].(type) {
	case string:
		return s.Keyring.HashIdentifier(e.Type, v), true
	case int64:
		return s.Keyring.HashIdentifier(e.Type, fmt.Sprint(v)), true
	}
	return "", false
}

// Compute folds history rows into the feature's value at a time, and says
// when its newest evidence became known. rows may hold more than the window.
func (f Feature) Compute(rows []HistoryRow, now time.Time) (value any, knownAt time.Time) {
	count, sum, partners, first := int64(0), decimal.Decimal{}, map[int64]bool{}, now
	seen := map[string]bool{}
	for _, r := range rows {
		if r.Kind != f.Kind || r.KnownAt.After(now) || f.Window > 0 && r.At.Before(now.Add(-f.Window)) || seen[r.Subject] {
			continue
		}
		seen[r.Subject] = true // asked about again, its newest row is the one that counts
		count++
		if r.Amount != nil {
			sum = sum.Add(*r.Amount)
		}
		if r.Partner != 0 {
			partners[r.Partner] = true
		}
		if r.At.Before(first) {
			first = r.At
		}
		if r.KnownAt.After(knownAt) {
			knownAt = r.KnownAt
		}
	}
	switch f.Fold {
	case Sum:
		return sum, knownAt
	case DistinctPartners:
		return int64(len(partners)), knownAt
	case DaysSinceFirst:
		return int64(now.Sub(first) / (24 * time.Hour)), knownAt
	}
	return count, knownAt
}

package decision

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// past is what history said about a question's entities when it was
// gathered.
type past struct {
	queries []HistoryQuery
	rows    [][]HistoryRow // by query, newest first
}

// historyQueries ask for every entity's rows that are known by now, kind by
// kind: one kind must not push another's rows out of sight.
func (s *Service) historyQueries(q question) []HistoryQuery {
	var queries []HistoryQuery
	for _, e := range q.kind.Entities {
		hash, known := s.entityHash(e, q.fields)
		if !known {
			continue
		}
		for kind, window := range q.kind.windows(e.Type) {
			query := HistoryQuery{
				EntityType: e.Type, EntityHash: hash, Kind: kind, Before: q.now.Add(time.Microsecond), NotSubject: q.Subject.Record(), Cap: e.Cap,
			}
			if window > 0 {
				query.Since = q.now.Add(-window)
			}
			queries = append(queries, query)
		}
	}
	slices.SortFunc(queries, func(a, b HistoryQuery) int {
		return cmp.Or(strings.Compare(a.EntityType, b.EntityType), strings.Compare(a.Kind, b.Kind))
	})
	return queries
}

// windows is how far back the features of an entity look, by kind of row; 0 is
// without bound.
func (k Kind) windows(entity string) map[string]time.Duration {
	longest := map[string]time.Duration{}
	for _, f := range k.Features {
		if f.Entity != entity {
			continue
		}
		if window, seen := longest[f.Kind]; !seen || f.Window == 0 || window != 0 && f.Window > window {
			longest[f.Kind] = f.Window
		}
	}
	return longest
}

// addHistory folds every entity's past into the declared features.
func addHistory(q question, snap *Snapshot, p past) {
	snap.Context, snap.KnownAt = Record{}, map[string]time.Time{}
	for _, f := range q.kind.Features {
		i := slices.IndexFunc(p.queries, func(h HistoryQuery) bool { return h.EntityType == f.Entity && h.Kind == f.Kind })
		switch {
		case i < 0:
			snap.Missing[f.Path] = "no_" + f.Entity
			continue
		case len(p.rows[i]) == p.queries[i].Cap && !f.Saturates:
			// What was cut off may be what a limit is about.
			snap.Missing[f.Path] = "too_many"
			continue
		}
		value, at := f.Compute(p.rows[i], q.now)
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
		// Another replica's clock may be ahead of ours, and ours may have been
		// set back: what is known to happen later has happened.
		queries[i].Before = endOfTime
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

// endOfTime is after everything.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

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
// A record that was asked about again is one, with the largest of its amounts:
// asking for a cent must not make the rest forgotten.
func (f Feature) Compute(rows []HistoryRow, now time.Time) (value any, knownAt time.Time) {
	amounts, partners, first := map[string]decimal.Decimal{}, map[int64]bool{}, now
	for _, r := range rows {
		if r.Kind != f.Kind || r.KnownAt.After(now) || f.Window > 0 && r.At.Before(now.Add(-f.Window)) {
			continue
		}
		amounts[r.Subject] = decimal.Max(amounts[r.Subject], amountOf(r))
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
		sum := decimal.Decimal{}
		for _, subject := range sortedKeys(amounts) {
			sum = sum.Add(amounts[subject])
		}
		return sum, knownAt
	case DistinctPartners:
		return int64(len(partners)), knownAt
	case DaysSinceFirst:
		return int64(now.Sub(first) / (24 * time.Hour)), knownAt
	}
	return int64(len(amounts)), knownAt
}

func amountOf(r HistoryRow) decimal.Decimal {
	if r.Amount == nil {
		return decimal.Decimal{}
	}
	return *r.Amount
}

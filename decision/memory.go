package decision

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// MemoryHistory is a History without a database, with a store's rules: for
// training, which replays a company's past, and for evals. It is not safe for
// use by several goroutines at once. The zero value is empty.
type MemoryHistory struct {
	series   map[seriesKey]*series
	subjects map[string]int32 // for short keys
	known    map[rowKey]bool
}

type seriesKey struct{ company, entityType, entityHash, kind string }

// rowKey is what a row is unique by; the rest is in the series.
type rowKey struct {
	series, subject int32
	knownAt         int64
}

// series are the rows of one entity and kind.
type series struct {
	id   int32
	rows []*HistoryRow // oldest first: the reverse of a query's order
	late bool          // some row became known before it happened
}

// AddHistory adds rows; one that is already there (same entity, kind, subject
// and KnownAt) is left as it was. It is fast where rows come in order of At.
func (m *MemoryHistory) AddHistory(_ context.Context, company string, rows []HistoryRow) error {
	if m.series == nil {
		m.series, m.subjects, m.known = map[seriesKey]*series{}, map[string]int32{}, map[rowKey]bool{}
	}
	for i := range rows {
		m.add(company, rows[i])
	}
	return nil
}

func (m *MemoryHistory) add(company string, r HistoryRow) {
	key := seriesKey{company, r.EntityType, r.EntityHash, r.Kind}
	s := m.series[key]
	if s == nil {
		s = &series{id: int32(len(m.series))}
		m.series[key] = s
	}
	subject, seen := m.subjects[r.Subject]
	if !seen {
		subject = int32(len(m.subjects))
		m.subjects[r.Subject] = subject
	}
	unique := rowKey{s.id, subject, r.KnownAt.UnixMicro()}
	if m.known[unique] {
		return
	}
	m.known[unique] = true
	s.late = s.late || r.KnownAt.Before(r.At)
	at, _ := slices.BinarySearchFunc(s.rows, &r, older)
	s.rows = slices.Insert(s.rows, at, &r)
}

// older is the order of a series: a query's, backwards.
func older(a, b *HistoryRow) int {
	return cmp.Or(a.At.Compare(b.At), a.KnownAt.Compare(b.KnownAt), strings.Compare(b.Subject, a.Subject))
}

// History answers each query; see HistoryQuery.
func (m *MemoryHistory) History(_ context.Context, company string, queries []HistoryQuery) ([][]HistoryRow, error) {
	out := make([][]HistoryRow, len(queries))
	for i, q := range queries {
		if s := m.series[seriesKey{company, q.EntityType, q.EntityHash, q.Kind}]; s != nil {
			out[i] = s.find(q)
		}
	}
	return out, nil
}

func (s *series) find(q HistoryQuery) []HistoryRow {
	end := len(s.rows)
	if !q.Until.IsZero() {
		end = s.before(q.Until)
	}
	if !s.late { // what is known before has happened before
		end = min(end, s.before(q.Before))
	}
	found := make([]HistoryRow, 0, max(0, min(q.Cap, end)))
	for i := end - 1; i >= 0 && len(found) < q.Cap; i-- {
		r := s.rows[i]
		if r.At.Before(q.Since) {
			break
		}
		if r.KnownAt.Before(q.Before) && r.Subject != q.NotSubject {
			found = append(found, *r)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

// before is the index of the first row that happened at a time or later.
func (s *series) before(t time.Time) int {
	i, _ := slices.BinarySearchFunc(s.rows, t, func(r *HistoryRow, t time.Time) int {
		if r.At.Before(t) {
			return -1
		}
		return 1
	})
	return i
}

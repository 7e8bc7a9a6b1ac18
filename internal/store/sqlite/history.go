package sqlite

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/internal/store/reading"
)

// historyTexts answer so many queries each, the most first. A statement costs
// as much as reading ten rows, and a decision has twenty queries; a text for
// every number of them would be too many to prepare.
var historyTexts = []struct {
	queries int
	text    string
}{{16, historyText(16)}, {4, historyText(4)}, {1, historyText(1)}}

// historyText has the company as its first parameter, and eight for each query.
// A bare parameter after LIMIT would have SQLite plan the statement anew each
// time, for what its value is.
func historyText(queries int) string {
	parts := make([]string, queries)
	for i := range parts {
		p := func(n int) string { return fmt.Sprint("$", 2+8*i+n) }
		parts[i] = fmt.Sprintf(`SELECT * FROM (
			SELECT %d AS n, kind, subject, partner, amount, at, known_at, facts FROM history
			WHERE company = $1 AND entity_type = %s AND entity_hash = %s AND kind = %s AND at >= %s AND at < %s AND known_at < %s AND subject <> %s
			ORDER BY at DESC, known_at DESC, subject LIMIT %s + 0)`, i, p(0), p(1), p(2), p(3), p(4), p(5), p(6), p(7))
	}
	return strings.Join(parts, " UNION ALL ")
}

// History answers each query; see decision.HistoryQuery.
func (r reader) History(ctx context.Context, company string, queries []decision.HistoryQuery) ([][]decision.HistoryRow, error) {
	return history(ctx, r, company, queries)
}

func history(ctx context.Context, db reading.Database, company string, queries []decision.HistoryQuery) ([][]decision.HistoryRow, error) {
	out := make([][]decision.HistoryRow, len(queries))
	for done := 0; done < len(queries); {
		for _, h := range historyTexts {
			if h.queries > len(queries)-done {
				continue
			}
			if err := several(ctx, db, h.text, company, queries[done:done+h.queries], out[done:]); err != nil {
				return nil, err
			}
			done += h.queries
			break
		}
	}
	return out, nil
}

// several answers queries by one statement, whose parts follow each other.
func several(ctx context.Context, db reading.Database, text, company string, queries []decision.HistoryQuery, out [][]decision.HistoryRow) error {
	args := make([]any, 1, 1+8*len(queries))
	args[0] = company
	for _, q := range queries {
		args = append(args, q.EntityType, q.EntityHash, q.Kind, q.Since.UnixMicro(), reading.Until(q), q.Before.UnixMicro(), q.NotSubject, max(q.Cap, 0))
	}
	counts := make([]int, len(queries))
	rows, err := reading.All(ctx, db, func(rows reading.Rows) (decision.HistoryRow, error) { return scanHistory(rows, queries, counts) }, text, args...)
	if err != nil {
		return err
	}
	for i, n := range counts { // the rows of one query follow those of the one before
		if n > 0 {
			out[i], rows = rows[:n:n], rows[n:]
		}
	}
	return nil
}

func scanHistory(rows reading.Rows, queries []decision.HistoryQuery, counts []int) (h decision.HistoryRow, err error) {
	var n int
	var amount decimal.NullDecimal
	var at, knownAt int64
	var facts []byte
	if err := rows.Scan(&n, &h.Kind, &h.Subject, &h.Partner, &amount, &at, &knownAt, &facts); err != nil {
		return h, err
	}
	counts[n]++
	if amount.Valid {
		h.Amount = &amount.Decimal
	}
	h.EntityType, h.EntityHash = queries[n].EntityType, queries[n].EntityHash
	h.At, h.KnownAt = time.UnixMicro(at).UTC(), time.UnixMicro(knownAt).UTC()
	return h, reading.AddFacts(&h, facts)
}

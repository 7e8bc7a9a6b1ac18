package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

const historyQuery = `
	SELECT kind, subject, partner, amount, at, known_at FROM history
	WHERE company = ? AND entity_type = ? AND entity_hash = ? AND at >= ? AND known_at < ? AND subject <> ?
	ORDER BY at DESC, known_at DESC, kind, subject LIMIT ?`

// History answers each query; see decision.HistoryQuery.
func (r reader) History(ctx context.Context, company string, queries []decision.HistoryQuery) ([][]decision.HistoryRow, error) {
	out := make([][]decision.HistoryRow, len(queries))
	for i, q := range queries {
		rows, err := r.db.query(ctx, historyQuery, company, q.EntityType, q.EntityHash,
			q.Since.UnixMicro(), q.Before.UnixMicro(), q.NotSubject, max(q.Cap, 0))
		if err != nil {
			return nil, fault(err)
		}
		out[i], err = collect(rows, func(rows *sql.Rows) (decision.HistoryRow, error) {
			return scanHistory(rows, q)
		})
		if err != nil {
			return nil, fault(err)
		}
	}
	return out, nil
}

func scanHistory(rows *sql.Rows, q decision.HistoryQuery) (decision.HistoryRow, error) {
	h := decision.HistoryRow{EntityType: q.EntityType, EntityHash: q.EntityHash}
	var amount decimal.NullDecimal
	var at, knownAt int64
	err := rows.Scan(&h.Kind, &h.Subject, &h.Partner, &amount, &at, &knownAt)
	if amount.Valid {
		h.Amount = &amount.Decimal
	}
	h.At, h.KnownAt = time.UnixMicro(at).UTC(), time.UnixMicro(knownAt).UTC()
	return h, err
}

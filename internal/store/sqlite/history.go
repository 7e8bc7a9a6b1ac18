package sqlite

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/internal/store/reading"
)

const historyText = `
	SELECT kind, subject, partner, amount, at, known_at, facts FROM history
	WHERE company = $1 AND entity_type = $2 AND entity_hash = $3 AND kind = $4 AND at >= $5 AND at < $9 AND known_at < $6 AND subject <> $7
	ORDER BY at DESC, known_at DESC, subject LIMIT $8`

// History answers each query; see decision.HistoryQuery.
func (r reader) History(ctx context.Context, company string, queries []decision.HistoryQuery) ([][]decision.HistoryRow, error) {
	return history(ctx, r, company, queries)
}

func history(ctx context.Context, db reading.Database, company string, queries []decision.HistoryQuery) ([][]decision.HistoryRow, error) {
	out := make([][]decision.HistoryRow, len(queries))
	for i, q := range queries {
		found, err := reading.All(ctx, db, func(rows reading.Rows) (decision.HistoryRow, error) { return scanHistory(rows, q) },
			historyText, company, q.EntityType, q.EntityHash, q.Kind, q.Since.UnixMicro(), q.Before.UnixMicro(), q.NotSubject, max(q.Cap, 0), reading.Until(q))
		if err != nil {
			return nil, err
		}
		out[i] = found
	}
	return out, nil
}

func scanHistory(rows reading.Rows, q decision.HistoryQuery) (decision.HistoryRow, error) {
	h := decision.HistoryRow{EntityType: q.EntityType, EntityHash: q.EntityHash}
	var amount decimal.NullDecimal
	var at, knownAt int64
	var facts []byte
	if err := rows.Scan(&h.Kind, &h.Subject, &h.Partner, &amount, &at, &knownAt, &facts); err != nil {
		return h, err
	}
	if amount.Valid {
		h.Amount = &amount.Decimal
	}
	h.At, h.KnownAt = time.UnixMicro(at).UTC(), time.UnixMicro(knownAt).UTC()
	return h, reading.AddFacts(&h, facts)
}

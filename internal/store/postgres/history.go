package postgres

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/internal/store/reading"
)

// historyText answers any number of queries in one round trip.
const historyText = `
	SELECT q.n, h.kind, h.subject, h.partner, h.amount::text, h.at, h.known_at, h.facts
	FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[]) WITH ORDINALITY
		AS q (entity_type, entity_hash, kind, since, before, not_subject, cap, until, n)
	CROSS JOIN LATERAL (
		SELECT * FROM history AS x
		WHERE x.company = $1 AND x.entity_type = q.entity_type AND x.entity_hash = q.entity_hash AND x.kind = q.kind
		  AND x.at >= q.since AND x.at < q.until AND x.known_at < q.before AND x.subject <> q.not_subject
		ORDER BY x.at DESC, x.known_at DESC, x.subject LIMIT q.cap) AS h
	ORDER BY q.n, h.at DESC, h.known_at DESC, h.subject`

type historyRow struct {
	query int
	row   decision.HistoryRow
}

// History answers each query; see decision.HistoryQuery.
func (r reader) History(ctx context.Context, company string, queries []decision.HistoryQuery) ([][]decision.HistoryRow, error) {
	return history(ctx, r, company, queries)
}

func history(ctx context.Context, db reading.Database, company string, queries []decision.HistoryQuery) ([][]decision.HistoryRow, error) {
	var types, hashes, kinds, notSubjects []string
	var since, before, caps, until []int64
	for _, q := range queries {
		types, hashes = append(types, q.EntityType), append(hashes, q.EntityHash)
		kinds, notSubjects = append(kinds, q.Kind), append(notSubjects, q.NotSubject)
		since, before, caps = append(since, q.Since.UnixMicro()), append(before, q.Before.UnixMicro()), append(caps, int64(max(q.Cap, 0)))
		until = append(until, reading.Until(q))
	}
	rows, err := reading.All(ctx, db, func(rows reading.Rows) (historyRow, error) { return scanHistory(rows, queries) },
		historyText, company, types, hashes, kinds, since, before, notSubjects, caps, until)
	if err != nil {
		return nil, err
	}
	out := make([][]decision.HistoryRow, len(queries))
	for _, h := range rows {
		out[h.query] = append(out[h.query], h.row)
	}
	return out, nil
}

func scanHistory(rows reading.Rows, queries []decision.HistoryQuery) (historyRow, error) {
	var h decision.HistoryRow
	var n int
	var amount *string
	var at, knownAt int64
	var facts []byte
	if err := rows.Scan(&n, &h.Kind, &h.Subject, &h.Partner, &amount, &at, &knownAt, &facts); err != nil {
		return historyRow{}, err
	}
	if amount != nil {
		a, err := decimal.NewFromString(*amount)
		if err != nil {
			return historyRow{}, err
		}
		h.Amount = &a
	}
	q := queries[n-1] // ordinality counts from 1
	h.EntityType, h.EntityHash = q.EntityType, q.EntityHash
	h.At, h.KnownAt = time.UnixMicro(at).UTC(), time.UnixMicro(knownAt).UTC()
	return historyRow{n - 1, h}, reading.AddFacts(&h, facts)
}

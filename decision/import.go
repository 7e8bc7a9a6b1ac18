package decision

import (
	"context"
	"time"
)

// importBatch bounds one transaction of an import.
const importBatch = 200

// ImportHistory adds past requests to their entities' history without
// deciding on them, so that velocity features know the time before the first
// decision. at says when each happened. Every row becomes known now: a
// decision of yesterday, replayed, still does not see it.
//
// Every request is checked before anything is written; record names the file
// for the journal, its Rows are filled in.
func (s *Service) ImportHistory(ctx context.Context, requests []Request, at []time.Time, record ImportRecord) (int, error) {
	now := s.now()
	rows := make([]HistoryRow, 0, len(requests))
	for i, req := range requests {
		if req.Company != requests[0].Company {
			return i, Invalid("/company", "enum", "must be the same for all of a file: each journal is one company's")
		}
		q, err := s.check(ctx, req)
		if err != nil {
			return i, err
		}
		if q.fields == nil {
			return i, Invalid("/fields", "required", "required: history cannot be read from Odoo")
		}
		snap := q.snapshot()
		snap.Now = at[i].UTC().Truncate(time.Microsecond)
		for _, row := range Remember(snap, s.Keyring.HashIdentifier) {
			row.KnownAt = now
			rows = append(rows, row)
		}
	}
	if len(requests) == 0 {
		return 0, nil
	}
	record.Rows = len(requests)
	return len(requests), s.importRows(ctx, requests[0].Company, rows, record, now)
}

// importRows ends with the entry, even when no request named an entity.
func (s *Service) importRows(ctx context.Context, company string, rows []HistoryRow, record ImportRecord, now time.Time) error {
	for more := true; more; more = len(rows) > 0 {
		n := min(importBatch, len(rows))
		batch := rows[:n]
		rows = rows[n:]
		err := s.Ledger.Do(ctx, company, Background, nil, func(ctx context.Context, w *Writer) error {
			if err := w.AddHistory(ctx, batch); err != nil || len(rows) > 0 {
				return err
			}
			_, err := w.Append(ctx, s.NewID(), EntryImport, now, record)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

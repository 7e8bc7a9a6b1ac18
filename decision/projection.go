package decision

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// RowOf reads one row of a projection; a missing one is a CodeNotFound error.
func RowOf[T any](ctx context.Context, from Reader, company string, table Table, id string) (T, error) {
	var row T
	body, found, err := from.Row(ctx, company, table, id)
	switch {
	case err != nil:
		return row, err
	case !found:
		return row, table.missing()
	}
	return row, table.decode(body, &row)
}

// PageOf reads one page of a projection. next is the cursor of the next page,
// "" after the last. A value that no column can have is a CodeInvalid error.
func PageOf[T any](ctx context.Context, from Reader, company string, table Table, f Filter) (rows []T, next string, err error) {
	if err := f.check(); err != nil {
		return nil, "", err
	}
	page, err := from.List(ctx, company, table, f)
	if err != nil {
		return nil, "", err
	}
	rows = make([]T, len(page.Rows))
	for i, body := range page.Rows {
		if err := table.decode(body, &rows[i]); err != nil {
			return nil, "", err
		}
	}
	return rows, page.Next, nil
}

// check refuses what is no code: nothing that is filtered by is anything else,
// and PostgreSQL fails on text with NUL or without UTF-8.
func (f Filter) check() error {
	for _, column := range slices.Sorted(maps.Keys(f.Where)) {
		for _, value := range f.Where[column] {
			if !IsCode(value, MaxCode) {
				return Invalid("/"+column, "pattern", "must be "+CodeRule(MaxCode))
			}
		}
	}
	return nil
}

// EachRow calls yield for every row of a projection in id order.
func EachRow[T any](ctx context.Context, from Reader, company string, table Table, yield func(id string, row T) error) error {
	return from.AllRows(ctx, company, table, func(id string, body json.RawMessage) error {
		var row T
		if err := table.decode(body, &row); err != nil {
			return err
		}
		return yield(id, row)
	})
}

func (t Table) decode(body json.RawMessage, row any) error {
	if err := json.Unmarshal(body, row); err != nil {
		return fmt.Errorf("decision: row of %s: %w", t, err)
	}
	return nil
}

// missing is the error about a row that is not there: tables are named after
// what they hold.
func (t Table) missing() error {
	return Errorf(CodeNotFound, "There is no such %s.", strings.TrimSuffix(string(t), "s"))
}

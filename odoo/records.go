package odoo

import "context"

// Query is what SearchRead looks for. Odoo returns only what the bot may see:
// no rows means "not visible", not "does not exist".
type Query struct {
	Domain Domain
	Fields []string
	Order  string // e.g. "write_date, id"; "" is the model's own
	Limit  int    // 0 is no limit
	Offset int
}

// SearchRead returns the matching records, decoded into T by json tags.
func SearchRead[T any](ctx context.Context, c Caller, model string, query Query, cx Context) ([]T, error) {
	domain := query.Domain
	if domain == nil {
		domain = Domain{}
	}
	args := Args{"domain": domain, "fields": query.Fields}
	if query.Order != "" {
		args["order"] = query.Order
	}
	if query.Limit > 0 {
		args["limit"] = query.Limit
	}
	if query.Offset > 0 {
		args["offset"] = query.Offset
	}
	var rows []T
	err := c.Call(ctx, Call{Model: model, Method: "search_read", Args: args, Context: cx}, &rows)
	return rows, err
}

// Read returns the records with these ids that exist and are visible, in any
// order and perhaps fewer than asked for.
func Read[T any](ctx context.Context, c Caller, model string, ids []int64, fields []string, cx Context) ([]T, error) {
	var rows []T
	err := c.Call(ctx, Call{Model: model, Method: "read", IDs: ids, Args: Args{"fields": fields}, Context: cx}, &rows)
	return rows, err
}

// Create makes one record and returns its id.
func Create(ctx context.Context, c Caller, model string, values map[string]any, cx Context) (int64, error) {
	q := Call{Model: model, Method: "create", Args: Args{"vals_list": []map[string]any{values}}, Context: cx}
	var ids IDs
	if err := c.Call(ctx, q, &ids); err != nil {
		return 0, err
	}
	if len(ids) != 1 {
		return 0, q.fail(KindResult, 200, "Odoo did not return one id", nil)
	}
	return ids[0], nil
}

// Write changes fields of the records.
func Write(ctx context.Context, c Caller, model string, ids []int64, values map[string]any, cx Context) error {
	return c.Call(ctx, Call{Model: model, Method: "write", IDs: ids, Args: Args{"vals": values}, Context: cx}, nil)
}

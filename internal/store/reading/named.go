package reading

import (
	"context"

	"assent/decision"
)

// namedText asks every table that an audit compares. A company is listed when
// key and body agree on its name: the service goes by the one or the other.
var namedText = func() string {
	text := "SELECT company, CASE WHEN body ->> 'id' = company THEN 1 ELSE 0 END AS listed FROM companies"
	for _, table := range append([]decision.Table{"company_head", "journal", "idempotency", "sealed"}, decision.Tables...) {
		text += " UNION ALL SELECT DISTINCT company, 0 FROM " + string(table)
	}
	return "SELECT company, max(listed) FROM (" + text + ") AS named GROUP BY company"
}()

// Named lists the companies that rows are about; see decision.Reader.
func (r Reader) Named(ctx context.Context) (map[string]bool, error) {
	type company struct {
		name   string
		listed int
	}
	all, err := All(ctx, r, func(rows Rows) (c company, err error) {
		err = rows.Scan(&c.name, &c.listed)
		return c, err
	}, namedText)
	named := make(map[string]bool, len(all))
	for _, c := range all {
		named[c.name] = c.listed == 1
	}
	return named, err
}

// StrayIDs makes problems of the ids that a query gives, of rows of a table.
func StrayIDs(ctx context.Context, db Database, table decision.Table, text, company string) ([]decision.Problem, error) {
	return All(ctx, db, func(rows Rows) (p decision.Problem, err error) {
		p.What = "is not found by what its body says"
		err = rows.Scan(&p.Where)
		p.Where = string(table) + " " + p.Where
		return p, err
	}, text, company)
}

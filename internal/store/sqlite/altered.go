package sqlite

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"sync"

	"assent/decision"
	"assent/internal/store/reading"
	"assent/migrations"
)

// strayText compares the index of roles with the approvals, both ways. The
// other columns are computed from the body whenever they are read.
const strayText = `
	SELECT approval FROM approval_roles AS r WHERE company = $1 AND NOT EXISTS (
		SELECT 1 FROM approvals AS a, json_each(CASE WHEN json_valid(a.body) THEN a.body -> 'roles' END) AS e
		WHERE a.company = $1 AND a.id = r.approval AND e.value = r.role)
	UNION
	SELECT a.id FROM approvals AS a, json_each(CASE WHEN json_valid(a.body) THEN a.body -> 'roles' END) AS e
	WHERE a.company = $1 AND e.value IS NOT NULL AND NOT EXISTS (
		SELECT 1 FROM approval_roles AS r WHERE r.company = $1 AND r.role = e.value AND r.approval = a.id)
	ORDER BY 1`

// Strays finds approvals that are listed for other roles than theirs.
func (r reader) Strays(ctx context.Context, company string) ([]decision.Problem, error) {
	return reading.StrayIDs(ctx, r, decision.Approvals, strayText, company)
}

// Altered compares the schema with one that the migrations make. Tables,
// indexes and views that somebody has added do no harm; a trigger may.
func (r reader) Altered(ctx context.Context) ([]decision.Problem, error) {
	made, err := migrated()
	if err != nil {
		return nil, err
	}
	have, err := reading.All(ctx, r, object, schemaText)
	if err != nil {
		return nil, err
	}
	missing, added := maps.Clone(made), []decision.Problem(nil)
	var changed []decision.Problem
	for _, o := range have {
		want, known := made[o.name]
		delete(missing, o.name)
		switch {
		case known && o.sql != want:
			changed = append(changed, decision.Problem{Where: o.name, What: "is not as the migrations made it"})
		case !known && o.kind == "trigger":
			added = append(added, decision.Problem{Where: o.name, What: "is in no migration"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		changed = append(changed, decision.Problem{Where: name, What: "is missing"})
	}
	return append(changed, added...), nil
}

// schemaText leaves out what SQLite makes by itself, but no trigger.
const schemaText = `SELECT type, type || ' ' || name, coalesce(sql, '') FROM sqlite_schema
	WHERE type = 'trigger' OR substr(name, 1, 7) <> 'sqlite_' ORDER BY 2`

type schemaObject struct{ kind, name, sql string }

func object(rows reading.Rows) (o schemaObject, err error) {
	err = rows.Scan(&o.kind, &o.name, &o.sql)
	return o, err
}

// migrated is the schema of this release: SQL by type and name.
var migrated = sync.OnceValues(func() (map[string]string, error) {
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // it was in memory only
	db.SetMaxOpenConns(1)             // another connection would be another database
	if err := migrations.SQLite(ctx, db); err != nil {
		return nil, err
	}
	all, err := reading.All(ctx, &prepared{db: db}, object, schemaText)
	made := make(map[string]string, len(all))
	for _, o := range all {
		made[o.name] = o.sql
	}
	return made, err
})

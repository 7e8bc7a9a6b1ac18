package postgres

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"assent/decision"
	"assent/internal/store/reading"
	"assent/migrations"
)

// Altered compares triggers and functions with the migrations, and what the
// serving role may do with what it was granted.
func (r reader) Altered(ctx context.Context) ([]decision.Problem, error) {
	want, err := guards()
	if err != nil {
		return nil, err
	}
	have, err := reading.All(ctx, r, func(rows reading.Rows) (g guard, err error) {
		err = rows.Scan(&g.name, &g.does)
		return g, err
	}, guardsText)
	if err != nil {
		return nil, err
	}
	var problems []decision.Problem
	for _, g := range want {
		if !slices.Contains(have, g) {
			problems = append(problems, decision.Problem{Where: g.name, What: "is missing or was changed"})
		}
	}
	for _, g := range have {
		if !slices.ContainsFunc(want, func(w guard) bool { return w.name == g.name }) {
			problems = append(problems, decision.Problem{Where: g.name, What: "is in no migration"})
		}
	}
	granted, err := reading.All(ctx, r, func(rows reading.Rows) (p decision.Problem, err error) {
		p.What = "may be changed or emptied by " + Role
		err = rows.Scan(&p.Where)
		return p, err
	}, grantsText, Role)
	return append(problems, granted...), err
}

// guard is a trigger, or a function of ours, with what it does.
type guard struct{ name, does string }

// guardsText describes triggers as migratedTriggers has them, and functions by
// their source. The tables are where the search path finds the journal.
const guardsText = `
	WITH ours AS (SELECT relnamespace AS schema FROM pg_class WHERE oid = 'journal'::regclass)
	SELECT 'trigger ' || t.tgname, concat_ws(' ', c.relname, p.proname, t.tgtype, t.tgenabled,
		CASE WHEN t.tgqual IS NOT NULL OR t.tgattr <> '' OR p.pronamespace <> ours.schema THEN 'not always' END)
	FROM ours JOIN pg_class AS c ON c.relnamespace = ours.schema JOIN pg_trigger AS t ON t.tgrelid = c.oid JOIN pg_proc AS p ON p.oid = t.tgfoid
	WHERE NOT t.tgisinternal
	UNION ALL
	SELECT 'function ' || p.proname, p.prosrc FROM ours JOIN pg_proc AS p ON p.pronamespace = ours.schema WHERE starts_with(p.proname, 'assent_')
	ORDER BY 1, 2`

// grantsText lists the tables that the role could rewrite. Of sealed it may
// empty two columns, which is an erasure.
const grantsText = `
	SELECT 'table ' || name FROM unnest(ARRAY['artefacts', 'history', 'idempotency', 'journal', 'sealed']) AS name, pg_roles
	WHERE rolname = $1 AND (has_table_privilege(rolname, name, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
		OR name <> 'sealed' AND has_any_column_privilege(rolname, name, 'UPDATE'))
	ORDER BY 1`

// Bits of pg_trigger.tgtype, of the server's catalog/pg_trigger.h. All of ours
// are BEFORE, and ALWAYS: in any session.
const (
	onRow, before, onDelete, onUpdate, onTruncate = 1, 2, 8, 16, 32
	always                                        = "A"
)

// migratedTriggers are the triggers of the migrations.
func migratedTriggers() []guard {
	all := []guard{
		{"trigger sealed_erase", fmt.Sprint("sealed assent_only_erase ", onRow|before|onUpdate, " ", always)},
		{"trigger sealed_refuse", fmt.Sprint("sealed assent_refuse ", before|onDelete|onTruncate, " ", always)},
	}
	for _, table := range []string{"artefacts", "history", "idempotency", "journal"} {
		all = append(all, guard{"trigger " + table + "_refuse", fmt.Sprint(table, " assent_refuse ", before|onDelete|onUpdate|onTruncate, " ", always)})
	}
	return all
}

var (
	functionPattern = regexp.MustCompile(`(?s)CREATE (?:OR REPLACE )?FUNCTION (\w+)\(.*?\$\$(.*?)\$\$`)
	tablePattern    = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\)`)
	columnPattern   = regexp.MustCompile(`(?m)^ +(\w+) .*GENERATED ALWAYS AS \((.*)\) STORED`)
)

// guards are the triggers and functions that the migrations make.
var guards = sync.OnceValues(func() ([]guard, error) {
	source, err := migrations.Source("postgres")
	last := map[string]string{} // a later migration may replace a function
	for _, match := range functionPattern.FindAllStringSubmatch(source, -1) {
		last["function "+match[1]] = match[2]
	}
	all := migratedTriggers()
	for name, body := range last {
		all = append(all, guard{name, body})
	}
	slices.SortFunc(all, func(a, b guard) int { return strings.Compare(a.name, b.name) })
	return all, err
})

// strayTexts select, by table, the rows whose stored columns are not what the
// migrations compute from the body.
var strayTexts = sync.OnceValues(func() (map[decision.Table]string, error) {
	source, err := migrations.Source("postgres")
	texts := map[decision.Table]string{}
	for _, table := range tablePattern.FindAllStringSubmatch(source, -1) {
		var differ []string
		for _, column := range columnPattern.FindAllStringSubmatch(table[2], -1) {
			differ = append(differ, column[1]+" IS DISTINCT FROM ("+column[2]+")")
		}
		texts[decision.Table(table[1])] = "SELECT id FROM " + table[1] + " WHERE company = $1 AND (" + strings.Join(differ, " OR ") + ") ORDER BY id"
	}
	return texts, err
})

// Strays computes again what lists select and sort by: an owner of the tables
// can make such a column one that anybody writes.
func (r reader) Strays(ctx context.Context, company string) ([]decision.Problem, error) {
	texts, err := strayTexts()
	var all []decision.Problem
	for _, table := range decision.Tables {
		var found []decision.Problem
		if err == nil {
			found, err = reading.StrayIDs(ctx, r, table, texts[table], company)
		}
		all = append(all, found...)
	}
	return all, err
}

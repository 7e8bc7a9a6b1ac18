// Package listing turns a decision.Filter into SQL, the same for every
// engine, so that pages, cursors and refusals cannot differ between them.
package listing

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"assent/decision"
)

// Bounds of Filter.Limit.
const (
	DefaultLimit = 50
	MostLimit    = 500
)

// table says what of a projection can be filtered, and its order.
type table struct {
	sort      string // whole number; rows are ordered by it, then by id
	ascending bool
	from      string            // column of Filter.From and To, "" for none
	before    string            // column of Filter.Before, "" for none
	where     map[string]string // Filter.Where key: column
}

var tables = map[decision.Table]table{
	decision.Decisions:  {sort: "seq", from: "at", where: named("kind", "status", "outcome", "model", "record_id", "channel")},
	decision.Approvals:  {sort: "deadline", ascending: true, from: "opened_at", before: "deadline", where: named("status", "kind", "decision", roleKey)},
	decision.Executions: {sort: "ord", where: named("status", "decision", "record")},
	decision.Exceptions: {sort: "opened_at", from: "opened_at", where: named("state", "type", "role")},
	decision.Outcomes:   {sort: "known_at", where: named("decision", "type")},
}

// roleKey of approvals is not a column: an approval has several roles.
const roleKey = "role"

func named(columns ...string) map[string]string {
	out := make(map[string]string, len(columns))
	for _, c := range columns {
		out[c] = c
	}
	return out
}

// Dialect is what engines spell differently.
type Dialect struct {
	// In says that column is one of the strings of a parameter, Values makes
	// that parameter.
	In     func(column, parameter string) string
	Values func([]string) any
	// Role says that an approval has one of the roles of a parameter.
	Role func(parameter string) string
}

// Query is a statement that reads id, sort key and body. Its first parameter
// is the company.
type Query struct {
	SQL   string
	Args  []any
	limit int
}

// Row is one row that a Query reads.
type Row struct {
	ID   string
	Sort int64
	Body json.RawMessage
}

// Select makes the query for one page.
func Select(d Dialect, company string, name decision.Table, f decision.Filter) (Query, error) {
	t, b, err := where(d, company, name, f)
	if err != nil {
		return Query{}, err
	}
	limit := min(cmp.Or(max(f.Limit, 0), DefaultLimit), MostLimit)
	direction := " DESC"
	if t.ascending {
		direction = ""
	}
	sql := "SELECT id, " + t.sort + ", body FROM " + string(name) + " WHERE " + strings.Join(b.terms, " AND ") +
		" ORDER BY " + t.sort + direction + ", id" + direction + " LIMIT " + b.bind(limit+1)
	return Query{SQL: sql, Args: b.args, limit: limit}, nil
}

// Count makes the query for the number of rows on all pages.
func Count(d Dialect, company string, name decision.Table, f decision.Filter) (Query, error) {
	f.Cursor = ""
	_, b, err := where(d, company, name, f)
	return Query{SQL: "SELECT count(*) FROM " + string(name) + " WHERE " + strings.Join(b.terms, " AND "), Args: b.args}, err
}

func where(d Dialect, company string, name decision.Table, f decision.Filter) (table, builder, error) {
	t, ok := tables[name]
	if !ok {
		return t, builder{}, Unknown(name)
	}
	b := builder{dialect: d}
	b.and("company = ", company)
	err := b.filter(t, name, f)
	return t, b, err
}

// Page cuts what the query read to the page, and says where the next begins.
func (q Query) Page(rows []Row) decision.Page {
	var page decision.Page
	if len(rows) > q.limit {
		rows = rows[:q.limit]
		page.Next = encodeCursor(rows[q.limit-1])
	}
	for _, r := range rows {
		page.Rows = append(page.Rows, r.Body)
	}
	return page
}

// Unknown is the error about a table that is no projection.
func Unknown(name decision.Table) error {
	return decision.Errorf(decision.CodeInvalid, "There is no table %q to read rows of.", name)
}

// Known says whether name is a projection; statements are made with its name.
func Known(name decision.Table) bool {
	_, ok := tables[name]
	return ok
}

type builder struct {
	dialect Dialect
	terms   []string
	args    []any
}

func (b *builder) bind(arg any) string {
	b.args = append(b.args, arg)
	return "$" + strconv.Itoa(len(b.args))
}

func (b *builder) and(comparison string, arg any) {
	b.terms = append(b.terms, comparison+b.bind(arg))
}

func (b *builder) filter(t table, name decision.Table, f decision.Filter) error {
	for _, key := range slices.Sorted(maps.Keys(f.Where)) {
		column, ok := t.where[key]
		if !ok {
			return decision.Invalid("/"+key, "unknown", "not a filter of "+string(name)+"; allowed are "+strings.Join(slices.Sorted(maps.Keys(t.where)), ", "))
		}
		b.oneOf(name, column, f.Where[key])
	}
	for _, bound := range []struct {
		key, column, comparison string
		at                      time.Time
	}{
		{"from", t.from, " >= ", f.From},
		{"to", t.from, " < ", f.To},
		{"before", t.before, " < ", f.Before},
	} {
		if bound.at.IsZero() {
			continue
		}
		if bound.column == "" {
			return decision.Invalid("/"+bound.key, "unknown", "not a filter of "+string(name))
		}
		b.and(bound.column+bound.comparison, bound.at.UnixMicro())
	}
	return b.after(t, f.Cursor)
}

// oneOf compares by = where it can: only then does an index also give the
// order.
func (b *builder) oneOf(name decision.Table, column string, values []string) {
	switch {
	case name == decision.Approvals && column == roleKey:
		b.terms = append(b.terms, b.dialect.Role(b.bind(b.dialect.Values(values))))
	case len(values) == 1:
		b.and(column+" = ", values[0])
	default:
		b.terms = append(b.terms, b.dialect.In(column, b.bind(b.dialect.Values(values))))
	}
}

func (b *builder) after(t table, cursor string) error {
	if cursor == "" {
		return nil
	}
	at, ok := decodeCursor(cursor)
	if !ok {
		return decision.Invalid("/cursor", "pattern", "must be the cursor that an earlier page gave")
	}
	comparison := " < "
	if t.ascending {
		comparison = " > "
	}
	b.terms = append(b.terms, "("+t.sort+", id)"+comparison+"("+b.bind(at.Sort)+", "+b.bind(at.ID)+")")
	return nil
}

// A cursor is the sort key and id of the last row: rows that come or go
// elsewhere do not move it.
func encodeCursor(r Row) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(r.Sort, 10) + "/" + r.ID))
}

func decodeCursor(cursor string) (Row, bool) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return Row{}, false
	}
	sort, id, found := strings.Cut(string(text), "/")
	n, err := strconv.ParseInt(sort, 10, 64)
	return Row{Sort: n, ID: id}, found && err == nil && decision.IsCode(id, decision.MaxCode)
}

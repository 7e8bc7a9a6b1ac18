package odootest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// search lists the records that match, that the user's companies allow, and
// that are not archived unless asked for.
func (e *env) search(m *model, domain any, order string, offset, limit int64) ([]int64, error) {
	c, err := e.parseDomain(m, domain)
	if err != nil {
		return nil, err
	}
	terms := m.order
	if order != "" {
		terms = ordering(order)
	}
	for _, t := range terms {
		if m.byName[t.field] == nil {
			return nil, e.invalidField(m, t.field)
		}
	}
	candidates, narrowed := e.narrowed(m, c)
	if !narrowed {
		candidates = slices.Sorted(maps.Keys(e.s.tables[m.name].rows))
	}
	hideArchived := m.byName["active"] != nil && e.context["active_test"] != false && !mentions(c, "active")
	found := slices.DeleteFunc(candidates, func(id int64) bool {
		r := e.one(m.name, id)
		return hideArchived && r["active"] == false || !e.visible(m, r) || !e.matches(m, c, r)
	})
	e.sort(m, found, terms)
	found = found[min(int(offset), len(found)):]
	if limit > 0 {
		found = found[:min(int(limit), len(found))]
	}
	return found, nil
}

func mentions(c condition, field string) bool {
	if len(c.path) > 0 && c.path[0] == field {
		return true
	}
	return slices.ContainsFunc(c.operands, func(o condition) bool { return mentions(o, field) })
}

// visible is the multi-company rule: records of other companies do not exist
// for a search.
func (e *env) visible(m *model, r row) bool {
	company, ok := r["company_id"].(int64)
	return !ok || e.sudo || m.byName["company_id"] == nil || slices.Contains(e.companies, company)
}

// sort orders records; unset sorts last ascending and first descending, as
// PostgreSQL does it.
func (e *env) sort(m *model, ids []int64, terms []term) {
	slices.SortStableFunc(ids, func(a, b int64) int { return e.before(m, terms, a, b) })
}

func (e *env) before(m *model, terms []term, a, b int64) int {
	for _, t := range terms {
		f := m.byName[t.field]
		if f == nil {
			continue
		}
		c := e.beforeBy(f, e.value(f, e.one(m.name, a)), e.value(f, e.one(m.name, b)))
		if t.desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

func (e *env) beforeBy(f *field, a, b any) int {
	switch {
	case a == nil || b == nil:
		return cmp.Compare(rank(a), rank(b))
	case f.kind == "many2one":
		// A link sorts by the comodel's own order.
		comodel := e.s.models[f.rel]
		return e.before(comodel, comodel.order, idOf(a), idOf(b))
	case f.kind == "boolean":
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	}
	return order(a, b)
}

func rank(v any) int {
	if v == nil {
		return 1
	}
	return 0
}

// value is a field's stored or computed value; nil is unset.
func (e *env) value(f *field, r row) any {
	switch {
	case f.compute != nil:
		return f.compute(e, r)
	case f.kind == "one2many":
		return e.children(f, idOf(r["id"]))
	}
	return r[f.name]
}

// read renders records as the API shows them. classic adds the display name to
// links; webhooks go without.
func (e *env) read(m *model, ids []int64, names []string, classic bool) ([]map[string]any, error) {
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(m.byName))
	}
	for _, name := range names {
		if m.byName[name] == nil {
			return nil, e.invalidField(m, name)
		}
	}
	rows := []map[string]any{}
	for _, id := range ids {
		r, ok := e.s.tables[m.name].rows[id]
		if !ok {
			continue // read of a deleted record is empty, not an error
		}
		if !e.visible(m, r) {
			return nil, e.hidden(m, id, "read")
		}
		shown := map[string]any{"id": id}
		for _, name := range names {
			shown[name] = e.show(m.byName[name], e.value(m.byName[name], r), classic)
		}
		rows = append(rows, shown)
	}
	return rows, nil
}

// show renders one value: unset is false, except numbers, which are zero.
func (e *env) show(f *field, v any, classic bool) any {
	switch f.kind {
	case "float", "monetary":
		return pyFloat(float(v))
	case "integer":
		return idOf(v)
	case "one2many", "many2many":
		return append([]int64{}, ids(v)...)
	case "boolean":
		return truth(v)
	}
	switch {
	case v == nil:
		return false
	case f.kind == "many2one" && classic:
		return []any{v, e.label(f.rel, idOf(v))}
	case f.kind == "datetime":
		return seconds(v.(string))
	}
	return v
}

func (e *env) invalidField(m *model, name string) error {
	if e.s.opts.Version >= 19 {
		return valueError(fmt.Sprintf("Invalid field '%s' on '%s'", name, m.name))
	}
	return valueError(fmt.Sprintf("Invalid field '%s' on model '%s'", name, m.name))
}

func (e *env) hidden(m *model, id int64, operation string) error {
	return accessError(fmt.Sprintf(
		"Uh-oh! Looks like you have stumbled upon some top-secret records.\n\nSorry, %s (id=%d) doesn't have '%s' access to:\n- %s (%s: %d)\n\nIf you really, really need access, perhaps you can win over your friendly administrator with a batch of freshly baked cookies.",
		e.user.Name, e.user.ID, operation, m.label, m.name, id))
}

// displayName is how links show a record.
func (e *env) displayName(m *model, r row) string {
	if name := text(r["display_name"]); name != "" {
		return name
	}
	if m.display != nil {
		return m.display(e, r)
	}
	return text(r["name"])
}

// label is the display name of a record of another model.
func (e *env) label(model string, id int64) string {
	return e.displayName(e.s.models[model], e.one(model, id))
}

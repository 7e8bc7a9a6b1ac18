package odootest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// condition is one node of a parsed domain: an operator over operands, or a
// leaf.
type condition struct {
	operator string // "&", "|", "!" or a comparison
	operands []condition
	path     []string
	value    any
}

// parseDomain reads Odoo's prefix notation; leaves without an operator before
// them are joined by and.
func (e *env) parseDomain(m *model, domain any) (condition, error) {
	list, ok := domain.([]any)
	if !ok && domain != nil && domain != false {
		return condition{}, valueError("Domains to normalize must have a 'domain' form: a list or tuple of domain components")
	}
	all := condition{operator: "&"}
	for len(list) > 0 {
		next, rest, err := e.parseTerm(m, list)
		if err != nil {
			return condition{}, err
		}
		all.operands, list = append(all.operands, next), rest
	}
	return all, nil
}

func (e *env) parseTerm(m *model, list []any) (condition, []any, error) {
	if len(list) == 0 {
		return condition{}, nil, valueError("Domain() is syntactically not correct")
	}
	head, rest := list[0], list[1:]
	if operator, ok := head.(string); ok {
		node := condition{operator: operator}
		operands := map[string]int{"&": 2, "|": 2, "!": 1}[operator]
		if operands == 0 {
			return condition{}, nil, valueError("Domain() is syntactically not correct")
		}
		for range operands {
			operand, after, err := e.parseTerm(m, rest)
			if err != nil {
				return condition{}, nil, err
			}
			node.operands, rest = append(node.operands, operand), after
		}
		return node, rest, nil
	}
	leaf, err := e.parseLeaf(m, head)
	return leaf, rest, err
}

var comparisons = []string{"=", "!=", "in", "not in", "<", "<=", ">", ">=", "like", "not like", "ilike", "not ilike", "=like", "=ilike"}

func (e *env) parseLeaf(m *model, v any) (condition, error) {
	parts, ok := v.([]any)
	if !ok || len(parts) != 3 {
		return condition{}, valueError("Domain() is syntactically not correct")
	}
	path, operator := strings.Split(text(parts[0]), "."), text(parts[1])
	if !slices.Contains(comparisons, operator) {
		return condition{}, valueError(fmt.Sprintf("Invalid operator %q in domain term", operator))
	}
	at := m
	for i, name := range path {
		f := at.byName[name]
		if f == nil {
			return condition{}, e.invalidField(at, name)
		}
		if i < len(path)-1 {
			if at = e.s.models[f.rel]; at == nil {
				return condition{}, valueError("Invalid field path in domain term")
			}
		}
	}
	return condition{operator: operator, path: path, value: parts[2]}, nil
}

// matches evaluates the condition for one record.
func (e *env) matches(m *model, c condition, r row) bool {
	switch c.operator {
	case "&":
		return !slices.ContainsFunc(c.operands, func(o condition) bool { return !e.matches(m, o, r) })
	case "|":
		return slices.ContainsFunc(c.operands, func(o condition) bool { return e.matches(m, o, r) })
	case "!":
		return !e.matches(m, c.operands[0], r)
	}
	return e.compareLeaf(m, c, r)
}

func (e *env) compareLeaf(m *model, c condition, r row) bool {
	f := m.byName[c.path[0]]
	value := e.value(f, r)
	if len(c.path) > 1 {
		return slices.ContainsFunc(ids(value), func(id int64) bool {
			rest := c
			rest.path = c.path[1:]
			return e.compareLeaf(e.s.models[f.rel], rest, e.one(f.rel, id))
		})
	}
	if many, ok := value.([]int64); ok {
		return e.anyOf(f, many, c)
	}
	if f.kind == "datetime" && e.s.opts.Version >= 19 && value != nil {
		// 19 compares to the second; before, the stored microseconds count
		// although no client ever sees them.
		value = seconds(value.(string))
	}
	return e.compare(f, value, c.operator, c.value)
}

// anyOf compares an x2many: positive operators want one match, negative none.
func (e *env) anyOf(f *field, many []int64, c condition) bool {
	positive, negated := strings.CutPrefix(c.operator, "not ")
	if c.operator == "!=" {
		positive, negated = "=", true
	}
	if c.value == false || c.value == nil {
		return (len(many) == 0) != negated
	}
	return negated != slices.ContainsFunc(many, func(id int64) bool { return e.compare(f, id, positive, c.value) })
}

func (e *env) compare(f *field, value any, operator string, want any) bool {
	switch operator {
	case "=":
		return equal(f, value, want)
	case "!=":
		return !equal(f, value, want)
	case "in", "not in":
		list, ok := want.([]any)
		if !ok {
			list = []any{want}
		}
		found := slices.ContainsFunc(list, func(w any) bool { return equal(f, value, w) })
		return found == (operator == "in")
	case "<", "<=", ">", ">=":
		return value != nil && want != nil && want != false && ordered(order(value, want), operator)
	}
	return e.like(f, value, operator, text(want))
}

func equal(f *field, value, want any) bool {
	if want == nil || want == false {
		return value == nil || value == false || value == "" && f.kind != "boolean"
	}
	if f.kind == "boolean" {
		return truth(value) == truth(want)
	}
	if _, ok := number(want); ok {
		return value != nil && order(value, want) == 0
	}
	return value != nil && value == want
}

// order compares two stored or requested values of the same type.
func order(a, b any) int {
	if x, ok := number(a); ok {
		y, _ := number(b)
		return cmp.Compare(x, y)
	}
	return cmp.Compare(text(a), text(b))
}

func ordered(c int, operator string) bool {
	switch operator {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

// like matches texts, and links by their display name. Only % at both ends is
// implied, as in Odoo; wildcards inside are not supported.
func (e *env) like(f *field, value any, operator, want string) bool {
	positive, negated := strings.CutPrefix(operator, "not ")
	have := text(value)
	if f.rel != "" && value != nil {
		have = e.label(f.rel, idOf(value))
	}
	if strings.HasSuffix(positive, "ilike") {
		have, want = strings.ToLower(have), strings.ToLower(want)
	}
	found := strings.Contains(have, want)
	if strings.HasPrefix(positive, "=") {
		found = have == want
	}
	return found != negated
}

// narrowed finds records through an index when a top-level leaf allows it; ok
// is false when every record must be looked at.
func (e *env) narrowed(m *model, c condition) (candidates []int64, ok bool) {
	t := e.s.tables[m.name]
	for _, leaf := range c.operands {
		if len(leaf.path) != 1 || leaf.operator != "=" && leaf.operator != "in" {
			continue
		}
		wanted, isList := integers(leaf.value)
		if n, single := integer(leaf.value); single {
			wanted, isList = []int64{n}, true
		}
		if !isList {
			continue
		}
		if leaf.path[0] == "id" {
			return slices.DeleteFunc(slices.Clone(wanted), func(id int64) bool { return t.rows[id] == nil }), true
		}
		if t.index[leaf.path[0]] != nil {
			for _, n := range wanted {
				candidates = append(candidates, t.where(leaf.path[0], n)...)
			}
			return candidates, true
		}
	}
	return nil, false
}

func ids(value any) []int64 {
	switch v := value.(type) {
	case int64:
		return []int64{v}
	case []int64:
		return v
	}
	return nil
}

package policy

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/types"

	"assent/decision"
)

// sort of value, as far as a comparison cares. Rego orders values of
// different sorts (every text is larger than every number), so that a wrong
// comparison has an answer instead of an error.
type sort string

const (
	unknownSort sort = ""
	numberSort  sort = "a number"
	textSort    sort = "a text"
	booleanSort sort = "true or false"
	otherSort   sort = "a collection"
)

// types finds comparisons of different sorts, and texts that an enumeration
// does not have.
func (l *linter) types(file string, rule *ast.Rule) {
	locals := l.locals(rule)
	ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case *ast.Expr:
			if x.IsCall() {
				l.comparison(file, x.Location, x.OperatorTerm(), x.Operands(), locals)
			}
		case *ast.Term:
			l.term(file, x, locals)
		}
		return false
	}).Walk(rule)
}

func (l *linter) term(file string, term *ast.Term, locals map[ast.Var]*ast.Term) {
	switch v := term.Value.(type) {
	case ast.Call:
		l.comparison(file, term.Location, v[0], v[1:], locals)
	case ast.Ref:
		l.lookup(file, term.Location, v, locals)
	}
}

// locals are the names that bodies give to terms.
func (l *linter) locals(rule *ast.Rule) map[ast.Var]*ast.Term {
	locals := map[ast.Var]*ast.Term{}
	ast.WalkExprs(rule, func(expr *ast.Expr) bool {
		if expr.IsAssignment() {
			if name, ok := expr.Operand(0).Value.(ast.Var); ok {
				locals[name] = expr.Operand(1)
			}
		}
		return false
	})
	return locals
}

func (l *linter) comparison(file string, at *ast.Location, operator *ast.Term, operands []*ast.Term, locals map[ast.Var]*ast.Term) {
	if operator == nil || len(operands) != 2 {
		return
	}
	left, right := operands[0], operands[1]
	a, b := l.sortOf(left, locals, 0), l.sortOf(right, locals, 0)
	switch operator.String() {
	case "lt", "lte", "gt", "gte":
		if a != unknownSort && b != unknownSort && (a != b || a == booleanSort || a == otherSort) {
			l.report(file, at, "cross-type", "%s is compared with %s; only numbers, or texts, have an order", a, b)
		}
	case "equal", "neq", "eq":
		if a != unknownSort && b != unknownSort && a != b {
			l.report(file, at, "cross-type", "%s never equals %s", a, b)
		}
		l.neverText(file, at, left, right, locals)
		l.neverText(file, at, right, left, locals)
	case "internal.member_2":
		for _, element := range elements(right) {
			if b := l.sortOf(element, locals, 0); a != unknownSort && b != unknownSort && a != b {
				l.report(file, at, "cross-type", "%s never equals %s", a, b)
			}
			l.neverText(file, at, left, element, locals)
		}
	}
}

// elements are the members of a collection that is written out.
func elements(term *ast.Term) []*ast.Term {
	var out []*ast.Term
	switch v := term.Value.(type) {
	case ast.Set:
		out = v.Slice()
	case *ast.Array:
		v.Foreach(func(t *ast.Term) { out = append(out, t) })
	}
	return out
}

// neverText finds texts that a field never has. Those of personal fields are not
// repeated.
func (l *linter) neverText(file string, at *ast.Location, term, literal *ast.Term, locals map[ast.Var]*ast.Term) {
	text, isText := literal.Value.(ast.String)
	f, ok := l.fieldOf(term, locals)
	switch {
	case !isText || !ok:
	case f.Type == decision.TypeEnum && !slices.Contains(f.Enum, string(text)):
		l.report(file, at, "enum-literal", "%s is none of %s", literal, strings.Join(f.Enum, ", "))
	case keyFault(f, string(text)) != "":
		l.report(file, at, "literal", "%s is never this text: it is %s", f.Path, keyFault(f, string(text)))
	}
}

// fieldOf is the declared field that a term reads.
func (l *linter) fieldOf(term *ast.Term, locals map[ast.Var]*ast.Term) (decision.Field, bool) {
	if name, ok := term.Value.(ast.Var); ok && locals[name] != nil {
		term = locals[name]
	}
	ref, ok := term.Value.(ast.Ref)
	if !ok {
		return decision.Field{}, false
	}
	f, ok := l.fields[strings.Join(constantPath(ref), ".")]
	return f, ok
}

// lookup checks a key: lists are keyed by text, and an object that is looked
// up by an enumeration has a key for each of its values and no other.
func (l *linter) lookup(file string, at *ast.Location, ref ast.Ref, locals map[ast.Var]*ast.Term) {
	path := constantPath(ref)
	if len(path) == len(ref) || path[0] != "data" || len(path) < 3 {
		return
	}
	key := ref[len(path)]
	if s := l.sortOf(key, locals, 0); path[1] == "lists" && s != unknownSort && s != textSort {
		l.report(file, at, "cross-type", "the keys of a list are texts; this one is %s", s)
	}
	f, isField := l.fieldOf(key, locals)
	if isField && path[1] == "lists" {
		l.lookups[path[2]] = append(l.lookups[path[2]], lookup{l.kind.Name, f})
	}
	table := l.rules[strings.Join(path, ".")]
	if !isField || f.Type != decision.TypeEnum || len(table) != 1 {
		return
	}
	if object, ok := table[0].Head.Value.Value.(ast.Object); ok {
		l.enumKeys(file, at, f, object)
	}
}

func (l *linter) enumKeys(file string, at *ast.Location, f decision.Field, object ast.Object) {
	for _, value := range f.Enum {
		if object.Get(ast.StringTerm(value)) == nil {
			l.report(file, at, "enum-literal", "the table has no entry for %s", value)
		}
	}
	for _, key := range object.Keys() {
		if text, ok := key.Value.(ast.String); !ok || !slices.Contains(f.Enum, string(text)) {
			l.report(file, at, "enum-literal", "%s is none of %s", key, strings.Join(f.Enum, ", "))
		}
	}
}

// sortOf says what sort of value a term has, as far as declarations tell.
func (l *linter) sortOf(term *ast.Term, locals map[ast.Var]*ast.Term, depth int) sort {
	const deepest = 5
	if depth > deepest {
		return unknownSort
	}
	switch v := term.Value.(type) {
	case ast.Number:
		return numberSort
	case ast.String:
		return textSort
	case ast.Boolean:
		return booleanSort
	case ast.Var:
		if local := locals[v]; local != nil {
			return l.sortOf(local, locals, depth+1)
		}
	case ast.Ref:
		return l.sortOfRef(v, depth)
	case ast.Call:
		return l.sortOfCall(v, depth)
	case *ast.Array, ast.Set, ast.Object, *ast.ArrayComprehension, *ast.SetComprehension, *ast.ObjectComprehension:
		return otherSort
	}
	return unknownSort
}

func (l *linter) sortOfRef(ref ast.Ref, depth int) sort {
	path := constantPath(ref)
	name := strings.Join(path, ".")
	if f, ok := l.fields[name]; ok {
		return sortOfType(f.Type)
	}
	if len(path) == 4 && path[1] == "limits" {
		if value, err := limitValue(l.data.limits[path[2]][path[3]]); err == nil {
			return l.sortOf(ast.NewTerm(value), nil, depth+1)
		}
	}
	if rules := l.rules[name]; len(rules) > 0 && len(ref) == len(path) {
		return l.sortOfRule(rules[0], depth)
	}
	return unknownSort
}

func (l *linter) sortOfRule(rule *ast.Rule, depth int) sort {
	if rule.Head.Value == nil || rule.Head.Key != nil {
		return unknownSort
	}
	return l.sortOf(rule.Head.Value, l.locals(rule), depth+1)
}

func sortOfType(t decision.Type) sort {
	switch t {
	case decision.TypeMoney, decision.TypeNumber, decision.TypeInteger, decision.TypeTime:
		return numberSort
	case decision.TypeText, decision.TypeCode, decision.TypeCountry, decision.TypeCurrency, decision.TypeEnum, decision.TypeID:
		return textSort
	case decision.TypeBoolean:
		return booleanSort
	}
	return otherSort
}

func (l *linter) sortOfCall(call ast.Call, depth int) sort {
	name := call[0].String()
	if builtin, ok := ast.BuiltinMap[name]; ok {
		switch builtin.Decl.Result().(type) {
		case types.Number:
			return numberSort
		case types.String:
			return textSort
		case types.Boolean:
			return booleanSort
		}
		return unknownSort
	}
	if rules := l.rules[name]; len(rules) > 0 {
		return l.sortOfRule(rules[0], depth)
	}
	return unknownSort
}

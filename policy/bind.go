package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// bindStage is a step of the compiler, after every name has become a full
// reference. It refuses what a kind's policy may not read, and puts the
// kind's limits in as the constants they are: a lookup in the store for each
// would cost a tenth of an evaluation.
func bindStage(kind string, d data) ast.CompilerStageDefinition {
	return ast.CompilerStageDefinition{Name: "BindLimits", MetricName: "bind_limits", Stage: func(c *ast.Compiler) *ast.Error {
		b := binder{kind: kind, limits: d.limits[kind], lists: d.lists}
		for _, name := range slices.Sorted(maps.Keys(c.Modules)) {
			for _, rule := range c.Modules[name].Rules {
				if err := b.bind(rule); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

type binder struct {
	kind   string
	limits map[string]Limit
	lists  map[string]map[string]string
}

// bind checks every reference of a rule and replaces those to limits.
func (b binder) bind(rule *ast.Rule) *ast.Error {
	var fault *ast.Error
	ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case *ast.With:
			fault = firstFault(fault, ast.NewError(ast.TypeErr, x.Location, "with replaces what is decided on; only tests may"))
		case *ast.Term:
			if ref, ok := x.Value.(ast.Ref); ok {
				fault = firstFault(fault, b.check(ref, x.Location))
			}
		}
		return fault != nil
	}).Walk(rule)
	if fault != nil {
		return fault
	}
	if _, err := ast.TransformRefs(rule, b.constant); err != nil {
		return ast.NewError(ast.CompileErr, rule.Location, "%s", err)
	}
	return nil
}

func firstFault(first, next *ast.Error) *ast.Error {
	if first != nil {
		return first
	}
	return next
}

// check says whether a policy of the kind may read what ref names: its own
// rules, the protected ones of lib and its kind, its limits, and lists.
func (b binder) check(ref ast.Ref, at *ast.Location) *ast.Error {
	path := constantPath(ref)
	if len(path) == 0 || path[0] != "data" {
		return nil
	}
	switch {
	case len(path) > 1 && path[1] == b.kind,
		len(path) > 2 && path[1] == "assent" && (path[2] == libFolder || path[2] == b.kind):
		return nil
	case len(path) > 1 && path[1] == "limits":
		return b.checkLimit(ref, path, at)
	case len(path) > 1 && path[1] == "lists":
		return b.checkList(ref, path, at)
	}
	return ast.NewError(ast.TypeErr, at, "%s cannot be read here; a policy reads its own rules, data.assent.lib, data.limits.%s and data.lists", ref, b.kind)
}

func (b binder) checkLimit(ref ast.Ref, path []string, at *ast.Location) *ast.Error {
	if len(path) != 4 || len(ref) != 4 || path[2] != b.kind {
		return ast.NewError(ast.TypeErr, at, "a limit is read by its name, data.limits.%s.<name>", b.kind)
	}
	if _, ok := b.limits[path[3]]; !ok {
		return ast.NewError(ast.TypeErr, at, "there is no limit %s; have %s", path[3], strings.Join(slices.Sorted(maps.Keys(b.limits)), ", "))
	}
	return nil
}

func (b binder) checkList(ref ast.Ref, path []string, at *ast.Location) *ast.Error {
	if len(path) < 3 || len(ref) != 4 {
		return ast.NewError(ast.TypeErr, at, "a list is looked up by key, data.lists.<name>[key]")
	}
	if _, ok := b.lists[path[2]]; !ok {
		return ast.NewError(ast.TypeErr, at, "there is no list %s; have %s", path[2], strings.Join(slices.Sorted(maps.Keys(b.lists)), ", "))
	}
	if v, ok := ref[3].Value.(ast.Var); ok && (v.IsWildcard() || v.IsGenerated()) {
		return ast.NewError(ast.TypeErr, at, "a list is looked up by key, not walked")
	}
	return nil
}

// constant is the value of a reference to a limit, or the reference.
func (b binder) constant(ref ast.Ref) (ast.Value, error) {
	path := constantPath(ref)
	if len(path) != 4 || path[0] != "data" || path[1] != "limits" {
		return ref, nil
	}
	return limitValue(b.limits[path[3]])
}

func limitValue(l Limit) (ast.Value, error) {
	switch v := l.Value.(type) {
	case json.Number:
		return ast.Number(v), nil
	case string:
		return ast.String(v), nil
	case bool:
		return ast.Boolean(v), nil
	}
	return nil, fmt.Errorf("a limit is a number, a text, or true or false")
}

// constantPath is the part of a reference, from its head, that is text.
func constantPath(ref ast.Ref) []string {
	var path []string
	for i, term := range ref {
		switch v := term.Value.(type) {
		case ast.Var:
			if i > 0 {
				return path
			}
			path = append(path, string(v))
		case ast.String:
			path = append(path, string(v))
		default:
			return path
		}
	}
	return path
}

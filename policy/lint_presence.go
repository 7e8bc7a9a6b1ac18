package policy

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// missingPath is where the input says what is unknown.
const missingPath = "input.missing"

// presence finds rules that hold because something is missing. In a check,
// not, comprehensions and every are true of what nobody knows, unless the
// same body also needs it to be known.
func (l *linter) presence(file string, rule *ast.Rule) {
	if group, _ := groupOf(rule); group == GroupRejected || group == GroupProtect {
		return // refusing or protecting because something is missing is safe
	}
	for path := range l.inputs(rule, nil) {
		if group, _ := groupOf(rule); group != GroupRoute && strings.HasPrefix(path, missingPath) {
			l.report(file, rule.Location, "reads-missing", "a check must not pass because something is missing")
		}
	}
	ast.WalkBodies(rule, func(body ast.Body) bool {
		l.body(file, body)
		return false
	})
	// A comprehension may also stand in the rule's value.
	if rule.Head.Value != nil {
		l.doubtful(file, rule.Head.Value, rule.Head.Value.Location, l.asserted(rule.Body))
	}
}

func (l *linter) body(file string, body ast.Body) {
	asserted := l.asserted(body)
	for _, expr := range body {
		if expr.Negated {
			l.unknown(file, expr, expr.Location, asserted, "negated-input",
				"not is true where %s is missing; also name it in the rule, so that it must be known")
			continue
		}
		l.doubtful(file, expr, expr.Location, asserted)
	}
}

// doubtful looks at comprehensions and every inside a node.
func (l *linter) doubtful(file string, node any, at *ast.Location, asserted map[string]bool) {
	const message = "this is true of nothing where %s is missing; also name it in the rule, so that it must be known"
	ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case *ast.ArrayComprehension, *ast.SetComprehension, *ast.ObjectComprehension, *ast.Every:
			l.unknown(file, x, at, asserted, "unknown-collection", message)
			return true
		}
		return false
	}).Walk(node)
}

// unknown reports the input paths of a node that may be missing.
func (l *linter) unknown(file string, node any, at *ast.Location, asserted map[string]bool, code, message string) {
	for _, path := range sortedKeys(l.inputs(node, nil)) {
		if !l.certain[path] && !asserted[path] {
			l.report(file, at, code, message, path)
		}
	}
}

// asserted collects the input paths without which a body cannot hold: those
// that stand directly in one of its expressions.
func (l *linter) asserted(body ast.Body) map[string]bool {
	paths := map[string]bool{}
	for _, expr := range body {
		if expr.Negated {
			continue
		}
		ast.NewGenericVisitor(func(x any) bool {
			switch x := x.(type) {
			case *ast.ArrayComprehension, *ast.SetComprehension, *ast.ObjectComprehension, *ast.Every:
				return true
			case ast.Ref:
				if path := constantPath(x); len(path) > 1 && path[0] == "input" {
					paths[l.leafOf(path)] = true
				}
			}
			return false
		}).Walk(expr)
	}
	return paths
}

package policy

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"assent/decision"
)

// limits wants every limit explained, owned and used, and the hourly caps
// there.
func (l *linter) limits() {
	file := l.kind.Name + "/" + limitsFile
	limits := l.data.limits[l.kind.Name]
	for _, name := range []string{hourlyCount, hourlyAmount} {
		if _, ok := limits[name]; !ok {
			l.report(file, nil, "limit", "%s is missing, so nothing executes by itself", name)
		}
	}
	used := l.usedLimits()
	for _, name := range sortedKeys(limits) {
		if fault := l.limitFault(name, limits[name], used[name]); fault != "" {
			at := l.places["/"+decision.PointerKey(name)]
			l.findings = append(l.findings, Finding{File: file, Row: at.row, Col: at.col, Code: "limit", Message: name + ": " + fault})
		}
	}
}

// limitFault says what is wrong with a limit, or "".
func (l *linter) limitFault(name string, limit Limit, used bool) string {
	switch {
	case limit.Unit == "" || limit.Reason == "":
		return "a limit needs a unit and a reason"
	case !slices.Contains(decision.Roles, limit.Owner):
		return "the owner is one of " + strings.Join(decision.Roles, ", ")
	case !used:
		return "no rule uses it"
	}
	return limit.valueFault()
}

func (l *linter) usedLimits() map[string]bool {
	used := map[string]bool{hourlyCount: true, hourlyAmount: true}
	for file, m := range l.modules {
		if isTest(file) {
			continue
		}
		ast.WalkRefs(m, func(ref ast.Ref) bool {
			if path := constantPath(ref); len(path) == 4 && path[1] == "limits" {
				used[path[3]] = true
			}
			return false
		})
	}
	return used
}

// testRule wants a test to depend on the policy: one that cannot fail proves
// nothing.
func (l *linter) testRule(file string, rule *ast.Rule) {
	name, _ := rule.Head.Ref()[0].Value.(ast.Var)
	if !strings.HasPrefix(string(name), "test_") {
		return
	}
	asserts := slices.ContainsFunc(rule.Body, func(expr *ast.Expr) bool { return !expr.IsAssignment() && l.readsPolicy(expr, map[string]bool{}) })
	if !asserts && !l.assertsAssigned(rule) {
		l.report(file, rule.Location, "test-without-assertion", "the test asserts nothing about the policy")
	}
}

// assertsAssigned covers x := data.order.y; x == 1.
func (l *linter) assertsAssigned(rule *ast.Rule) bool {
	assigned := map[ast.Var]bool{}
	for _, expr := range rule.Body {
		if expr.IsAssignment() && l.readsPolicy(expr, map[string]bool{}) {
			ast.WalkVars(expr.Operand(0), func(v ast.Var) bool {
				assigned[v] = true
				return false
			})
		}
	}
	return slices.ContainsFunc(rule.Body, func(expr *ast.Expr) bool {
		uses := false
		if !expr.IsAssignment() {
			ast.WalkVars(expr, func(v ast.Var) bool {
				uses = uses || assigned[v]
				return false
			})
		}
		return uses
	})
}

// readsPolicy says whether a node reads a rule of the policy, also through
// helpers of the test.
func (l *linter) readsPolicy(node any, seen map[string]bool) bool {
	reads := false
	ast.WalkRefs(node, func(ref ast.Ref) bool {
		path := constantPath(ref)
		switch {
		case len(path) < 3 || path[0] != "data":
		case path[1] == l.kind.Name || path[1] == "assent":
			reads = true
		default:
			for _, rule := range l.called(path, seen) {
				reads = reads || l.readsPolicy(rule, seen)
			}
		}
		return reads
	})
	return reads
}

package policy

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"assent/decision"
)

// requiredRule names the checks that a case must pass.
const requiredRule = "required"

// form checks how a rule of compliance is written: requirement style leaves
// no room for answers that nobody gave.
func (l *linter) form(file string, rule *ast.Rule) {
	if rule.Default {
		l.report(file, rule.Location, "default", "a default answers where something is missing; leave it undefined")
		return
	}
	if rule.Else != nil {
		l.report(file, rule.Else.Location, "else", "else answers where something is missing; write a second rule with its own condition")
	}
	group, code := groupOf(rule)
	switch group {
	case GroupPassed, GroupRejected:
		l.formSet(file, rule, group, code)
	case GroupRoute:
		l.formRoute(file, rule, code)
	case GroupProtect:
		l.formProtect(file, rule, code)
	}
	if name, ok := rule.Head.Ref()[0].Value.(ast.Var); ok && name == requiredRule {
		l.formRequired(file, rule)
	}
}

// formSet wants passed contains "CODE" if …, with a condition that can fail.
func (l *linter) formSet(file string, rule *ast.Rule, group Group, code string) {
	if !isReasonCode(code) {
		l.report(file, rule.Location, "code", "write %s contains \"CODE\" with a code of capital letters, digits and _", group)
		return
	}
	if group == GroupPassed && !isNever(rule.Body) && len(l.inputs(rule.Body, nil)) == 0 {
		l.report(file, rule.Location, "always-passes", "the check reads nothing of the input, so it passes whatever happens; write if false for a check that never passes")
	}
}

// isNever says whether a body is the literal false.
func isNever(body ast.Body) bool {
	if len(body) != 1 {
		return false
	}
	term, ok := body[0].Terms.(*ast.Term)
	return ok && term.Equal(ast.BooleanTerm(false))
}

func (l *linter) formRoute(file string, rule *ast.Rule, code string) {
	if !isReasonCode(code) {
		l.report(file, rule.Location, "code", "write route.CODE := {…} with a code of capital letters, digits and _")
	}
	if _, ok := readRoute(l.literal(rule)); !ok {
		l.report(file, rule.Location, "route", `a route is {"tier": 1 to %d, "roles": {…}, "people": 1 to %d, "hours": 1 to %d} with roles out of %s; with "each": true every role signs, and people are at least as many`,
			maxTier, maxPeople, maxHours, strings.Join(decision.Roles, ", "))
	}
}

func (l *linter) formProtect(file string, rule *ast.Rule, code string) {
	actions := protectiveActions(l.kind)
	if len(actions) == 0 {
		l.report(file, rule.Location, "protect", "the kind declares no protective action; leave protect out")
		return
	}
	for _, model := range l.kind.Models {
		if _, ok := readAction(l.kind, model, ast.String(code), l.literal(rule)); ok {
			return
		}
	}
	l.report(file, rule.Location, "protect", `write protect.CODE := {"action": name, parameters} with a protective action of the kind: %s; or protect := {} for none`, strings.Join(actions, ", "))
}

// protectiveActions are those that a policy of the kind may choose from.
func protectiveActions(kind decision.Kind) []string {
	return slices.DeleteFunc(slices.Clone(kind.Actions), func(name string) bool {
		return name == decision.NoAction || decision.Action{Name: name}.Class() != decision.Protective
	})
}

// literal is a rule's value where it is written out, or the value of the one
// rule it names.
func (l *linter) literal(rule *ast.Rule) ast.Value {
	if rule.Head.Value == nil {
		return nil
	}
	value := rule.Head.Value.Value
	if ref, ok := value.(ast.Ref); ok {
		named := l.rules[ref.String()]
		if len(named) != 1 || named[0].Head.Value == nil {
			return nil
		}
		return named[0].Head.Value.Value
	}
	return value
}

// formRequired lets the required checks depend only on what is always known:
// a check that is required if an optional field is there is none.
func (l *linter) formRequired(file string, rule *ast.Rule) {
	for _, path := range sortedKeys(l.inputs(rule, nil)) {
		if !l.certain[path] {
			l.report(file, rule.Location, "required-by-optional", "which checks are required must not depend on %s, which may be missing", path)
		}
	}
}

// metadata wants title, description, id and owner on every rule that a
// verdict may name.
func (l *linter) metadata(file string, rule *ast.Rule) {
	r, ok := ruleFrom(l.kind.Name, file, rule)
	if !ok {
		return
	}
	missing := slices.DeleteFunc([]string{"title", "description", "labels.id", "labels.owner"}, func(key string) bool {
		return map[string]string{"title": r.Title, "description": r.Description, "labels.id": r.ID, "labels.owner": r.Owner}[key] != ""
	})
	switch {
	case len(missing) > 0:
		l.report(file, rule.Location, "metadata", "the rule's METADATA lacks %s", strings.Join(missing, ", "))
	case !slices.Contains(decision.Roles, r.Owner):
		l.report(file, rule.Location, "metadata", "labels.owner is one of %s", strings.Join(decision.Roles, ", "))
	case !strings.HasPrefix(r.ID, l.kind.Name+"/"):
		l.report(file, rule.Location, "metadata", "labels.id starts with %s/", l.kind.Name)
	}
}

// codes compares the checks that are required, those that can pass, and the
// routes.
func (l *linter) codes() {
	required, ids := l.requiredCodes(), map[string]bool{}
	passed, routed := map[string]bool{}, map[string]bool{}
	l.eachCoded(func(file string, rule *ast.Rule, r Rule) {
		if r.ID != "" && ids[r.ID] {
			l.report(file, rule.Location, "metadata", "labels.id is used by another rule")
		}
		ids[r.ID] = true
		switch r.Group {
		case GroupPassed:
			passed[r.Code] = true
			if required[r.Code] == nil {
				l.report(file, rule.Location, "not-required", "nothing requires %s, so the check has no effect", r.Code)
			}
		case GroupRoute:
			routed[r.Code] = true
		}
	})
	file := l.kind.Name + "/requirements.rego"
	for _, code := range sortedKeys(required) {
		at := required[code]
		if !passed[code] {
			l.report(at.File, at, "no-check", "%s is required but no rule says when it passes; write if false for never", code)
		}
		if !routed[code] {
			l.report(at.File, at, "no-route", "%s is required but routing.rego does not say who approves it", code)
		}
	}
	if len(required) == 0 {
		l.report(file, nil, "no-check", "no check is required, so nothing can execute")
	}
}

func (l *linter) eachCoded(visit func(file string, rule *ast.Rule, r Rule)) {
	for _, file := range sortedKeys(l.modules) {
		for _, rule := range l.modules[file].Rules {
			if r, ok := ruleFrom(l.kind.Name, file, rule); ok {
				visit(file, rule, r)
			}
		}
	}
}

// requiredCodes collects the codes in sets of the required rule and of the
// rules it reads, each with the place where it stands.
func (l *linter) requiredCodes() map[string]*ast.Location {
	codes, seen := map[string]*ast.Location{}, map[string]bool{}
	var collect func(node any)
	collect = func(node any) {
		ast.NewGenericVisitor(func(x any) bool {
			switch x := x.(type) {
			case ast.Set:
				for _, term := range x.Slice() {
					if code, ok := term.Value.(ast.String); ok && isReasonCode(string(code)) {
						codes[string(code)] = term.Location
					}
				}
			case ast.Ref:
				for _, rule := range l.called(constantPath(x), seen) {
					collect(rule)
				}
			}
			return false
		}).Walk(node)
	}
	for _, rule := range l.rules["data."+l.kind.Name+"."+requiredRule] {
		collect(rule)
	}
	return codes
}

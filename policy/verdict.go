package policy

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"assent/decision"
)

// readVerdict reads an answer strictly. Anything that is not exactly as
// declared, names an unknown role, or wants an action that is not one of the
// kind's protective ones gives false: the policy failed.
func readVerdict(kind decision.Kind, s *decision.Snapshot, value ast.Value) (decision.Verdict, bool) {
	var v decision.Verdict
	object, ok := value.(ast.Object)
	if !ok || object.Len() != 4 {
		return v, false
	}
	if v.Outcome, ok = readOutcome(field(object, outcomeKey)); !ok {
		return decision.Verdict{}, false
	}
	if v.Reasons, ok = readReasons(field(object, reasonsKey)); !ok || (v.Outcome == decision.Execute) != (len(v.Reasons) == 0) {
		return decision.Verdict{}, false
	}
	routes, okRoutes := field(object, routesKey).(ast.Object)
	protect, okProtect := field(object, protectKey).(ast.Object)
	if !okRoutes || !okProtect {
		return decision.Verdict{}, false
	}
	if v.Outcome == decision.Approve && !readRoutes(&v, routes) {
		return decision.Verdict{}, false
	}
	if v.Outcome != decision.Execute {
		v.Protect, ok = readProtect(kind, s, protect)
	}
	return v, ok
}

// Keys of an answer and of its parts.
var (
	outcomeKey = ast.StringTerm("outcome")
	reasonsKey = ast.StringTerm("reasons")
	routesKey  = ast.StringTerm("routes")
	protectKey = ast.StringTerm("protect")
	tierKey    = ast.StringTerm("tier")
	rolesKey   = ast.StringTerm("roles")
	peopleKey  = ast.StringTerm("people")
	hoursKey   = ast.StringTerm("hours")
	actionKey  = ast.StringTerm("action")
)

func field(object ast.Object, key *ast.Term) ast.Value {
	if term := object.Get(key); term != nil {
		return term.Value
	}
	return nil
}

func readOutcome(value ast.Value) (decision.Outcome, bool) {
	name, ok := value.(ast.String)
	if !ok {
		return decision.Approve, false
	}
	var o decision.Outcome
	err := o.UnmarshalText([]byte(name))
	return o, err == nil
}

// readReasons reads a set of reason codes, sorted.
func readReasons(value ast.Value) ([]string, bool) {
	codes, ok := readStrings(value)
	return codes, ok && !slices.ContainsFunc(codes, func(c string) bool { return !isReasonCode(c) })
}

func readStrings(value ast.Value) ([]string, bool) {
	set, ok := value.(ast.Set)
	if !ok {
		return nil, false
	}
	var out []string
	for _, term := range set.Slice() {
		s, ok := term.Value.(ast.String)
		if !ok {
			return nil, false
		}
		out = append(out, string(s))
	}
	slices.Sort(out)
	return out, true
}

// isReasonCode says whether a code is SCREAMING_SNAKE, at most 64 bytes.
func isReasonCode(code string) bool {
	if code == "" || len(code) > 64 || code[0] < 'A' || code[0] > 'Z' {
		return false
	}
	for _, c := range []byte(code) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

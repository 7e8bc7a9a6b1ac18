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
	object, ok := value.(ast.Object)
	if !ok {
		return decision.Verdict{}, false
	}
	outcome, ok := readOutcome(field(object, outcomeKey))
	if !ok {
		return decision.Verdict{}, false
	}
	v := decision.Verdict{Outcome: outcome}
	keys := map[decision.Outcome]int{decision.Execute: 1, decision.Reject: 3, decision.Approve: 4}[outcome]
	ok = object.Len() == keys
	if outcome != decision.Execute {
		ok = ok && readReasons(&v, field(object, reasonsKey)) && readProtect(&v, kind, s, field(object, protectKey))
	}
	if outcome == decision.Approve {
		ok = ok && readRoutes(&v, field(object, routesKey))
	}
	return v, ok
}

// readReasons reads a set of at least one reason code, sorted.
func readReasons(v *decision.Verdict, value ast.Value) bool {
	codes, ok := readStrings(value)
	v.Reasons = codes
	return ok && len(codes) > 0 && !slices.ContainsFunc(codes, func(c string) bool { return !isReasonCode(c) })
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
	eachKey    = ast.StringTerm("each")
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

// readStrings reads a set of texts, sorted.
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

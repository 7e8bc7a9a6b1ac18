package policy

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"assent/decision"
)

// Bounds of a route: more is a typing error, and a fallback is safer.
const (
	maxPeople = 5
	maxHours  = 24 * 31
)

// readVerdict reads an answer strictly. Anything that is not exactly as
// declared, names an unknown role, or wants an action that is not one of the
// kind's protective ones gives false: the policy failed.
func readVerdict(kind decision.Kind, value ast.Value) (decision.Verdict, bool) {
	var v decision.Verdict
	object, ok := value.(ast.Object)
	if !ok || object.Len() != 4 {
		return v, false
	}
	if v.Outcome, ok = readOutcome(field(object, "outcome")); !ok {
		return decision.Verdict{}, false
	}
	if v.Reasons, ok = readCodes(field(object, "reasons")); !ok || (v.Outcome == decision.Execute) != (len(v.Reasons) == 0) {
		return decision.Verdict{}, false
	}
	if !readApproval(&v, field(object, "approval")) {
		return decision.Verdict{}, false
	}
	if v.Protect, ok = readProtect(kind, field(object, "protect")); !ok || v.Outcome == decision.Execute && len(v.Protect) > 0 {
		return decision.Verdict{}, false
	}
	return v, true
}

func field(object ast.Object, key string) ast.Value {
	if term := object.Get(ast.StringTerm(key)); term != nil {
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

// readCodes reads a set of SCREAMING_SNAKE codes, sorted.
func readCodes(value ast.Value) ([]string, bool) {
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

// readApproval reads who may approve; only an outcome of approve has it.
func readApproval(v *decision.Verdict, value ast.Value) bool {
	object, ok := value.(ast.Object)
	if !ok {
		return false
	}
	if v.Outcome != decision.Approve {
		return object.Len() == 0
	}
	v.Roles, ok = readStrings(field(object, "roles"))
	if !ok || len(v.Roles) == 0 || object.Len() != 3 {
		return false
	}
	for _, role := range v.Roles {
		if !slices.Contains(decision.Roles, role) {
			return false
		}
	}
	people, okPeople := readInt(field(object, "people"), maxPeople)
	hours, okHours := readInt(field(object, "hours"), maxHours)
	v.People, v.Hours = people, hours
	return okPeople && okHours
}

// readInt reads a whole number from 1 to most.
func readInt(value ast.Value, most int) (int, bool) {
	number, ok := value.(ast.Number)
	if !ok {
		return 0, false
	}
	n, ok := number.Int()
	return n, ok && n >= 1 && n <= most
}

// readProtect reads {code: {"action": name, parameters…}}.
func readProtect(kind decision.Kind, value ast.Value) ([]decision.Action, bool) {
	object, ok := value.(ast.Object)
	if !ok {
		return nil, false
	}
	var actions []decision.Action
	valid := true
	object.Foreach(func(code, spec *ast.Term) {
		action, ok := readAction(kind, code.Value, spec.Value)
		valid = valid && ok
		actions = append(actions, action)
	})
	return actions, valid
}

func readAction(kind decision.Kind, code, value ast.Value) (decision.Action, bool) {
	name, isString := code.(ast.String)
	object, isObject := value.(ast.Object)
	if !isString || !isObject || !isReasonCode(string(name)) {
		return decision.Action{}, false
	}
	action, _ := field(object, "action").(ast.String)
	spec, known := decision.ActionNamed(string(action))
	if !known || spec.Class != decision.Protective || spec.Name == decision.NoAction || !slices.Contains(kind.Actions, spec.Name) {
		return decision.Action{}, false
	}
	params := map[string]any{"code": string(name)}
	object.Foreach(func(key, param *ast.Term) {
		if k, ok := key.Value.(ast.String); ok && k != "action" {
			params[string(k)], _ = ast.JSON(param.Value)
		}
	})
	raw, err := json.Marshal(params)
	if err != nil {
		return decision.Action{}, false
	}
	record, faults := decision.DecodeFields(raw, spec.Params, "", time.Time{}, true)
	return decision.Action{Name: spec.Name, Params: record}, len(faults) == 0
}

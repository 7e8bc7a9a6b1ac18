package policy

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"assent/decision"
)

// readProtect reads {CODE: {"action": name, parameter: value, …}}. An action
// must be protective, declared for the kind and for the subject's model, and
// called with the parameters it declares; the code becomes its parameter
// "code".
func readProtect(v *decision.Verdict, kind decision.Kind, s *decision.Snapshot, value ast.Value) bool {
	protect, valid := value.(ast.Object)
	if !valid {
		return false
	}
	protect.Foreach(func(code, spec *ast.Term) {
		action, ok := readAction(kind, s.Subject.Model, code.Value, spec.Value)
		valid = valid && ok
		v.Protect = append(v.Protect, action)
	})
	return valid
}

func readAction(kind decision.Kind, model string, code, value ast.Value) (decision.Action, bool) {
	name, isText := code.(ast.String)
	object, isObject := value.(ast.Object)
	if !isText || !isObject || !isReasonCode(string(name)) {
		return decision.Action{}, false
	}
	action, _ := field(object, actionKey).(ast.String)
	spec, known := decision.ActionNamed(string(action))
	if !known || spec.Class != decision.Protective || spec.Name == decision.NoAction ||
		!slices.Contains(kind.Actions, spec.Name) || len(spec.Models) > 0 && !slices.Contains(spec.Models, model) {
		return decision.Action{}, false
	}
	params, ok := readParams(spec, object)
	params["code"] = string(name)
	return decision.Action{Name: spec.Name, Params: params}, ok
}

// readParams reads every key but "action" as a declared parameter.
func readParams(spec decision.ActionSpec, object ast.Object) (decision.Record, bool) {
	params, valid := decision.Record{}, true
	object.Foreach(func(key, value *ast.Term) {
		path, _ := key.Value.(ast.String)
		if path == "action" {
			return
		}
		param, ok := readParam(spec, string(path), value.Value)
		params[string(path)] = param
		valid = valid && ok
	})
	return params, valid
}

// readParam reads the types that protective actions have: codes and whole
// numbers.
func readParam(spec decision.ActionSpec, path string, value ast.Value) (any, bool) {
	i := slices.IndexFunc(spec.Params, func(f decision.Field) bool { return f.Path == path })
	if i < 0 {
		return nil, false
	}
	switch v := value.(type) {
	case ast.String:
		return string(v), spec.Params[i].Type == decision.TypeCode && decision.IsCode(string(v), spec.Params[i].Limit())
	case ast.Number:
		n, ok := v.Int64()
		return n, ok && spec.Params[i].Type == decision.TypeInteger && n >= 0
	}
	return nil, false
}

package policy

import (
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Reason says what a code in a verdict means.
type Reason struct {
	Code        string `json:"code"`
	Kind        string `json:"kind,omitempty"` // "" for codes of every kind
	Title       string `json:"title"`          // a few words
	Description string `json:"description"`    // a sentence for the reader of a verdict
	Owner       string `json:"owner"`          // role that answers for the rule
	Rule        string `json:"rule"`           // its label, as in Verdict.Rules
}

// Reason finds what a code means.
func (e *Engine) Reason(code string) (Reason, bool) {
	r, ok := e.reasons()[code]
	return r, ok
}

// Reasons lists every code of the revision, sorted.
func (e *Engine) Reasons() []Reason {
	all := e.reasons()
	out := make([]Reason, 0, len(all))
	for _, code := range slices.Sorted(maps.Keys(all)) {
		out = append(out, all[code])
	}
	return out
}

func (e *Engine) reasons() map[string]Reason {
	out := map[string]Reason{}
	for kind, p := range e.programs {
		for _, flat := range p.compiler.GetAnnotationSet().Flatten() {
			code, ok := codeOf(flat.Path, kind)
			if ok && flat.Annotations != nil {
				out[code] = reasonFrom(code, kind, flat.Annotations)
			}
		}
	}
	return out
}

// codeOf is the code that a rule data.<kind>.check.CODE, .reject.CODE or
// .protect.CODE stands for.
func codeOf(path ast.Ref, kind string) (string, bool) {
	if len(path) != 4 || !path.HasPrefix(ast.MustParseRef("data."+kind)) {
		return "", false
	}
	group, _ := path[2].Value.(ast.String)
	code, _ := path[3].Value.(ast.String)
	return string(code), group == "check" || group == "reject" || group == "protect"
}

func reasonFrom(code, kind string, a *ast.Annotations) Reason {
	owner, _ := a.Labels["owner"].(string)
	rule, _ := a.Labels["id"].(string)
	return Reason{Code: code, Kind: kind, Title: a.Title, Description: a.Description, Owner: owner, Rule: rule}
}

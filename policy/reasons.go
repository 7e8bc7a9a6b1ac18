package policy

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"assent/decision"
)

// Reason says what a code in a verdict means.
type Reason struct {
	Code        string `json:"code"`
	Kind        string `json:"kind,omitempty"` // "" for codes of every kind
	Title       string `json:"title"`          // what the check demands, in a few words
	Description string `json:"description"`    // what it means that the verdict names it
	Owner       string `json:"owner"`          // role that answers for the rule
}

// Group says what a rule is for.
type Group string

// The groups, by the names that rules have in Rego.
const (
	GroupPassed   Group = "passed"   // a check that the policy may require
	GroupRejected Group = "rejected" // refuses
	GroupRoute    Group = "route"    // says who approves a reason
	GroupProtect  Group = "protect"  // says what to do meanwhile
)

// Rule is one rule of the policy with what its metadata says.
type Rule struct {
	ID          string `json:"id"` // the label in Verdict.Rules
	Kind        string `json:"kind"`
	Group       Group  `json:"group"`
	Code        string `json:"code"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Owner       string `json:"owner"`
	File        string `json:"file"`
	Row         int    `json:"row"`
}

// Reason finds what a code means.
func (e *Engine) Reason(code string) (Reason, bool) {
	r, ok := e.reasons[code]
	return r, ok
}

// Rule finds a rule by the label that Verdict.Rules names.
func (e *Engine) Rule(id string) (Rule, bool) {
	i := slices.IndexFunc(e.rules, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return e.rules[i], true
}

// explain fills rules and reasons from the parsed modules. Where a code has
// several rules the first one, in the order of the file, explains it.
func (e *Engine) explain(kind string, modules map[string]*ast.Module) {
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		for _, rule := range modules[name].Rules {
			r, ok := ruleFrom(kind, name, rule)
			if !ok {
				continue
			}
			e.rules = append(e.rules, r)
			if _, known := e.reasons[r.Code]; !known && r.Group != GroupRoute {
				e.reasons[r.Code] = Reason{r.Code, kind, r.Title, r.Description, r.Owner}
			}
		}
	}
}

// ruleFrom describes a rule of compliance's files that has a code.
func ruleFrom(kind, file string, rule *ast.Rule) (Rule, bool) {
	if folder(file) != kind || isProtected(file) || isTest(file) {
		return Rule{}, false
	}
	group, code := groupOf(rule)
	if group == "" {
		return Rule{}, false
	}
	r := Rule{Kind: kind, Group: group, Code: code, File: file, Row: rule.Location.Row}
	for _, a := range rule.Annotations {
		r.Title, r.Description = oneLine(a.Title), oneLine(a.Description)
		r.ID, _ = a.Labels["id"].(string)
		r.Owner, _ = a.Labels["owner"].(string)
	}
	return r, true
}

// oneLine folds what YAML leaves of a text over several lines: it is a
// sentence in answers, logs and pages.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// groupOf reads passed contains "CODE" and route.CODE := …; the group is ""
// for any other rule, the code "" if it is computed.
func groupOf(rule *ast.Rule) (Group, string) {
	ref := rule.Head.Ref()
	name, _ := ref[0].Value.(ast.Var)
	var key ast.Value
	switch group := Group(name); group {
	case GroupPassed, GroupRejected:
		if rule.Head.Key != nil {
			key = rule.Head.Key.Value
		}
	case GroupRoute, GroupProtect:
		if len(ref) == 2 {
			key = ref[1].Value
		}
		if len(ref) == 1 && isNothing(rule) {
			return "", "" // protect := {} protects by nothing
		}
	default:
		return "", ""
	}
	code, _ := key.(ast.String)
	return Group(name), string(code)
}

// isNothing says whether a rule is := {} whatever happens.
func isNothing(rule *ast.Rule) bool {
	if rule.Head.Value == nil || len(rule.Body) != 1 {
		return false
	}
	always, _ := rule.Body[0].Terms.(*ast.Term)
	return always != nil && always.Equal(ast.BooleanTerm(true)) && rule.Head.Value.Equal(ast.ObjectTerm())
}

// Codes of verdicts that do not come from compliance's rules.
const (
	Incomplete = "INCOMPLETE" // something that no decision is made without is unknown
	NoChecks   = "NO_CHECKS"  // the policy requires nothing, so nothing can pass
)

// commonReasons explains the codes of every policy.
func commonReasons() map[string]Reason {
	reasons := map[string]Reason{}
	for _, r := range []Reason{
		{Code: Incomplete, Title: "Everything needed is known", Description: "A required field or the model's assessment is unknown; a person completes the data or decides."},
		{Code: NoChecks, Title: "The policy checks something", Description: "The policy requires no check for this case, so nothing can pass."},
		{Code: decision.PolicyError, Title: "The policy works", Description: "The policy failed while it was evaluated; a person decides."},
		{Code: decision.PolicyTimeout, Title: "The policy answers in time", Description: "The policy took longer than its deadline; a person decides."},
		{Code: decision.PolicyConflict, Title: "The policy agrees with itself", Description: "Two rules of the policy contradict each other; a person decides."},
		{Code: decision.PolicyEmpty, Title: "The policy answers", Description: "The policy gave no answer that could be read; a person decides."},
		{Code: decision.PolicyMissing, Title: "There is a policy", Description: "No policy is in force for this kind of decision; a person decides."},
		{Code: decision.EpochMoved, Title: "The policy stayed", Description: "Policies changed while the decision was made; a person decides."},
	} {
		r.Owner = decision.FallbackRole
		reasons[r.Code] = r
	}
	return reasons
}

package policy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"assent/decision"
)

// Finding is one thing wrong with a bundle.
type Finding struct {
	File    string `json:"file"`
	Row     int    `json:"row,omitempty"`
	Col     int    `json:"col,omitempty"`
	Code    string `json:"code"`    // which lint, e.g. "negated-input"
	Message string `json:"message"` // what is wrong and what is allowed
}

// String is the line an editor understands: file:row:col: code: message.
func (f Finding) String() string {
	if f.Row == 0 {
		return fmt.Sprintf("%s: %s: %s", f.File, f.Code, f.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s: %s", f.File, f.Row, f.Col, f.Code, f.Message)
}

func sortFindings(findings []Finding) []Finding {
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(findings)
}

// linter looks at one kind's files: every name is a full reference, nothing
// else is rewritten yet.
type linter struct {
	kind     decision.Kind
	data     data
	modules  map[string]*ast.Module
	rules    map[string][]*ast.Rule    // by path, e.g. "data.order.passed"
	fields   map[string]decision.Field // by path, e.g. "input.subject.state"
	certain  map[string]bool           // input paths that no decision is made without
	lookups  map[string][]lookup       // by list: the fields that are looked up in it
	places   map[string]place          // of the kind's limits.json
	findings []Finding
}

// lint runs every lint of a kind whose policy compiles; its tests may not. It
// also says what the kind looks up in lists, which are shared.
func lint(b Bundle, kind decision.Kind, d data) ([]Finding, map[string][]lookup) {
	modules, err := resolveKind(b, kind)
	if err != nil {
		return astFindings(asErrors(kind.Name, err)), nil
	}
	l := &linter{
		kind: kind, data: d, modules: modules, rules: map[string][]*ast.Rule{}, fields: map[string]decision.Field{}, certain: map[string]bool{},
		lookups: map[string][]lookup{}, places: jsonFile{content: b.Files[kind.Name+"/"+limitsFile]}.places(),
	}
	l.index()
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		for _, rule := range modules[name].Rules {
			l.rule(name, rule)
		}
	}
	l.codes()
	l.limits()
	return l.findings, l.lookups
}

// resolveKind compiles a kind with its tests, and gives the modules as they
// were when every name was resolved and nothing else rewritten.
func resolveKind(b Bundle, kind decision.Kind) (map[string]*ast.Module, error) {
	modules, err := parseKind(b, kind.Name, true)
	if err != nil {
		return nil, err
	}
	compiler, err := newCompiler(kind)
	if err != nil {
		return nil, err
	}
	resolved := map[string]*ast.Module{}
	compiler.WithStageAfterID(ast.StageResolveRefs, ast.CompilerStageDefinition{Name: "KeepResolved", MetricName: "keep_resolved", Stage: func(c *ast.Compiler) *ast.Error {
		for name, m := range c.Modules {
			resolved[name] = m.Copy()
		}
		return nil
	}})
	if compiler.Compile(modules); compiler.Failed() {
		return nil, compiler.Errors
	}
	return resolved, nil
}

// index collects what the lints look up.
func (l *linter) index() {
	for _, m := range l.modules {
		for _, rule := range m.Rules {
			path := m.Package.Path.String() + "." + string(rule.Head.Ref()[0].Value.(ast.Var))
			l.rules[path] = append(l.rules[path], rule)
		}
	}
	eachLeaf(envelope(l.kind), "input", func(path string, f decision.Field) { l.fields[path] = f })
	for _, rule := range l.rules["data.assent."+l.kind.Name+".complete"] {
		for path := range l.inputs(rule, nil) {
			l.certain[path] = true
		}
	}
}

func eachLeaf(shapes []shape, prefix string, visit func(string, decision.Field)) {
	for _, s := range shapes {
		if len(s.children) == 0 {
			visit(prefix+"."+s.key, s.field)
		}
		eachLeaf(s.children, prefix+"."+s.key, visit)
	}
}

func (l *linter) rule(file string, rule *ast.Rule) {
	switch {
	case isProtected(file):
	case isTest(file):
		l.testRule(file, rule)
	default:
		l.form(file, rule)
		l.metadata(file, rule)
		l.presence(file, rule)
		l.types(file, rule)
	}
}

// report adds a finding at a place in the rule's file.
func (l *linter) report(file string, at *ast.Location, code, format string, args ...any) {
	f := Finding{File: file, Code: code, Message: fmt.Sprintf(format, args...)}
	if at != nil {
		f.Row, f.Col = at.Row, at.Col
	}
	l.findings = append(l.findings, f)
}

// inputs collects the input paths a node reads, also through the rules and
// functions it names.
func (l *linter) inputs(node any, seen map[string]bool) map[string]bool {
	if seen == nil {
		seen = map[string]bool{}
	}
	paths := map[string]bool{}
	ast.WalkRefs(node, func(ref ast.Ref) bool {
		path := constantPath(ref)
		switch {
		case len(path) > 1 && path[0] == "input":
			paths[l.leafOf(path)] = true
		case len(path) > 2 && path[0] == "data":
			for _, rule := range l.called(path, seen) {
				maps.Copy(paths, l.inputs(rule, seen))
			}
		}
		return false
	})
	return paths
}

// called gives the rules behind a reference, each path once.
func (l *linter) called(path []string, seen map[string]bool) []*ast.Rule {
	for n := len(path); n > 2; n-- {
		name := strings.Join(path[:n], ".")
		if rules, ok := l.rules[name]; ok && !seen[name] {
			seen[name] = true
			return rules
		}
	}
	return nil
}

// leafOf cuts a path at the declared field, so that lines[0].quantity is
// lines.
func (l *linter) leafOf(path []string) string {
	for n := range path {
		name := strings.Join(path[:n+1], ".")
		if _, ok := l.fields[name]; ok {
			return name
		}
	}
	return strings.Join(path, ".")
}

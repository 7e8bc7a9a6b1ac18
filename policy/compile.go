package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"assent/decision"
)

// libFolder holds the protected helpers of every kind.
const libFolder = "lib"

// Compile makes an engine of a bundle that is to come into force, all or
// nothing. A bundle that does not compile, lacks a kind, or changes a
// protected file is a decision.CodeInvalid error.
func Compile(b Bundle) (*Engine, error) {
	if err := b.validate(); err != nil {
		return nil, err
	}
	if err := checkProtected(b); err != nil {
		return nil, err
	}
	return compile(b, decision.Kinds(), (*Engine).compileKind)
}

// CompileStored makes an engine of a bundle that came into force earlier,
// maybe under another release: by the protected files and the kinds that it
// carries, so that it decides as it did then. A kind that it lacks gets the
// fallback verdict. A bundle that means nothing to this release is a
// decision.CodeInvalid error.
func CompileStored(b Bundle) (*Engine, error) {
	if err := b.validate(); err != nil {
		return nil, err
	}
	carried := slices.DeleteFunc(decision.Kinds(), func(k decision.Kind) bool {
		_, ok := b.Files[k.Name+"/"+outcomeFile]
		return !ok
	})
	return compile(b, carried, (*Engine).compileStoredKind)
}

type kindCompiler func(*Engine, Bundle, decision.Kind, storage.Store) (*program, error)

func compile(b Bundle, kinds []decision.Kind, compileKind kindCompiler) (*Engine, error) {
	d, err := readData(b)
	if err != nil {
		return nil, err
	}
	object, err := d.object()
	if err != nil {
		return nil, err
	}
	e, store := newEngine(b, d), inmem.NewFromASTObject(object)
	for _, kind := range kinds {
		p, err := compileKind(e, b, kind, store)
		if err != nil {
			return nil, &decision.Error{Code: decision.CodeInvalid, Message: fmt.Sprintf("The policy of %s does not compile.", kind.Name), Err: err}
		}
		e.programs[kind.Name] = p
	}
	return e, nil
}

func newEngine(b Bundle, d data) *Engine {
	return &Engine{Deadline: DefaultDeadline, revision: b.Revision(), data: d, programs: map[string]*program{}, reasons: commonReasons()}
}

// program is what one kind needs to be governed.
type program struct {
	kind     decision.Kind
	codec    *codec
	compiler *ast.Compiler
	verdict  rego.PreparedEvalQuery
	outcome  rego.PreparedEvalQuery
}

// compileKind holds a policy to what this release wants of one.
func (e *Engine) compileKind(b Bundle, kind decision.Kind, store storage.Store) (*program, error) {
	modules, err := parseKind(b, kind.Name, false)
	if err != nil {
		return nil, err
	}
	if err := complete(kind, modules); err != nil {
		return nil, err
	}
	compiler, err := newCompiler(kind)
	if err != nil {
		return nil, err
	}
	return e.program(kind, modules, compiler, store)
}

// compileStoredKind holds a policy to what keeps it harmless, and leaves out
// what helps its author: a field that this release no longer declares is
// never there, so that its check does not pass.
func (e *Engine) compileStoredKind(b Bundle, kind decision.Kind, store storage.Store) (*program, error) {
	modules, err := parseKind(b, kind.Name, false)
	if err != nil {
		return nil, err
	}
	return e.program(kind, modules, ast.NewCompiler().WithCapabilities(capabilities()), store)
}

func (e *Engine) program(kind decision.Kind, modules map[string]*ast.Module, compiler *ast.Compiler, store storage.Store) (*program, error) {
	e.explain(kind.Name, modules)
	keepLabels(modules)
	compiler.WithStageAfterID(ast.StageResolveRefs, bindStage(kind.Name, e.data))
	if compiler.Compile(modules); compiler.Failed() {
		return nil, compiler.Errors
	}
	p := &program{kind: kind, codec: newCodec(kind, inputReads(compiler.Modules)...), compiler: compiler}
	var err error
	if p.verdict, err = prepare(compiler, store, "data.assent."+kind.Name+".verdict"); err != nil {
		return nil, err
	}
	p.outcome, err = prepare(compiler, store, "data.assent."+kind.Name+".outcome")
	return p, err
}

// complete wants every rule that outcome.rego reads: an undefined one would
// make every verdict of the kind a failure, and only show in use.
func complete(kind decision.Kind, modules map[string]*ast.Module) error {
	have := map[ast.Var]bool{}
	for name, m := range modules {
		for _, rule := range m.Rules {
			if v, ok := rule.Head.Ref()[0].Value.(ast.Var); ok && folder(name) == kind.Name && !isProtected(name) {
				have[v] = true
			}
		}
	}
	wanted := []ast.Var{requiredRule, ast.Var(GroupPassed), ast.Var(GroupRejected), ast.Var(GroupRoute)}
	if len(protectiveActions(kind)) > 0 {
		wanted = append(wanted, ast.Var(GroupProtect))
	}
	for _, rule := range wanted {
		if !have[rule] {
			return ast.NewError(ast.CompileErr, ast.NewLocation(nil, kind.Name, 1, 1), "there is no rule %s; write one with if false where nothing applies", rule)
		}
	}
	return nil
}

// newCompiler is strict and knows the kind's input: a misspelt field does not
// compile.
func newCompiler(kind decision.Kind) (*ast.Compiler, error) {
	schema, err := Schema(kind.Name)
	if err != nil {
		return nil, err
	}
	schemas := ast.NewSchemaSet()
	schemas.Put(ast.SchemaRootRef, schema)
	return ast.NewCompiler().WithStrict(true).WithCapabilities(capabilities()).WithSchemas(schemas), nil
}

// parseKind parses lib and one kind's folder; with tests, the kind's tests
// too.
func parseKind(b Bundle, kind string, tests bool) (map[string]*ast.Module, error) {
	modules := map[string]*ast.Module{}
	var errs ast.Errors
	for _, name := range b.names() {
		wanted := folder(name) == kind && (tests || !isTest(name)) || folder(name) == libFolder && !isTest(name)
		if !isRego(name) || !wanted {
			continue
		}
		m, err := parseModule(name, b.Files[name])
		if err != nil {
			errs = append(errs, asErrors(name, err)...)
			continue
		}
		modules[name] = m
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return modules, nil
}

// parseModule parses a file, which must be of the package that its place in
// the bundle says: nobody adds a rule to a protected package from outside.
func parseModule(name, content string) (*ast.Module, error) {
	m, err := ast.ParseModuleWithOpts(name, content, ast.ParserOptions{
		ProcessAnnotation: true, RegoVersion: ast.RegoV1, Capabilities: capabilities(),
	})
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, ast.NewError(ast.ParseErr, ast.NewLocation(nil, name, 1, 1), "the file is empty")
	}
	if want := packageOf(name); m.Package.Path.String() != "data."+want {
		return nil, ast.NewError(ast.ParseErr, m.Package.Location, "the package of this file must be %s", want)
	}
	return m, nil
}

// packageOf is the package a file must declare.
func packageOf(name string) string {
	kind := folder(name)
	switch {
	case isTest(name):
		return kind + "_test"
	case kind == libFolder:
		return "assent.lib"
	case isProtected(name):
		return "assent." + kind
	}
	return kind
}

// asErrors gives every error a place.
func asErrors(name string, err error) ast.Errors {
	var many ast.Errors
	var one *ast.Error
	switch {
	case errors.As(err, &many):
		return many
	case errors.As(err, &one):
		return ast.Errors{one}
	}
	return ast.Errors{ast.NewError(ast.ParseErr, ast.NewLocation(nil, name, 1, 1), "%s", err)}
}

// keepLabels leaves of the metadata the labels that a verdict names. For each
// rule that fires, OPA's tracker merges and encodes all it finds up to the
// package.
func keepLabels(modules map[string]*ast.Module) {
	for _, m := range modules {
		m.Annotations = slices.DeleteFunc(m.Annotations, func(a *ast.Annotations) bool {
			id, labelled := a.Labels["id"]
			a.Labels = map[string]any{"id": id}
			return !labelled
		})
	}
}

// inputReads lists the parts of the input that the modules read, as dotted
// paths. It gives none if the input is also used as a whole.
func inputReads(modules map[string]*ast.Module) []string {
	reads, whole := map[string]bool{}, false
	var visitor *ast.GenericVisitor
	visitor = ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case ast.Ref:
			path := constantPath(x)
			if len(path) < 2 || path[0] != "input" {
				return false
			}
			reads[strings.Join(path[1:], ".")] = true
			for _, operand := range x[1:] { // which may read more
				visitor.Walk(operand)
			}
			return true
		case ast.Var:
			whole = whole || x == "input"
		}
		return false
	})
	for _, m := range modules {
		visitor.Walk(m)
	}
	if whole {
		return nil
	}
	return sortedKeys(reads)
}

// prepare compiles a query. Strict built-in errors turn a call that cannot
// work into a failure of the policy instead of an undefined value.
func prepare(compiler *ast.Compiler, store storage.Store, query string) (rego.PreparedEvalQuery, error) {
	return rego.New(rego.Query(query), rego.Compiler(compiler), rego.Store(store),
		rego.StrictBuiltinErrors(true), rego.GenerateJSON(keepAST)).PrepareForEval(context.Background())
}

// keepAST leaves results as they are: the verdict is read from the AST.
func keepAST(t *ast.Term, _ *rego.EvalContext) (any, error) { return t.Value, nil }

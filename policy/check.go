package policy

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"assent/decision"
)

// gateSamples is how many inputs of each kind the missing-field gate of
// Check tries; the tests of this package try many more.
const gateSamples = 40

// gateSeed makes Check find the same in the same bundle.
const gateSeed = 1

// Check looks at a draft: does it compile, does it keep to the style that
// cannot fail open, does a missing field make it easier. The findings are
// sorted by place; none means that the draft may be proposed. An error means
// that the check itself could not be done.
//
// A draft is somebody's program: outside tests call this through package
// draft, which bounds its memory and time.
func Check(ctx context.Context, b Bundle) ([]Finding, error) {
	findings := append(protectedFindings(b), formatFindings(b)...)
	e, err := Compile(b)
	if err != nil {
		if findings = append(findings, compileFindings(b)...); len(findings) == 0 {
			findings = append(findings, fileFinding(b, err))
		}
		return sortFindings(findings), nil
	}
	lookups := map[string][]lookup{}
	for _, kind := range decision.Kinds() {
		found, looked := lint(b, kind, e.data)
		findings = append(findings, found...)
		for list, fields := range looked {
			lookups[list] = append(lookups[list], fields...)
		}
	}
	findings = append(findings, listFindings(b, e.data, lookups)...)
	findings = append(findings, codeClashes(e)...)
	findings = append(findings, untested(b)...)
	if len(findings) > 0 {
		// Trying inputs takes a hundred times as long as reading the rules, and
		// mostly finds what has been found already.
		return sortFindings(findings), nil
	}
	return gateFindings(ctx, e)
}

func protectedFindings(b Bundle) []Finding {
	own, err := Embedded()
	if err != nil {
		return []Finding{{Code: "protected", Message: "the protected files of this release cannot be read"}}
	}
	var findings []Finding
	for _, name := range changedProtected(own, b) {
		findings = append(findings, Finding{File: name, Row: 1, Col: 1, Code: "protected", Message: "the file is protected and must be as released"})
	}
	return findings
}

// compileFindings explains why a bundle does not compile: the errors of every
// file and kind, not only of the first.
func compileFindings(b Bundle) []Finding {
	d, err := readData(b)
	if err != nil {
		return []Finding{fileFinding(b, err)}
	}
	object, err := d.object()
	if err != nil {
		return []Finding{fileFinding(b, err)}
	}
	e, store := newEngine(b, d), inmem.NewFromASTObject(object)
	var findings []Finding
	for _, kind := range decision.Kinds() {
		if _, err := e.compileKind(b, kind, store); err != nil {
			findings = append(findings, astFindings(asErrors(kind.Name, err))...)
		}
	}
	return findings
}

// fileFinding is for errors of a JSON file, or whose sentence begins with a
// file's name.
func fileFinding(b Bundle, err error) Finding {
	var fault *dataFault
	if errors.As(err, &fault) {
		return fault.finding
	}
	message := err.Error()
	var known *decision.Error
	if errors.As(err, &known) {
		message = known.Message
	}
	name, rest, ok := strings.Cut(message, ": ")
	if _, isFile := b.Files[name]; ok && isFile {
		return Finding{File: name, Row: 1, Col: 1, Code: "data", Message: rest}
	}
	return Finding{Code: "bundle", Message: message}
}

func astFindings(errs ast.Errors) []Finding {
	findings := make([]Finding, len(errs))
	for i, err := range errs {
		findings[i] = Finding{Code: err.Code, Message: err.Message}
		if at := err.Location; at != nil {
			findings[i].File, findings[i].Row, findings[i].Col = at.File, at.Row, at.Col
		}
	}
	return findings
}

func formatFindings(b Bundle) []Finding {
	var findings []Finding
	for _, name := range b.names() {
		if !isRego(name) {
			continue
		}
		if want, err := formatted(name, b.Files[name]); err == nil && want != b.Files[name] {
			findings = append(findings, Finding{File: name, Row: 1, Col: 1, Code: "format", Message: "the file is not formatted as opa fmt writes it"})
		}
	}
	return findings
}

// formatted is a Rego file in the one form that Check accepts.
func formatted(name, content string) (string, error) {
	out, err := format.SourceWithOpts(name, []byte(content), format.Opts{
		RegoVersion: ast.RegoV1, ParserOptions: &ast.ParserOptions{RegoVersion: ast.RegoV1},
	})
	return string(out), err
}

// codeClashes finds codes that two kinds use: a code means one thing.
func codeClashes(e *Engine) []Finding {
	var findings []Finding
	kinds := map[string]string{}
	for code, r := range commonReasons() {
		kinds[code] = cmp.Or(r.Kind, "every kind")
	}
	for _, r := range e.rules {
		if first, known := kinds[r.Code]; known && first != r.Kind {
			findings = append(findings, Finding{File: r.File, Row: r.Row, Col: 1, Code: "code", Message: r.Code + " is already a code of " + first})
		}
		kinds[r.Code] = r.Kind
	}
	return findings
}

// untested finds kinds without a test file.
func untested(b Bundle) []Finding {
	tested := map[string]bool{}
	for name := range b.Files {
		if isTest(name) {
			tested[folder(name)] = true
		}
	}
	var findings []Finding
	for _, kind := range decision.Kinds() {
		if !tested[kind.Name] {
			findings = append(findings, Finding{File: kind.Name, Code: "untested", Message: "the kind has no tests; write " + kind.Name + "/" + kind.Name + "_test.rego"})
		}
	}
	return findings
}

func gateFindings(ctx context.Context, e *Engine) ([]Finding, error) {
	var findings []Finding
	for _, kind := range decision.Kinds() {
		samples, err := e.Samples(kind, gateSamples, gateSeed)
		if err != nil {
			return nil, err
		}
		violations, err := MissingFieldGate(ctx, e, samples)
		if decision.CodeOf(err) == decision.CodeInvalid {
			findings = append(findings, Finding{File: kind.Name, Code: "fails", Message: err.Error()})
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, v := range violations {
			findings = append(findings, Finding{File: kind.Name, Code: "missing-field", Message: v.String()})
		}
	}
	return sortFindings(findings), nil
}

// Package imports holds the order in which packages may build on each other,
// as a test: the layers below are the architecture, and the next import that
// bends them fails here and not in a review.
package imports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "assent"

// layers lists every unit of the module, lowest layer first. A unit is a folder
// with all below it that has no line of its own. It may import itself and the
// layers under it, never its neighbours: what two of them share belongs lower.
var layers = [][]string{
	{"rego"}, // embedded files
	{"decision"},
	{"internal/strictjson", "internal/panics", "internal/ids"},
	{"scoring", "classifiers", "planning", "policy", "approvals", "odoo"},
	{"internal/simulator"},
	{"evals"},
	{"internal/store", "migrations"}, // what the engines share
	{"internal/store/sqlite", "internal/store/postgres", "internal/store/storetest"},
	// The fake Odoo stands this high so that only programs can start it.
	{"internal/api", "internal/console", "internal/export", "odoo/odootest"},
	{"cmd/assent", "bench", "odoo/odootest/cmd", "internal/imports"},
}

// only lists units that may import nothing but the standard library, themselves
// and these. decision is the specification: whoever reads it needs nothing else.
var only = map[string][]string{
	"rego":     {},
	"decision": {"github.com/shopspring/decimal"},
}

// highestInTests is the highest unit that any test may import. Tests use real
// neighbours instead of mocks, a store and the simulator among them; but none
// below the API starts an API to test itself.
const highestInTests = "internal/store/storetest"

// fakes may be imported by every test, however high they stand.
var fakes = []string{"odoo/odootest"}

type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func TestImportOrder(t *testing.T) {
	t.Parallel()
	for _, problem := range problems(list(t)) {
		t.Error(problem)
	}
}

// list asks go list for the packages, those behind build tags included.
func list(t *testing.T) []pkg {
	t.Helper()
	const root = "../.."
	// go test keeps a result until a file changes that the test itself has looked
	// at; what go list reads does not count.
	if err := filepath.WalkDir(root, func(string, fs.DirEntry, error) error { return nil }); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "-tags=postgres,browser", "./...")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var pkgs []pkg
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

// problems returns one sentence for each import that is out of order.
func problems(pkgs []pkg) []string {
	var found []string
	for _, p := range pkgs {
		unit, layer := place(p.ImportPath)
		if unit == "" {
			found = append(found, p.ImportPath+" has no layer yet: give it a line in internal/imports")
			continue
		}
		for _, path := range p.Imports {
			if why := refuse(unit, layer, path); why != "" {
				found = append(found, fmt.Sprintf("%s may not import %s: %s", p.ImportPath, path, why))
			}
		}
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			if why := refuseInTest(layer, path); why != "" {
				found = append(found, fmt.Sprintf("the tests of %s may not import %s: %s", p.ImportPath, path, why))
			}
		}
	}
	return found
}

// refuse says why a unit may not import path, or nothing.
func refuse(unit string, layer int, path string) string {
	target, targetLayer := place(path)
	allowed, strict := only[unit]
	switch {
	case target == unit:
		return ""
	case strict && !standard(path) && !slices.Contains(allowed, path):
		return fmt.Sprintf("only the standard library and %q are allowed there", allowed)
	case targetLayer == layer:
		return "they are neighbours in one layer"
	case targetLayer > layer:
		return "it is in a higher layer"
	}
	return ""
}

func refuseInTest(layer int, path string) string {
	target, targetLayer := place(path)
	_, highest := place(module + "/" + highestInTests)
	if !ours(path) || slices.Contains(fakes, target) || targetLayer <= max(layer, highest) {
		return ""
	}
	return "it is in a higher layer, and no store or fake"
}

// place returns the unit a package belongs to, the longest that fits, and its
// layer; for a package of somebody else or without a line, "" and -1.
func place(path string) (unit string, layer int) {
	layer = -1
	rel, _ := strings.CutPrefix(path, module+"/")
	if !ours(path) {
		return "", layer
	}
	for i, units := range layers {
		for _, u := range units {
			if (rel == u || strings.HasPrefix(rel, u+"/")) && len(u) > len(unit) {
				unit, layer = u, i
			}
		}
	}
	return unit, layer
}

func ours(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// standard tells the standard library by its first element, which is no domain.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && !ours(path)
}

// The rules themselves, on made-up imports.
func TestRules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		from, to     string
		code, inTest bool // allowed?
	}{
		{"decision", "fmt", true, true},
		{"decision", "github.com/shopspring/decimal", true, true},
		{"decision", "github.com/google/uuid", false, true}, // standard library and decimals only
		{"decision", "assent/rego", false, true},            // not even embedded files
		{"decision", "assent/policy", false, true},
		{"policy", "assent/decision", true, true},
		{"policy", "assent/rego", true, true},
		{"policy", "assent/policy/codec", true, true},                      // a unit is one
		{"policy", "github.com/open-policy-agent/opa/v1/rego", true, true}, // a path that looks like ours
		{"policy", "assent/scoring", false, true},                          // neighbours
		{"scoring", "assent/internal/store/sqlite", false, true},           // a real store, no mock
		{"scoring", "assent/odoo/odootest", false, true},                   // a fake
		{"scoring", "assent/internal/api", false, false},
		{"odoo", "assent/odoo/odootest", false, true}, // part of the folder, not of the unit
		{"odoo/odootest", "assent/odoo", true, true},
		{"odoo/odootest/cmd/fakeodoo", "assent/odoo/odootest", true, true},
		{"evals", "assent/internal/simulator", true, true},
		{"internal/simulator", "assent/evals", false, true},
		{"internal/store/sqlite", "assent/approvals", true, true}, // a sibling's types
		{"internal/store/sqlite", "assent/internal/store/postgres", false, true},
		{"internal/api", "assent/internal/console", false, true}, // neighbours
		{"internal/api", "assent/internal/store/sqlite", true, true},
		{"internal/api", "assent/cmd/assent", false, false},
		{"cmd/assent", "assent/internal/api", true, true},
		{"cmd/assent", "assent/odoo/odootest", true, true},                      // the demo
		{"internal/store/listing", "assent/internal/store/reading", true, true}, // shared by the engines: one unit
		{"internal/store/listing", "assent/internal/store/sqlite", false, true},
		{"internal/store/postgres", "assent/internal/store/listing", true, true},
		{"rego", "embed", true, true},
		{"rego", "github.com/open-policy-agent/opa/v1/rego", false, true}, // files only
		{"internal/newcomer", "fmt", false, false},                        // no line yet
	}
	for _, test := range tests {
		t.Run(test.from+" "+test.to, func(t *testing.T) {
			t.Parallel()
			path := module + "/" + test.from
			if have := problems([]pkg{{ImportPath: path, Imports: []string{test.to}}}); (len(have) == 0) != test.code {
				t.Errorf("as code, allowed=%v wanted; have %q", test.code, have)
			}
			if have := problems([]pkg{{ImportPath: path, XTestImports: []string{test.to}}}); (len(have) == 0) != test.inTest {
				t.Errorf("as a test, allowed=%v wanted; have %q", test.inTest, have)
			}
		})
	}
}

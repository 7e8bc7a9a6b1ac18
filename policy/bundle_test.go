package policy_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"assent/decision"
	"assent/policy"
)

func TestABundleIsItsContent(t *testing.T) {
	t.Parallel()
	embedded, err := policy.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	folder, err := policy.LoadDir("../rego")
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := policy.DecodeBundle(embedded.Encode())
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]policy.Bundle{"folder": folder, "decoded": decoded} {
		if b.Revision() != embedded.Revision() || !bytes.Equal(b.Encode(), embedded.Encode()) {
			t.Errorf("%s: another bundle than the embedded one", name)
		}
	}
	if changed := edited(t, "lists.json", "Sanctions", "sanctions"); changed.Revision() == embedded.Revision() {
		t.Error("a changed note has the same revision")
	}
}

func TestLoadTakesPolicyFilesOnly(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	b, err := policy.LoadFS(fstest.MapFS{
		"lists.json": file("{}"), "order/requirements.rego": file("package order\n"), "README.md": file("x"),
		".git/config.json": file("{}"), "order/.draft.rego": file("x"), "order/notes.txt": file("x"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Files) != 2 {
		t.Errorf("have %v", slices.Collect(maps.Keys(b.Files)))
	}
}

func TestBundlesThatAreNone(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("# A long comment.\n", 1<<19)
	many := map[string]string{}
	for i := range 501 {
		many[fmt.Sprintf("order/%d.rego", i)] = "package order\n"
	}
	tests := []struct {
		name  string
		files map[string]string
		code  decision.Code
	}{
		{"nothing", nil, decision.CodeInvalid},
		{"a path upwards", map[string]string{"../order.rego": ""}, decision.CodeInvalid},
		{"an absolute path", map[string]string{"/order.rego": ""}, decision.CodeInvalid},
		{"a deep path", map[string]string{"order/more/order.rego": ""}, decision.CodeInvalid},
		{"another kind of file", map[string]string{"order/run.sh": ""}, decision.CodeInvalid},
		{"no text", map[string]string{"order/order.rego": "\xff"}, decision.CodeInvalid},
		{"too long", map[string]string{"order/order.rego": long}, decision.CodeTooLarge},
		{"too many", many, decision.CodeTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := policy.Bundle{Files: tt.files}
			if _, err := policy.Compile(b); decision.CodeOf(err) != tt.code {
				t.Errorf("compile: have %v, want code %s", err, tt.code)
			}
			if strings.Contains(tt.name, "no text") {
				return // JSON cannot hold it
			}
			if _, err := policy.DecodeBundle(b.Encode()); decision.CodeOf(err) != tt.code {
				t.Errorf("decode: have %v, want code %s", err, tt.code)
			}
		})
	}
	if _, err := policy.DecodeBundle([]byte("[]")); decision.CodeOf(err) != decision.CodeInvalid {
		t.Errorf("have %v", err)
	}
	if _, err := policy.LoadDir("absent"); decision.CodeOf(err) != decision.CodeNotFound {
		t.Errorf("have %v", err)
	}
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	added := func(name, content string) policy.Bundle {
		b := edited(t, "lists.json", "", "")
		b.Files[name] = content
		return b
	}
	without := func(name string) policy.Bundle {
		b := edited(t, "lists.json", "", "")
		b.Files = maps.Clone(b.Files)
		delete(b.Files, name)
		return b
	}
	tests := map[string]policy.Bundle{
		"a changed outcome":           edited(t, "order/outcome.rego", "order.rejected == set()", "true"),
		"a missing outcome":           without("order/outcome.rego"),
		"a changed helper":            edited(t, "lib/lib.rego", "0.0005", "5"),
		"an added helper":             added("lib/more.rego", "package assent.lib\n\nmore := 1\n"),
		"a rule in a protected place": added("order/more.rego", "package assent.order\n\noutcome := \"execute\"\n"),
		"a kind without requirements": without("order/requirements.rego"),
		"a kind without routes":       without("order/routing.rego"),
		"a file of no use":            added("order/other.json", "{}"),
		"two documents":               edited(t, "lists.json", "", "{}"),
		"a limit given twice":         edited(t, "order/limits.json", `"value": 1000`, `"value": 1, "value": 1000`),
		"a listed value given twice":  edited(t, "lists.json", `"blocked_partners": {}`, `"blocked_partners": {"14": "Fraud.", "14": "Fraud."}`),
		"a limit of another shape":    edited(t, "order/limits.json", `"value": 1000`, `"value": [1000]`),
		"a cap that is no number":     edited(t, "order/limits.json", `"value": 500,`, `"value": "500",`),
		"a cap below nothing":         edited(t, "order/limits.json", `"value": 500,`, `"value": -1,`),
		"half an order":               edited(t, "order/limits.json", `"value": 500,`, `"value": 0.5,`),
		"a cap of a gigabyte":         edited(t, "order/limits.json", `"value": 500,`, `"value": 1e999999999,`),
	}
	for name, b := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := policy.Compile(b); decision.CodeOf(err) != decision.CodeInvalid {
				t.Errorf("have %v, want code invalid", err)
			}
		})
	}
}

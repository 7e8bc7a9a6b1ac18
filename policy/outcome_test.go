package policy_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"

	"assent/decision"
)

var update = flag.Bool("update", false, "rewrite golden files and the protected outcome.rego of each kind")

// modelled kinds decide nothing without a probability. A refund that nobody
// may credit is refused without one: only to execute it needs a low one.
var modelled = map[string]bool{"order": true, "delivery": true}

// The outcome of every kind is the same few rules over the kind's own fields.
func TestOutcomeFilesFollowTheTemplate(t *testing.T) {
	t.Parallel()
	tmpl := template.Must(template.ParseFiles("testdata/outcome.rego.tmpl"))
	for _, kind := range decision.Kinds() {
		var want bytes.Buffer
		if err := tmpl.Execute(&want, outcomeData(kind)); err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join("..", "rego", kind.Name, "outcome.rego"), want.Bytes())
	}
}

func outcomeData(kind decision.Kind) any {
	var required []string
	for _, f := range kind.Fields {
		if f.Required {
			required = append(required, presence(f))
		}
	}
	if modelled[kind.Name] {
		required = append(required, "input.assessment.probability")
	}
	article := "a"
	if strings.ContainsRune("aeiou", rune(kind.Name[0])) {
		article = "an"
	}
	protect := kind.Name + ".protect"
	if !slices.ContainsFunc(kind.Actions, protects) {
		protect = "{}" // there is nothing to choose from
	}
	return map[string]any{"Kind": kind.Name, "Article": article, "Required": required, "Protect": protect}
}

func protects(action string) bool {
	return action != decision.NoAction && decision.Action{Name: action}.Class() == decision.Protective
}

// presence is an expression that holds if a path is known. A bare reference
// will do, except for false.
func presence(f decision.Field) string {
	if f.Type == decision.TypeBoolean {
		return "is_boolean(input.subject." + f.Path + ")"
	}
	return "input.subject." + f.Path
}

// golden compares with a file, or rewrites it with -update.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-file +got):\n%s", file, diff)
	}
}

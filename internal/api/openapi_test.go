package api_test

import (
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"assent/decision"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The document is part of what callers rely on: a change must be seen.
func TestOpenAPIGolden(t *testing.T) {
	t.Parallel()
	w := setup(t)
	have := w.do(get("/openapi.json", "")).Body.Bytes()
	golden := filepath.Join("testdata", "openapi.json")
	if *update {
		w.ok(os.WriteFile(golden, have, 0o644))
	}
	want, err := os.ReadFile(golden)
	w.ok(err)
	if string(have) != string(want) {
		t.Errorf("the OpenAPI document differs from %s; run the test with -update and look at the difference", golden)
	}
}

type openAPI struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Security    []map[string][]string
		Rights      []string `json:"x-rights"`
		RequestBody struct {
			Content map[string]struct{ Example json.RawMessage }
		} `json:"requestBody"`
		Responses map[string]struct{ Content map[string]any }
	}
	Components struct{ Schemas map[string]json.RawMessage }
}

func document(w *world) openAPI {
	var d openAPI
	w.ok(json.Unmarshal(w.do(get("/openapi.json", "")).Body.Bytes(), &d))
	return d
}

// Every operation needs a key with a right, and says how it fails.
func TestOpenAPIOperations(t *testing.T) {
	t.Parallel()
	d := document(setup(t))
	for path, methods := range d.Paths {
		for method, op := range methods {
			if len(op.Security) == 0 || len(op.Rights) == 0 {
				t.Errorf("%s %s: no key or no right", method, path)
			}
			for _, right := range op.Rights {
				if !slices.Contains(decision.Rights, decision.Right(right)) {
					t.Errorf("%s %s: the right %q", method, path, right)
				}
			}
			for _, status := range []string{"401", "403", "503"} {
				if op.Responses[status].Content["application/problem+json"] == nil {
					t.Errorf("%s %s: does not say what %s looks like", method, path, status)
				}
			}
		}
	}
}

// The examples in the document are requests that are accepted.
func TestOpenAPIExamples(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := document(w)
	tried := 0
	for path, methods := range d.Paths {
		example := methods["post"].RequestBody.Content["application/json"].Example
		if example == nil {
			continue
		}
		tried++
		if answer := w.do(post(path+"?effect=none", "all", string(example))); answer.Code != http.StatusOK {
			t.Errorf("%s: its example is answered %d: %s", path, answer.Code, answer.Body)
		}
	}
	if tried != 4 {
		t.Errorf("tried %d examples, want those of /v1/decisions and of three scores", tried)
	}
}

// Each kind has a schema of its fields, and every declared field is in it
// with its words.
func TestOpenAPIFields(t *testing.T) {
	t.Parallel()
	d := document(setup(t))
	type schema struct {
		Description string
		Properties  map[string]json.RawMessage
		Required    []string
	}
	for _, kind := range decision.Kinds() {
		root := d.Components.Schemas[strings.ToUpper(kind.Name[:1])+kind.Name[1:]+"Fields"]
		for _, f := range kind.Fields {
			at, required := root, true
			for _, part := range strings.Split(f.Path, ".") {
				var s schema
				if err := json.Unmarshal(at, &s); err != nil {
					t.Fatalf("%s: %s: %v", kind.Name, f.Path, err)
				}
				required = required && slices.Contains(s.Required, part)
				at = s.Properties[part]
			}
			var leaf schema
			if err := json.Unmarshal(at, &leaf); err != nil || !strings.Contains(leaf.Description, f.Doc) {
				t.Errorf("%s: %s is not described", kind.Name, f.Path)
			}
			if required != f.Required {
				t.Errorf("%s: %s: required is %t in the schema", kind.Name, f.Path, required)
			}
		}
	}
}

// Whatever code an error has, there is a page that explains it.
func TestEveryCodeIsExplained(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, code := range []decision.Code{
		decision.CodeInvalid, decision.CodeMalformed, decision.CodeTooLarge, decision.CodeUnauthorized, decision.CodeForbidden, decision.CodeNotFound,
		decision.CodeConflict, decision.CodeKeyReuse, decision.CodeErased, decision.CodeUnavailable, decision.CodeInternal,
		"method_not_allowed", "unsupported_media_type", "rate_limited", "timeout",
	} {
		answer := w.do(get("/problems/"+string(code), ""))
		if answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), `"code":"`+string(code)+`"`) {
			t.Errorf("%s: have %d: %s", code, answer.Code, answer.Body)
		}
	}
}

// What the manual lists as outcomes is what is declared.
func TestManualListsOutcomes(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range decision.Kinds() {
		for _, o := range kind.OutcomeTypes() {
			row := regexp.MustCompile("(?m)^\\|.*`" + o.Name + "`.*\\| `" + strings.Join(o.Values, "`, `") + "` \\|$")
			if !row.Match(manual) {
				t.Errorf("%s: docs/api.md has no row of %s with %v", kind.Name, o.Name, o.Values)
			}
		}
	}
}

// What the manual says is read from Odoo, or never, is together all there is.
func TestManualListsFields(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(manual), "\n## What is read from Odoo")
	section, _, _ = strings.Cut(section, "\n## ")
	for _, kind := range decision.Kinds() {
		row := regexp.MustCompile("(?m)^\\| `" + kind.Name + "` \\|.*$").FindString(section)
		var have, want []string
		for _, path := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row, -1) {
			if path[1] != kind.Name && path[1] != "fields" {
				have = append(have, path[1])
			}
		}
		for _, f := range kind.Fields {
			want = append(want, f.Path)
		}
		slices.Sort(have)
		slices.Sort(want)
		if !slices.Equal(have, want) {
			t.Errorf("%s: docs/api.md has %v, want %v", kind.Name, have, want)
		}
	}
}

// The manual's batch answers as the manual says.
func TestManualBatch(t *testing.T) {
	t.Parallel()
	w := setup(t)
	manual, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.md"))
	w.ok(err)
	_, section, _ := strings.Cut(string(manual), "## Many at once")
	section, _, _ = strings.Cut(section, "\n## ")
	var body strings.Builder
	for _, line := range regexp.MustCompile(`(?m)^  '(\{.*\})'`).FindAllStringSubmatch(section, -1) {
		body.WriteString(line[1] + "\n")
	}
	answer, err := http.DefaultClient.Do(w.batchRequest(w.listen(), strings.NewReader(body.String())))
	w.ok(err)
	defer answer.Body.Close()
	have, err := io.ReadAll(answer.Body)
	w.ok(err)
	lines := strings.Split(strings.TrimSpace(string(have)), "\n")
	for i, start := range []string{`{"index":0,"status":201,"decision":{"id":"`, `{"index":1,"key":"a-2","status":422,"problem":{`, `{"trailer":true,`} {
		if i >= len(lines) || !strings.HasPrefix(lines[i], start) || !strings.Contains(section, start) {
			t.Errorf("line %d: have %s", i, have)
		}
	}
	if trailer := lines[len(lines)-1]; !strings.Contains(section, trailer) {
		t.Errorf("the manual does not end with %s", trailer)
	}
}

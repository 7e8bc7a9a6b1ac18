package decision

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The rule is said three times: to the machine, to a schema, to a person.
func TestCodeRuleSaysTheSameThreeTimes(t *testing.T) {
	t.Parallel()
	pattern := regexp.MustCompile(CodePattern(20))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`[A-Za-z0-9._:/+-]{0,22}`), rapid.StringN(0, 5, 22)).Draw(t, "text")
		if have, want := IsCode(text, 20), pattern.MatchString(text); have != want {
			t.Errorf("IsCode(%q) is %t, the pattern says %t", text, have, want)
		}
	})
	if have, want := CodeRule(20), "1 to 20 letters, digits and . _ : / + -"; have != want {
		t.Errorf("have %q, want %q", have, want)
	}
}

func TestFieldsMayBeShorter(t *testing.T) {
	t.Parallel()
	fields := []Field{{Path: "note", Type: TypeText, Most: 5}, {Path: "code", Type: TypeCode, Most: 3}}
	for body, want := range map[string]string{
		`{"note":"12345","code":"abc"}`: "",
		`{"note":"123456"}`:             "/note length must be a string of 1 to 5 bytes of UTF-8 without NUL",
		`{"code":"abcd"}`:               "/code pattern must be a string of 1 to 3 letters, digits and . _ : / + -",
	} {
		_, errs := DecodeFields(json.RawMessage(body), fields, "", time.Time{}, true)
		have := ""
		for _, e := range errs {
			have = strings.Join([]string{e.Pointer, e.Code, e.Message}, " ")
		}
		if have != want {
			t.Errorf("%s: have %q, want %q", body, have, want)
		}
	}
}

// A name gives one code wherever it is read, and two names that a code cannot
// spell give two.
func TestCoded(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"": "", " ": "", "DHL": "dhl", "Standard delivery": "standard-delivery", " UPS (2 days) ": "ups-2-days", "a.b": "a-b",
	} {
		if have := Coded(name); have != want {
			t.Errorf("%q: have %q, want %q", name, have, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		if code := Coded(name); strings.TrimSpace(name) != "" && !IsCode(code, MaxCode) {
			t.Errorf("%q is no code", code)
		}
	})
	if Coded("Österreich") == Coded("Ästerreich") || Coded("宅配") == Coded("急便") || Coded(strings.Repeat("x", 200)) == Coded(strings.Repeat("x", 201)) {
		t.Error("two names, one code")
	}
}

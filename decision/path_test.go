package decision

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSetPath(t *testing.T) {
	t.Parallel()
	tree := map[string]any{}
	for _, path := range []string{"a", "b.c", "b.d.e", "b.d.f"} {
		SetPath(tree, path, path)
	}
	have, err := json.Marshal(tree)
	if want := `{"a":"a","b":{"c":"b.c","d":{"e":"b.d.e","f":"b.d.f"}}}`; err != nil || string(have) != want {
		t.Errorf("have %s (%v), want %s", have, err, want)
	}
}

func TestPointerKey(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"amount_total": "amount_total", "a/b~c": "a~1b~0c",
		strings.Repeat("x", 65):       strings.Repeat("x", 64) + "…",
		strings.Repeat("x", 63) + "é": strings.Repeat("x", 63) + "…", // no half letter
	} {
		if have := PointerKey(key); have != want || !utf8.ValidString(have) {
			t.Errorf("%q: have %q, want %q", key, have, want)
		}
	}
}

package strictjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"assent/decision"
	"assent/internal/strictjson"

	"pgregory.net/rapid"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	limits := strictjson.Limits{Bytes: 200, Depth: 4}
	for name, c := range map[string]struct {
		doc     string
		code    string // of the field at fault; "" is accepted
		pointer string
	}{
		"object":                {`{"a":1,"b":[true,null,"x"],"c":{"d":-1.5e3}}`, "", ""},
		"scalar":                {` "x" `, "", ""},
		"same key elsewhere":    {`{"a":{"b":1},"b":{"a":1},"c":[{"a":1},{"a":2}]}`, "", ""},
		"surrogate pair":        {`{"a":"\ud83d\ude00 \\ud83d"}`, "", ""},
		"escaped backslash":     {`{"a":"\\"}`, "", ""},
		"deepest":               {`{"a":[{"b":[1]}]}`, "", ""},
		"empty":                 {``, "syntax", ""},
		"only space":            {"  \n", "syntax", ""},
		"duplicate":             {`{"a":1,"a":1}`, "duplicate", "/a"},
		"other case":            {`{"amount":1,"AMOUNT":-5}`, "duplicate", "/AMOUNT"},
		"other case in a list":  {`{"l":[{"x":1},{"x":1,"X":2}]}`, "duplicate", "/l/1/X"},
		"folded beyond ASCII":   {`{"k":1,"` + "\u212a" + `":2}`, "duplicate", "/\u212a"},
		"duplicate by escape":   {`{"a":1,"\u0061":2}`, "duplicate", "/a"},
		"pointer escapes":       {`{"a/b~c":{"x":1,"x":2}}`, "duplicate", "/a~1b~0c/x"},
		"too deep":              {`{"a":[{"b":[[1]]}]}`, "depth", "/a/0/b/0"},
		"trailing value":        {`{} {}`, "trailing", ""},
		"trailing garbage":      {`{}x`, "trailing", ""},
		"trailing bracket":      {`{}}`, "trailing", ""},
		"NaN":                   {`{"amount": NaN}`, "number", "/amount"},
		"minus Infinity":        {`{"a":{"b":-Infinity}}`, "number", "/a/b"},
		"NaN in a list":         {`[1,NaN]`, "number", "/1"},
		"cut":                   {`{"a":[1,2`, "syntax", "/a/2"},
		"cut string":            {`{"a":"b`, "syntax", "/a"},
		"comma too many":        {`{"a":1,}`, "syntax", ""},
		"comma in a list":       {`[1,]`, "syntax", "/1"},
		"leading comma":         {`[,1]`, "syntax", "/0"},
		"no comma":              {`[1 2]`, "syntax", "/1"},
		"no colon":              {`{"a" 1}`, "syntax", "/a"},
		"key is no string":      {`{1:2}`, "syntax", ""},
		"single quotes":         {`{'a':1}`, "syntax", ""},
		"comment":               {`{/*a*/}`, "syntax", ""},
		"leading zero":          {`[01]`, "syntax", "/1"},
		"byte order mark":       {"\ufeff{}", "syntax", ""},
		"control in a string":   {"[\"\x01\"]", "syntax", "/0"},
		"invalid UTF-8":         {"{\"a\":\"\xff\"}", "encoding", "/a"},
		"invalid UTF-8 in key":  {"{\"\xff\":1}", "encoding", ""},
		"overlong UTF-8":        {"{\"a\":\"\xc0\xaf\"}", "encoding", "/a"},
		"high surrogate alone":  {`{"a":"\ud83d"}`, "encoding", "/a"},
		"low surrogate alone":   {`{"a":"x\ude00y"}`, "encoding", "/a"},
		"surrogates in reverse": {`{"a":"\ude00\ud83d"}`, "encoding", "/a"},
		"surrogate then escape": {`{"a":"\ud83d\n"}`, "encoding", "/a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, pointer := faultOf(limits.Check([]byte(c.doc)))
			if code != c.code || pointer != c.pointer {
				t.Errorf("have %q at %q, want %q at %q", code, pointer, c.code, c.pointer)
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	limits := strictjson.Limits{Bytes: 10, Depth: 4}
	for _, c := range []struct {
		doc  string
		want decision.Code
	}{
		{`"12345678"`, ""},
		{`"123456789"`, decision.CodeTooLarge},
		{`"` + strings.Repeat("x", 1000), decision.CodeTooLarge}, // not read to its end, so not parsed
	} {
		_, err := limits.Read(strings.NewReader(c.doc))
		if have := decision.CodeOf(err); have != c.want {
			t.Errorf("%d bytes: have %q, want %q", len(c.doc), have, c.want)
		}
	}
}

func TestReaderFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	_, err := strictjson.Default.Read(io.MultiReader(strings.NewReader(`{"a":`), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Errorf("have %v, want the reader's own error", err)
	}
}

// What is wrong is said without the text that is wrong.
func TestErrorsHoldNoValue(t *testing.T) {
	t.Parallel()
	const canary = "ada@example.com"
	for _, doc := range []string{
		`{"a":"` + canary + `","a":"` + canary + `"}`,
		`{"a":"` + canary + "\xff\"}",
		`{"a":"` + canary + `\ud83d"}`,
		`{"a":` + canary + `}`,
		`{"a":"x"}` + canary,
		canary,
	} {
		err := strictjson.Default.Check([]byte(doc))
		if err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("have %v for %q", err, doc)
		}
	}
}

func TestLongKeysAreCutInPointers(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("é", 5000)
	err := strictjson.Default.Check(fmt.Appendf(nil, `{%q:NaN}`, key))
	if _, pointer := faultOf(err); len(pointer) > 100 || !utf8.ValidString(pointer) {
		t.Errorf("have a pointer of %d bytes", len(pointer))
	}
}

// Whatever is accepted means the same to a reader that minds the case of
// keys and to one that does not, and nothing of it is lost.
func TestAcceptedMeansOneThing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		assertOneMeaning(t, []byte(document(3).Draw(t, "document")))
	})
}

func FuzzCheck(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `[]`, `null`, `"a"`, `1e9`, `{"a":1,"A":2}`, `{"a":{"a":[1,2,{"b":"\u0062\ud83d\ude00"}]}}`, `[1,]`, `{"a":1,}`,
		`{"a":"\ud800"}`, "{\"a\":\"\xff\"}", `{"a":NaN}`, `{"a":-Infinity}`, `{} {}`, `[[[[[[[[[[]]]]]]]]]]`, "\ufeff{}", `{"k":1,"` + "\u212a" + `":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { assertOneMeaning(t, data) })
}

// assertOneMeaning compares with encoding/json. A refused document only has
// to be refused for a reason that can be seen.
func assertOneMeaning(t interface {
	Fatalf(string, ...any)
	Helper()
}, data []byte) {
	t.Helper()
	limits := strictjson.Limits{Bytes: 1 << 16, Depth: 8}
	err := limits.Check(data)
	if err != nil {
		if code, _ := faultOf(err); json.Valid(data) && (code == "syntax" || code == "trailing" || code == "number") {
			t.Fatalf("valid JSON was refused as %s: %q", code, data)
		}
		return
	}
	if !json.Valid(data) || !utf8.Valid(data) {
		t.Fatalf("accepted what is not JSON in UTF-8: %q", data)
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil && !strings.Contains(err.Error(), "out of range") && !strings.Contains(err.Error(), "cannot unmarshal number") {
		t.Fatalf("encoding/json refuses what was accepted: %v: %q", err, data)
	}
	keys := map[string]bool{}
	count, replaced := 0, false
	countKeys(tree, &count, keys, &replaced)
	if have := keyTokens(data); tree != nil && have != count {
		t.Fatalf("%d keys in the text, %d after decoding: %q", have, count, data)
	}
	if replaced && !bytes.Contains(data, []byte("\ufffd")) && !bytes.Contains(bytes.ToLower(data), []byte(`\ufffd`)) {
		t.Fatalf("text was replaced by U+FFFD: %q", data)
	}
	assertStructAgrees(t, data, tree)
}

// assertStructAgrees decodes into a struct, which matches keys in any case.
func assertStructAgrees(t interface {
	Fatalf(string, ...any)
	Helper()
}, data []byte, tree any) {
	t.Helper()
	object, ok := tree.(map[string]any)
	if !ok {
		return
	}
	var typed struct {
		Kind any `json:"k"`
	}
	if json.Unmarshal(data, &typed) != nil {
		return // a number out of float64's range
	}
	var candidates []any
	for key, value := range object {
		if strings.EqualFold(key, "k") {
			candidates = append(candidates, value)
		}
	}
	if len(candidates) > 1 || len(candidates) == 1 && fmt.Sprint(candidates[0]) != fmt.Sprint(typed.Kind) {
		t.Fatalf("a struct reads %v, a map %v: %q", typed.Kind, candidates, data)
	}
}

func countKeys(tree any, count *int, keys map[string]bool, replaced *bool) {
	switch v := tree.(type) {
	case map[string]any:
		for key, value := range v {
			*count++
			*replaced = *replaced || strings.ContainsRune(key, utf8.RuneError)
			countKeys(value, count, keys, replaced)
		}
	case []any:
		for _, value := range v {
			countKeys(value, count, keys, replaced)
		}
	case string:
		*replaced = *replaced || strings.ContainsRune(v, utf8.RuneError)
	}
}

// keyTokens counts keys without decoding objects: outside strings, each key
// is followed by exactly one colon.
func keyTokens(data []byte) int {
	count, inString := 0, false
	for i := 0; i < len(data); i++ {
		switch {
		case inString && data[i] == '\\':
			i++
		case data[i] == '"':
			inString = !inString
		case data[i] == ':' && !inString:
			count++
		}
	}
	return count
}

// document draws JSON text whose keys collide often, in every way.
func document(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		kind := rapid.IntRange(0, 5).Draw(t, "kind")
		if depth == 0 {
			kind %= 3
		}
		switch kind {
		case 0:
			return rapid.SampledFrom([]string{`1`, `-0.5e2`, `true`, `null`, `"x"`, `NaN`, ``}).Draw(t, "scalar")
		case 1, 2:
			return rapid.SampledFrom([]string{`"\ud83d\ude00"`, `"\ud83d"`, `"\\ud83d"`, "\"\xc3\xa9\"", "\"\xff\"", `"k:{}"`}).Draw(t, "text")
		case 3:
			items := rapid.SliceOfN(document(depth-1), 0, 3).Draw(t, "items")
			return "[" + strings.Join(items, ",") + "]"
		}
		n := rapid.IntRange(0, 4).Draw(t, "keys")
		members := make([]string, n)
		for i := range members {
			key := rapid.SampledFrom([]string{`"k"`, `"K"`, "\"\u212a\"", `"\u006b"`, `"a"`, `"A"`, `"ä"`, `"Ä"`, `"b"`, `""`}).Draw(t, "key")
			members[i] = key + ":" + document(depth-1).Draw(t, "value")
		}
		return "{" + strings.Join(members, " , ") + "}"
	})
}

func faultOf(err error) (code, pointer string) {
	var e *decision.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return string(decision.CodeOf(err)), ""
	}
	return e.Fields[0].Code, e.Fields[0].Pointer
}

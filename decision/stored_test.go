package decision

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// sameStored encodes a record, reads it back and wants the same bytes and the
// same Go types.
func sameStored(t rapid.TB, record Record, fields []Field) {
	t.Helper()
	encoded := mustCanonical(record)
	again, err := decodeStored(encoded, fields)
	if err != nil {
		t.Fatalf("%s cannot be read back: %v", encoded, err)
	}
	if have := mustCanonical(again); !bytes.Equal(have, encoded) {
		t.Fatalf("have %s, want %s", have, encoded)
	}
	for path, v := range record {
		if have, want := reflect.TypeOf(again[path]), reflect.TypeOf(v); have != want {
			t.Fatalf("%s is a %v, want %v", path, have, want)
		}
	}
}

// Whatever anybody sends: no panic, an ordered and bounded report, and what
// is accepted comes back from the journal as it went in.
func FuzzDecodeFields(f *testing.F) {
	for _, kind := range Kinds() {
		tree := map[string]any{}
		for _, field := range kind.Fields {
			SetPath(tree, field.Path, json.RawMessage(field.Example))
		}
		f.Add([]byte(encode(f, tree)))
	}
	for _, raw := range []string{
		`{"a":{"b":{"c":1}},"a.b":{"c":2}}`, `{"money":1e999999999}`, `{"time":"0000-00-00 00:00:00"}`, `{"lines":[{}]}`,
		`{"text":"\ud800"}`, "{\"text\":\"\xff\"}", `{"money":-0,"integer":-0}`, `{"lines":[[[[[[]]]]]]}`, `null`, `{"":{"":""}}`,
		`{"number":0000}`, `{"number":.5}`, `{"number":5.}`, `{"number":0.000000000}`, `{"time":"2026-11-24T24:00:00Z"}`, `{"time":"2026-11-24T12:00:00,5Z"}`,
	} {
		f.Add([]byte(raw))
	}
	declared := [][]Field{everyType}
	for _, kind := range Kinds() {
		declared = append(declared, kind.Fields)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, fields := range declared {
			for _, requireAll := range []bool{true, false} {
				record, errs := DecodeFields(raw, fields, "/fields", noon, requireAll)
				checkFaults(t, errs)
				if record != nil {
					sameStored(t, record, fields)
				}
			}
		}
	})
}

func checkFaults(t testing.TB, errs []FieldError) {
	t.Helper()
	if len(errs) > maxFaults {
		t.Fatalf("%d faults", len(errs))
	}
	for i, e := range errs {
		if !strings.HasPrefix(e.Pointer, "/fields") || e.Code == "" || e.Message == "" {
			t.Fatalf("fault %+v", e)
		}
		if i > 0 && errs[i-1].Pointer > e.Pointer {
			t.Fatalf("%q after %q", e.Pointer, errs[i-1].Pointer)
		}
	}
}

func TestStoredFields(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(r *rapid.T) {
				record, errs := DecodeFields(DrawFields(r, kind, noon), kind.Fields, "/fields", noon, true)
				if len(errs) > 0 {
					r.Fatalf("a drawn request is refused: %v", errs)
				}
				sameStored(r, record, kind.Fields)
			})
		})
	}
}

// Sums and conversions of amounts that were accepted have more digits than
// any one amount: they must come back all the same.
func TestStoredLargeSums(t *testing.T) {
	t.Parallel()
	sum := decimal.RequireFromString("999999999999999.999999999").Mul(decimal.RequireFromString("500.123456"))
	sameStored(t, Record{"money": sum, "number": sum.Neg()}, everyType)
	m := Money{sum, "EUR"}
	var again Money
	if err := json.Unmarshal(encode(t, m), &again); err != nil || !again.Amount.Equal(m.Rounded().Amount) {
		t.Errorf("have %v, %v", again, err)
	}
}

func TestStoredFaults(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`{"unknown":1}`, `{"money":"1"}`, `{"money":null}`, `{"money":1e3}`, `{"flag":"true"}`, `{"time":7}`, `{"lines":7}`, `{"lines":[7]}`,
		`{"lines":[{"x":1}]}`, `{"lines":[{"product":"1"}]}`, `[]`, `{`, `{}{}`, `{"money":` + strings.Repeat("9", maxStoredDigits+1) + `}`,
	} {
		if have, err := decodeStored(json.RawMessage(raw), everyType); err == nil {
			t.Errorf("%s is read as %s", raw, mustCanonical(have))
		}
	}
	for _, raw := range []string{``, `null`} {
		if have, err := decodeStored(json.RawMessage(raw), everyType); have != nil || err != nil {
			t.Errorf("%q is read as %v, %v", raw, have, err)
		}
	}
}

// An action comes back from the journal with the types its parameters have.
func TestStoredActions(t *testing.T) {
	t.Parallel()
	for _, spec := range actionSpecs {
		tree := map[string]json.RawMessage{}
		for _, p := range spec.Params {
			tree[p.Path] = json.RawMessage(p.Example)
		}
		params, errs := DecodeFields(encode(t, tree), spec.Params, "", noon, true)
		if len(errs) > 0 {
			t.Fatalf("%s: %v", spec.Name, errs)
		}
		action := Action{Name: spec.Name, Params: params}
		var again Action
		if err := json.Unmarshal(mustCanonical(action), &again); err != nil {
			t.Fatalf("%s: %v", spec.Name, err)
		}
		if again.Hash() != action.Hash() || again.Class() != spec.Class {
			t.Errorf("%s comes back as %s, a %s action", mustCanonical(action), mustCanonical(again), again.Class())
		}
	}
	for _, raw := range []string{`{"name":"confirm","params":{"x":1}}`, `{"name":"credit_note","params":{"amount":"1"}}`, `{"name":"no_such","params":{"x":1}}`, `{"name":7}`} {
		if err := json.Unmarshal([]byte(raw), &Action{}); err == nil {
			t.Errorf("%s is read", raw)
		}
	}
}

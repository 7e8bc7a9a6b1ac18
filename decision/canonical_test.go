package decision

import (
	"bytes"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func TestCanonicalRecord(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("CET", 3600)
	record := Record{
		"z": int64(-7), "a.b": decimal.RequireFromString("12.500"), "text": "<&> \u2028 \"", "flag": false,
		"time":  time.Date(2026, 11, 24, 13, 0, 0, 120000, berlin),
		"lines": []Record{{"b": "x", "a": int64(1)}, {}},
	}
	want := `{"a.b":12.5,"flag":false,"lines":[{"a":1,"b":"x"},{}],"text":"<&> \u2028 \"","time":"2026-11-24T12:00:00.00012Z","z":-7}`
	if have := mustCanonical(record); string(have) != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
	if have := mustCanonical(Record(nil)); string(have) != "{}" {
		t.Errorf("no record is %s", have)
	}
}

// Go types that no field has must not slip into the journal.
func TestCanonicalRefuses(t *testing.T) {
	t.Parallel()
	for _, v := range []any{1.5, 1, nil, []any{}, map[string]any{}, []byte("x"), []Record{{"x": 0.1}}} {
		if have, err := canonical(Record{"x": v}); err == nil {
			t.Errorf("%T is encoded as %s", v, have)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("mustCanonical does not panic")
		}
	}()
	mustCanonical(Record{"x": 1.5})
}

// Records with equal values are equal bytes, however they came about.
func TestCanonicalEqual(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := DrawKind(t)
		record, _ := DecodeFields(DrawFields(t, kind, noon), kind.Fields, "", noon, true)
		other := Record{}
		for _, path := range rapid.Permutation(sortedKeys(record)).Draw(t, "order") {
			switch v := record[path].(type) {
			case decimal.Decimal:
				other[path] = v.Add(decimal.New(0, -20)) // the same number, another exponent
			case time.Time:
				other[path] = v.In(time.FixedZone("", 7*3600))
			default:
				other[path] = v
			}
		}
		if a, b := mustCanonical(record), mustCanonical(other); !bytes.Equal(a, b) {
			t.Fatalf("%s and %s are equal", a, b)
		}
	})
}

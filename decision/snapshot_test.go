package decision

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// exampleSnapshot has every field and feature of a kind, by its example.
func exampleSnapshot(t *testing.T, kind Kind) Snapshot {
	t.Helper()
	tree := map[string]any{}
	for _, f := range kind.Fields {
		SetPath(tree, f.Path, json.RawMessage(f.Example))
	}
	fields, errs := DecodeFields(encode(t, tree), kind.Fields, "/fields", noon.Add(24*time.Hour), true)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	s := Snapshot{
		Company: "main", CompanyCurrency: "EUR", Kind: kind.Name, Channel: "web", Subject: Subject{DB: "shop", Model: kind.Models[0], ID: 7},
		Now: noon, Seed: 1<<63 - 1, Bucket: 42, Rate: decimal.RequireFromString("1.0850"), Fields: fields,
		Missing: map[string]string{}, Context: Record{}, KnownAt: map[string]time.Time{}, RequestedBy: "odoo:7",
		Failures: []Failure{{"assess", ModelError}}, Revisions: Revisions{Policy: "p1", Model: "m1", Code: "c1"},
	}
	for i, f := range kind.Features {
		switch f.Type {
		case TypeMoney, TypeNumber:
			s.Context[f.Path] = decimal.New(int64(i), -1)
		case TypeBoolean:
			s.Context[f.Path] = i%2 == 0
		default:
			s.Context[f.Path] = int64(i)
		}
		s.KnownAt[f.Path] = noon.Add(-time.Duration(i) * time.Microsecond)
	}
	proposed := kind.Propose(s, Assessment{}).Action
	s.Proposed = &proposed
	return s
}

// The bytes of a snapshot are hashed into the journal: the golden files say
// what they are, and that they come back with the types they went in with.
func TestSnapshotGolden(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			s := exampleSnapshot(t, kind)
			encoded := sameSnapshot(t, s)
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, encoded, "", "  "); err != nil {
				t.Fatal(err)
			}
			pretty.WriteString("\n" + HashSnapshot(encoded) + "\n")
			golden(t, "snapshot_"+kind.Name+".txt", pretty.Bytes())
		})
	}
}

func sameSnapshot(t rapid.TB, s Snapshot) []byte {
	t.Helper()
	encoded, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := DecodeSnapshot(encoded)
	if err != nil {
		t.Fatalf("%s: %v", encoded, err)
	}
	if have, _ := again.Encode(); !bytes.Equal(have, encoded) {
		t.Fatalf("have %s\nwant %s", have, encoded)
	}
	for path, v := range s.Fields {
		if reflect.TypeOf(again.Fields[path]) != reflect.TypeOf(v) {
			t.Fatalf("%s is a %T, want %T", path, again.Fields[path], v)
		}
	}
	return encoded
}

func TestSnapshotRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := DrawKind(t)
		fields, _ := DecodeFields(DrawFields(t, kind, noon), kind.Fields, "", noon, true)
		s := Snapshot{
			Kind: kind.Name, Now: noon.Add(time.Duration(rapid.Int64Range(0, 1e9).Draw(t, "µs")) * time.Microsecond),
			Seed: rapid.Uint64().Draw(t, "seed"), Rate: decimal.New(rapid.Int64().Draw(t, "rate"), -9),
			Fields: fields, Missing: (&question{kind: kind, fields: fields}).missing(), Context: Record{}, KnownAt: map[string]time.Time{},
		}
		sameSnapshot(t, s)
	})
}

func TestSnapshotUnreadable(t *testing.T) {
	t.Parallel()
	good, _ := exampleSnapshot(t, orderKind).Encode()
	for name, change := range map[string][2]string{
		"kind": {`"kind":"order"`, `"kind":"horoscope"`}, "field": {`"reference":`, `"referenz":`}, "feature": {`"history.partner_orders_24h":0`, `"history.x":0`},
		"field type": {`"partner_id":14`, `"partner_id":"14"`}, "proposed": {`{"name":"confirm"}`, `{"name":"confirm","params":{"x":1}}`},
		"JSON": {`{`, `[`}, "time": {`"now":"2026`, `"now":"x`},
	} {
		bad := strings.Replace(string(good), change[0], change[1], 1)
		if bad == string(good) {
			t.Fatalf("%s: nothing was changed in %s", name, good)
		}
		if s, err := DecodeSnapshot([]byte(bad)); err == nil {
			t.Errorf("%s is read as %+v", name, s)
		}
	}
}

func TestInCompanyCurrency(t *testing.T) {
	t.Parallel()
	s := Snapshot{CompanyCurrency: "JPY", Rate: decimal.RequireFromString("160.333")}
	if m := s.InCompanyCurrency(decimal.RequireFromString("1.50")); m.String() != "240 JPY" {
		t.Errorf("have %s", m)
	}
}

package policy_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"assent/decision"
)

// verdictFile is testdata/verdicts/<kind>.json: one case that executes, and
// what each other case changes of it. -update rewrites the verdicts.
type verdictFile struct {
	Base  verdictCase   `json:"base"`
	Cases []verdictCase `json:"cases"`
}

// verdictCase is an input as people write it. Fields and context are merged
// into the base's as a JSON merge patch (RFC 7396): null takes a key away.
type verdictCase struct {
	Name        string           `json:"name,omitempty"`
	Channel     string           `json:"channel,omitempty"`
	Model       string           `json:"model,omitempty"`
	Rate        string           `json:"rate,omitempty"` // company currency for one unit of the request's
	Fields      map[string]any   `json:"fields,omitempty"`
	Context     map[string]any   `json:"context,omitempty"`
	Probability *float64         `json:"probability,omitempty"` // negative is unknown
	Proposed    *decision.Action `json:"proposed,omitempty"`
	Verdict     json.RawMessage  `json:"verdict,omitempty"`
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for _, kind := range decision.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("testdata", "verdicts", kind.Name+".json")
			f := readVerdicts(t, path)
			seen := map[decision.Outcome]bool{}
			for i, c := range f.Cases {
				s, a := c.over(t, kind, f.Base)
				v := govern(t, e, s, a)
				seen[v.Outcome] = true
				have := encode(t, v)
				if *update {
					f.Cases[i].Verdict = have
					continue
				}
				if diff := gocmp.Diff(compact(t, c.Verdict), string(have)); diff != "" {
					t.Errorf("%s (-want +have)\n%s", c.Name, diff)
				}
			}
			for _, o := range outcomes(e, kind) {
				if !seen[o] {
					t.Errorf("want a case of %s, have %v", o, seen)
				}
			}
			if *update {
				golden(t, path, append(indent(t, f), '\n'))
			}
		})
	}
}

func readVerdicts(t *testing.T, path string) verdictFile {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var f verdictFile
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	if err := dec.Decode(&f); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return f
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func indent(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func compact(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// over makes the input of a case.
func (c verdictCase) over(t *testing.T, kind decision.Kind, base verdictCase) (decision.Snapshot, decision.Assessment) {
	t.Helper()
	now := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	s := decision.Snapshot{
		Company: "main", CompanyCurrency: "EUR", Kind: kind.Name, Now: now, Proposed: c.Proposed,
		Channel: cmp.Or(c.Channel, base.Channel), Rate: decimal.RequireFromString(cmp.Or(c.Rate, "1")),
		Subject: decision.Subject{Model: cmp.Or(c.Model, base.Model, kind.Models[0]), ID: 36},
		Fields:  decode(t, merged(base.Fields, c.Fields), kind.Fields, now),
		Context: decode(t, merged(base.Context, c.Context), kind.ContextFields(), now),
	}
	probability := base.Probability
	if c.Probability != nil {
		probability = c.Probability
	}
	a := decision.Assessment{}
	if probability != nil {
		confidence := 0.8
		a.Model, a.Confidence = "golden", &confidence
		if *probability >= 0 {
			a.Probability = probability
		}
	}
	return s, a
}

func decode(t *testing.T, tree map[string]any, fields []decision.Field, now time.Time) decision.Record {
	t.Helper()
	record, faults := decision.DecodeFields(encode(t, tree), fields, "/fields", now, false)
	if len(faults) > 0 {
		t.Fatalf("%+v", faults)
	}
	return record
}

// merged applies a JSON merge patch.
func merged(base, patch map[string]any) map[string]any {
	out := map[string]any{}
	for key, value := range base {
		out[key] = value
	}
	for key, value := range patch {
		child, isObject := value.(map[string]any)
		switch {
		case value == nil:
			delete(out, key)
		case isObject:
			below, _ := out[key].(map[string]any)
			out[key] = merged(below, child)
		default:
			out[key] = value
		}
	}
	return out
}

package api

import (
	"encoding/json"
	"slices"
	"testing"

	"assent/decision"
)

// No kind has personal fields in its lines yet; the first that has must not be
// the first to find out.
func TestImpersonal(t *testing.T) {
	t.Parallel()
	fields := []decision.Field{
		{Path: "amount_total", Type: decision.TypeInteger}, {Path: "customer.email", Type: decision.TypeText, Personal: true},
		{Path: "lines", Type: decision.TypeLines, Items: []decision.Field{
			{Path: "product_id", Type: decision.TypeID}, {Path: "engraving", Type: decision.TypeText, Personal: true},
		}},
		{Path: "guests", Type: decision.TypeLines, Personal: true, Items: []decision.Field{{Path: "age", Type: decision.TypeInteger}}},
	}
	values := decision.Record{
		"amount_total": int64(5), "customer.email": "ada@example.com", "undeclared": "Ada",
		"lines":  []decision.Record{{"product_id": int64(49), "engraving": "For Ada"}, {"product_id": int64(50), "engraving": "For Ben", "note": "Ada"}},
		"guests": []decision.Record{{"age": int64(7)}},
	}
	shown, hidden := impersonal(fields, values)
	have, err := json.Marshal(shown)
	if want := `{"amount_total":5,"lines":[{"product_id":49},{"product_id":50}]}`; err != nil || string(have) != want {
		t.Errorf("have %s (%v), want %s", have, err, want)
	}
	if want := []string{"customer.email", "guests", "lines.engraving", "lines.note", "undeclared"}; !slices.Equal(hidden, want) {
		t.Errorf("hidden are %q, want %q", hidden, want)
	}
	if len(values["lines"].([]decision.Record)[0]) != 2 {
		t.Error("the snapshot itself was changed")
	}
}

package policy_test

import (
	"bytes"
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/policy"
)

// inputOf is the input of a snapshot, decoded.
func inputOf(t *testing.T, s decision.Snapshot, a decision.Assessment) map[string]any {
	t.Helper()
	kind, _ := decision.KindNamed(s.Kind)
	raw, err := policy.Input(s, a, kind.Propose(s, a))
	if err != nil {
		t.Fatal(err)
	}
	var input map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&input); err != nil {
		t.Fatal(err)
	}
	return input
}

// at follows a dotted path; nil is not there.
func at(input map[string]any, path string) any {
	var value any = input
	for _, key := range strings.Split(path, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[key]
	}
	return value
}

func TestInputs(t *testing.T) {
	t.Parallel()
	for _, kind := range decision.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			f := readVerdicts(t, filepath.Join("testdata", "verdicts", kind.Name+".json"))
			s, a := f.Base.over(t, kind, f.Base)
			golden(t, filepath.Join("testdata", "input", kind.Name+".json"), append(indent(t, inputOf(t, s, a)), '\n'))
		})
	}
}

func TestInputsKeepTheirTypes(t *testing.T) {
	t.Parallel()
	s, a := clean()
	s.Rate = decimal.RequireFromString("0.92")
	input := inputOf(t, s, a)
	tests := []struct {
		path string
		want any
	}{
		{"kind", "order"}, {"company", "main"}, {"channel", "web"}, {"now", json.Number("1795512600")},
		{"subject.model", "sale.order"}, {"subject.id", "36"}, {"subject.partner_id", "14"}, {"subject.warehouse_id", "1"},
		{"subject.amount_total", json.Number("110.86")}, // 120.50 at 0.92
		{"subject.date_order", json.Number("1795512600")}, {"subject.customer.orders", json.Number("3")},
		{"subject.shipping.express", false}, {"subject.signals.psp_score", json.Number("12")},
		{"subject.customer.email", policy.HashedText("ada@example.com")},
		{"subject.commitment_date", nil},
		{"assessment.probability", json.Number("0.02")}, {"assessment.reasons.OLD_ACCOUNT", json.Number("-0.5")},
		{"action.name", "confirm"}, {"action.class", "effective"}, {"action.at_stake", json.Number("110.86")},
		{"context.history.partner_orders_24h", json.Number("0")},
	}
	for _, tt := range tests {
		if have := at(input, tt.path); have != tt.want {
			t.Errorf("%s: have %#v, want %#v", tt.path, have, tt.want)
		}
	}
	line := at(input, "subject.lines").([]any)[0].(map[string]any)
	if line["product_id"] != "49" || line["price_unit"] != json.Number("55.43") {
		t.Errorf("line: %v", line)
	}
}

// What is not as declared is unknown, and never looks like a value.
func TestWhatIsNotAsDeclaredIsMissing(t *testing.T) {
	t.Parallel()
	price := decimal.NewFromInt(5)
	tests := []struct {
		name, path string
		change     func(*decision.Snapshot, *decision.Assessment)
		why        string
	}{
		{"absent", "customer.email", func(s *decision.Snapshot, _ *decision.Assessment) { delete(s.Fields, "customer.email") }, "no_email"},
		{"absent for a recorded reason", "customer.email", func(s *decision.Snapshot, _ *decision.Assessment) {
			delete(s.Fields, "customer.email")
			s.Missing = map[string]string{"customer.email": "erased"}
		}, "erased"},
		{"required and absent", "amount_total", func(s *decision.Snapshot, _ *decision.Assessment) { delete(s.Fields, "amount_total") }, "not_in_odoo"},
		{"null", "customer.email", func(s *decision.Snapshot, _ *decision.Assessment) { s.Fields["customer.email"] = nil }, "no_email"},
		{"empty text", "customer.email", func(s *decision.Snapshot, _ *decision.Assessment) { s.Fields["customer.email"] = "" }, "no_email"},
		{"text for money", "amount_total", func(s *decision.Snapshot, _ *decision.Assessment) { s.Fields["amount_total"] = "5" }, "wrong_type"},
		{"float for money", "amount_total", func(s *decision.Snapshot, _ *decision.Assessment) { s.Fields["amount_total"] = 5.0 }, "wrong_type"},
		{"money for a count", "customer.orders", func(s *decision.Snapshot, _ *decision.Assessment) { s.Fields["customer.orders"] = price }, "wrong_type"},
		{"number for a text", "currency", func(s *decision.Snapshot, _ *decision.Assessment) { s.Fields["currency"] = int64(5) }, "wrong_type"},
		{"text for a time", "date_order", func(s *decision.Snapshot, _ *decision.Assessment) { s.Fields["date_order"] = "2026-11-24" }, "wrong_type"},
		{"no time", "date_order", func(s *decision.Snapshot, _ *decision.Assessment) { s.Fields["date_order"] = time.Time{} }, "wrong_type"},
		{"text for a truth", "shipping.express", func(s *decision.Snapshot, _ *decision.Assessment) { s.Fields["shipping.express"] = "false" }, "wrong_type"},
		{"truth for a text", "currency", func(s *decision.Snapshot, _ *decision.Assessment) { s.Fields["currency"] = true }, "wrong_type"},
		{"text for lines", "lines", func(s *decision.Snapshot, _ *decision.Assessment) { s.Fields["lines"] = "none" }, "wrong_type"},
		{"lines for a text", "currency", func(s *decision.Snapshot, _ *decision.Assessment) { s.Fields["currency"] = []decision.Record{} }, "wrong_type"},
		{"a wrong line", "lines", func(s *decision.Snapshot, _ *decision.Assessment) {
			s.Fields["lines"] = []decision.Record{{"product_id": "49"}}
		}, "wrong_type"},
		{"some other type", "currency", func(s *decision.Snapshot, _ *decision.Assessment) { s.Fields["currency"] = []string{"EUR"} }, "wrong_type"},
		{"money without a rate", "amount_total", func(s *decision.Snapshot, _ *decision.Assessment) { s.Rate = decimal.Zero }, "no_rate"},
		{"no probability", "assessment.probability", func(_ *decision.Snapshot, a *decision.Assessment) { a.Probability = nil }, "no_assessment"},
		{"probability that is no number", "assessment.probability", func(_ *decision.Snapshot, a *decision.Assessment) {
			nan := math.NaN()
			a.Probability = &nan
		}, "wrong_type"},
		{"no history", "history.partner_orders_24h", func(s *decision.Snapshot, _ *decision.Assessment) { delete(s.Context, "history.partner_orders_24h") }, "no_history"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, a := clean()
			tt.change(&s, &a)
			input := inputOf(t, s, a)
			if why := input["missing"].(map[string]any)[tt.path]; why != tt.why {
				t.Errorf("missing[%q] is %v, want %s", tt.path, why, tt.why)
			}
			for _, place := range []string{"subject." + tt.path, "context." + tt.path, tt.path} {
				if have := at(input, place); have != nil {
					t.Errorf("%s is %v", place, have)
				}
			}
		})
	}
}

// The codec and the schema are made of one declaration and agree.
func TestInputsFollowTheirSchema(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for _, kind := range decision.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			schema, err := policy.Schema(kind.Name)
			if err != nil {
				t.Fatal(err)
			}
			match, err := rego.New(rego.Query("json.match_schema(input, data.schema)[1]"),
				rego.Store(inmem.NewFromObject(map[string]any{"schema": schema}))).PrepareForEval(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			samples, err := e.Samples(kind, 50, 13)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range samples {
				results, err := match.Eval(t.Context(), rego.EvalInput(inputOf(t, s.Snapshot, s.Assessment)))
				if err != nil {
					t.Fatal(err)
				}
				if faults := results[0].Expressions[0].Value.([]any); len(faults) > 0 {
					t.Fatalf("%v", faults)
				}
			}
		})
	}
}

func TestSchemas(t *testing.T) {
	t.Parallel()
	for _, kind := range decision.Kinds() {
		input, err := policy.Schema(kind.Name)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join("testdata", "schema", kind.Name+".input.json"), append(indent(t, input), '\n'))
		golden(t, filepath.Join("testdata", "schema", kind.Name+".request.json"), append(indent(t, policy.FieldsSchema(kind.Fields)), '\n'))
	}
}

// The example of a personal field is what a policy sees of the example that
// the request has, so that an author can compare them.
func TestExamplesOfPersonalFieldsAreTheirHashes(t *testing.T) {
	t.Parallel()
	schema, err := policy.Schema("order")
	if err != nil {
		t.Fatal(err)
	}
	email := at(schema, "properties.subject.properties.customer.properties.email").(map[string]any)
	// printf 'ada@example.com' | sha256sum
	const want = "b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72"
	if examples := email["examples"].([]any); examples[0] != want {
		t.Errorf("have %v, want %s", examples, want)
	}
}

func TestUnknownKindsHaveNoSchema(t *testing.T) {
	t.Parallel()
	if _, err := policy.Schema("horoscope"); decision.CodeOf(err) != decision.CodeNotFound {
		t.Errorf("have %v, want code not_found", err)
	}
}

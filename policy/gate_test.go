package policy_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assent/decision"
	"assent/policy"
)

func TestMissingFieldsNeverMakeAVerdictEasier(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for _, kind := range decision.Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			samples, err := e.Samples(kind, 200, 7)
			if err != nil {
				t.Fatal(err)
			}
			file := readVerdicts(t, filepath.Join("testdata", "verdicts", kind.Name+".json"))
			for _, c := range file.Cases { // those reach what nobody draws
				s, a := c.over(t, kind, file.Base)
				samples = append(samples, policy.Sample{Snapshot: s, Assessment: a})
			}
			counts := map[decision.Outcome]int{}
			for _, s := range samples {
				counts[govern(t, e, s.Snapshot, s.Assessment).Outcome]++
			}
			// A gate over inputs of which none may execute would find nothing.
			for _, o := range outcomes(e, kind) {
				if counts[o] == 0 {
					t.Errorf("no sample ends in %s: %v; add a case to testdata/verdicts/%s.json", o, counts, kind.Name)
				}
			}
			violations, err := policy.MissingFieldGate(t.Context(), e, samples)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range violations {
				t.Error(v)
			}
		})
	}
}

// outcomes are those that the policy of a kind can give.
func outcomes(e *policy.Engine, kind decision.Kind) []decision.Outcome {
	if e.Rejects(kind.Name) {
		return []decision.Outcome{decision.Execute, decision.Approve, decision.Reject}
	}
	return []decision.Outcome{decision.Execute, decision.Approve}
}

// exampleEmail is the SHA-256 of the e-mail address in the kind's examples.
const exampleEmail = "b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72"

func TestTheGateFindsWhatAMissingFieldPasses(t *testing.T) {
	t.Parallel()
	const none, example = `"blocked_emails": {}`, `"blocked_emails": {"` + exampleEmail + `": "A draft."}`
	tests := []struct{ name, old, text, list, path string }{
		{"objection by comprehension", "input.subject.billing.country == input.subject.shipping.country\n",
			"count({c | c := input.subject.billing.country; c != input.subject.shipping.country}) == 0\n", none, "subject.shipping.country"},
		{"objection by not", "input.subject.billing.country == input.subject.shipping.country\n",
			"not differ\n\ndiffer if input.subject.billing.country != input.subject.shipping.country\n", none, "subject.billing.country"},
		{"passes because it is missing", "input.subject.payment.state in {\"authorized\", \"done\"}\n",
			"input.missing[\"payment.state\"]\n", none, "subject.payment.state"},
		{"a refusal without its check", "input.subject.customer.email\n", "input.now\n", example, "subject.customer.email"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := edited(t, "order/requirements.rego", tt.old, tt.text)
			b.Files["lists.json"] = strings.Replace(b.Files["lists.json"], none, tt.list, 1)
			e, err := policy.Compile(b)
			if err != nil {
				t.Fatal(err, errors.Unwrap(err))
			}
			kind, _ := decision.KindNamed("order")
			samples, err := e.Samples(kind, 60, 3)
			if err != nil {
				t.Fatal(err)
			}
			violations, err := policy.MissingFieldGate(t.Context(), e, samples)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(violations, func(v policy.Violation) bool { return v.Path == tt.path }) {
				t.Errorf("%s is not found: %v", tt.path, violations)
			}
		})
	}
}

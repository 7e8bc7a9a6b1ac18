package policy_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assent/decision"
	"assent/policy"
)

// engine compiles the embedded bundle.
func engine(t testing.TB) *policy.Engine {
	t.Helper()
	b, err := policy.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return compiled(t, b)
}

// compiled is an engine that a busy machine does not make late.
func compiled(t testing.TB, b policy.Bundle) *policy.Engine {
	t.Helper()
	e, err := policy.Compile(b)
	if err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
	e.Deadline = time.Minute
	return e
}

func govern(t interface{ Context() context.Context }, e *policy.Engine, s decision.Snapshot, a decision.Assessment) decision.Verdict {
	kind, _ := decision.KindNamed(s.Kind)
	return e.Govern(t.Context(), s, a, kind.Propose(s, a))
}

func TestAPolicyThatFailsAsksThePersonOfLastResort(t *testing.T) {
	t.Parallel()
	const requirements, routing, protect = "order/requirements.rego", "order/routing.rego", "order/protect.rego"
	const risk = `input.assessment.probability < data.limits.order.fraud_probability`
	const loops = `count([1 | some a in n; some b in n; some c in n; some d in n; some e in n; some f in n; some g in n; some h in n]) > input.now

n := {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}`
	tests := []struct{ name, file, old, text, failure string }{
		{"endless", requirements, risk, loops, decision.PolicyTimeout},
		{"conflict", routing, `route["FRAUD_RISK"] := finance`, "route[\"FRAUD_RISK\"] := finance\n\nroute[\"FRAUD_RISK\"] := support", decision.PolicyConflict},
		{"built-in error", requirements, risk, `to_number(input.subject.currency) > 1`, decision.PolicyError},
		{"unknown role", routing, `"roles": {"finance"}, "people": 1, "hours": 4}`, `"roles": {"intern"}, "people": 1, "hours": 4}`, decision.PolicyEmpty},
		{"no role", routing, `"roles": {"finance"}, "people": 1, "hours": 4}`, `"roles": set(), "people": 1, "hours": 4}`, decision.PolicyEmpty},
		{"nobody", routing, `"people": 1, "hours": 4}`, `"people": 0, "hours": 4}`, decision.PolicyEmpty},
		{"half a person", routing, `"people": 1, "hours": 4}`, `"people": 0.5, "hours": 4}`, decision.PolicyEmpty},
		{"no deadline", routing, `"people": 1, "hours": 4}`, `"people": 1, "hours": 9999}`, decision.PolicyEmpty},
		{"each is no choice", routing, `"people": 1, "hours": 4}`, `"people": 1, "hours": 4, "each": false}`, decision.PolicyEmpty},
		{"each of more roles than people", routing, `"roles": {"finance"}, "people": 1, "hours": 4}`, `"roles": {"finance", "compliance"}, "people": 1, "hours": 4, "each": true}`, decision.PolicyEmpty},
		{"route of another shape", routing, `"people": 1, "hours": 4}`, `"people": 1, "hours": 4, "also": 1}`, decision.PolicyEmpty},
		{"route is a text", routing, `route["FRAUD_RISK"] := finance`, `route["FRAUD_RISK"] := "finance"`, decision.PolicyEmpty},
		{"effective protection", protect, `{"action": "hold"}`, `{"action": "confirm"}`, decision.PolicyEmpty},
		{"unknown protection", protect, `{"action": "hold"}`, `{"action": "shred"}`, decision.PolicyEmpty},
		{"no protection", protect, `{"action": "hold"}`, `{"action": "none"}`, decision.PolicyEmpty},
		{"unknown parameter", protect, `{"action": "hold"}`, `{"action": "hold", "text": "x"}`, decision.PolicyEmpty},
		{"parameter of another type", protect, `{"action": "hold"}`, `{"action": "hold", "days": "today"}`, decision.PolicyEmpty},
		{"parameter that is no code", protect, `{"action": "hold"}`, `{"action": "hold", "role": "a person's name"}`, decision.PolicyEmpty},
		{"code in lower case", protect, `protect["ORDER_REVIEW"]`, `protect["order_review"]`, decision.PolicyEmpty},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := compiled(t, edited(t, tt.file, tt.old, tt.text))
			s, a := risky()
			if tt.failure == decision.PolicyTimeout {
				e.Deadline = policy.DefaultDeadline
			}
			if diff := cmp.Diff(decision.FallbackVerdict(tt.failure), govern(t, e, s, a)); diff != "" {
				t.Errorf("(-want +have)\n%s", diff)
			}
		})
	}
}

func TestNobodyWaitsForAPolicyAfterTheCallerLeft(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	leave()
	s, a := clean()
	kind, _ := decision.KindNamed("order")
	v := engine(t).Govern(ctx, s, a, kind.Propose(s, a))
	if diff := cmp.Diff(decision.FallbackVerdict(decision.PolicyTimeout), v); diff != "" {
		t.Error(diff)
	}
}

func TestAnUnknownKindAsksThePersonOfLastResort(t *testing.T) {
	t.Parallel()
	e := engine(t)
	v := e.Govern(t.Context(), decision.Snapshot{Kind: "horoscope"}, decision.Assessment{}, decision.Recommendation{})
	if diff := cmp.Diff(decision.FallbackVerdict(decision.PolicyMissing), v); diff != "" {
		t.Error(diff)
	}
	if o := e.Outcome(t.Context(), decision.Snapshot{Kind: "horoscope"}, decision.Assessment{}, decision.Recommendation{}); o != decision.Approve {
		t.Errorf("have %s", o)
	}
	if caps := e.Caps("horoscope"); caps.Count != 0 || !caps.Amount.IsZero() {
		t.Errorf("have %v", caps)
	}
}

// Without required checks nothing passes, however the policy was emptied.
func TestAnEmptiedPolicyExecutesNothing(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, old, text string }{
		{"no required checks", "order/requirements.rego", "required := {", "required := set()\n\nunused := {"},
		{"required is undefined", "order/requirements.rego", "required := {", "required := set() if false\n\nunused := {"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, a := clean()
			v := govern(t, compiled(t, edited(t, tt.file, tt.old, tt.text)), s, a)
			if v.Outcome != decision.Approve || !slices.Equal(v.Reasons, []string{policy.NoChecks}) {
				t.Errorf("have %+v", v)
			}
		})
	}
}

func TestOutcomeAndGovernAgree(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for _, kind := range decision.Kinds() {
		samples, err := e.Samples(kind, 200, 11)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range samples {
			v := govern(t, e, s.Snapshot, s.Assessment)
			o := e.Outcome(t.Context(), s.Snapshot, s.Assessment, kind.Propose(s.Snapshot, s.Assessment))
			if o != v.Outcome {
				t.Errorf("%s %d: outcome %s, verdict %+v", kind.Name, i, o, v)
			}
			if v.Failure != "" || v.Outcome == decision.Approve && (len(v.Roles) == 0 || v.People < 1 || v.Hours < 1) {
				t.Errorf("%s %d: %+v", kind.Name, i, v)
			}
		}
	}
}

// Everything a verdict names is explained.
func TestEveryCodeAndRuleOfAVerdictIsExplained(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for _, kind := range decision.Kinds() {
		samples, err := e.Samples(kind, 100, 5)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range samples {
			v := govern(t, e, s.Snapshot, s.Assessment)
			codes := v.Reasons
			for _, p := range v.Protect {
				code, _ := p.Params.Text("code")
				codes = append(codes, code)
			}
			for _, code := range codes {
				if r, ok := e.Reason(code); !ok || r.Title == "" || r.Description == "" || r.Owner == "" {
					t.Errorf("%s: %+v", code, r)
				}
			}
			for _, id := range v.Rules {
				if r, ok := e.Rule(id); !ok || r.Kind != kind.Name {
					t.Errorf("%s: %+v", id, r)
				}
			}
		}
	}
}

func TestFailureCodesAreExplained(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for _, code := range []string{
		decision.PolicyError, decision.PolicyTimeout, decision.PolicyConflict, decision.PolicyEmpty,
		decision.PolicyMissing, decision.EpochMoved, policy.Incomplete, policy.NoChecks,
	} {
		if _, ok := e.Reason(code); !ok {
			t.Errorf("%s is not explained", code)
		}
	}
	if _, ok := e.Reason("HOROSCOPE"); ok {
		t.Error("an unknown code is explained")
	}
}

func TestCapsComeFromTheLimits(t *testing.T) {
	t.Parallel()
	caps := compiled(t, edited(t, "refund/limits.json", `"value": 2500`, `"value": 2500.50`)).Caps("refund")
	if caps.Count != 100 || caps.Amount.String() != "2500.5" {
		t.Errorf("have %+v", caps)
	}
}

// The highest tier says whether each role must sign; within it the stricter
// route does.
func TestEachRole(t *testing.T) {
	t.Parallel()
	const routing, risk = "order/routing.rego", `route["FRAUD_RISK"] := finance`
	route := func(tier int, roles string) string {
		return fmt.Sprintf(`{"tier": %d, "roles": {%s}, "each": true, "people": 2, "hours": 4}`, tier, roles)
	}
	tests := []struct {
		name, each string
		roles      []string
		people     int
		want       bool
	}{
		{"below the highest tier", route(2, `"compliance", "finance"`), []string{"finance"}, 2, false},
		{"in the highest tier", route(3, `"compliance", "finance"`), []string{"compliance", "finance"}, 2, true},
		{"beside others of its tier", route(3, `"compliance", "operations"`), []string{"compliance", "finance", "operations"}, 3, true},
		{"above all others", route(4, `"compliance", "operations"`), []string{"compliance", "operations"}, 2, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, a := risky() // ORDER_AMOUNT is tier 3: two people of finance
			v := govern(t, compiled(t, edited(t, routing, risk, `route["FRAUD_RISK"] := `+tt.each)), s, a)
			if !slices.Equal(v.Roles, tt.roles) || v.People != tt.people || v.Each != tt.want {
				t.Errorf("have %+v", v)
			}
		})
	}
}

// What is shown of a rule is a sentence on one line, however the file wraps it.
func TestSentencesAreOneLine(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for _, r := range e.Rules() {
		reason, _ := e.Reason(r.Code)
		for _, text := range []string{r.Title, r.Description, reason.Title, reason.Description} {
			if strings.ContainsAny(text, "\n\t") || strings.TrimSpace(text) != text || strings.Contains(text, "  ") {
				t.Errorf("%s: %q", r.ID, text)
			}
		}
	}
	if r, ok := e.Reason("SIGNALS_MISSING"); !ok || !strings.HasSuffix(r.Description, "is missing, so that nobody knows whether it was bad.") {
		t.Errorf("have %q", r.Description)
	}
}

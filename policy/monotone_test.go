package policy_test

import (
	"context"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"assent/decision"
	"assent/policy"
)

// seniority ranks roles by what they may sign for.
var seniority = map[string]int{
	decision.RoleSupportLead: 1, decision.RoleWarehouseLead: 1, decision.RoleCategoryManager: 1,
	decision.RoleFinance: 2, decision.RoleCompliance: 2, decision.RoleOperations: 3,
}

// easier says whether b is an easier verdict than a: a softer outcome, fewer
// people, or as many of whom one may be more junior.
func easier(b, a decision.Verdict) bool {
	hard := map[decision.Outcome]int{decision.Execute: 0, decision.Approve: 1, decision.Reject: 2}
	if hard[b.Outcome] != hard[a.Outcome] || a.Outcome != decision.Approve {
		return hard[b.Outcome] < hard[a.Outcome]
	}
	return b.People < a.People || b.People == a.People && junior(b.Roles) < junior(a.Roles)
}

func junior(roles []string) int {
	ranks := make([]int, len(roles))
	for i, role := range roles {
		ranks[i] = seniority[role]
	}
	return slices.Min(ranks)
}

// Where the business says that more of something is worse, more of it never
// gets an easier verdict, whatever else is known.
func TestVerdictsAreMonotone(t *testing.T) {
	t.Parallel()
	e := engine(t)
	worse := func(path string) func(*policy.Sample, decimal.Decimal) {
		return func(s *policy.Sample, v decimal.Decimal) { s.Snapshot.Fields[path] = v }
	}
	count := func(path string) func(*policy.Sample, decimal.Decimal) {
		return func(s *policy.Sample, v decimal.Decimal) { s.Snapshot.Context[path] = v.IntPart() / 1000 } // 0 to 10
	}
	probability := func(s *policy.Sample, v decimal.Decimal) {
		p := v.InexactFloat64() / 10_000
		s.Assessment.Probability = &p
	}
	tests := []struct {
		name, kind string
		set        func(*policy.Sample, decimal.Decimal)
		falls      bool // less is worse
	}{
		{name: "a larger refund", kind: "refund", set: worse("amount")},
		{name: "more credited already", kind: "refund", set: worse("amount_credited")},
		{name: "more refunds", kind: "refund", set: count("history.partner_refunds_90d")},
		{name: "a larger order", kind: "order", set: worse("amount_total")},
		{name: "a riskier order", kind: "order", set: probability},
		{name: "a burst of orders", kind: "order", set: count("history.partner_orders_24h")},
		{name: "a later delivery", kind: "delivery", set: probability},
		{name: "a costlier change", kind: "change", set: worse("amount")},
		{name: "a higher discount", kind: "change", set: worse("discount")},
		{name: "a thinner margin", kind: "change", set: worse("margin_percent"), falls: true},
		{name: "a smaller budget", kind: "change", set: worse("budget_left"), falls: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			kind, _ := decision.KindNamed(tt.kind)
			rapid.Check(t, func(rt *rapid.T) {
				samples, err := e.Samples(kind, 1, rapid.Uint64().Draw(rt, "seed"))
				if err != nil {
					rt.Fatal(err)
				}
				value := rapid.Custom(func(rt *rapid.T) decimal.Decimal {
					return decimal.New(rapid.Int64Range(0, 1_000_000).Draw(rt, "hundredths"), -2)
				})
				less, more := value.Draw(rt, "one"), value.Draw(rt, "other")
				if less.GreaterThan(more) != tt.falls {
					less, more = more, less
				}
				a, b := copied(samples[0]), copied(samples[0])
				tt.set(&a, less)
				tt.set(&b, more)
				before, after := governed(e, a), governed(e, b)
				if easier(after, before) {
					rt.Errorf("%v: %+v\n%v: %+v", less, before, more, after)
				}
			})
		})
	}
}

func copied(s policy.Sample) policy.Sample {
	fields, context := decision.Record{}, decision.Record{}
	for path, v := range s.Snapshot.Fields {
		fields[path] = v
	}
	for path, v := range s.Snapshot.Context {
		context[path] = v
	}
	s.Snapshot.Fields, s.Snapshot.Context = fields, context
	return s
}

type background struct{}

func (background) Context() context.Context { return context.Background() }

func governed(e *policy.Engine, s policy.Sample) decision.Verdict {
	return govern(background{}, e, s.Snapshot, s.Assessment)
}

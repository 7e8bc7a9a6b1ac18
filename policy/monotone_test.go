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
// people, as many of whom one may be more junior, or no longer one of each
// role.
func easier(b, a decision.Verdict) bool {
	hard := map[decision.Outcome]int{decision.Execute: 0, decision.Approve: 1, decision.Reject: 2}
	if hard[b.Outcome] != hard[a.Outcome] || a.Outcome != decision.Approve {
		return hard[b.Outcome] < hard[a.Outcome]
	}
	return b.People < a.People || b.People == a.People && (junior(b.Roles) < junior(a.Roles) || a.Each && !b.Each && b.People > 1 && junior(b.Roles) == junior(a.Roles))
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
		{name: "a likelier abuse", kind: "refund", set: probability},
		{name: "more refunds", kind: "refund", set: count("history.partner_refunds_90d")},
		{name: "a larger order", kind: "order", set: worse("amount_total")},
		{name: "a riskier order", kind: "order", set: probability},
		{name: "a burst of orders", kind: "order", set: count("history.partner_orders_24h")},
		{name: "a later delivery", kind: "delivery", set: probability},
		{name: "a costlier change", kind: "change", set: worse("amount")},
		{name: "a larger order that is changed", kind: "change", set: worse("amount_total")},
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

// A refund in parts is never easier than the whole: whoever splits what one
// invoice returns meets, at the latest with the last part, what the whole
// would have met.
func TestARefundInPartsIsNeverEasierThanTheWhole(t *testing.T) {
	t.Parallel()
	e := engine(t)
	kind, _ := decision.KindNamed("refund")
	base := readVerdicts(t, "testdata/verdicts/refund.json").Base
	ordinary, _ := base.over(t, kind, base)
	rapid.Check(t, func(rt *rapid.T) {
		samples, err := e.Samples(kind, 1, rapid.Uint64().Draw(rt, "seed"))
		if err != nil {
			rt.Fatal(err)
		}
		s := copied(samples[0])
		if rapid.Bool().Draw(rt, "ordinary") {
			s = copied(policy.Sample{Snapshot: ordinary})
		}
		s.Snapshot.Fields["currency"], s.Snapshot.Rate = "EUR", decimal.NewFromInt(1) // each part is rounded otherwise
		credited := decimal.New(rapid.Int64Range(0, 20_000).Draw(rt, "credited before"), -2)
		var parts []decimal.Decimal
		sum := decimal.Zero
		for _, cents := range rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(1, 60_000), rapid.Int64Range(1, 5000)), 2, 8).Draw(rt, "parts") {
			parts = append(parts, decimal.New(cents, -2))
			sum = sum.Add(parts[len(parts)-1])
		}
		s.Snapshot.Fields["amount"], s.Snapshot.Fields["amount_credited"] = sum, credited
		whole := governed(e, s)
		for _, part := range parts {
			s.Snapshot.Fields["amount"], s.Snapshot.Fields["amount_credited"] = part, credited
			if credited = credited.Add(part); !easier(governed(e, s), whole) {
				return
			}
		}
		rt.Errorf("%v in one is %+v, in parts %v it is easier", sum, whole, parts)
	})
}

// However a customer spreads refunds over invoices, without a person no
// invoice returns more than one refund may, and the customer no more than as
// many of them as history allows. History tells of each invoice but this one,
// of which it tells one amount: here the least that was asked for.
func TestRefundsOfACustomerAreBounded(t *testing.T) {
	t.Parallel()
	e := engine(t)
	kind, _ := decision.KindNamed("refund")
	base := readVerdicts(t, "testdata/verdicts/refund.json").Base
	most, count := e.LimitOf("refund", "amount"), e.LimitOf("refund", "count_90d")
	s, a := base.over(t, kind, base)
	rapid.Check(t, func(rt *rapid.T) {
		sample := copied(policy.Sample{Snapshot: s, Assessment: a})
		sample.Snapshot.Fields["amount_total"] = decimal.NewFromInt(100_000)
		least, returned := map[int]decimal.Decimal{}, map[int]decimal.Decimal{}
		for range rapid.IntRange(1, 40).Draw(rt, "refunds") {
			invoice := rapid.IntRange(1, 6).Draw(rt, "invoice")
			amount := decimal.New(rapid.Int64Range(1, 6000).Draw(rt, "cents"), -2)
			others, total := int64(0), decimal.Zero
			for other, asked := range least {
				if other != invoice {
					others, total = others+1, total.Add(asked)
				}
			}
			sample.Snapshot.Context["history.partner_refunds_90d"], sample.Snapshot.Context["history.partner_refunded_90d"] = others, total
			sample.Snapshot.Fields["amount"], sample.Snapshot.Fields["amount_credited"] = amount, returned[invoice]
			if governed(e, sample).Outcome == decision.Execute {
				returned[invoice] = returned[invoice].Add(amount)
			}
			if asked, known := least[invoice]; !known || amount.LessThan(asked) {
				least[invoice] = amount
			}
		}
		sum := decimal.Zero
		for invoice, amount := range returned {
			if sum = sum.Add(amount); amount.GreaterThan(most) {
				rt.Errorf("invoice %d returned %v, more than %v", invoice, amount, most)
			}
		}
		if sum.GreaterThan(most.Mul(count)) {
			rt.Errorf("the customer got %v, more than %v times %v", sum, count, most)
		}
	})
}

// Discounts line by line give no more away without a person than one of the
// whole order may.
func TestDiscountsLineByLineAreBounded(t *testing.T) {
	t.Parallel()
	e := engine(t)
	kind, _ := decision.KindNamed("change")
	base := readVerdicts(t, "testdata/verdicts/change.json").Base
	s, a := base.over(t, kind, base)
	most := e.LimitOf("change", "given_away")
	rapid.Check(t, func(rt *rapid.T) {
		sample := copied(policy.Sample{Snapshot: s, Assessment: a})
		lines := rapid.SliceOfN(rapid.Int64Range(1, 2000), 1, 20).Draw(rt, "lines")
		total, given := decimal.Zero, decimal.Zero
		for _, line := range lines {
			total = total.Add(decimal.NewFromInt(line))
		}
		for _, line := range lines {
			percent := decimal.NewFromInt(rapid.Int64Range(0, 12).Draw(rt, "percent"))
			lost := decimal.NewFromInt(line).Mul(percent).Shift(-2)
			sample.Snapshot.Fields["amount"], sample.Snapshot.Fields["amount_total"], sample.Snapshot.Fields["discount"] = lost, total, percent
			if governed(e, sample).Outcome == decision.Execute {
				given = given.Add(lost)
			}
		}
		if given.GreaterThan(most) {
			rt.Errorf("%v was given away on an order of %v", given, total)
		}
	})
}

package decision_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	. "assent/decision"
	"assent/policy"
	"assent/scoring"
)

// embedded puts the policy that comes with the program in force, with the
// cold-start scorecards.
func embedded(t *testing.T) *shop {
	t.Helper()
	bundle, err := policy.Embedded()
	noError(t, err)
	return under(t, bundle)
}

// under puts a policy in force as an earlier release did: nothing is checked.
func under(t *testing.T, bundle policy.Bundle) *shop {
	t.Helper()
	s := setup(t)
	noError(t, s.store.PutArtefact(t.Context(), PolicyArtefact, bundle.Revision(), bundle.Encode()))
	library := policy.NewLibrary(s.store)
	library.Deadline = time.Minute // a busy machine makes no policy late
	s.Policies = library
	s.Models = Assessors{"order": scoring.Order(), "delivery": scoring.Delivery(), "refund": scoring.Refund()}
	_, err := s.Activate(t.Context(), "main", bundle.Revision(), "tests")
	noError(t, err)
	return s
}

// Over real Rego and real models: every decision is an ordinary one, its
// actions are those of its kind, its tasks are somebody's, and it replays to
// the same bytes.
func TestEmbeddedPolicy(t *testing.T) {
	t.Parallel()
	s := embedded(t)
	rapid.Check(t, func(r *rapid.T) {
		kind := DrawKind(r)
		s.clock.pass(time.Second)
		answer, err := s.Decide(t.Context(), Request{
			Company: "main", Kind: kind.Name, Subject: Subject{Model: kind.Models[0], ID: rapid.Int64Range(1, 1e6).Draw(r, "id")},
			Fields: DrawFields(r, kind, s.clock.Now()), RequestedBy: "odoo:7",
		})
		if err != nil {
			r.Fatal(err)
		}
		d := answer.Decision
		if f := d.Verdict.Failure; f != "" {
			r.Fatalf("the policy failed: %s", f)
		}
		for _, p := range d.Protective {
			if p.Action.Class() != Protective || !slices.Contains(kind.Actions, p.Action.Name) {
				r.Fatalf("protects by %s", same(t, p.Action))
			}
		}
		if d.Approval != "" {
			task := row[Approval](t, s, Approvals, d.Approval)
			if len(task.Roles) == 0 || task.People < 1 || !task.Deadline.After(task.OpenedAt) {
				r.Fatalf("nobody's task: %+v", task)
			}
		}
		if replayed, err := s.Replay(t.Context(), "main", d.ID); err != nil || !replayed.Same {
			r.Fatalf("%v\nwant %s\nhave %s", err, replayed.Want, replayed.Have)
		}
	})
	s.step(t)
	s.wantClean(t)
}

// An upgrade that adds a kind and changes protected files leaves the policy in
// force: it decides and replays by its own files, and people decide on what it
// does not know.
func TestPolicyOfAnEarlierRelease(t *testing.T) {
	t.Parallel()
	bundle, err := policy.Embedded()
	noError(t, err)
	for name, content := range bundle.Files {
		if strings.HasPrefix(name, "change/") {
			delete(bundle.Files, name)
		} else if strings.HasPrefix(name, "lib/") || strings.HasSuffix(name, "/outcome.rego") {
			bundle.Files[name] = content + "\n# As an earlier release wrote it.\n"
		}
	}
	s := under(t, bundle)
	for kind, want := range map[string]string{"refund": "", "change": PolicyMissing} {
		fields := map[string]string{
			"refund": `{"state":"posted","currency":"EUR","amount":25,"amount_total":120.5,"amount_credited":0,"partner_id":14,"paid":true,"goods_returned":true,"claim":"return","receipt":true,"store":"store-3","approval_limit":100}`,
			"change": `{"type":"discount","currency":"EUR","amount":35,"amount_total":350,"discount":5}`,
		}
		model := map[string]string{"refund": "account.move", "change": "sale.order"}
		answer, err := s.Decide(t.Context(), Request{
			Company: "main", Kind: kind, Subject: Subject{Model: model[kind], ID: 1}, Fields: json.RawMessage(fields[kind]), RequestedBy: "odoo:7",
		})
		noError(t, err)
		if v := answer.Decision.Verdict; v.Failure != want || want == "" && v.Outcome != Execute {
			t.Errorf("%s: %+v", kind, v)
		}
		if replayed, err := s.Replay(t.Context(), "main", answer.Decision.ID); err != nil || !replayed.Same {
			t.Errorf("%s: %v\nwant %s\nhave %s", kind, err, replayed.Want, replayed.Have)
		}
	}
}

// To the model an unknown signal is no risk. So the policy must see to it that
// whoever leaves a bad one out gets no easier verdict, by model and policy
// together.
func TestWithheldSignalsAreNeverEasier(t *testing.T) {
	t.Parallel()
	bundle, err := policy.Embedded()
	noError(t, err)
	engine, err := policy.Compile(bundle)
	noError(t, err)
	engine.Deadline = time.Minute
	outcome := func(s Snapshot) Outcome {
		e, _ := Evaluate(t.Context(), s, scoring.Order(), engine)
		return e.Verdict.Outcome
	}
	signals := map[string][]any{
		"signals.avs": {"match", "partial", "mismatch", "unavailable"}, "signals.cvc": {"match", "mismatch", "unavailable"},
		"signals.ip_country": {"DE", "US"}, "signals.psp_score": {decimal.Zero, decimal.NewFromInt(40), decimal.NewFromInt(70), decimal.NewFromInt(90)},
	}
	rapid.Check(t, func(r *rapid.T) {
		s := Snapshot{
			Company: "main", CompanyCurrency: "EUR", Kind: "order", Subject: Subject{Model: "sale.order", ID: 36}, Now: noon, Rate: decimal.NewFromInt(1),
			Channel: rapid.SampledFrom([]string{"web", "web", "pos", "b2b", "marketplace", ""}).Draw(r, "channel"),
			Fields: Record{
				"state": "draft", "date_order": noon, "currency": "EUR", "partner_id": int64(14),
				"amount_total":   decimal.NewFromInt(rapid.Int64Range(10, 900).Draw(r, "amount")),
				"customer.since": noon.AddDate(0, 0, -rapid.IntRange(0, 400).Draw(r, "days")), "customer.orders": rapid.Int64Range(0, 12).Draw(r, "orders"),
				"customer.email": "ada@example.com", "customer.phone": "+15550100", "billing.country": "DE", "billing.zip": "10115",
				"shipping.country": "DE", "shipping.zip": "10115", "shipping.express": rapid.Bool().Draw(r, "express"), "payment.state": "authorized",
			},
			Context: Record{
				"history.partner_orders_24h": int64(0), "history.email_orders_24h": int64(0), "history.partner_amount_24h": decimal.Zero,
				"history.email_partners_30d": int64(0), "history.phone_partners_30d": int64(0),
			},
		}
		if method := rapid.SampledFrom([]string{"card", "card", "paypal", "bank_transfer", ""}).Draw(r, "method"); method != "" {
			s.Fields["payment.method"] = method
		}
		less := s
		less.Fields = maps.Clone(s.Fields)
		for _, path := range slices.Sorted(maps.Keys(signals)) {
			s.Fields[path] = rapid.SampledFrom(signals[path]).Draw(r, path)
			if !rapid.Bool().Draw(r, "without "+path) {
				less.Fields[path] = s.Fields[path]
			}
		}
		if whole := outcome(s); whole != Execute && outcome(less) == Execute {
			r.Fatalf("%s with every signal, execute with fewer: %v", whole, less.Fields)
		}
	})
}

// Nor does a refund get easier where what it is stays unsaid.
func TestWithheldSignsOfARefundAreNeverEasier(t *testing.T) {
	t.Parallel()
	bundle, err := policy.Embedded()
	noError(t, err)
	engine, err := policy.Compile(bundle)
	noError(t, err)
	engine.Deadline = time.Minute
	kind, _ := KindNamed("refund")
	outcome := func(s Snapshot) Outcome {
		s.Context = maps.Clone(s.Context)
		for _, f := range kind.Features {
			if f.From == nil {
				continue
			}
			if value := f.From(s); value != nil {
				s.Context[f.Path] = value
			}
		}
		e, _ := Evaluate(t.Context(), s, scoring.Refund(), engine)
		return e.Verdict.Outcome
	}
	signs := map[string][]any{
		"claim": {"return", "not_received", "damaged"}, "receipt": {true, false}, "goods_returned": {true, false}, "store": {"store-3"},
		"approval_limit": {decimal.NewFromInt(50), decimal.NewFromInt(500)},
	}
	executed, refused := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		s := Snapshot{
			Company: "main", CompanyCurrency: "EUR", Kind: "refund", Subject: Subject{Model: "account.move", ID: 12}, Now: noon, Rate: decimal.NewFromInt(1),
			Channel: rapid.SampledFrom([]string{"web", "pos", "b2b", "marketplace", ""}).Draw(r, "channel"), RequestedBy: "odoo:7",
			Fields: Record{
				"state": "posted", "currency": "EUR", "amount": decimal.NewFromInt(rapid.Int64Range(20, 50).Draw(r, "amount")), "amount_total": decimal.NewFromInt(50),
				"amount_credited": decimal.Zero, "partner_id": int64(14), "paid": true, "delivered_date": noon.AddDate(0, 0, -4),
			},
			Context: Record{
				"history.partner_refunds_90d": int64(2), "history.partner_refunded_90d": decimal.NewFromInt(20), "history.employee_refunds_90d": int64(30),
				"history.store_refunds_per_day_30d": decimal.NewFromInt(4), "history.product_refunds_per_day_30d": decimal.NewFromInt(1),
			},
		}
		for _, share := range []string{"not_received", "no_receipt", "before_goods", "under_limit"} {
			for _, who := range []string{"partner", "employee", "store", "product", "system"} {
				path := "history." + who + "_" + share + "_rate_90d"
				s.Context[path] = decimal.New(rapid.SampledFrom([]int64{5, 5, 30, 60}).Draw(r, path), -2)
			}
		}
		less := s
		less.Fields = maps.Clone(s.Fields)
		for _, path := range slices.Sorted(maps.Keys(signs)) {
			s.Fields[path] = rapid.SampledFrom(signs[path]).Draw(r, path)
			if !rapid.Bool().Draw(r, "without "+path) {
				less.Fields[path] = s.Fields[path]
			}
		}
		whole := outcome(s)
		if whole != Execute && outcome(less) == Execute {
			r.Fatalf("%s with every sign, execute with fewer: %v", whole, less.Fields)
		}
		if whole == Execute {
			executed++
		} else {
			refused++
		}
	})
	if executed == 0 || refused == 0 {
		t.Errorf("%d executed and %d did not: the property shows nothing", executed, refused)
	}
}

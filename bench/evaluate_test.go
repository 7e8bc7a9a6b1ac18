// Package bench holds the benchmarks that need more than one package; the
// commands below it load and kill a whole installation. See README.md.
package bench

import (
	"testing"
	"time"

	"assent/decision"
	"assent/internal/simulator"
	"assent/policy"
	"assent/scoring"
)

// BenchmarkEvaluate is the pure middle of a decision, assess, propose and
// govern, with the scorecards and the policy of this release. Goal: 200 µs.
func BenchmarkEvaluate(b *testing.B) {
	bundle, err := policy.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	engine, err := policy.Compile(bundle)
	if err != nil {
		b.Fatal(err)
	}
	assessors := map[string]decision.Assessor{"order": scoring.Order(), "delivery": scoring.Delivery(), "refund": scoring.Refund()}
	for _, s := range ordinary(b) {
		b.Run(s.Kind, func(b *testing.B) {
			if e, failures := decision.Evaluate(b.Context(), s, assessors[s.Kind], engine); len(failures) > 0 || len(e.Verdict.Rules) == 0 {
				b.Fatalf("%+v, %v", e.Verdict, failures)
			}
			b.ReportAllocs()
			for b.Loop() {
				decision.Evaluate(b.Context(), s, assessors[s.Kind], engine)
			}
		})
	}
}

// ordinary is the first case of each kind in the simulated retailer's day, of
// customers without a past.
func ordinary(b *testing.B) []decision.Snapshot {
	b.Helper()
	retailer := simulator.New(1, time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC), 40)
	seen := map[string]bool{}
	var all []decision.Snapshot
	for _, e := range retailer.Events() {
		kind, known := decision.KindNamed(e.Request.Kind)
		if !known || seen[kind.Name] || e.Request.Proposed != nil {
			continue
		}
		seen[kind.Name] = true
		alone := decision.NewRetrace(retailer.Company(), func(_, value string) string { return value })
		s, err := alone.Ask(b.Context(), "", e.Request, e.At)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

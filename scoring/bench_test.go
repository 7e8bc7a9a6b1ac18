package scoring_test

import (
	"testing"

	"assent/decision"
)

// BenchmarkAssess: a full order, delivery and refund. Goal: a few microseconds.
func BenchmarkAssess(b *testing.B) {
	for _, s := range []decision.Snapshot{webOrder(), parcel(), giveBack()} {
		model := card(s.Kind)
		b.Run(s.Kind, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := model.Assess(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

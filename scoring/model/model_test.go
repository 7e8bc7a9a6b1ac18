package model_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assent/decision"
	"assent/scoring"
	"assent/scoring/blend"
	"assent/scoring/feature"
	"assent/scoring/logistic"
	"assent/scoring/model"
)

// Base and reasons are the log-odds of the probability, whatever the parts and
// the calibration; and without reasons the probability is the same to the bit.
func TestReasonsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyContent(t)
		m, _ := decoded(t, c)
		s := anySnapshot(t, c.Card.Kind)
		a, err := m.Assess(s)
		if err != nil {
			t.Fatal(err)
		}
		short, err := m.Estimate(s)
		if err != nil || short.Base != 0 || short.Reasons != nil || (short.Probability == nil) != (a.Probability == nil) {
			t.Fatalf("without reasons %+v, %v", short, err)
		}
		if a.Probability == nil {
			if c.Scorecard == "" || a.Reasons != nil {
				t.Fatalf("unknown: %+v", a)
			}
			return
		}
		if *short.Probability != *a.Probability || *short.Confidence != *a.Confidence {
			t.Errorf("%v and %v without reasons", *a.Probability, *short.Probability)
		}
		sum, last := a.Base, math.Inf(1)
		for _, r := range a.Reasons {
			sum += r.Contribution
			if math.Abs(r.Contribution) > last {
				t.Errorf("not the largest first: %v", a.Reasons)
			}
			last = math.Abs(r.Contribution)
			if !explained(r.Code) {
				t.Errorf("nobody explains %s", r.Code)
			}
		}
		// Near 1 a float64 has no room for log-odds, and Logit ends at 1e-12.
		const ulp, least = 0x1p-52, 1e-12
		p := min(max(*a.Probability, least), 1-least)
		want := logistic.Logit(p)
		if near := min(max(sum, logistic.Logit(least)), logistic.Logit(1-least)); math.Abs(near-want) > 1e-9+ulp/(1-p) {
			t.Errorf("base and reasons are %v, the probability's log-odds %v", sum, want)
		}
		if len(a.Reasons) > 14 {
			t.Errorf("%d reasons", len(a.Reasons))
		}
	})
}

// explained says whether a code has words: of the model, or of the scorecard
// that it is blended with.
func explained(code string) bool {
	_, learnt := model.Reason(code)
	_, _, card := scoring.Reason(code)
	return learnt != card
}

// A code means one feature of one kind, and has its words.
func TestCodesMeanOneThing(t *testing.T) {
	t.Parallel()
	meant := map[string]string{} // code to kind and path
	for _, set := range feature.Sets() {
		for _, f := range set.Features {
			what := set.Kind + " " + f.Name
			if other, taken := meant[f.Code]; taken && other != what {
				t.Errorf("%s means %s and %s", f.Code, other, what)
			}
			meant[f.Code] = what
			if sentence, ok := model.Reason(f.Code); !ok || !strings.HasSuffix(sentence, f.Doc) {
				t.Errorf("%s of %s: %q", f.Code, what, sentence)
			}
		}
	}
}

// With all fields missing there still is an estimate, of which nothing is
// known; with all there, everything is.
func TestConfidence(t *testing.T) {
	t.Parallel()
	set, _ := feature.Named("refund/odoo")
	m, _ := decoded(t, contentOf(set, set.Columns(), rand.New(rand.NewPCG(1, 1)), []string{blend.Additive, blend.Boosted}, maps[0]))
	for share, want := range map[float64]float64{0: 0, 1: 1} {
		a, err := m.Assess(snapshotOf("refund", rand.New(rand.NewPCG(1, 2)), share))
		if err != nil || a.Probability == nil || math.Abs(*a.Confidence-want) > 1e-12 || !(*a.Probability > 0 && *a.Probability < 1) {
			t.Errorf("share %v: %+v %v", share, a, err)
		}
		if a.Model != "trained/refund/odoo" || a.Revision != m.Revision() {
			t.Errorf("it calls itself %s %s", a.Model, a.Revision)
		}
	}
}

// Where the scorecard that it is blended with cannot know, neither can the
// model; without a share, it can.
func TestNeedsOfTheScorecard(t *testing.T) {
	t.Parallel()
	set, _ := feature.Named("delivery/odoo")
	s := snapshotOf("delivery", rand.New(rand.NewPCG(1, 2)), 1)
	delete(s.Fields, "promised_date")
	for _, parts := range [][]string{{blend.Scorecard, blend.Boosted}, {blend.Boosted}, {blend.Scorecard}} {
		m, _ := decoded(t, contentOf(set, set.Columns(), rand.New(rand.NewPCG(1, 1)), parts, maps[0]))
		a, err := m.Assess(s)
		if err != nil || (a.Probability != nil) != (parts[0] == blend.Boosted) {
			t.Errorf("%v: %+v %v", parts, a.Probability, err)
		}
	}
}

func TestRefusesAnotherKind(t *testing.T) {
	t.Parallel()
	m, err := model.Decode(example(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	for _, assess := range []func(decision.Snapshot) (decision.Assessment, error){m.Assess, m.Estimate} {
		if a, err := assess(snapshotOf("refund", rand.New(rand.NewPCG(1, 1)), 1)); err == nil || a.Probability != nil {
			t.Errorf("%+v", a)
		}
	}
}

// A level that nobody trained on is what all such levels are, and no missing
// one.
func TestUnseenCategory(t *testing.T) {
	t.Parallel()
	set, _ := feature.Named("order/odoo")
	set, err := set.Only(set.Columns())
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{blend.Lines, blend.Additive, blend.Boosted} {
		m, _ := decoded(t, contentOf(set, set.Columns(), rand.New(rand.NewPCG(4, 1)), []string{part}, maps[0]))
		of := func(method any) float64 {
			s := snapshotOf("order", rand.New(rand.NewPCG(1, 2)), 1)
			if s.Fields["payment.method"] = method; method == nil {
				delete(s.Fields, "payment.method")
			}
			a, err := m.Assess(s)
			if err != nil || a.Probability == nil {
				t.Fatal(err)
			}
			return *a.Probability
		}
		if of("never-seen") != of("never-seen-either") {
			t.Errorf("%s tells unseen levels apart", part)
		}
		if part != blend.Boosted && of("never-seen") == of(nil) {
			t.Errorf("%s takes an unseen level for a missing one", part)
		}
	}
}

// BenchmarkAssess: 250 trees of 31 leaves over the enriched features of an
// order, a different one each time. Goals: under 20 µs without reasons, under
// 200 µs with.
func BenchmarkAssess(b *testing.B) {
	set, _ := feature.Named("order/enriched")
	for _, columns := range []int{30, len(set.Features)} {
		random := rand.New(rand.NewPCG(1, 1))
		c := contentOf(set, set.Columns()[:columns], random, []string{blend.Boosted}, maps[5])
		c.Blend.Boosted = forest(c.Columns, random, 250, 31)
		m, _ := decoded(b, c)
		cases := make([]decision.Snapshot, 200)
		for i := range cases {
			cases[i] = snapshotOf("order", random, 0.9)
		}
		for name, assess := range map[string]func(decision.Snapshot) (decision.Assessment, error){"reasons": m.Assess, "estimate": m.Estimate} {
			b.Run(fmt.Sprintf("%s/%d", name, columns), func(b *testing.B) {
				b.ReportAllocs()
				at := 0
				for b.Loop() {
					if _, err := assess(cases[at]); err != nil {
						b.Fatal(err)
					}
					at = (at + 1) % len(cases)
				}
			})
		}
	}
}

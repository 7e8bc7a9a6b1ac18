package calibrate_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/calibrate"
	"assent/scoring/logistic"
)

const day = int64(24 * 3600e6)

// parcels are promised in ten days. Nine in ten come after three, the others
// late, after fourteen; one that is late is known to be once the promise is
// over. Business grows by 5 % a day while nothing else changes.
func parcels(due bool) []calibrate.Case {
	random := rand.New(rand.NewPCG(9, 9))
	var out []calibrate.Case
	for d := range int64(60) {
		for range int(20 * math.Pow(1.05, float64(d))) {
			c := calibrate.Case{At: d * day, KnownAt: (d + 3) * day, LogOdds: logistic.Logit(0.1)}
			if random.Float64() < 0.1 {
				c.Positive, c.KnownAt = true, (d+10)*day
				if !due {
					c.KnownAt = (d + 14) * day
				}
			}
			if due {
				c.DueAt = (d + 10) * day
			}
			out = append(out, c)
		}
	}
	return out
}

// TestWhatIsKnownFirstMisleads: late parcels are known late. Counted as they
// come, they are too few; counted once due, they are as many as there are.
func TestWhatIsKnownFirstMisleads(t *testing.T) {
	t.Parallel()
	r := calibrate.Rolling{Window: 21 * day, Trust: 1}
	asTheyCome, onceDue := parcels(false), parcels(true)
	now := 60 * day
	if got := r.ShiftAt(now, asTheyCome); got > -0.3 {
		t.Errorf("as they come the shift is %.3f: this simulation shows no bias", got)
	}
	if got := r.ShiftAt(now, onceDue); math.Abs(got) > 0.1 {
		t.Errorf("once due the shift is %.3f, want none", got)
	}
}

// TestWalkIsTheDefinition: the walk through time gives the bits that each case
// would be given by itself, in whatever order the cases come.
func TestWalkIsTheDefinition(t *testing.T) {
	t.Parallel()
	all := slices.Concat(parcels(true)[:600], stream()[:400])
	rapid.Check(t, func(t *rapid.T) {
		r := calibrate.Rolling{Window: int64(rapid.IntRange(0, 30).Draw(t, "days")) * day, Prior: rapid.Float64Range(0.1, 50).Draw(t, "prior"), Trust: rapid.Float64Range(0, 1).Draw(t, "trust")}
		cases := slices.Clone(all)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)).Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
		shifts := r.Shifts(cases)
		for range 10 {
			i := rapid.IntRange(0, len(cases)-1).Draw(t, "case")
			if want := r.ShiftAt(cases[i].At, all); shifts[i] != want {
				t.Fatalf("case %d: %v in the walk, %v by itself", i, shifts[i], want)
			}
		}
	})
}

// TestFewOutcomesMoveLittle: one late parcel is no wave.
func TestFewOutcomesMoveLittle(t *testing.T) {
	t.Parallel()
	r := calibrate.Rolling{Window: 90 * day, Trust: 1}
	one := []calibrate.Case{{KnownAt: 1, LogOdds: -3, Positive: true}}
	if got := r.ShiftAt(day, one); got <= 0 || got > 0.1 {
		t.Errorf("one positive shifts by %v", got)
	}
	many := slices.Repeat([]calibrate.Case{{KnownAt: 1, LogOdds: -30, Positive: true}}, 10_000)
	if got := r.ShiftAt(day, many); got != 2 {
		t.Errorf("a flood of positives shifts by %v, want the bound of 2", got)
	}
	if got := r.ShiftAt(day, nil); got != 0 {
		t.Errorf("nothing shifts by %v", got)
	}
}

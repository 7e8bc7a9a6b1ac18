package decision

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// promoted folds promotions that are allowed, and fails on one that is not.
func promoted(t *testing.T, m KindModels, steps ...Promotion) KindModels {
	t.Helper()
	for _, p := range steps {
		if err := m.allows(p); err != nil {
			t.Fatalf("%+v after %+v: %v", p, m, err)
		}
		m = m.after(p)
	}
	return m
}

func promote(model string) Promotion  { return Promotion{Step: StepPromote, Model: model} }
func rollback(model string) Promotion { return Promotion{Step: StepRollback, Model: model} }

// Who rolls back again and again comes to where the kind started, and never to
// what was rolled back before.
func TestRollbackGoesBack(t *testing.T) {
	t.Parallel()
	m := promoted(t, KindModels{}, promote("a"), promote("b"), promote("c"))
	for _, want := range []string{"b", "a", ""} {
		if m.Former[0] != want {
			t.Fatalf("%+v goes back to %q, want %q", m, m.Former[0], want)
		}
		m = promoted(t, m, rollback(want))
	}
	m = promoted(t, m, rollback("c")) // on second thoughts
	if m.Champion != "c" {
		t.Errorf("have %+v", m)
	}
}

// However many models came since, the start is one step away.
func TestRollbackToTheStart(t *testing.T) {
	t.Parallel()
	m := KindModels{}
	for i := range 2 * mostFormer {
		m = promoted(t, m, promote(fmt.Sprint(i)))
	}
	if slices.Contains(m.Former, "") || len(m.Former) != mostFormer {
		t.Fatalf("remembers %v", m.Former)
	}
	m = promoted(t, m, rollback(""))
	if err := m.allows(rollback("")); err == nil {
		t.Error("the start replaces itself")
	}
}

// A challenger that is put in force is no challenger any more.
func TestChallengerBecomesChampion(t *testing.T) {
	t.Parallel()
	m := promoted(t, KindModels{}, Promotion{Step: StepChallenge, Model: "a"}, promote("a"))
	if m.Champion != "a" || m.Challenger != "" {
		t.Errorf("have %+v", m)
	}
	if err := m.allows(Promotion{Step: StepChallenge, Model: "a"}); err == nil {
		t.Error("the model in force challenges itself")
	}
}

// Whatever is promoted: the champion is none of the former, nobody is twice
// among them, and who was in force last can be gone back to.
func TestFormerChampions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := KindModels{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			p := Promotion{
				Step:  rapid.SampledFrom([]string{StepPromote, StepRollback, StepChallenge}).Draw(t, "step"),
				Model: rapid.SampledFrom([]string{"", "a", "b", "c", "d"}).Draw(t, "model"),
			}
			if p.Step == StepPromote && p.Model == "" || m.allows(p) != nil {
				continue
			}
			before := m
			kept := slices.Clone(m.Former)
			m = m.after(p)
			if !slices.Equal(before.Former, kept) {
				t.Fatal("the state of before was changed")
			}
			sorted := slices.Sorted(slices.Values(m.Former))
			if slices.Contains(m.Former, m.Champion) || len(slices.Compact(sorted)) != len(m.Former) || len(m.Former) > mostFormer {
				t.Fatalf("%+v of %+v by %+v", m, before, p)
			}
			if m.Champion != before.Champion && m.allows(rollback(before.Champion)) != nil {
				t.Fatalf("%+v cannot go back to %q", m, before.Champion)
			}
			if m.Champion == m.Challenger && m.Champion != "" {
				t.Fatalf("%+v challenges itself", m)
			}
		}
	})
}

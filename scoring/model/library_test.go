package model_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"assent/decision"
	"assent/scoring/model"
)

// A kind starts with its scorecard, or with nothing.
func TestWhatAKindStartsWith(t *testing.T) {
	t.Parallel()
	l := model.NewLibrary(newShelf(t))
	for kind, want := range map[string]string{"order": "scorecard/order", "delivery": "scorecard/delivery", "refund": "", "change": ""} {
		m, err := l.Model(t.Context(), kind, "")
		if err != nil || (m == nil) != (want == "") {
			t.Fatalf("%s: %v %v", kind, m, err)
		}
		if m == nil {
			continue
		}
		named, err := l.Model(t.Context(), kind, m.Revision())
		if err != nil || named != m {
			t.Errorf("%s by its revision: %v %v", kind, named, err)
		}
		a, err := m.Assess(snapshotOf(kind, rand.New(rand.NewPCG(1, 1)), 1))
		if err != nil || a.Model != want {
			t.Errorf("%s: %s %v", kind, a.Model, err)
		}
	}
}

// A model is decoded once, also when many ask for it at the same time, and
// one that many others came after is decoded again.
func TestDecodesOnce(t *testing.T) {
	t.Parallel()
	content := example(t, 1)
	s, others := newShelf(t, content), []string{}
	for i := range 20 {
		other := bytes.Replace(content, []byte(`"seed":0`), fmt.Appendf(nil, `"seed":%d`, i+1), 1)
		others = append(others, model.Revision(other))
		s.put(t, model.Revision(other), other)
	}
	l := model.NewLibrary(s)
	revision := model.Revision(content)
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			if m, err := l.Model(t.Context(), "order", revision); err != nil || m.Revision() != revision {
				t.Errorf("%v %v", m, err)
			}
		})
	}
	asking.Wait()
	if s.fetched[revision] != 1 {
		t.Errorf("fetched %d times", s.fetched[revision])
	}
	for _, other := range others {
		if _, err := l.Model(t.Context(), "order", other); err != nil {
			t.Fatal(err)
		}
	}
	if m, err := l.Model(t.Context(), "order", revision); err != nil || m.Revision() != revision {
		t.Errorf("after many others: %v %v", m, err)
	}
}

// While models are swapped, nobody waits for another revision's decoding or
// gets the wrong one, and the model in one's hands stays good.
func TestSwapUnderLoad(t *testing.T) {
	t.Parallel()
	contents := [][]byte{example(t, 1), example(t, 2), example(t, 3)}
	l := model.NewLibrary(newShelf(t, contents...))
	snap := snapshotOf("order", rand.New(rand.NewPCG(5, 5)), 1)
	want := make([]float64, len(contents))
	for i, content := range contents {
		m, err := model.Decode(content)
		if err != nil {
			t.Fatal(err)
		}
		a, err := m.Assess(snap)
		if err != nil {
			t.Fatal(err)
		}
		want[i] = *a.Probability
	}
	var serving sync.WaitGroup
	for worker := range 4 {
		serving.Go(func() {
			for i := range 60 {
				which := (worker + i) % len(contents)
				m, err := l.Model(t.Context(), "order", model.Revision(contents[which]))
				if err != nil {
					t.Error(err)
					return
				}
				a, err := m.Assess(snap)
				if err != nil || *a.Probability != want[which] || a.Revision != m.Revision() {
					t.Errorf("model %d: %v %v", which, a.Probability, err)
				}
			}
		})
	}
	serving.Wait()
}

func TestCannotBeHad(t *testing.T) {
	t.Parallel()
	s := newShelf(t, []byte(`{"no":"model"}`))
	s.put(t, strings.Repeat("a", 64), example(t, 1)) // under a revision that is not its own
	l := model.NewLibrary(s)
	for revision, want := range map[string]decision.Code{
		"never-stored":                           decision.CodeNotFound,
		model.Revision([]byte(`{"no":"model"}`)): decision.CodeInvalid,
		strings.Repeat("a", 64):                  decision.CodeInvalid,
	} {
		m, err := l.Model(t.Context(), "order", revision)
		if decision.CodeOf(err) != want || m != nil {
			t.Errorf("%s: %v %v", revision, m, err)
		}
		if _, err = l.Card(t.Context(), revision); decision.CodeOf(err) != want {
			t.Errorf("card of %s: %v", revision, err)
		}
	}
}

// The card says which gates are short.
func TestCard(t *testing.T) {
	t.Parallel()
	parsed, err := model.Parse(example(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	parsed.Card.Gates = append(parsed.Card.Gates, model.Gate{Metric: "ece", Want: "<= 0.03", Have: 0.1})
	short, err := parsed.Encode()
	if err != nil {
		t.Fatal(err)
	}
	card, err := model.NewLibrary(newShelf(t, short)).Card(t.Context(), model.Revision(short))
	if err != nil || card.Name != "trained/order/enriched" || card.Kind != "order" || card.Gates != 2 || strings.Join(card.Failed, ",") != "ece" {
		t.Errorf("%+v %v", card, err)
	}
	if parsed.Card.Passes() || (model.Card{}).Passes() {
		t.Error("short, or never judged, and passes")
	}
}

package model

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/scoring"
	"assent/scoring/blend"
	"assent/scoring/calibrate"
	"assent/scoring/feature"
	"assent/scoring/metric"
)

// contents are artefacts in memory, which count how often each was read.
type contents struct {
	mu     sync.Mutex
	stored map[string][]byte
	read   map[string]int
}

func newContents() *contents {
	return &contents{stored: map[string][]byte{}, read: map[string]int{}}
}

func (c *contents) PutArtefact(_ context.Context, _, revision string, content []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stored[revision] = content
	return nil
}

func (c *contents) Artefact(_ context.Context, _, revision string) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read[revision]++
	content, ok := c.stored[revision]
	if !ok {
		return nil, decision.Errorf(decision.CodeNotFound, "There is no such artefact.")
	}
	return content, nil
}

func (c *contents) ArtefactRevisions(context.Context, string) ([]string, error) { return nil, nil }

// put stores content under its revision.
func (c *contents) put(t *testing.T, content []byte) string {
	t.Helper()
	if err := c.PutArtefact(t.Context(), decision.ModelArtefact, Revision(content), content); err != nil {
		t.Fatal(err)
	}
	return Revision(content)
}

// shifted is the content of a model of orders: the scorecard's log-odds, moved
// by so much.
func shifted(t *testing.T, shift float64) []byte {
	t.Helper()
	set, _ := feature.Named("order/odoo")
	content, err := Content{
		Card: Card{Name: "trained/order", Kind: "order", Gates: []metric.Gate{{Metric: "auc", Have: 0.8, Pass: true}, {Metric: "ece", Have: 0.2}}},
		Set:  set.Name, Columns: set.Columns()[:1], Importance: []float64{1},
		Blend: &blend.Blend{Shares: blend.Shares{blend.Scorecard: 1}}, Scorecard: scoring.Order().Revision(),
		Calibration: calibrate.Map{Method: calibrate.Shift, Shift: shift},
	}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func anOrder() decision.Snapshot {
	return decision.Snapshot{
		Kind: "order", CompanyCurrency: "EUR", Rate: decimal.NewFromInt(1), Now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC),
		Fields: decision.Record{"currency": "EUR", "amount_total": decimal.NewFromInt(120), "partner_id": int64(14), "state": "draft"},
	}
}

func TestLibrary(t *testing.T) {
	t.Parallel()
	store := newContents()
	l := NewLibrary(store)
	card := scoring.Order()
	revision := store.put(t, shifted(t, 1))
	for name, want := range map[string]string{"": card.Revision(), card.Revision(): card.Revision(), revision: revision} {
		m, err := l.Model(t.Context(), "order", name)
		if err != nil || m.Revision() != want {
			t.Fatalf("%.12s: %v, %v", name, m, err)
		}
		if a, err := m.Assess(anOrder()); err != nil || a.Revision != want || a.Probability == nil {
			t.Errorf("%.12s: %+v, %v", name, a, err)
		}
	}
	if m, err := l.Model(t.Context(), "change", ""); m != nil || err != nil {
		t.Errorf("a kind without a model has %v, %v", m, err)
	}
	if m, err := l.Model(t.Context(), "order", strings.Repeat("0", 64)); m != nil || decision.CodeOf(err) != decision.CodeNotFound {
		t.Errorf("what is not stored: %v, %v", m, err)
	}
	have, err := l.Card(t.Context(), revision)
	if err != nil || have.Kind != "order" || have.Gates != 2 || len(have.Failed) != 1 || have.Failed[0] != "ece" || len(have.Eval) != 64 {
		t.Errorf("card %+v, %v", have, err)
	}
	if n := store.read[revision]; n != 1 {
		t.Errorf("a model was read %d times", n)
	}
}

// What is stored and no model is refused, and not read for every decision; a
// nil model is none that could be called.
func TestLibraryRefuses(t *testing.T) {
	t.Parallel()
	store := newContents()
	l := NewLibrary(store)
	good := shifted(t, 1)
	var grown map[string]any
	if err := json.Unmarshal(good, &grown); err != nil {
		t.Fatal(err)
	}
	grown["scorecard"] = strings.Repeat("0", 64)
	elsewhere, err := json.Marshal(grown)
	if err != nil {
		t.Fatal(err)
	}
	changed := store.put(t, good)
	store.stored[changed] = shifted(t, 9)
	for name, revision := range map[string]string{
		"changed": changed, "empty": store.put(t, nil), "no JSON": store.put(t, []byte("{")), "another release's": store.put(t, elsewhere),
	} {
		for range 3 {
			m, err := l.Model(t.Context(), "order", revision)
			if m != nil || decision.CodeOf(err) != decision.CodeInvalid {
				t.Errorf("%s: %v, %v", name, m, err)
			}
		}
		if n := store.read[revision]; n != 1 {
			t.Errorf("%s: read %d times", name, n)
		}
	}
}

// Many at once get the same model, which is decoded once, while others come
// and go; one that was handed out stays good.
func TestLibraryAtOnce(t *testing.T) {
	t.Parallel()
	store := newContents()
	l := NewLibrary(store)
	revisions := make([]string, 2*shelf)
	for i := range revisions {
		revisions[i] = store.put(t, shifted(t, float64(i)/8))
	}
	first, err := l.Model(t.Context(), "order", revisions[0])
	if err != nil {
		t.Fatal(err)
	}
	want, err := first.Assess(anOrder())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for i := range revisions {
				revision := revisions[(i+w)%len(revisions)]
				m, err := l.Model(context.Background(), "order", revision)
				if err != nil || m.Revision() != revision {
					t.Errorf("%.12s: %v, %v", revision, m, err)
				}
				a, err := first.Assess(anOrder())
				if err != nil || *a.Probability != *want.Probability {
					t.Errorf("the first now says %+v, %v", a, err)
				}
			}
		})
	}
	all.Wait()
	if n := len(*l.models.Load()); n > shelf {
		t.Errorf("%d models are kept", n)
	}
}

// Every code that a trained model may give has words.
func TestReasons(t *testing.T) {
	t.Parallel()
	codes := []string{CodeOther, CodeCalibration}
	for _, set := range feature.Sets() {
		for _, f := range set.Features {
			codes = append(codes, f.Code)
		}
	}
	for _, code := range codes {
		if s, ok := Reason(code); !ok || !strings.HasSuffix(s, ".") || !decision.IsCode(code, decision.MaxCode) {
			t.Errorf("%s: %q", code, s)
		}
	}
	if s, ok := Reason("NO_SUCH_CODE"); ok || s != "" {
		t.Errorf("an unknown code means %q", s)
	}
}

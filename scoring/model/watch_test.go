package model_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/scoring/blend"
	"assent/scoring/calibrate"
	"assent/scoring/feature"
	"assent/scoring/frame"
	"assent/scoring/logistic"
	"assent/scoring/metric"
	"assent/scoring/model"
)

// watched is a model of two features whose references are of snapshots like
// those that snapshotOf draws, and those snapshots, one a minute.
func watched(t *testing.T, n int) (model.Content, []decision.Snapshot) {
	t.Helper()
	set, _ := feature.Named("order/odoo")
	columns := slices.DeleteFunc(set.Columns(), func(c frame.Column) bool { return c.Name != "amount_total" && c.Name != "customer.orders" })
	random := rand.New(rand.NewPCG(1, 2))
	c := contentOf(set, columns, random, []string{blend.Boosted}, calibrate.Map{Method: calibrate.Platt, Slope: 1.2, Shift: -1})
	set, err := set.Only(columns)
	if err != nil {
		t.Fatal(err)
	}
	snapshots, values, scores := make([]decision.Snapshot, n), make([][]frame.Value, len(columns)), make([]float64, n)
	row := make([]frame.Value, len(columns))
	for i := range snapshots {
		snapshots[i] = snapshotOf("order", random, 0.9)
		snapshots[i].Now = now.Add(time.Duration(i) * time.Minute)
		set.Read(&snapshots[i], row)
		for f, v := range row {
			values[f] = append(values[f], v)
		}
		scores[i] = c.Blend.LogOdds(row)
	}
	for f, col := range columns {
		c.References = append(c.References, metric.Freeze(col.Type, values[f]))
	}
	c.Scores = metric.FreezeNumbers(scores)
	return c, snapshots
}

// A model that meets what it was trained on has not moved; one feature that
// moves is named first, and what stopped coming shows as missing.
func TestDrift(t *testing.T) {
	t.Parallel()
	content, snapshots := watched(t, 3000)
	m, _ := decoded(t, content)
	w := m.NewWatch()
	for i := range snapshots {
		if err := w.Add(&snapshots[i], nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range w.Drift() {
		if d.PSI > 1e-9 || d.Missing[0] != d.Missing[1] {
			t.Errorf("the same cases: %+v", d)
		}
	}
	w = m.NewWatch()
	for i, s := range snapshots {
		s.Fields = decision.Record{"amount_total": decimal.NewFromInt(10_000)}
		if i%2 == 0 {
			delete(s.Fields, "amount_total")
		}
		if err := w.Add(&s, nil); err != nil {
			t.Fatal(err)
		}
	}
	drift := w.Drift()
	if names := []string{drift[0].Feature, drift[1].Feature, drift[2].Feature}; !slices.Equal(names, []string{model.ScoreName, "amount_total", "customer.orders"}) && !slices.Equal(names, []string{model.ScoreName, "customer.orders", "amount_total"}) {
		t.Errorf("have %v", names)
	}
	for _, d := range drift[1:] {
		if want := map[string]float64{"amount_total": 0.5, "customer.orders": 1}[d.Feature]; d.PSI < 0.25 || math.Abs(d.Missing[1]-want) > 1e-9 || d.Missing[0] > 0.15 {
			t.Errorf("have %+v, want %.1f missing", d, want)
		}
	}
}

// A base rate that moved is found and mended, the model's order of cases stays,
// and a calibration that holds is left alone.
func TestRecalibrate(t *testing.T) {
	t.Parallel()
	content, snapshots := watched(t, 8000)
	m, _ := decoded(t, content)
	bars := map[string]string{"ece": "<= 0.03", model.SavedOverPresent: ">= 0.0001"}
	for _, c := range []struct{ moved, saved float64 }{{0, 0}, {1.5, 0.01}} {
		random, w := rand.New(rand.NewPCG(3, 4)), m.NewWatch()
		for i := range snapshots {
			a, err := m.Estimate(snapshots[i])
			if err != nil {
				t.Fatal(err)
			}
			positive := random.Float64() < logistic.Sigmoid(logistic.Logit(*a.Probability)+c.moved)
			if err := w.Add(&snapshots[i], &positive); err != nil {
				t.Fatal(err)
			}
		}
		renewed, err := w.Recalibrate(bars)
		if c.moved == 0 {
			if !errors.Is(err, model.ErrHolds) {
				t.Errorf("nothing moved: %v %+v", err, renewed.Calibration)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		card := renewed.Card
		if !card.Passes() || card.Metrics[model.SavedOverPresent] < c.saved || card.Recalibrated.Model != m.Revision() || card.Recalibrated.Data.Rows != 8000 || card.Eval() == m.Card().Eval() {
			t.Errorf("have %+v", card)
		}
		again, _ := decoded(t, renewed)
		for i := range snapshots[:50] {
			before, _ := m.Estimate(snapshots[i])
			after, _ := again.Estimate(snapshots[i])
			if by := logistic.Logit(*after.Probability) - logistic.Logit(*before.Probability); math.Abs(by-c.moved) > 0.3 {
				t.Errorf("moved by %.2f, want about %.1f", by, c.moved)
			}
		}
		if held := w.Held(); held.Cases != 8000 || float64(held.Positive) < 1.3*held.Expected {
			t.Errorf("have %+v", held)
		}
	}
}

// Without cases nothing can be renewed or measured, and nothing breaks.
func TestWatchNothing(t *testing.T) {
	t.Parallel()
	content, _ := watched(t, 10)
	m, _ := decoded(t, content)
	w := m.NewWatch()
	if _, err := w.Recalibrate(nil); !errors.Is(err, model.ErrHolds) {
		t.Error(err)
	}
	if w.Drift() != nil || w.Len() != 0 || w.Held().Cases != 0 {
		t.Error("something came of nothing")
	}
}

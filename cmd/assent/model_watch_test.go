package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assent/scoring/blend"
	"assent/scoring/calibrate"
	"assent/scoring/linear"
	"assent/scoring/metric"
	"assent/scoring/model"
)

// flat says of every order alike that it is fraud with a third, and was trained
// on orders of another size.
func flat(c *model.Content) {
	c.Blend = &blend.Blend{
		Shares: blend.Shares{blend.Lines: 1},
		Lines:  &linear.Model{Terms: []linear.Term{{Line: &linear.Line{Scale: 1}}}},
	}
	c.Scorecard, c.Columns = "", c.Columns[:1]
	c.Calibration = calibrate.Map{Method: calibrate.Shift, Shift: -0.7}
	c.References, c.Scores = []metric.Reference{metric.FreezeNumbers([]float64{1e6, 2e6, 3e6})}, metric.FreezeNumbers([]float64{0, 0, 0})
}

// A model whose probabilities do not come true is told by name and status, and
// renewed on what came of its cases; a person puts it in force.
func TestModelDriftAndRecalibrate(t *testing.T) {
	t.Parallel()
	s := analysed(t)
	path, revision := s.modelFile("flat", 3, flat)
	s.ok("model", "add", path)
	s.ok(append([]string{"model", "promote", revision}, byAnn...)...)
	s.fails(exitError, "No decision of the kind", "model", "drift", "--kind=order")
	s.fails(exitError, "has what it starts with", "model", "drift", "--kind=delivery")
	s.tellOrders(160, 5)

	s.fails(exitOK, "too few to say anything of its probabilities", "model", "drift", "--kind=order")
	s.fails(exitError, "the present calibration holds", "model", "recalibrate", "--kind=order", "--out="+filepath.Dir(s.dir))
	const mature = 61 * 24 * time.Hour
	drift := s.after(mature, "model", "drift", "--kind=order", "--days=90")
	for _, part := range []string{
		"order: 160 decisions of 90 days, held to what trained/flat", "160 known, 32 positive where 53.1 were expected",
		"\namount_total  ", "shifted", "gate ece <= 0.03: 0.1318, short", "gate score_psi <= 0.25: 0.0000, pass",
	} {
		if drift.status != exitTests || !strings.Contains(drift.out, part) {
			t.Errorf("status %d, want %d and %q\n%s", drift.status, exitTests, part, drift.out)
		}
	}
	var found drifted
	if err := json.Unmarshal([]byte(s.after(mature, "model", "drift", revision, "--kind=order", "--days=90", "--json").out), &found); err != nil || found.Held.Positive != 32 || found.Features[0].Feature != model.ScoreName {
		t.Errorf("%v %+v", err, found)
	}

	out := filepath.Dir(s.dir)
	renewed := s.in(mature, "model", "recalibrate", "--kind=order", "--out="+out, "--keep")
	match := written.FindStringSubmatch(renewed)
	if match == nil || !strings.Contains(renewed, "trained/flat: calibration shift, renewed on 160 cases of which 32 positive") || !strings.Contains(renewed, "stored model "+match[2]) {
		t.Fatalf("have\n%s", renewed)
	}
	content, err := os.ReadFile(match[1])
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := model.Parse(content)
	if card := parsed.Card; err != nil || card.Recalibrated.Model != revision || !card.Passes() || card.Calibration.After > 0.03 || card.Calibration.Before < 0.1 {
		t.Errorf("%v %+v", err, card)
	}
	s.ok("model", "promote", match[2], "--by=ann@example.com", "--reason=recalibrated")
	if drift := s.after(mature, "model", "drift", "--kind=order", "--days=90"); drift.status != exitOK || !strings.Contains(drift.out, "32 positive where 3") {
		t.Errorf("after it, status %d\n%s", drift.status, drift.out)
	}
	if holds := s.after(mature, "model", "recalibrate", "--kind=order", "--out="+out); holds.status != exitError || !strings.Contains(holds.err, "the present calibration holds") {
		t.Errorf("once more: status %d\n%s", holds.status, holds.err)
	}
}

// tellOrders decides about so many orders and tells that every nth was fraud.
func (s shell) tellOrders(n, nth int) {
	s.t.Helper()
	service := s.serve()
	defer service.stop()
	shop := caller{s.t, service.url, s.key("--rights=decide,read,outcome")}
	fake, _ := fakeOdoo(s.t, 18, n)
	for i := range n {
		d := shop.decide(order(s.t, fake, i+1))
		if i%nth != 0 {
			continue
		}
		told := fmt.Sprintf(`{"decision": %q, "type": "fraud", "value": "confirmed"}`, d.ID)
		if status := shop.post("/v1/outcomes", told, nil); status != http.StatusCreated && status != http.StatusOK {
			s.t.Fatalf("outcome: %d", status)
		}
	}
}

package evals_test

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assent/evals"
	"assent/evals/report"
	"assent/internal/simulator"
)

// abuse is the spec on a season that a test can go through.
func abuse(t *testing.T) evals.Result {
	t.Helper()
	o := options(nil, nil)
	o.Plan = simulator.SeasonPlan{Days: 41, WarmUp: 20, Honest: 12, Abusive: 6, Orders: 10}
	r, err := abuseSpec(t).Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func abuseSpec(t *testing.T) evals.Spec {
	t.Helper()
	specs, err := evals.Specs()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range specs {
		if s.Made() {
			return s
		}
	}
	t.Fatal("no spec makes its data")
	return evals.Spec{}
}

// TestAbuseIsJudgedOfTheSeed: without any file, the same bytes for the same
// seed, every figure with its interval, and beside the card what is learnt,
// judged on the same days and shown on the page.
func TestAbuseIsJudgedOfTheSeed(t *testing.T) {
	t.Parallel()
	r := abuse(t)
	encoded := func(r evals.Result) string {
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if diff := cmp.Diff(encoded(r), encoded(abuse(t))); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"auc", "ap", "precision_at_20", "recall_at_limit", "recall_before_goods"} {
		m, there := r.Metrics[name]
		if !there || !(m.Low <= m.Value && m.Value <= m.High) || m.Low == m.High {
			t.Errorf("%s: %+v", name, m)
		}
	}
	if r.Model.Name != "scorecard/refund" || !r.Report.Made || r.Rows.Test == 0 || len(r.Gates) != 12 {
		t.Errorf("%s, made %v, %d rows, %d gates", r.Model.Name, r.Report.Made, r.Rows.Test, len(r.Gates))
	}
	beside(t, r)
}

// beside checks what a result says of the trained model.
func beside(t *testing.T, r evals.Result) {
	t.Helper()
	c := r.Report.Challenger
	if c == nil || r.Rows.Train == 0 || len(r.Report.Backtest) == 0 {
		t.Fatalf("challenger %v, learnt from %d rows, %d looks back", c, r.Rows.Train, len(r.Report.Backtest))
	}
	for name, m := range r.Metrics {
		if have := r.Baselines[c.Name][name] - m.Value; c.Differences[name].Value != have && !math.IsNaN(have) {
			t.Errorf("%s: the difference is %v, and the figures differ by %v", name, c.Differences[name].Value, have)
		}
	}
	contains(t, strings.Join(r.Lines(), "\n"), "precision_at_20\t", "flags_change_bad_batch\t", "peer "+c.Name)
	var page bytes.Buffer
	if err := report.Write(&page, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"made by the simulator", "pattern = own_card", "days = peak", "what people can look at", "Champion and challenger"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestMadeDataHasNoTables(t *testing.T) {
	t.Parallel()
	if err := abuseSpec(t).WriteTables(options(nil, nil), t.TempDir()); err == nil {
		t.Error("tables of what is not read from files")
	}
}

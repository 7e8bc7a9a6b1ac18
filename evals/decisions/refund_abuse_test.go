package decisions_test

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"assent/evals"
	"assent/evals/decisions"
	"assent/evals/report"
	"assent/internal/simulator"
)

// abuse is the eval on a season that a test can go through.
func abuse(t *testing.T) evals.Result {
	t.Helper()
	e := decisions.RefundAbuse(simulator.SeasonPlan{Days: 41, WarmUp: 20, Honest: 12, Abusive: 6, Orders: 10})
	r, err := e.Run(t.Context(), evals.Options{Seed: 1, Now: func() time.Time { return time.Time{} }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestAbuseIsJudgedOfTheSeed: without any file, every figure with its interval,
// and beside the card what is learnt, judged on the same days and shown on the
// page.
func TestAbuseIsJudgedOfTheSeed(t *testing.T) {
	t.Parallel()
	r := abuse(t)
	for _, name := range []string{"auc", "ap", "precision_at_20", "recall_at_limit", "recall_before_goods"} {
		m, there := r.Metrics[name]
		if !there || !(m.Low <= m.Value && m.Value <= m.High) || m.Low == m.High {
			t.Errorf("%s: %+v", name, m)
		}
	}
	if r.Model.Name != "scorecard/refund" || !r.Made || r.Rows.Test == 0 || len(r.Gates) != 12 {
		t.Errorf("%s, made %v, %d rows, %d gates", r.Model.Name, r.Made, r.Rows.Test, len(r.Gates))
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
	for _, want := range []string{"precision_at_20\t", "flags_change_bad_batch\t", "peer " + c.Name} {
		if lines := strings.Join(r.Lines(), "\n"); !strings.Contains(lines, want) {
			t.Errorf("no %q in\n%s", want, lines)
		}
	}
	var page bytes.Buffer
	if err := report.Write(&page, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"made by the eval itself", "pattern = own_card", "days = peak", "what people can look at", "Champion and challenger"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

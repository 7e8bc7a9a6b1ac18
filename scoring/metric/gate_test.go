package metric_test

import (
	"encoding/json"
	"math"
	"testing"

	"assent/scoring/metric"
)

func TestHold(t *testing.T) {
	t.Parallel()
	figures := map[string]float64{"auc": 0.86, "ece": 0.006, "trap": 0.79, "unknown": math.NaN()}
	for bar, want := range map[[2]string]bool{
		{"auc", ">= 0.86"}: true, {"auc", ">= 0.87"}: false, {"ece", "<= 0.006"}: true, {"ece", "<= 0.005"}: false,
		{"trap", "in [0.48, 0.60]"}: false, {"trap", "in [0.7, 0.8]"}: true, {"unknown", ">= 0"}: false, {"absent", "<= 1"}: false, {"auc", "good"}: false,
	} {
		got := metric.Hold(figures, map[string]string{bar[0]: bar[1]})
		if len(got) != 1 || got[0].Pass != want {
			t.Errorf("%s %s: %+v", bar[0], bar[1], got)
		}
	}
	if len(metric.Hold(figures, nil)) != 0 {
		t.Error("a gate without a bar")
	}
}

// TestGateOfNothing: what is not known is null, and comes back as it was.
func TestGateOfNothing(t *testing.T) {
	t.Parallel()
	for _, g := range []metric.Gate{{Metric: "auc", Want: ">= 0.5", Have: math.NaN()}, {Metric: "auc", Want: ">= 0.5", Have: 0.7, Pass: true}} {
		data, err := json.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		var back metric.Gate
		if err := json.Unmarshal(data, &back); err != nil || back.Pass != g.Pass || back.Want != g.Want || math.IsNaN(back.Have) != math.IsNaN(g.Have) {
			t.Errorf("%s became %+v, %v", data, back, err)
		}
	}
}

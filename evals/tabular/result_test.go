package tabular_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assent/evals"
	"assent/evals/tabular"
	"assent/scoring/metric"
)

// few learns quickly.
var few = []string{"time: {column: at}", "features: [{name: value}]", "learn: {only: [boosted_trees], boost: {rounds: 3}}", "slices: [value]"}

func run(t *testing.T, s tabular.Spec, train, test string) evals.Result {
	t.Helper()
	o := options(folder("orders.csv", train), folder("later.csv", test))
	if test == "" {
		o.HeldOut = nil
	}
	r, err := s.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestResultFile: every key that others read is there, and it can be read
// again.
func TestResultFile(t *testing.T) {
	t.Parallel()
	r := run(t, spec(t, append(few, `bars: {auc: ">= 0.9", ece: "<= 0.5", unheard_of: ">= 0"}`, "peers: {guess: {auc: 0.5}}")...), noise(1, 1200), noise(2, 400))
	content, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var have map[string]any
	if err := json.Unmarshal(content, &have); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"spec", "task", "rows", "metrics", "baselines", "gates", "model", "seconds", "data_sha256"} {
		if have[key] == nil {
			t.Errorf("no %s", key)
		}
	}
	for _, name := range []string{"auc", "ap", "recall_at_1fpr", "lift_top10", "brier", "ece"} {
		m := r.Metrics[name]
		if !(m.Low <= m.Value && m.Value <= m.High) && name != "ece" { // a drawn sample is less even
			t.Errorf("%s: %v is not in its interval", name, m)
		}
	}
	if r.Rows != (evals.Rows{Train: 1200, Test: 400}) || !r.Report.HeldOut || len(r.Notes) != 0 {
		t.Errorf("rows %v, held out %v, notes %v", r.Rows, r.Report.HeldOut, r.Notes)
	}
	want := []bool{false, true, false} // a figure that nobody has measured is short
	for i, g := range r.Gates {
		if g.Pass != want[i] {
			t.Errorf("gate %+v passes: %v", g, g.Pass)
		}
	}
	if r.Passes() {
		t.Error("it passes though gates are short")
	}
}

// TestSameRun: the same data, seed and code give the same bytes.
func TestSameRun(t *testing.T) {
	t.Parallel()
	s := spec(t, few...)
	first, second := run(t, s, noise(1, 1200), noise(2, 200)), run(t, s, noise(1, 1200), noise(2, 200))
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error(diff)
	}
}

// TestOwnDataIsSaid: who judges by its own data must say so.
func TestOwnDataIsSaid(t *testing.T) {
	t.Parallel()
	r := run(t, spec(t, few...), noise(1, 1500), "")
	if r.Report.HeldOut || !strings.Contains(strings.Join(r.Notes, " "), "own data") {
		t.Errorf("held out %v, notes %v", r.Report.HeldOut, r.Notes)
	}
	if r.Rows != (evals.Rows{Train: 1200, Test: 300}) {
		t.Errorf("rows %v", r.Rows)
	}
}

// TestBars: what is asked is asked to the last digit, and nothing passes that
// is not known.
func TestBars(t *testing.T) {
	t.Parallel()
	data, heldOut := noise(1, 1200), noise(2, 200)
	exact := run(t, spec(t, few...), data, heldOut).Metrics["base"].Value
	text, err := json.Marshal(exact)
	if err != nil {
		t.Fatal(err)
	}
	for bar, want := range map[string]bool{
		">= " + string(text): true, "<= " + string(text): true, ">= 0.99": false, "<= 0.0001": false,
		"in [0, 1]": true, "in [0.9, 1]": false,
	} {
		r := run(t, spec(t, append(few, "bars: {base: \""+bar+"\"}")...), data, heldOut)
		if r.Passes() != want {
			t.Errorf("%s with %v passes: %v", bar, exact, r.Passes())
		}
	}
}

// TestTooFew: what is too little of either label is said, and no figure made.
func TestTooFew(t *testing.T) {
	t.Parallel()
	one := strings.ReplaceAll(noise(1, 300), ",1\n", ",0\n")
	for name, train := range map[string]string{"ten rows": noise(1, 10), "one label only": one, "no rows": "id,at,value,late\n"} {
		_, err := spec(t, few...).Run(t.Context(), options(folder("orders.csv", train), folder("later.csv", noise(2, 50))))
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestTestOfOneLabel: figures that have no meaning are left out, and the
// others can be written.
func TestTestOfOneLabel(t *testing.T) {
	t.Parallel()
	r := run(t, spec(t, append(few, `bars: {auc: "in [0, 1]"}`)...), noise(1, 1200), strings.ReplaceAll(noise(2, 200), ",1\n", ",0\n"))
	if r.Passes() {
		t.Error("a gate holds that nothing is known of")
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

// TestBeside puts a peer's figures next to the spec's own ones.
func TestBeside(t *testing.T) {
	t.Parallel()
	published := map[string]float64{"auc": 0.5}
	r := evals.Result{Baselines: map[string]map[string]float64{"published": published}}
	r.Beside(evals.Result{Model: evals.Model{Name: "LightGBM"}, Metrics: map[string]metric.Interval{"auc": {Value: 0.7, Low: 0.6, High: 0.8}}})
	if names := slices.Sorted(maps.Keys(r.Baselines)); !slices.Equal(names, []string{"LightGBM", "published"}) || r.Baselines["LightGBM"]["auc"] != 0.7 {
		t.Errorf("have %v", r.Baselines)
	}
}

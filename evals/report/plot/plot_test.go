package plot_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"html/template"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assent/evals/report/plot"
	"assent/scoring/metric"
)

var update = flag.Bool("update", false, "rewrite golden files")

// hostile would end the element that it is in, were it not escaped.
const hostile = `</title><script>alert("1")</script>&`

func pictures() map[string]template.HTML {
	unknown := metric.Interval{Value: math.NaN(), Low: math.NaN(), High: math.NaN()}
	share := plot.Axis{Label: "recall", To: 1, Percent: true}
	return map[string]template.HTML{
		"line": plot.Line{
			Title: "Precision over recall", X: share, Y: plot.Axis{Label: "precision", To: 1, Percent: true},
			Series: []plot.Series{
				{Name: "champion", Points: []metric.Point{{X: 0.1, Y: 1}, {X: 0.5, Y: 0.6}, {X: math.NaN(), Y: 1}, {X: 1, Y: 0.02}}},
				{Name: "another one with so long a name that it has a line of its own", Points: []metric.Point{{X: 0.2, Y: 0.9}, {X: 1, Y: 0.02}}},
				{Name: "base rate 2 %", Points: []metric.Point{{X: 0, Y: 0.02}, {X: 1, Y: 0.02}}, Plain: true},
			},
			Marks: []plot.Mark{{Name: "threshold 0.2", X: 0.5, Y: 0.6}, {Name: "under", X: 0.6, Y: 0.6, Under: true}, {Name: "at the end", X: 1, Y: 0.02, Under: true}, {Name: "nowhere", X: math.Inf(1), Y: 0}},
		}.SVG(),
		"line-cost": plot.Line{
			Title: "Cost", X: plot.Axis{Label: "threshold", To: 1, Root: true}, Y: plot.Axis{Label: "EUR a case", To: plot.Ceil(0.83)},
			Series: []plot.Series{{Name: "cost", Points: []metric.Point{{X: 0, Y: 0.8}, {X: 0.04, Y: 0.2}, {X: 1, Y: 0.4}}}},
		}.SVG(),
		"line-hostile": plot.Line{
			Title: hostile, X: plot.Axis{Label: hostile, To: 1}, Y: plot.Axis{Label: hostile, To: 1},
			Series: []plot.Series{{Name: hostile}}, Marks: []plot.Mark{{Name: hostile}},
		}.SVG(),
		"reliability": plot.Reliability{Title: "Promised and observed", Series: []plot.Bins{
			{Name: "before", Bins: []metric.Bin{{Rows: 100, Expected: 0.01, Observed: 0, Low: 0, High: 0.04}, {Rows: 50, Expected: 0.4, Observed: 0.3, Low: 0.2, High: 0.45}}},
			{Name: "after", Bins: []metric.Bin{{Rows: 100, Expected: 0.02, Observed: 0, Low: 0, High: 0.04}, {Rows: 25, Expected: math.NaN()}}},
		}}.SVG(),
		"reliability-of-nothing": plot.Reliability{Title: "Nothing"}.SVG(),
		"histogram": plot.Histogram{Title: "Probabilities", Label: "probability", Percent: true, Names: []string{"negative", "positive"}, Columns: []plot.Column{
			{0, 0.123456, []int{900, 1}}, {0.123456, 0.2, []int{40, 0}}, {0.2, 1, []int{3, 12}},
		}}.SVG(),
		"histogram-of-nothing": plot.Histogram{Title: "Nothing"}.SVG(),
		"bar":                  plot.Bar{Title: "PSI 0.3", Value: 0.3, To: 0.5, Marks: []float64{0.1, 0.25, 0.7}}.SVG(),
		"bar-unknown":          plot.Bar{Title: "not known", Value: math.NaN(), To: 0.5}.SVG(),
		"whisker":              plot.Whisker{Title: "0.8", Interval: metric.Interval{Value: 0.8, Low: 0.7, High: 0.95}, Limits: []float64{0.75}, Others: []float64{0.6, 0.72}, From: 0.5, To: 1}.SVG(),
		"whisker-unknown":      plot.Whisker{Title: "not known", Interval: unknown, To: 1}.SVG(),
	}
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	for name, got := range pictures() {
		golden(t, filepath.Join("testdata", name+".svg"), string(got)+"\n")
	}
}

// TestWellFormed: a browser mends a great deal silently, XML does not.
func TestWellFormed(t *testing.T) {
	t.Parallel()
	for name, got := range pictures() {
		decoder := xml.NewDecoder(strings.NewReader(string(got)))
		for {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if start, ok := token.(xml.StartElement); ok && start.Name.Local == "script" {
				t.Errorf("%s holds a script", name)
			}
		}
		if strings.Contains(string(got), "NaN") || strings.Contains(string(got), "Inf") {
			t.Errorf("%s draws what is not finite", name)
		}
	}
}

func TestCeil(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]float64{0.83: 1, 1: 1, 0.13: 0.15, 41: 50, 6.2e-5: 7e-5, 0: 1, -3: 1} {
		if got := plot.Ceil(v); got != want {
			t.Errorf("Ceil(%v) is %v, want %v", v, got, want)
		}
	}
	if got := plot.Ceil(math.NaN()); got != 1 {
		t.Errorf("Ceil(NaN) is %v, want 1", got)
	}
}

// golden compares with a file, or rewrites it with -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

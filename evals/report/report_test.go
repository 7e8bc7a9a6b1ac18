package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assent/evals"
	"assent/evals/report"
	"assent/scoring/metric"
	"assent/scoring/train"
)

var update = flag.Bool("update", false, "rewrite golden files")

// scored are cases whose probabilities are right, and a blunter second opinion.
func scored(n int) (champion, challenger []float64, positive []bool) {
	random := rand.New(rand.NewPCG(3, 4))
	for range n {
		x := random.Float64()
		truth := x * x * x * 0.2
		champion = append(champion, math.Round(truth*1e4)/1e4)
		challenger = append(challenger, math.Round(min(truth*1.6+0.01*random.Float64(), 1)*1e4)/1e4)
		positive = append(positive, random.Float64() < truth)
	}
	return champion, challenger, positive
}

// sample is a result with everything in it.
func sample() evals.Result {
	const n = 4000
	p, blunt, positive := scored(n)
	c := metric.Rank(p, positive).Curve(nil)
	interval := func(v, half float64) metric.Interval { return metric.Interval{Value: v, Low: v - half, High: v + half} }
	r := evals.Result{
		Spec: "scoring/sample", Task: "fraud", Rows: evals.Rows{Train: 61234, Test: n},
		Metrics: map[string]metric.Interval{
			"auc": interval(c.AUC(), 0.02), "ap": interval(c.AP(), 0.03), "recall_at_1fpr": interval(c.RecallAtFPR(0.01), 0.02),
			"brier": interval(metric.Brier(p, positive), 0.003), "ece": interval(metric.ECE(p, positive), 0.002), "ap_over_base": interval(c.AP()/c.Base(), 0.5),
		},
		Baselines: map[string]map[string]float64{"untuned LightGBM": {"auc": 0.747, "ap": 0.139}, "logistic": {"auc": 0.71}},
		Gates: []metric.Gate{
			{Metric: "auc", Want: ">= 0.70", Have: c.AUC(), Pass: true},
			{Metric: "ece", Want: "<= 0.0005", Have: metric.ECE(p, positive)},
			{Metric: "lift_top10", Want: "in [2.0, 3.5]", Have: math.NaN()},
		},
		Model:   evals.Model{Name: "boosted trees 0.7, linear 0.3", Revision: "9f2c41d07be35a11"},
		Seconds: evals.Seconds{Train: 41.26, Predict: 0.183},
		Data:    strings.Repeat("0123456789abcdef", 4),
		Notes:   []string{"Columns that are known only after the order were left out.", "Labels become known 30 days after their row."},
		Report: evals.Report{
			HeldOut: true, Base: c.Base(), TrainBase: 0.0461, PR: c.PR(200), ROC: c.ROC(200),
			Before: metric.Reliability(blunt, positive, 10), After: metric.Reliability(p, positive, 10),
			Confusion:   confusion(p, positive, 0.1821),
			FalseAlarms: []evals.Case{{ID: "order-1009", Probability: 0.1999}, {ID: "order-77", Probability: 0.1988}},
			Misses:      []evals.Case{{ID: "order-2", Probability: 0.0007}, {ID: "order-31", Probability: 0.0012}},
			Challenger: &evals.Challenger{
				Name: "boosted trees", OnlyChampion: 41, OnlyOther: 17, McNemar: 0.00219,
				Differences: map[string]metric.Interval{"auc": {Value: -0.0123, Low: -0.02, High: -0.004}, "brier": {Value: 0.0004, Low: -0.0001, High: 0.001}, "log_loss": {Value: -0.002, Low: -0.003, High: -0.001}},
			},
		},
	}
	r.Sections = []evals.Section{{
		Title: "What is answered without a person", Doc: "Error of what is answered, by the share that is.",
		Head: []string{"Threshold", "Answered", "What"}, Rows: [][]string{{"0.90", "61.0 %", "sure"}, {"0.50", "94.2 %", "most"}},
		Plot: &evals.Plot{
			X: evals.Axis{Label: "answered", To: 1, Percent: true}, Y: evals.Axis{Label: "error", To: 0.2, Percent: true},
			Series: []evals.Series{{Name: "model", Points: []metric.Point{{X: 0.1, Y: 0.001}, {X: 0.5, Y: 0.02}, {X: 1, Y: 0.12}}}},
		},
	}}
	r.Report.Histogram = histogram(p, positive)
	r.Report.Cost = cost()
	r.Report.Backtest = backtest()
	r.Report.Features = []evals.Feature{
		{Name: "amount", Doc: "what the order is worth", Importance: 0.912, PSI: 0.012},
		{Name: "email_orders_30d", Doc: "orders of the same address in 30 days before", Importance: 0.455, PSI: 0.131, Missing: 0.021},
		{Name: "country", Importance: 0.201, PSI: 0.41, Missing: 0.2},
	}
	r.Report.Slices = []evals.Slice{
		{Name: "channel = marketplace", Rows: 412, Positive: 35, AUC: metric.Interval{Value: 0.71, Low: 0.64, High: 0.78}, Expected: 0.041, Observed: 0.085},
		{Name: "channel = web", Rows: 3588, Positive: 180, AUC: metric.Interval{Value: 0.83, Low: 0.81, High: 0.85}, Expected: 0.05, Observed: 0.0502},
		{Name: "country = LI", Rows: 102, AUC: metric.Interval{Value: math.NaN(), Low: math.NaN(), High: math.NaN()}, Expected: 0.01},
	}
	return r
}

func confusion(p []float64, positive []bool, threshold float64) evals.Confusion {
	c := evals.Confusion{Threshold: threshold}
	for i, x := range p {
		switch alarm := x > threshold; {
		case alarm && positive[i]:
			c.TruePositive++
		case alarm:
			c.FalsePositive++
		case positive[i]:
			c.FalseNegative++
		default:
			c.TrueNegative++
		}
	}
	return c
}

func histogram(p []float64, positive []bool) []evals.Bar {
	out := make([]evals.Bar, 20)
	for i := range out {
		out[i].From, out[i].To = float64(i)/100, float64(i+1)/100
	}
	for i, x := range p {
		b := &out[min(int(x*100), 19)]
		if positive[i] {
			b.Positive++
		} else {
			b.Negative++
		}
	}
	return out
}

func cost() *evals.Cost {
	c := &evals.Cost{Currency: "EUR", Best: 0.06}
	for i := range 21 {
		x := float64(i) / 100
		c.Curve = append(c.Curve, metric.Point{X: x, Y: 0.4 + 40*(x-0.06)*(x-0.06)})
	}
	return c
}

func backtest() []train.Origin {
	return []train.Origin{
		{From: 1704067200000000, Train: 40000, Test: 10000, Positive: 451, Learners: map[string]train.Figure{"trees": {AUC: 0.751, AP: 0.142, Loss: 0.171}, "linear": {AUC: 0.73, AP: 0.144, Loss: 0.175}}},
		{From: 1706745600000000, Train: 50000, Test: 11234, Positive: 500, Learners: map[string]train.Figure{"trees": {AUC: 0.761, AP: 0.152, Loss: 0.17}, "linear": {AUC: 0.74, AP: 0.131, Loss: 0.174}}},
	}
}

func write(t *testing.T, r evals.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	t.Parallel()
	golden(t, filepath.Join("testdata", "sample.html"), write(t, sample()))
}

func TestSameBytes(t *testing.T) {
	t.Parallel()
	first := write(t, sample())
	for range 5 {
		if write(t, sample()) != first {
			t.Fatal("the same result gives another page")
		}
	}
}

var (
	heading = regexp.MustCompile(`<h2 id="(\w+)">`)
	foreign = regexp.MustCompile(`(src|href|action|srcset)="([^"]*)"|url\(|@import|<script|<iframe|<link rel="stylesheet`)
	table   = regexp.MustCompile(`(?s)<table.*?</table>`)
	plots   = regexp.MustCompile(`<svg [^>]*role="img">\s*<title>[^<]+</title>`)
)

// TestOrder: a reader finds what decides first.
func TestOrder(t *testing.T) {
	t.Parallel()
	var got []string
	for _, m := range heading.FindAllStringSubmatch(write(t, sample()), -1) {
		got = append(got, m[1])
	}
	want := []string{"gates", "what", "metrics", "confusion", "ranking", "calibration", "cost", "backtest", "slices", "challenger", "features", "errors", "card"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNothingFromElsewhere: the file is all there is.
func TestNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	for _, m := range foreign.FindAllStringSubmatch(write(t, sample()), -1) {
		if m[2] != "data:," {
			t.Errorf("the page asks for %q", m[0])
		}
	}
}

// TestReadAloud: whoever cannot see has captions, and titles of plots.
func TestReadAloud(t *testing.T) {
	t.Parallel()
	page := write(t, sample())
	for _, text := range table.FindAllString(page, -1) {
		if !strings.Contains(text, "<caption><span>") || !strings.Contains(text, `scope="col"`) {
			t.Errorf("a table without a caption or heads: %.120s", text)
		}
	}
	if got, want := len(plots.FindAllString(page, -1)), strings.Count(page, "<svg "); got != want || want < 8 {
		t.Errorf("%d of %d pictures say what they show", got, want)
	}
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	page := write(t, sample())
	for _, want := range []string{
		`<td class="n">in [2.0, 3.5]</td><td class="n">not known</td>`,
		`<td class="n strong">not known</td><td class="n">not known</td>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(page, "NaN") || strings.Contains(page, "Inf") {
		t.Error("the page writes what is not a number")
	}
}

// TestLittle: sections that a result says nothing of are left out, whatever is
// missing.
func TestLittle(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]evals.Result{
		"nothing":         {},
		"a metric only":   {Spec: "text/x", Rows: evals.Rows{Test: 10}, Metrics: map[string]metric.Interval{"accuracy": {Value: math.NaN(), Low: math.NaN(), High: math.NaN()}}},
		"an empty curve":  {Report: evals.Report{Cost: &evals.Cost{}, Challenger: &evals.Challenger{}, Backtest: []train.Origin{{}}}},
		"infinite money":  {Report: evals.Report{Cost: &evals.Cost{Curve: []metric.Point{{X: math.NaN(), Y: math.Inf(1)}}}}},
		"an endless gate": {Gates: []metric.Gate{{Metric: "auc", Want: ">= 1e999"}}, Metrics: map[string]metric.Interval{"auc": {Value: 1}}},
		"no importance":   {Report: evals.Report{Features: []evals.Feature{{Name: "x", PSI: math.NaN(), Missing: math.NaN()}}}},
	} {
		page := write(t, r)
		if strings.Contains(page, "NaN") || strings.Contains(page, "Inf") {
			t.Errorf("%s: the page writes what is not a number", name)
		}
		if !strings.Contains(page, "</html>") {
			t.Errorf("%s: the page does not end", name)
		}
	}
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	pass, short := metric.Gate{Metric: "auc", Want: ">= 0.5", Have: 0.6, Pass: true}, metric.Gate{Metric: "ap", Want: ">= 0.5", Have: 0.4}
	for want, gates := range map[string][]metric.Gate{
		"Reported only: the spec has no gates.": nil,
		"Passes: the one gate holds.":           {pass},
		"Passes: all 2 gates hold.":             {pass, pass},
		"Falls short: 1 of 2 gates.":            {pass, short},
	} {
		if page := write(t, evals.Result{Spec: "x", Gates: gates}); !strings.Contains(page, "<title>x: "+want+"</title>") {
			t.Errorf("no %q", want)
		}
	}
}

// TestReading: a smaller loss is a better one.
func TestReading(t *testing.T) {
	t.Parallel()
	page := write(t, sample())
	for name, want := range map[string]string{"auc": "champion is better", "brier": "no clear difference", "log_loss": "challenger is better"} {
		row := regexp.MustCompile(`<code>` + name + `</code></th><td class="n strong">[^<]*</td><td class="n">[^<]*</td><td>([^<]*)</td></tr>`).FindStringSubmatch(page)
		if row == nil || row[1] != want {
			t.Errorf("%s: %v, want %q", name, row, want)
		}
	}
}

// TestFewLabels: one positive tells nothing, however narrow its interval.
func TestFewLabels(t *testing.T) {
	t.Parallel()
	for positives, want := range map[int]string{9: "few of a label", 10: "below the whole", 95: "few of a label"} {
		page := write(t, evals.Result{
			Metrics: map[string]metric.Interval{"auc": {Value: 0.9}},
			Report:  evals.Report{Slices: []evals.Slice{{Name: "s", Rows: 100, Positive: positives, AUC: metric.Interval{Value: 0.6, Low: 0.59, High: 0.61}}}},
		})
		if !strings.Contains(page, `<th scope="row">s <span class="tag`) || !strings.Contains(page, ">"+want+"<") {
			t.Errorf("%d positives: not marked %q", positives, want)
		}
	}
}

// TestNotCalibrated: where both are the same, one curve is drawn.
func TestNotCalibrated(t *testing.T) {
	t.Parallel()
	r := sample()
	r.Report.Before = r.Report.After
	if page := write(t, r); strings.Contains(page, "before calibration") || !strings.Contains(page, "not calibrated further") {
		t.Error("the page tells of a calibration that was not")
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	const day = 24 * 3600 * 1000000
	for from, want := range map[int64]string{0: "part 1", 34 * day: "day 34", 19723 * day: "2024-01-01"} {
		r := evals.Result{Report: evals.Report{Backtest: []train.Origin{{From: from, Learners: map[string]train.Figure{"x": {}}}}}}
		if page := write(t, r); !strings.Contains(page, `rowspan="1">`+want+`</th>`) {
			t.Errorf("an origin at %d is not written %q", from, want)
		}
	}
}

func TestShifted(t *testing.T) {
	t.Parallel()
	r := evals.Result{}
	for n, want := range []string{"", "1 of 1 shifted since training: f.", "2 of 2 shifted since training: f, f.", "3 of 3", "4 of 4", "5 of 5 shifted", "6 of 6 have shifted since training, among them f, f, f, f, f."} {
		if page := write(t, r); !strings.Contains(page, want) {
			t.Errorf("%d features: no %q", n, want)
		}
		r.Report.Features = append(r.Report.Features, evals.Feature{Name: "f", PSI: 0.25})
	}
}

// TestHostileNames: whatever names a file brings, the page's elements are those
// of its template.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	const hostile = `"'></title></style><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}`
	r := sample()
	r.Spec, r.Task, r.Data, r.Model = hostile, hostile, hostile, evals.Model{Name: hostile, Revision: hostile}
	r.Notes = []string{hostile}
	r.Sections[0].Title, r.Sections[0].Doc, r.Sections[0].Head[0], r.Sections[0].Rows[0][0] = hostile, hostile, hostile, hostile
	r.Sections[0].Plot.X.Label, r.Sections[0].Plot.Series[0].Name = hostile, hostile
	r.Metrics[hostile] = metric.Interval{Value: 1, Low: 0, High: 2}
	r.Baselines[hostile] = map[string]float64{hostile: 1}
	r.Gates = append(r.Gates, metric.Gate{Metric: hostile, Want: hostile})
	r.Report.Cost.Currency = hostile
	r.Report.Features[2].Name, r.Report.Features[2].Doc = hostile, hostile
	r.Report.Slices[0].Name = hostile
	r.Report.Challenger.Name = hostile
	r.Report.Challenger.Differences[hostile] = metric.Interval{}
	r.Report.Backtest[0].Learners[hostile] = train.Figure{}
	r.Report.FalseAlarms[0].ID, r.Report.Misses[0].ID = hostile, hostile
	page := write(t, r)
	for _, bad := range []string{"<script", "<img", `"'>`} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if got := strings.Count(page, "alert(1)"); got < 40 {
		t.Errorf("%d of the hostile names are there; they must be shown, escaped", got)
	}
	wellFormed(t, page)
}

// wellFormed reads the page as XML does, which mends nothing.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(page))
	decoder.Entity = xml.HTMLEntity
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for value, want := range map[float64]string{
		0.86004: "0.8600", -0.00001: "0.0000", 12.345: "12.35", 1234567: "1,234,567", -1234: "-1,234", 9.99999: "10.0000", math.Inf(-1): "not known",
	} {
		page := write(t, evals.Result{Gates: []metric.Gate{{Metric: "m", Want: "w", Have: value}}})
		if !strings.Contains(page, `<td class="n">w</td><td class="n">`+want+`</td>`) {
			t.Errorf("%s is not written %s", strconv.FormatFloat(value, 'g', -1, 64), want)
		}
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteFails(t *testing.T) {
	t.Parallel()
	if err := report.Write(full{}, sample()); !errors.Is(err, errFull) {
		t.Errorf("%v, want the writer's error", err)
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

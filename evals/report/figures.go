package report

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"

	"assent/evals"
	"assent/evals/report/plot"
	"assent/scoring/metric"
)

// curves are precision over recall first: where positives are rare, a ROC
// curve flatters.
func curves(r evals.Result) []figure {
	var out []figure
	rows := fmt.Sprintf("n\u00a0=\u00a0%s, base rate %s", count(r.Rows.Test), pct(r.Report.Base))
	at := rates(r.Report.Confusion)
	if len(r.Report.PR) > 0 {
		out = append(out, figure{precisionRecall(r, at).SVG(), fmt.Sprintf("Precision is the share of alarms that are right, recall that of positives caught. Average precision %s. The dashed line is the base rate, which is what guessing has. %s.", value(r, "ap"), rows)})
	}
	if len(r.Report.ROC) > 0 {
		out = append(out, figure{roc(r, at).SVG(), fmt.Sprintf("Recall over the share of negatives that alarm. AUC %s. The dashed line is guessing. %s.", value(r, "auc"), rows)})
	}
	return out
}

// operating is where the threshold of the confusion lies on the curves.
type operating struct{ recall, precision, falseAlarms float64 }

func rates(c evals.Confusion) operating {
	share := func(a, b int) float64 {
		if a+b == 0 {
			return math.NaN()
		}
		return float64(a) / float64(a+b)
	}
	return operating{share(c.TruePositive, c.FalseNegative), share(c.TruePositive, c.FalsePositive), share(c.FalsePositive, c.TrueNegative)}
}

func precisionRecall(r evals.Result, at operating) plot.Line {
	base := r.Report.Base
	return plot.Line{
		Title: "Precision over recall, average precision " + value(r, "ap"),
		X:     plot.Axis{Label: "recall", To: 1, Percent: true},
		Y:     plot.Axis{Label: "precision", To: 1, Percent: true},
		Series: []plot.Series{
			{Name: "model", Points: r.Report.PR},
			{Name: "base rate " + pct(base), Points: []metric.Point{{X: 0, Y: base}, {X: 1, Y: base}}, Plain: true},
		},
		Marks: []plot.Mark{{Name: threshold, X: at.recall, Y: at.precision}},
	}
}

// roc begins at nothing caught, which no threshold gives.
func roc(r evals.Result, at operating) plot.Line {
	return plot.Line{
		Title: "ROC curve, AUC " + value(r, "auc"),
		X:     plot.Axis{Label: "false alarms", To: 1, Percent: true},
		Y:     plot.Axis{Label: "recall", To: 1, Percent: true},
		Series: []plot.Series{
			{Name: "model", Points: append([]metric.Point{{}}, r.Report.ROC...)},
			{Name: "guessing", Points: []metric.Point{{X: 0, Y: 0}, {X: 1, Y: 1}}, Plain: true},
		},
		Marks: []plot.Mark{{Name: threshold, X: at.falseAlarms, Y: at.recall, Under: true}},
	}
}

func value(r evals.Result, name string) string {
	if m, there := r.Metrics[name]; there {
		return num(m.Value)
	}
	return unknown
}

// calibration are reliability before and after, and where probabilities lie.
func calibration(r evals.Result) []figure {
	var out []figure
	if len(r.Report.Before)+len(r.Report.After) > 0 {
		out = append(out, reliability(r))
	}
	if len(r.Report.Histogram) > 0 {
		out = append(out, figure{histogram(r.Report.Histogram).SVG(), "How many cases have which probability; n\u00a0=\u00a0" + count(r.Rows.Test) + "."})
	}
	return out
}

// reliability draws one curve where nothing was calibrated after the model.
func reliability(r evals.Result) figure {
	p := plot.Reliability{Title: "Observed over expected rate of positives", Series: []plot.Bins{{Name: "probabilities", Bins: r.Report.After}}}
	words := fmt.Sprintf("ECE %s, Brier %s; the model's own probabilities, not calibrated further.", value(r, "ece"), value(r, "brier"))
	if before, after := r.Report.Before, r.Report.After; calibrated(r) {
		p.Title += ", before and after calibration"
		p.Series = []plot.Bins{{Name: "before calibration", Bins: before}, {Name: "after", Bins: after}}
		words = fmt.Sprintf("ECE %s before and %s after calibration; Brier %s after.", num(ece(before)), value(r, "ece"), value(r, "brier"))
	}
	return figure{p.SVG(), words + " Bins of equal count, each with its 95\u00a0% interval; n\u00a0=\u00a0" + count(r.Rows.Test) + ". Square-root scales."}
}

func calibrated(r evals.Result) bool { return !slices.Equal(r.Report.Before, r.Report.After) }

// ece is the expected calibration error of bins; see metric.ECE.
func ece(bins []metric.Bin) float64 {
	sum, rows := 0.0, 0.0
	for _, b := range bins {
		sum += float64(b.Rows) * math.Abs(b.Expected-b.Observed)
		rows += float64(b.Rows)
	}
	return sum / rows // NaN without bins
}

func histogram(bars []evals.Bar) plot.Histogram {
	h := plot.Histogram{Title: "Cases by probability, negatives and positives", Label: "calibrated probability", Percent: true, Names: []string{"negative", "positive"}}
	for _, b := range bars {
		h.Columns = append(h.Columns, plot.Column{From: b.From, To: b.To, Counts: []int{b.Negative, b.Positive}})
	}
	return h
}

// cost is the cost curve and figures read from it.
type cost struct {
	figure
	Currency       string
	Best, AtBest   float64
	Live           float64 // at the threshold of the confusion
	Lowest, Nobody float64 // acting on everybody, and on nobody
}

func newCost(r evals.Result) *cost {
	c := r.Report.Cost
	if c == nil || len(c.Curve) == 0 {
		return nil
	}
	out := &cost{
		Currency: c.Currency, Best: c.Best, AtBest: height(c.Curve, c.Best), Live: height(c.Curve, r.Report.Confusion.Threshold),
		Lowest: c.Curve[0].Y, Nobody: c.Curve[len(c.Curve)-1].Y,
	}
	live := r.Report.Confusion.Threshold
	out.figure = figure{costLine(c, out.AtBest, live, out.Live).SVG(),
		fmt.Sprintf("Expected cost of a case by the threshold from which on it is acted upon; n\u00a0=\u00a0%s. Square-root scales.", count(r.Rows.Test))}
	return out
}

func costLine(c *evals.Cost, atBest, live, atLive float64) plot.Line {
	most, widest := 0.0, 0.0
	for _, p := range c.Curve {
		if known(p.Y) {
			most = max(most, p.Y)
		}
		widest = max(widest, p.X)
	}
	return plot.Line{
		Title:  fmt.Sprintf("Expected cost over threshold, least %s %s at %s", num(atBest), c.Currency, num(c.Best)),
		X:      plot.Axis{Label: "threshold", To: plot.Ceil(widest), Root: true, Percent: true},
		Y:      plot.Axis{Label: c.Currency + " a case", To: plot.Ceil(most), Root: true},
		Series: []plot.Series{{Name: "expected cost", Points: c.Curve}},
		Marks:  []plot.Mark{{Name: "least", X: c.Best, Y: atBest, Under: true}, {Name: threshold, X: live, Y: atLive}},
	}
}

// height reads a curve at x: its last point that is not beyond.
func height(curve []metric.Point, x float64) float64 {
	y := math.NaN()
	for _, p := range curve {
		if p.X <= x {
			y = p.Y
		}
	}
	return y
}

var number = regexp.MustCompile(`-?\d+(\.\d+)?([eE]-?\d+)?`)

// numbers finds the numbers of a gate's bar, such as ">= 0.86".
func numbers(want string) []float64 {
	var out []float64
	for _, text := range number.FindAllString(want, -1) {
		if v, err := strconv.ParseFloat(text, 64); err == nil && known(v) {
			out = append(out, v)
		}
	}
	return out
}

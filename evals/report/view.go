package report

import (
	"fmt"
	"html/template"
	"maps"
	"math"
	"slices"
	"strings"

	"assent/evals"
	"assent/evals/report/plot"
	"assent/scoring/metric"
	"assent/scoring/train"
)

// threshold says which one the confusion is counted at, wherever it is shown.
const threshold = "threshold of 1\u00a0% false alarms"

// view is what the template reads: the result, and what is computed of it.
type view struct {
	evals.Result
	Verdict   string
	Passed    bool
	Positives int // of the test

	Headline      []headline
	BaselineNames []string
	Curves        []figure
	Calibration   []figure
	Cost          *cost
	Folds         []fold
	Slices        []slice
	Challenge     []difference
	Features      []feature
	Shifted       string // the features beyond the second mark, in a sentence
	Parts         []part
}

// figure is a plot with the words under it.
type figure struct {
	SVG     template.HTML
	Caption string
}

func newView(r evals.Result) *view {
	v := &view{Result: r, BaselineNames: slices.Sorted(maps.Keys(r.Baselines))}
	c := r.Report.Confusion
	v.Positives = c.TruePositive + c.FalseNegative
	v.Verdict, v.Passed = verdict(r.Gates)
	v.Headline = headlines(r, v.BaselineNames)
	v.Curves, v.Calibration = curves(r), calibration(r)
	v.Cost = newCost(r)
	v.Folds = folds(r.Report.Backtest)
	v.Slices = newSlices(r)
	v.Challenge = differences(r)
	v.Features, v.Shifted = features(r.Report.Features), shifted(r.Report.Features)
	v.Parts = parts(r.Sections)
	return v
}

// Confused says whether there is a confusion to show.
func (v *view) Confused() bool {
	c := v.Report.Confusion
	return c.TruePositive+c.FalsePositive+c.TrueNegative+c.FalseNegative > 0
}

// Calibrated says whether probabilities are other than the model's own.
func (v *view) Calibrated() bool { return calibrated(v.Result) }

// verdict says in a sentence whether the gates hold.
func verdict(gates []metric.Gate) (sentence string, passed bool) {
	short := 0
	for _, g := range gates {
		if !g.Pass {
			short++
		}
	}
	switch n := len(gates); {
	case n == 0:
		return "Reported only: the spec has no gates.", true
	case short == 0:
		return fmt.Sprintf("Passes: %s.", holds(n)), true
	default:
		return fmt.Sprintf("Falls short: %d of %d gates.", short, n), false
	}
}

func holds(n int) string {
	if n == 1 {
		return "the one gate holds"
	}
	return fmt.Sprintf("all %d gates hold", n)
}

// headline is a row of the table of metrics.
type headline struct {
	Name, Doc string
	Less      bool // the smaller, the better
	Interval  metric.Interval
	Gate      *metric.Gate
	Baselines []string // by BaselineNames; "" where a baseline has none
	SVG       template.HTML
}

// headlines lists the metrics: those of probabilities in the order of record,
// then the others by name.
func headlines(r evals.Result, baselines []string) []headline {
	var out []headline
	for _, name := range r.Names() {
		f, _ := r.Figure(name)
		h := headline{Name: name, Doc: f.Doc, Less: f.Less, Interval: r.Metrics[name]}
		if i := slices.IndexFunc(r.Gates, func(g metric.Gate) bool { return g.Metric == name }); i >= 0 {
			h.Gate = &r.Gates[i]
		}
		var peers []float64
		for _, b := range baselines {
			text := ""
			if v, there := r.Baselines[b][name]; there {
				text, peers = num(v), append(peers, v)
			}
			h.Baselines = append(h.Baselines, text)
		}
		h.SVG = h.whisker(peers)
		out = append(out, h)
	}
	return out
}

// whisker draws the interval on a scale of its own, just wide enough for it,
// the bar and the peers.
func (h headline) whisker(peers []float64) template.HTML {
	var limits []float64
	if h.Gate != nil {
		limits = numbers(h.Gate.Want)
	}
	from, to := math.Inf(1), math.Inf(-1)
	for _, x := range slices.Concat(limits, peers, []float64{h.Interval.Value, h.Interval.Low, h.Interval.High}) {
		if known(x) {
			from, to = min(from, x), max(to, x)
		}
	}
	if !(to > from) {
		from, to = from-1, to+1
	}
	return plot.Whisker{
		Title:    fmt.Sprintf("%s: %s, interval %s", h.Name, num(h.Interval.Value), interval(h.Interval)),
		Interval: h.Interval, Limits: limits, Others: peers, From: from, To: to,
	}.SVG()
}

// fold is one learner at one origin of the backtest.
type fold struct {
	Origin  train.Origin
	Number  int // of the origin, from 1
	First   bool
	Span    int // learners of the origin
	Learner string
	Figure  train.Figure
	Best    bool // by AP, among the learners of the origin
}

// folds lists learners by origin.
func folds(origins []train.Origin) []fold {
	var out []fold
	for i, o := range origins {
		best := math.Inf(-1)
		for _, f := range o.Learners {
			best = max(best, f.AP)
		}
		for k, name := range slices.Sorted(maps.Keys(o.Learners)) {
			f := o.Learners[name]
			out = append(out, fold{o, i + 1, k == 0, len(o.Learners), name, f, f.AP == best})
		}
	}
	return out
}

// slice is one part of the test.
type slice struct {
	evals.Slice
	SVG template.HTML
	// Few says that one of the labels is too rare for the interval to be
	// trusted: with a single positive it only tells how negatives differ.
	Few bool
	// Below says that the whole interval lies under the AUC of all rows.
	Below bool
}

// fewLabels is how many cases of either label an interval needs.
const fewLabels = 10

func newSlices(r evals.Result) []slice {
	out := make([]slice, len(r.Report.Slices))
	all, measured := r.Metrics["auc"]
	from := 0.5
	for _, s := range r.Report.Slices {
		if known(s.AUC.Low) {
			from = min(from, s.AUC.Low)
		}
	}
	for i, s := range r.Report.Slices {
		w := plot.Whisker{Title: "AUC " + num(s.AUC.Value) + ", interval " + interval(s.AUC), Interval: s.AUC, From: from, To: 1}
		if measured && known(all.Value) {
			w.Limits = []float64{all.Value}
		}
		few := min(s.Positive, s.Rows-s.Positive) < fewLabels
		out[i] = slice{s, w.SVG(), few, !few && measured && s.AUC.High < all.Value}
	}
	return out
}

// difference is a row of champion against challenger.
type difference struct {
	Name     string
	Interval metric.Interval
	Reading  string
}

func differences(r evals.Result) []difference {
	c := r.Report.Challenger
	if c == nil {
		return nil
	}
	var out []difference
	for _, name := range r.Ordered(slices.Collect(maps.Keys(c.Differences))) {
		f, described := r.Figure(name)
		out = append(out, difference{name, c.Differences[name], reading(f, described, c.Differences[name])})
	}
	return out
}

// reading says who is better, if the interval is on one side of nothing.
func reading(f metric.Figure, described bool, d metric.Interval) string {
	above, below := d.Low > 0, d.High < 0
	switch {
	case !above && !below:
		return "no clear difference"
	case !described:
		return "differs"
	case above != f.Less:
		return "challenger is better"
	default:
		return "champion is better"
	}
}

// Marks of the population stability index; see metric.PSI.
const (
	psiLook  = 0.1
	psiShift = 0.25
)

// feature is a row of the table of features.
type feature struct {
	evals.Feature
	Importance, PSI template.HTML
	Reading         string
}

func features(all []evals.Feature) []feature {
	var rows []feature
	most := 0.0
	for _, f := range all {
		most = max(most, f.Importance)
	}
	for _, f := range all {
		rows = append(rows, feature{
			Feature:    f,
			Importance: plot.Bar{Title: "importance " + num(f.Importance), Value: f.Importance, To: most}.SVG(),
			PSI:        plot.Bar{Title: "PSI " + num(f.PSI), Value: f.PSI, To: 2 * psiShift, Marks: []float64{psiLook, psiShift}}.SVG(),
			Reading:    stability(f.PSI),
		})
	}
	return rows
}

// shifted says how many features have shifted, and names the first few.
func shifted(all []evals.Feature) string {
	const most = 5
	var names []string
	for _, f := range all {
		if f.PSI >= psiShift {
			names = append(names, f.Name)
		}
	}
	switch n := len(names); {
	case n == 0:
		return "None has shifted since training."
	case n > most:
		return fmt.Sprintf("%d of %d have shifted since training, among them %s.", n, len(all), strings.Join(names[:most], ", "))
	default:
		return fmt.Sprintf("%d of %d shifted since training: %s.", n, len(all), strings.Join(names, ", "))
	}
}

func stability(psi float64) string {
	switch {
	case !known(psi):
		return unknown
	case psi >= psiShift:
		return "shifted"
	case psi >= psiLook:
		return "look"
	default:
		return "steady"
	}
}

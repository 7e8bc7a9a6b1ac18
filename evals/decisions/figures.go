package decisions

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"assent/evals"
	"assent/internal/simulator"
	"assent/scoring/metric"
)

// figures are those beside the ones of record, in the order of reports.
func figures() []metric.Figure {
	out := []metric.Figure{
		{Name: "precision_at_20", Doc: "share of abuse among the 20 refunds a day that score highest: what people can look at"},
		{Name: "recall_at_20", Doc: "share of abuse that is among the 20 refunds a day that score highest"},
		{Name: "precision_at_limit", Doc: "share of abuse among refunds at or above the limit of the policy"},
		{Name: "recall_at_limit", Doc: "share of abuse at or above the limit of the policy"},
	}
	for _, p := range simulator.Patterns {
		out = append(out, metric.Figure{Name: "recall_" + p, Doc: "recall_at_20 of the pattern " + p})
	}
	return append(out,
		metric.Figure{Name: "honest_flags", Doc: "share of honest refunds at or above the limit, on ordinary days", Less: true},
		metric.Figure{Name: "flags_change_bad_batch", Doc: "honest_flags in the week of a bad batch, less that on ordinary days", Less: true},
		metric.Figure{Name: "flags_change_peak", Doc: "honest_flags in the week of three times the business, less that on ordinary days", Less: true},
		metric.Figure{Name: "flags_change_outlet", Doc: "honest_flags of the outlet store, less that of the others, on ordinary days", Less: true},
	)
}

// names are all figures in the order of seen.figures.
func names() []string {
	var out []string
	for _, f := range append(metric.Figures(), figures()...) {
		out = append(out, f.Name)
	}
	return out
}

// share is a part of a whole, added up over days.
type share struct{ part, whole float64 }

func (s *share) add(w float64, o share) { s.part, s.whole = s.part+w*o.part, s.whole+w*o.whole }

func (s share) value() float64 {
	if s.whole == 0 {
		return math.NaN()
	}
	return s.part / s.whole
}

// Places in dayShares; the recalls of the patterns follow.
const (
	looked = iota // abuse of what is looked at
	caught        // looked at of the abuse
	alarms        // abuse of what reaches the limit
	reached
	honestOrdinary // reaching the limit, of the honest
	honestBatch
	honestPeak
	honestOutlet
	honestElsewhere
	firstPattern
)

// seen is what one model made of the judged days.
type seen struct {
	sample *metric.Sample
	day    []int     // by case
	shares [][]share // by day and place
}

func (c *seasonCases) seen(probabilities []float64, limit float64) (*seen, error) {
	sample, err := metric.NewSample(probabilities, c.positive)
	if err != nil {
		return nil, err
	}
	s := &seen{sample: sample, day: c.day, shares: make([][]share, c.days)}
	for d := range s.shares {
		s.shares[d] = make([]share, firstPattern+len(simulator.Patterns))
	}
	for i, look := range c.looks(probabilities) {
		day := s.shares[c.day[i]]
		flag := indicator(probabilities[i] >= limit)
		abuse := indicator(c.positive[i])
		day[looked].add(1, share{look * abuse, look})
		day[alarms].add(1, share{flag * abuse, flag})
		if !c.positive[i] {
			c.honest(day, i, flag)
			continue
		}
		day[caught].add(1, share{look, 1})
		day[reached].add(1, share{flag, 1})
		day[firstPattern+slices.Index(simulator.Patterns, c.pattern[i])].add(1, share{look, 1})
	}
	return s, nil
}

// honest adds what happened to an honest refund.
func (c *seasonCases) honest(day []share, i int, flag float64) {
	at := map[simulator.Odd]int{simulator.Ordinary: honestOrdinary, simulator.BadBatch: honestBatch, simulator.Peak: honestPeak}[c.odd[i]]
	day[at].add(1, share{flag, 1})
	switch {
	case at != honestOrdinary:
	case c.outlet[i]:
		day[honestOutlet].add(1, share{flag, 1})
	default:
		day[honestElsewhere].add(1, share{flag, 1})
	}
}

// looks says how much of a look each case gets: 1 among its day's highest, and
// where the last places are tied, equal parts of them.
func (c *seasonCases) looks(probabilities []float64) []float64 {
	byDay := make([][]int, c.days)
	for i, d := range c.day {
		byDay[d] = append(byDay[d], i)
	}
	out := make([]float64, len(probabilities))
	for _, cases := range byDay {
		slices.SortStableFunc(cases, func(a, b int) int { return cmp.Compare(probabilities[b], probabilities[a]) })
		for left, from := float64(capacity), 0; from < len(cases) && left > 0; {
			to := from
			for to < len(cases) && probabilities[cases[to]] == probabilities[cases[from]] {
				to++
			}
			part := min(1, left/float64(to-from))
			for _, i := range cases[from:to] {
				out[i] = part
			}
			left, from = left-part*float64(to-from), to
		}
	}
	return out
}

// figures are those of names; weights say how often each day counts.
func (s *seen) figures(weights []float64) []float64 {
	sums := make([]share, firstPattern+len(simulator.Patterns))
	var rows []float64
	if weights != nil {
		rows = make([]float64, len(s.day))
		for i, d := range s.day {
			rows[i] = weights[d]
		}
	}
	for d, day := range s.shares {
		w := 1.0
		if weights != nil {
			w = weights[d]
		}
		for k := range sums {
			sums[k].add(w, day[k])
		}
	}
	out := append(s.sample.Measure(rows), sums[looked].value(), sums[caught].value(), sums[alarms].value(), sums[reached].value())
	for k := range simulator.Patterns {
		out = append(out, sums[firstPattern+k].value())
	}
	ordinary := sums[honestOrdinary].value()
	return append(out, ordinary, sums[honestBatch].value()-ordinary, sums[honestPeak].value()-ordinary, sums[honestOutlet].value()-sums[honestElsewhere].value())
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// report is what the page shows of the card. Parts are one pattern each beside
// all honest refunds, or one sort of day.
func (c *seasonCases) report(j evals.Judged, seed uint64) evals.Report {
	out := j.Report()
	out.Before = out.After
	for _, p := range simulator.Patterns {
		out.Slices = append(out.Slices, j.Slice("pattern = "+p, c.rows(func(i int) bool { return c.pattern[i] == p || !c.positive[i] }), seed))
	}
	for _, odd := range []simulator.Odd{simulator.Ordinary, simulator.BadBatch, simulator.Peak} {
		out.Slices = append(out.Slices, j.Slice(fmt.Sprintf("days = %s", cmp.Or(odd, "ordinary")), c.rows(func(i int) bool { return c.odd[i] == odd }), seed))
	}
	evals.WorstFirst(out.Slices)
	return out
}

func (c *seasonCases) rows(of func(int) bool) []int {
	var rows []int
	for i := range c.positive {
		if of(i) {
			rows = append(rows, i)
		}
	}
	return rows
}

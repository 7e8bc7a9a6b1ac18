package evals

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"assent/scoring/frame"
	"assent/scoring/logistic"
	"assent/scoring/metric"
	"assent/scoring/train"
)

// Sizes of what a page shows.
const (
	curvePoints = 200
	bins        = 10
	bars        = 20
	mostCases   = 20
	leastSlice  = 100 // rows of a slice worth a figure
)

// report gathers what the page shows.
func (p *prepared) report(f *train.Fitted, j judged, sample *metric.Sample, seed uint64) (Report, error) {
	c := metric.Rank(j.probability, j.positive).Curve(nil)
	out := Report{
		HeldOut: p.data.held, Base: c.Base(), TrainBase: p.base(),
		PR: c.PR(curvePoints), ROC: c.ROC(curvePoints),
		Before:    metric.Reliability(logistic.Sigmoids(j.raw), j.positive, bins),
		After:     metric.Reliability(j.probability, j.positive, bins),
		Histogram: histogram(j), Backtest: f.Backtest.Origins, Features: p.features(f),
		Confusion: confusion(j), Slices: p.slices(j, seed), Cost: p.cost(j),
	}
	ids := make([]string, len(p.test))
	for k, i := range p.test {
		ids[k] = p.data.ids[i]
	}
	out.FalseAlarms, out.Misses = worstOf(j, ids)
	if f.Challenger == nil {
		return out, nil
	}
	challenger, err := p.challenge(f.Challenger, j, sample, out.Confusion.Threshold, seed)
	out.Challenger = challenger
	return out, err
}

func (p *prepared) base() float64 {
	n := 0
	for _, positive := range p.frame.Positive {
		if positive {
			n++
		}
	}
	return float64(n) / float64(p.frame.Rows())
}

func histogram(j judged) []Bar {
	out := make([]Bar, bars)
	top := max(slices.Max(j.probability), math.SmallestNonzeroFloat64)
	for i := range out {
		out[i].From, out[i].To = top*float64(i)/bars, top*float64(i+1)/bars
	}
	for i, p := range j.probability {
		b := &out[min(int(p/top*bars), bars-1)]
		if j.positive[i] {
			b.Positive++
		} else {
			b.Negative++
		}
	}
	return out
}

// confusion is at the threshold that lets at most one per cent of negatives
// alarm.
func confusion(j judged) Confusion {
	const most = 0.01
	var negatives []float64
	for i, p := range j.probability {
		if !j.positive[i] {
			negatives = append(negatives, p)
		}
	}
	slices.Sort(negatives)
	out := Confusion{Threshold: 1}
	if n := len(negatives); n > 0 {
		// Above the threshold alarm; at it, not.
		out.Threshold = negatives[n-1-int(most*float64(n))]
	}
	for i, p := range j.probability {
		switch alarm := p > out.Threshold; {
		case alarm && j.positive[i]:
			out.TruePositive++
		case alarm:
			out.FalsePositive++
		case j.positive[i]:
			out.FalseNegative++
		default:
			out.TrueNegative++
		}
	}
	return out
}

// worstOf are the errors that the model was surest of.
func worstOf(j judged, ids []string) (alarms, misses []Case) {
	order := make([]int, len(j.probability))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(j.probability[b], j.probability[a]) })
	for _, k := range order {
		if !j.positive[k] && len(alarms) < mostCases {
			alarms = append(alarms, Case{ids[k], j.probability[k]})
		}
	}
	for _, k := range slices.Backward(order) {
		if j.positive[k] && len(misses) < mostCases {
			misses = append(misses, Case{ids[k], j.probability[k]})
		}
	}
	return alarms, misses
}

// features are by what they are worth, with how they moved.
func (p *prepared) features(f *train.Fitted) []Feature {
	out := make([]Feature, len(p.columns))
	for c, column := range p.columns {
		var then, now []frame.Value
		missing := 0
		for _, i := range p.train {
			then = append(then, p.value(c, i))
		}
		for _, i := range p.test {
			v := p.value(c, i)
			if now = append(now, v); !v.Known {
				missing++
			}
		}
		out[c] = Feature{
			Name: column.Name, Doc: p.spec.Features[c].Doc, Importance: f.Importance[c],
			PSI: metric.Freeze(column.Type, then).PSI(now), Missing: float64(missing) / float64(len(now)),
		}
	}
	slices.SortStableFunc(out, func(a, b Feature) int { return cmp.Compare(b.Importance, a.Importance) })
	return out
}

// slices cuts the test by the spec's columns, the worst first.
func (p *prepared) slices(j judged, seed uint64) []Slice {
	var out []Slice
	for _, name := range p.spec.Slices {
		values, _ := p.data.table.text(name) // it is there: see shown
		parts := map[string][]int{}
		for k, i := range p.test {
			parts[values[i]] = append(parts[values[i]], k)
		}
		for value, rows := range parts {
			if len(rows) >= leastSlice {
				out = append(out, slice(name+" = "+value, rows, j, seed))
			}
		}
	}
	slices.SortFunc(out, func(a, b Slice) int {
		return cmp.Or(cmp.Compare(orLast(a.AUC.Value), orLast(b.AUC.Value)), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func orLast(x float64) float64 {
	if math.IsNaN(x) {
		return 2
	}
	return x
}

func slice(name string, rows []int, j judged, seed uint64) Slice {
	s := Slice{Name: name, Rows: len(rows)}
	var scores []float64
	var positive []bool
	for _, k := range rows {
		scores, positive = append(scores, j.probability[k]), append(positive, j.positive[k])
		s.Expected += j.probability[k] / float64(len(rows))
		if j.positive[k] {
			s.Positive++
		}
	}
	s.Observed = float64(s.Positive) / float64(len(rows))
	ranking := metric.Rank(scores, positive)
	s.AUC = metric.Bootstrap(len(rows), seed, func(w []float64) []float64 { return []float64{ranking.Curve(w).AUC()} })[0]
	return s
}

// cost is the expected cost of each threshold, where the spec says what
// mistakes cost.
func (p *prepared) cost(j judged) *Cost {
	m := p.spec.Money
	if m == nil {
		return nil
	}
	texts, _ := p.data.table.text(m.Value) // it is there: see shown
	const steps = 100
	out := &Cost{Currency: m.Currency}
	least := math.Inf(1)
	top := slices.Max(j.probability)
	for n := range steps + 1 {
		threshold, sum, counted := top*float64(n)/steps, 0.0, 0.0
		for k, i := range p.test {
			value, err := strconv.ParseFloat(texts[i], 64)
			if err != nil {
				continue
			}
			counted++
			switch looked := j.probability[k] > threshold; {
			case looked:
				sum += m.Review
				if !j.positive[k] {
					sum += m.Margin * value
				}
			case j.positive[k]:
				sum += m.Loss * value
			}
		}
		sum /= max(counted, 1)
		out.Curve = append(out.Curve, metric.Point{X: threshold, Y: sum})
		if sum < least {
			least, out.Best = sum, threshold
		}
	}
	return out
}

// challenge asks the runner-up about the same rows.
func (p *prepared) challenge(f *train.Fitted, champion judged, sample *metric.Sample, threshold float64, seed uint64) (*Challenger, error) {
	other := p.judge(f)
	second, err := metric.NewSample(other.probability, other.positive)
	if err != nil {
		return nil, err
	}
	differences, err := metric.Compare(sample, second, seed)
	if err != nil {
		return nil, err
	}
	out := &Challenger{Name: f.Blend.Shares.String(), Differences: map[string]metric.Interval{}}
	for name, d := range differences {
		out.Differences[name] = d.Interval
	}
	own := confusion(other).Threshold
	out.OnlyChampion, out.OnlyOther = metric.Discordant(over(champion.probability, threshold), over(other.probability, own), champion.positive)
	out.McNemar = metric.McNemar(out.OnlyChampion, out.OnlyOther)
	return out, nil
}

// over says which probabilities alarm at a threshold.
func over(probabilities []float64, threshold float64) []bool {
	alarms := make([]bool, len(probabilities))
	for i, p := range probabilities {
		alarms[i] = p > threshold
	}
	return alarms
}

package tabular

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"assent/evals"
	"assent/scoring/frame"
	"assent/scoring/logistic"
	"assent/scoring/metric"
	"assent/scoring/train"
)

// leastSlice is how many rows of a slice are worth a figure.
const leastSlice = 100

// report gathers what the page shows.
func (p *prepared) report(f *train.Fitted, j judged, sample *metric.Sample, seed uint64) (evals.Report, error) {
	out := j.Report()
	out.HeldOut, out.TrainBase, out.Before = p.data.held, p.base(), j.Reliability(logistic.Sigmoids(j.raw))
	out.Backtest, out.Features, out.Slices, out.Cost = f.Backtest.Origins, p.features(f), p.slices(j, seed), p.cost(j)
	if f.Challenger == nil {
		return out, nil
	}
	challenger, err := p.challenge(f.Challenger, j, sample, seed)
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

// features are by what they are worth, with how they moved.
func (p *prepared) features(f *train.Fitted) []evals.Feature {
	out := make([]evals.Feature, len(p.columns))
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
		out[c] = evals.Feature{
			Name: column.Name, Doc: p.spec.Features[c].Doc, Importance: f.Importance[c],
			PSI: metric.Freeze(column.Type, then).PSI(now), Missing: float64(missing) / float64(len(now)),
		}
	}
	slices.SortStableFunc(out, func(a, b evals.Feature) int { return cmp.Compare(b.Importance, a.Importance) })
	return out
}

// slices cuts the test by the spec's columns, the worst first.
func (p *prepared) slices(j judged, seed uint64) []evals.Slice {
	var out []evals.Slice
	for _, name := range p.spec.Slices {
		values, _ := p.data.table.text(name) // it is there: see shown
		parts := map[string][]int{}
		for k, i := range p.test {
			parts[values[i]] = append(parts[values[i]], k)
		}
		for value, rows := range parts {
			if len(rows) >= leastSlice {
				out = append(out, j.Slice(name+" = "+value, rows, seed))
			}
		}
	}
	evals.WorstFirst(out)
	return out
}

// cost is the expected cost of each threshold, where the spec says what
// mistakes cost.
func (p *prepared) cost(j judged) *evals.Cost {
	m := p.spec.Money
	if m == nil {
		return nil
	}
	texts, _ := p.data.table.text(m.Value) // it is there: see shown
	const steps = 100
	out := &evals.Cost{Currency: m.Currency}
	least := math.Inf(1)
	top := slices.Max(j.Probability)
	for n := range steps + 1 {
		threshold, sum, counted := top*float64(n)/steps, 0.0, 0.0
		for k, i := range p.test {
			value, err := strconv.ParseFloat(texts[i], 64)
			if err != nil {
				continue
			}
			counted++
			switch looked := j.Probability[k] > threshold; {
			case looked:
				sum += m.Review
				if !j.Positive[k] {
					sum += m.Margin * value
				}
			case j.Positive[k]:
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
func (p *prepared) challenge(f *train.Fitted, champion judged, sample *metric.Sample, seed uint64) (*evals.Challenger, error) {
	other := p.judge(f)
	second, err := metric.NewSample(other.Probability, other.Positive)
	if err != nil {
		return nil, err
	}
	differences, err := metric.Compare(sample, second, seed)
	if err != nil {
		return nil, err
	}
	out := champion.Challenge(f.Blend.Shares.String(), other.Judged)
	for name, d := range differences {
		out.Differences[name] = d.Interval
	}
	return out, nil
}

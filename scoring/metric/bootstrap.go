package metric

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Interval is a figure with its 95 % interval.
type Interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Resamples is how often a sample is drawn again for an interval.
const Resamples = 1000

// Bootstrap gives the percentile interval of several figures at once (Efron
// 1979): figures gets how often each of n rows was drawn, nil for the sample as
// it is, and returns always as many. Draws without a meaning are left out.
func Bootstrap(n int, seed uint64, figures func(weights []float64) []float64) []Interval {
	value := figures(nil)
	out := make([]Interval, len(value))
	for i, d := range draws(n, seed, len(value), figures) {
		out[i] = Interval{value[i], quantile(d, 0.025), quantile(d, 0.975)}
	}
	return out
}

// draws gives each figure over all resamples that give it a meaning.
func draws(n int, seed uint64, figures int, of func(weights []float64) []float64) [][]float64 {
	out := make([][]float64, figures)
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	weights := make([]float64, n)
	for range Resamples {
		clear(weights)
		for range n {
			weights[random.IntN(n)]++
		}
		for i, x := range of(weights) {
			if !math.IsNaN(x) {
				out[i] = append(out[i], x)
			}
		}
	}
	return out
}

// quantile interpolates between the neighbours (Hyndman and Fan 1996, type 7).
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	at := q * float64(len(values)-1)
	i := int(at)
	if i == len(values)-1 {
		return values[i]
	}
	return values[i] + (at-float64(i))*(values[i+1]-values[i])
}

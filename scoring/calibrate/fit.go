package calibrate

import (
	"cmp"
	"math"
	"slices"

	"assent/scoring/logistic"
)

// Fit finds the map of a family with the least log-loss, drawn a little to
// the one that changes nothing, so that few cases do not bend it.
func Fit(method Method, logOdds []float64, positive []bool) Map {
	switch method {
	case Shift:
		w := newton(positive, []float64{0}, func(i int, x []float64) float64 { return logOdds[i] + set(x, 1) })
		return Map{Method: Shift, Shift: w[0]}
	case Platt:
		return platt(logOdds, positive)
	case Beta:
		return beta(logOdds, positive)
	case Isotonic:
		return Map{Method: Isotonic, Knots: knots(logOdds, positive)}
	}
	return Map{Method: None}
}

// leastSlope keeps a map rising where the cases say that the model is upside
// down: that is for the backtest to find, not for calibration to hide.
const leastSlope = 0.05

func platt(logOdds []float64, positive []bool) Map {
	// The slope is learnt as its difference from 1, to which the penalty draws.
	w := newton(positive, []float64{0, 0}, func(i int, x []float64) float64 { return logOdds[i] + set(x, logOdds[i], 1) })
	if slope := 1 + w[0]; slope >= leastSlope {
		return Map{Method: Platt, Slope: slope, Shift: w[1]}
	}
	w = newton(positive, []float64{0}, func(i int, x []float64) float64 { return float64(leastSlope*logOdds[i]) + set(x, 1) })
	return Map{Method: Platt, Slope: leastSlope, Shift: w[0]}
}

func beta(logOdds []float64, positive []bool) Map {
	w := newton(positive, []float64{0, 0, 0}, func(i int, x []float64) float64 {
		return logOdds[i] + set(x, -logistic.Softplus(-logOdds[i]), logistic.Softplus(logOdds[i]), 1)
	})
	m := Map{Method: Beta, Up: 1 + w[0], Down: 1 + w[1], Shift: w[2]}
	if m.Up < leastSlope || m.Down < leastSlope {
		return platt(logOdds, positive)
	}
	return m
}

// set puts the inputs into x.
func set(x []float64, inputs ...float64) float64 { copy(x, inputs); return 0 }

// ridge is how strongly a fit is drawn to no change: as a few cases would.
const ridge = 2

// newton fits a logistic regression with a ridge. inputs fills in the inputs
// of a case and returns its offset.
func newton(positive []bool, w []float64, inputs func(i int, x []float64) float64) []float64 {
	n := len(w)
	x := make([]float64, n)
	const rounds = 50
	for range rounds {
		gradient, curvature := make([]float64, n), make([][]float64, n)
		for j := range n {
			curvature[j] = make([]float64, n)
			curvature[j][j] = ridge
			gradient[j] = -ridge * w[j]
		}
		for i := range positive {
			sum := inputs(i, x)
			for j := range n {
				sum += float64(w[j] * x[j])
			}
			p := logistic.Sigmoid(sum)
			e, h := indicator(positive[i])-p, float64(p*(1-p))
			for j := range n {
				gradient[j] += float64(e * x[j])
				for k := range n {
					curvature[j][k] += float64(float64(h*x[j]) * x[k])
				}
			}
		}
		move := solve(curvature, gradient)
		largest := 0.0
		for j := range n {
			step := min(max(move[j], -1), 1)
			w[j] += step
			largest = max(largest, math.Abs(step))
		}
		if largest < 1e-9 {
			break
		}
	}
	return w
}

// solve eliminates without exchange of rows: the matrix is positive definite.
func solve(a [][]float64, b []float64) []float64 {
	n := len(b)
	for i := range n {
		for j := i + 1; j < n; j++ {
			f := a[j][i] / a[i][i]
			for k := i; k < n; k++ {
				a[j][k] -= float64(f * a[i][k])
			}
			b[j] -= float64(f * b[i])
		}
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			b[i] -= float64(a[i][k] * b[k])
		}
		b[i] /= a[i][i]
	}
	return b
}

// pool is a run of cases that isotonic regression gives one rate.
type pool struct{ logOdds, positive, cases float64 }

func (p pool) rate() float64 { return p.positive / p.cases }

// bounded counts half a case of either label more, so that no rate is certain.
func (p pool) bounded() float64 { return (p.positive + 0.5) / (p.cases + 1) }

// join adds a pool, and pools it with those before until rates rise.
func join(pools []pool, next pool, rate func(pool) float64) []pool {
	pools = append(pools, next)
	for n := len(pools); n > 1 && rate(pools[n-2]) >= rate(pools[n-1]); n = len(pools) {
		a, b := pools[n-2], pools[n-1]
		pools = append(pools[:n-2], pool{a.logOdds + b.logOdds, a.positive + b.positive, a.cases + b.cases})
	}
	return pools
}

// pools adjacent violators (Ayer et al. 1955), cases with equal log-odds
// together.
func pools(logOdds []float64, positive []bool) []pool {
	order := make([]int, len(logOdds))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(logOdds[a], logOdds[b]) })
	var out []pool
	for i := 0; i < len(order); {
		next := pool{}
		for x := logOdds[order[i]]; i < len(order) && logOdds[order[i]] == x; i++ {
			next.logOdds += x
			next.positive += indicator(positive[order[i]])
			next.cases++
		}
		out = join(out, next, pool.rate)
	}
	return out
}

// knots puts one at the middle of each pool. Rates that are no longer rising
// once they are bounded are pooled further.
func knots(logOdds []float64, positive []bool) []Knot {
	var bounded []pool
	for _, p := range pools(logOdds, positive) {
		bounded = join(bounded, p, pool.bounded)
	}
	out := make([]Knot, len(bounded))
	for i, p := range bounded {
		out[i] = Knot{p.logOdds / p.cases, logistic.Logit(p.bounded())}
	}
	return out
}

func indicator(positive bool) float64 {
	if positive {
		return 1
	}
	return 0
}

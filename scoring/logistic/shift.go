package logistic

import "math"

// mostMove bounds a step of Newton's method in log-odds: where all cases are
// alike it would leap.
const mostMove = 2

// Move is one step of Newton's method towards the shift of all log-odds with
// the least log-loss, from the sums of p-y and of p(1-p) at the present one.
func Move(gradient, curvature float64) float64 {
	const least = 1e-9
	return -min(max(gradient/(curvature+least), -mostMove), mostMove)
}

// ShiftedLoss is the mean log-loss after the shift of all log-odds that makes it
// least: how well they order and spread, whatever the base rate has become.
func ShiftedLoss(logOdds []float64, positive []bool) float64 {
	shift := 0.0
	const rounds, still = 30, 1e-9
	for range rounds {
		gradient, curvature := 0.0, 0.0
		for i, x := range logOdds {
			p := Sigmoid(x + shift)
			if gradient += p; positive[i] {
				gradient--
			}
			curvature += float64(p * (1 - p))
		}
		move := Move(gradient, curvature)
		if shift += move; math.Abs(move) < still {
			break
		}
	}
	sum := 0.0
	for i, x := range logOdds {
		sum += Loss(x+shift, positive[i])
	}
	return sum / float64(len(logOdds))
}

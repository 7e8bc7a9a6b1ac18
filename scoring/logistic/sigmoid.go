package logistic

import "math"

// Sigmoid is the logistic function 1/(1+e^-x): the probability of log-odds.
func Sigmoid(x float64) float64 { return 1 / (1 + Exp(-x)) }

// least keeps Logit finite: no model knows more than one in 10^12.
const least = 1e-12

// Logit is the log-odds of a probability, which is first moved into
// [1e-12, 1-1e-12].
func Logit(p float64) float64 {
	p = min(max(p, least), 1-least)
	return Log(p) - Log(1-p)
}

// Softplus is ln(1+e^x) without overflow: the log-loss of log-odds -x for what
// turned out positive.
func Softplus(x float64) float64 { return max(x, 0) + Log(1+Exp(-math.Abs(x))) }

// Loss is the log-loss of log-odds.
func Loss(logOdds float64, positive bool) float64 {
	if positive {
		logOdds = -logOdds
	}
	return Softplus(logOdds)
}

// Sigmoids gives the probabilities of many log-odds.
func Sigmoids(logOdds []float64) []float64 {
	out := make([]float64, len(logOdds))
	for i, x := range logOdds {
		out[i] = Sigmoid(x)
	}
	return out
}

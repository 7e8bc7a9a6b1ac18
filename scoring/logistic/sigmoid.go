package logistic

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

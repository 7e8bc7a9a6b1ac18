package metric

import "math"

// Brier is the mean squared distance of probabilities and truth.
func Brier(probabilities []float64, positive []bool) float64 {
	return mean(len(positive), nil, func(i int) float64 { return squaredError(probabilities[i], positive[i]) })
}

// LogLoss is the mean negative log-likelihood; probabilities are kept 1e-12
// from 0 and 1.
func LogLoss(probabilities []float64, positive []bool) float64 {
	return mean(len(positive), nil, func(i int) float64 { return surprise(probabilities[i], positive[i]) })
}

func squaredError(p float64, positive bool) float64 {
	d := p - indicator(positive)
	return d * d
}

func surprise(p float64, positive bool) float64 {
	const least = 1e-12
	if !positive {
		p = 1 - p
	}
	return -math.Log(min(max(p, least), 1-least))
}

// mean of n rows' values, every row weighed once or by weights.
func mean(n int, weights []float64, value func(i int) float64) float64 {
	sum, all := 0.0, float64(n)
	if weights != nil {
		all = 0
	}
	for i := range n {
		if weights == nil {
			sum += value(i)
			continue
		}
		sum += weights[i] * value(i)
		all += weights[i]
	}
	return ratio(sum, all)
}

func indicator(positive bool) float64 {
	if positive {
		return 1
	}
	return 0
}

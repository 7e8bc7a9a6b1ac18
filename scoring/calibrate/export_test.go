package calibrate

// SquaredLoss is what isotonic regression makes least.
func SquaredLoss(logOdds []float64, positive []bool) float64 {
	loss := 0.0
	for _, p := range pools(logOdds, positive) {
		r := p.rate()
		loss += p.positive*(1-r)*(1-r) + (p.cases-p.positive)*r*r
	}
	return loss
}

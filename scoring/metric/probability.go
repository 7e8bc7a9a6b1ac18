package metric

import (
	"cmp"
	"math"
	"slices"
)

// Brier is the mean squared distance of probabilities and truth.
func Brier(probabilities []float64, positive []bool) float64 {
	sum := 0.0
	for i, p := range probabilities {
		d := p - indicator(positive[i])
		sum += d * d
	}
	return ratio(sum, float64(len(positive)))
}

// LogLoss is the mean negative log-likelihood; probabilities are kept 1e-12
// from 0 and 1.
func LogLoss(probabilities []float64, positive []bool) float64 {
	const least = 1e-12
	sum := 0.0
	for i, p := range probabilities {
		if !positive[i] {
			p = 1 - p
		}
		sum -= math.Log(min(max(p, least), 1-least))
	}
	return ratio(sum, float64(len(positive)))
}

// Bin is one of the bins of a reliability plot.
type Bin struct {
	Rows     int     `json:"rows"`
	Expected float64 `json:"expected"` // mean probability
	Observed float64 `json:"observed"` // rate of positives
}

// Reliability cuts a sample into bins of equal count by probability. Equal
// probabilities are kept in order of rows, as numpy's array_split of a stable
// sort would: a bin border may cut through them.
func Reliability(probabilities []float64, positive []bool, bins int) []Bin {
	order := make([]int, len(positive))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(probabilities[a], probabilities[b]) })
	out := make([]Bin, 0, bins)
	for b := range bins {
		rows := order[b*len(order)/bins : (b+1)*len(order)/bins]
		if len(rows) == 0 {
			continue
		}
		bin := Bin{Rows: len(rows)}
		for _, row := range rows {
			bin.Expected += probabilities[row]
			bin.Observed += indicator(positive[row])
		}
		bin.Expected /= float64(len(rows))
		bin.Observed /= float64(len(rows))
		out = append(out, bin)
	}
	return out
}

// ECE is the expected calibration error over ten bins of equal count: the mean
// distance of expected and observed, weighed by rows (Naeini et al. 2015, with
// bins of equal count as Nguyen and O'Connor 2015).
func ECE(probabilities []float64, positive []bool) float64 {
	const bins = 10
	sum := 0.0
	for _, b := range Reliability(probabilities, positive, bins) {
		sum += float64(b.Rows) * math.Abs(b.Expected-b.Observed)
	}
	return ratio(sum, float64(len(positive)))
}

func indicator(positive bool) float64 {
	if positive {
		return 1
	}
	return 0
}

package metric

import "math"

// Discordant counts the cases that only one of two classifiers answers
// rightly.
func Discordant(first, second, truth []bool) (onlyFirst, onlySecond int) {
	for i, t := range truth {
		switch a, b := first[i] == t, second[i] == t; {
		case a && !b:
			onlyFirst++
		case b && !a:
			onlySecond++
		}
	}
	return onlyFirst, onlySecond
}

// McNemar is the two-sided exact p-value that two classifiers err as often:
// only rows where one is right and the other wrong tell (McNemar 1947).
func McNemar(onlyFirst, onlySecond int) float64 {
	n, k := onlyFirst+onlySecond, min(onlyFirst, onlySecond)
	if n == 0 {
		return 1
	}
	sum := 0.0
	for i := 0; i <= k; i++ {
		sum += math.Exp(logChoose(n, i) - float64(n)*math.Ln2)
	}
	return min(2*sum, 1)
}

func logChoose(n, k int) float64 {
	lgamma := func(x int) float64 { v, _ := math.Lgamma(float64(x + 1)); return v }
	return lgamma(n) - lgamma(k) - lgamma(n-k)
}

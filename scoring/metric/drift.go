package metric

import (
	"math"
	"slices"
	"sort"
)

// PSI is the population stability index of two samples over the same bins:
// the sum of (share now - share then) · ln(share now / share then). By custom
// 0.1 is worth a look and 0.25 is a shift. Bins are those of the reference, a
// bin for what is missing among them: cutting each sample by its own quantiles
// would always give nothing.
func PSI(then, now []int) float64 {
	const least = 1e-4 // an empty bin counts as this share
	a, b := total(then), total(now)
	sum := 0.0
	for i := range then {
		p, q := max(ratio(float64(then[i]), a), least), max(ratio(float64(now[i]), b), least)
		sum += (q - p) * math.Log(q/p)
	}
	return sum
}

func total(counts []int) float64 {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return float64(sum)
}

// KS is the largest distance between two samples' distributions (Kolmogorov
// and Smirnov).
func KS(a, b []float64) float64 {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	most := 0.0
	for _, x := range slices.Concat(a, b) {
		at := func(s []float64) float64 {
			return float64(sort.Search(len(s), func(i int) bool { return s[i] > x })) / float64(len(s))
		}
		most = max(most, math.Abs(at(a)-at(b)))
	}
	return most
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

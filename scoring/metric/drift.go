package metric

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"assent/scoring/frame"
)

// Reference is how a feature was distributed once, over bins that stay.
type Reference struct {
	Type   frame.Type `json:"type"`
	Edges  []float64  `json:"edges,omitempty"`  // of a number; see frame.Binning
	Levels []string   `json:"levels,omitempty"` // of a category
	Counts []int      `json:"counts"`           // by bin, then other levels, then missing
}

// Cuts of a reference. Ten bins are the custom; more would find noise.
const (
	numberBins = 10
	mostLevels = 20
)

// Freeze takes the distribution of values as the reference.
func Freeze(t frame.Type, values []frame.Value) Reference {
	r := Reference{Type: t}
	if t == frame.Category {
		r.Levels = frequent(values)
	} else {
		r.Edges = quantiles(values)
	}
	r.Counts = r.count(values)
	return r
}

// FreezeNumbers is Freeze of numbers that are all known.
func FreezeNumbers(numbers []float64) Reference {
	values := make([]frame.Value, len(numbers))
	for i, x := range numbers {
		values[i] = frame.Of(x)
	}
	return Freeze(frame.Number, values)
}

// PSI says how far values have moved from the reference; see PSI.
func (r Reference) PSI(values []frame.Value) float64 { return PSI(r.Counts, r.count(values)) }

// Valid says that there is a count for each bin.
func (r Reference) Valid() bool {
	return len(r.Counts) == r.known()+2 && slices.IsSorted(r.Edges) && !slices.ContainsFunc(r.Counts, func(n int) bool { return n < 0 })
}

// known counts the bins of values that the reference knows.
func (r Reference) known() int {
	if r.Type == frame.Number {
		return len(r.Edges) + 1
	}
	return len(r.Levels)
}

// Missing is the share of the reference's values that were missing.
func (r Reference) Missing() float64 { return missing(r.Counts) }

// MissingOf is the share of values that are missing.
func (r Reference) MissingOf(values []frame.Value) float64 { return missing(r.count(values)) }

func missing(counts []int) float64 { return ratio(float64(counts[len(counts)-1]), total(counts)) }

func (r Reference) count(values []frame.Value) []int {
	known := r.known()
	counts := make([]int, known+2)
	for _, v := range values {
		switch i := slices.Index(r.Levels, v.Text); {
		case !v.Known:
			counts[known+1]++
		case r.Type == frame.Number:
			counts[sort.SearchFloat64s(r.Edges, v.Number)]++
		case i >= 0:
			counts[i]++
		default:
			counts[known]++
		}
	}
	return counts
}

// quantiles cuts known numbers into bins of about equal count.
func quantiles(values []frame.Value) []float64 {
	var known, edges []float64
	for _, v := range values {
		if v.Known {
			known = append(known, v.Number)
		}
	}
	slices.Sort(known)
	for i := 1; i < numberBins && len(known) > 0; i++ {
		edge := known[(i*len(known)-1)/numberBins]
		if edge < known[len(known)-1] && (len(edges) == 0 || edge > edges[len(edges)-1]) {
			edges = append(edges, edge)
		}
	}
	return edges
}

// frequent lists the levels most seen, ties by name.
func frequent(values []frame.Value) []string {
	counts := map[string]int{}
	for _, v := range values {
		if v.Known {
			counts[v.Text]++
		}
	}
	names := make([]string, 0, len(counts))
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	return names[:min(len(names), mostLevels)]
}

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

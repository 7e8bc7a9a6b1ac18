package frame

import (
	"slices"
	"sort"
)

// Codes of the values that are no bin of their own.
const (
	Missing uint8 = 255 // unknown
	Other   uint8 = 254 // a category that the frame had not, or too rarely
)

// MaxBins is the most bins that a column's known values are cut into.
const MaxBins = 254

// Binning cuts a column's values into bins.
type Binning struct {
	// Edges of a Number column, ascending: bin i holds what is above Edges[i-1]
	// and not above Edges[i]; one more bin holds what is above the last.
	Edges []float64 `json:"edges,omitempty"`
	// Levels of a Category column, most frequent first: bin i is Levels[i].
	Levels []string `json:"levels,omitempty"`
	// Means of the values in each bin of a Number column; an empty bin has the
	// edge below it.
	Means []float64 `json:"means,omitempty"`
}

// Bins counts the bins of known values, Other not among them.
func (b Binning) Bins(t Type) int {
	if t == Category {
		return len(b.Levels)
	}
	return len(b.Edges) + 1
}

// Number gives the bin of a number.
func (b Binning) Number(x float64) uint8 { return uint8(sort.SearchFloat64s(b.Edges, x)) }

// edges cuts the values of a sample at quantiles, half-way between neighbours,
// so that each bin holds about as much. Few different values get a bin each.
func edges(sample []float64, most int) []float64 {
	slices.Sort(sample)
	values, counts := distinct(sample)
	var out []float64
	left, bins, filled := len(sample), most, 0
	for i := 0; i < len(values)-1 && len(out) < most-1; i++ {
		filled += counts[i]
		if len(values) <= most || filled*bins >= left {
			if edge := between(values[i], values[i+1]); len(out) == 0 || edge > out[len(out)-1] {
				out = append(out, edge)
			}
			left, bins, filled = left-filled, bins-1, 0
		}
	}
	return out
}

// between is a number from a up to but without b, half-way where there is one.
func between(a, b float64) float64 {
	if middle := a/2 + b/2; middle >= a && middle < b {
		return middle
	}
	return a
}

func distinct(sorted []float64) (values []float64, counts []int) {
	for i, x := range sorted {
		if i == 0 || x != sorted[i-1] {
			values, counts = append(values, x), append(counts, 0)
		}
		counts[len(counts)-1]++
	}
	return values, counts
}

// levels keeps the most frequent categories that were seen at least least
// times; ties by name.
func levels(counts map[string]int, least, most int) []string {
	var names []string
	for name, n := range counts {
		if n >= least {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		if a < b {
			return -1
		}
		return 1
	})
	return names[:min(len(names), most)]
}

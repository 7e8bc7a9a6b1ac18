package frame

import "math"

// means gathers the mean of each bin of the number columns.
type means struct {
	sums   [][]float64 // by column, then bin; nil for categories
	counts [][]float64
}

func newMeans(columns []Column) means {
	m := means{make([][]float64, len(columns)), make([][]float64, len(columns))}
	for c, column := range columns {
		if column.Type == Number {
			m.sums[c], m.counts[c] = make([]float64, MaxBins), make([]float64, MaxBins)
		}
	}
	return m
}

func (m means) add(column int, code uint8, v Value) {
	if m.sums[column] != nil && v.Known {
		m.sums[column][code] += v.Number
		m.counts[column][code]++
	}
}

func (m means) into(binnings []Binning) {
	for c := range binnings {
		if m.sums[c] == nil {
			continue
		}
		b := &binnings[c]
		b.Means = make([]float64, len(b.Edges)+1)
		for i := range b.Means {
			switch {
			case m.counts[c][i] > 0:
				// Finite even where the sum is not.
				b.Means[i] = min(max(m.sums[c][i]/m.counts[c][i], -math.MaxFloat64), math.MaxFloat64)
			case len(b.Edges) > 0:
				b.Means[i] = b.Edges[max(i-1, 0)]
			}
		}
	}
}

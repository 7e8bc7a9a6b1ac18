package metric

import "math"

// Bin is one of the bins of a reliability plot.
type Bin struct {
	Rows     int     `json:"rows"`
	Expected float64 `json:"expected"` // mean probability
	Observed float64 `json:"observed"` // rate of positives
	Low      float64 `json:"low"`      // 95 % interval of Observed (Wilson 1927)
	High     float64 `json:"high"`
}

// Reliability cuts a sample into bins of equal count by probability. Rows with
// equal probabilities at a border count in part on either side of it, so that
// the order of rows does not matter.
func Reliability(probabilities []float64, positive []bool, bins int) []Bin {
	return Rank(probabilities, positive).reliability(nil, bins)
}

// reliability walks up from the lowest probability. Borders lie between whole
// rows: bin b of n rows starts at row b·n/bins.
func (r *Ranking) reliability(weights []float64, bins int) []Bin {
	f := filler{out: make([]Bin, 0, bins), bins: bins, total: len(r.order)}
	if weights != nil {
		sum := 0.0
		for _, w := range weights {
			sum += w
		}
		f.total = int(sum)
	}
	f.open()
	for i := len(r.order) - 1; i >= 0; {
		p, size, hits := r.scores[r.order[i]], 0.0, 0.0
		for first := true; i >= 0 && (first || !r.end[i]); i, first = i-1, false {
			row, w := r.order[i], 1.0
			if weights != nil {
				w = weights[row]
			}
			size += w
			hits += w * indicator(r.positive[row])
		}
		f.add(p, size, hits)
	}
	return f.out
}

// filler puts runs of equal probabilities into bins.
type filler struct {
	out         []Bin
	bins, total int
	next        int     // bin to be opened
	room        float64 // rows that the last bin still takes
	size        int     // rows it takes in all
}

// open starts the next bin that takes any row.
func (f *filler) open() {
	for f.size = 0; f.size == 0 && f.next < f.bins; f.next++ {
		f.size = (f.next+1)*f.total/f.bins - f.next*f.total/f.bins
	}
	f.room = float64(f.size)
	if f.size > 0 {
		f.out = append(f.out, Bin{Rows: f.size})
	}
}

func (f *filler) add(p, size, hits float64) {
	for left := size; left > 0 && f.size > 0; {
		part := min(left, f.room)
		b := &f.out[len(f.out)-1]
		b.Expected += part * p
		b.Observed += part * hits / size
		left -= part
		if f.room -= part; f.room == 0 {
			f.close(b)
		}
	}
}

func (f *filler) close(b *Bin) {
	rows := float64(b.Rows)
	b.Expected /= rows
	b.Low, b.High = Wilson(b.Observed, rows)
	b.Observed /= rows
	f.open()
}

// ECE is the expected calibration error over ten bins of equal count: the mean
// distance of expected and observed, weighed by rows (Naeini et al. 2015, with
// bins of equal count as Nguyen and O'Connor 2015).
func ECE(probabilities []float64, positive []bool) float64 {
	return Rank(probabilities, positive).ece(nil)
}

func (r *Ranking) ece(weights []float64) float64 {
	const bins = 10
	sum, rows := 0.0, 0.0
	for _, b := range r.reliability(weights, bins) {
		sum += float64(b.Rows) * math.Abs(b.Expected-b.Observed)
		rows += float64(b.Rows)
	}
	return ratio(sum, rows)
}

// Wilson is the 95 % score interval of a share, hits of rows (Wilson 1927).
func Wilson(hits, rows float64) (low, high float64) {
	const z = 1.959963984540054 // 97.5 % quantile of the normal distribution
	share, spread := ratio(hits, rows), z*z/rows
	middle := (share + spread/2) / (1 + spread)
	half := z / (1 + spread) * math.Sqrt(share*(1-share)/rows+spread/(4*rows))
	return max(middle-half, 0), min(middle+half, 1)
}

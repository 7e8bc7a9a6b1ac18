package linear

import (
	"math"

	"assent/scoring/frame"
)

// design is one column prepared for learning: every code of the frame has a
// group, and every group a weight; or the codes have standardised numbers, and
// all of them one slope.
type design struct {
	codes    []uint8
	group    [256]int16   // of each code
	z        [256]float64 // of each code: a line's standardised number
	groups   int          // weights
	ordered  int          // the first so many are neighbours in order
	missing  int          // group of missing values; -1 if none is missing
	line     bool
	monotone int
	mean     float64
	scale    float64
}

// newDesign merges the bins of a column by how many rows each has.
func newDesign(f *frame.Frame, c int, rows []int32, p Params) *design {
	d := &design{codes: f.Codes[c], missing: -1, monotone: f.Columns[c].Monotone}
	var counts [256]int
	for _, row := range rows {
		counts[d.codes[row]]++
	}
	bins := f.Binnings[c].Bins(f.Columns[c].Type)
	switch {
	case f.Columns[c].Type == frame.Category:
		d.levels(counts, bins, p.LevelRows)
	case p.Lines:
		d.straight(counts, f.Binnings[c].Means)
	default:
		d.steps(counts, bins, len(rows)-counts[frame.Missing], p.Steps)
	}
	if counts[frame.Missing] > 0 {
		d.missing = d.groups
		d.groups++
		d.group[frame.Missing] = int16(d.missing)
	}
	return d
}

// levels gives a frequent level a group of its own, and the others one.
func (d *design) levels(counts [256]int, bins, least int) {
	for code := range bins {
		if counts[code] >= least {
			d.group[code] = int16(d.groups)
			d.groups++
		} else {
			d.group[code] = -1
		}
	}
	other := int16(d.groups)
	d.group[frame.Other] = other
	for code := range bins {
		if d.group[code] < 0 {
			d.group[code] = other
		}
	}
	d.groups++
}

// steps merges neighbours until each group holds its part of the rows.
func (d *design) steps(counts [256]int, bins, known, most int) {
	filled, left := 0, known
	for code := range bins {
		d.group[code] = int16(d.groups)
		filled += counts[code]
		if parts := most - d.groups; code < bins-1 && filled > 0 && filled*parts >= left && parts > 1 {
			left, filled = left-filled, 0
			d.groups++
		}
	}
	d.groups++
	d.ordered = d.groups
}

// straight standardises the means of the bins.
func (d *design) straight(counts [256]int, means []float64) {
	n, sum, squares := 0.0, 0.0, 0.0
	for code, x := range means {
		w := float64(counts[code])
		n += w
		sum += float64(w * x)
	}
	d.line, d.groups, d.scale = true, 1, 1
	if n == 0 {
		return
	}
	d.mean = sum / n
	for code, x := range means {
		off := x - d.mean
		squares += float64(float64(counts[code]) * float64(off*off))
	}
	if squares > 0 {
		d.scale = math.Sqrt(squares / n)
	}
	for code, x := range means {
		d.z[code] = min(max((x-d.mean)/d.scale, -clip), clip)
	}
}

// at is what the weights add for a code.
func (d *design) at(code uint8, weights []float64) float64 {
	if d.line && code != frame.Missing {
		return float64(weights[0] * d.z[code])
	}
	return weights[d.group[code]]
}

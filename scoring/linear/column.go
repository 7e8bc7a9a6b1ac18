package linear

import "assent/scoring/frame"

// table is what the weights add for each code.
func (d *design) table(weights []float64) *[256]float64 {
	var out [256]float64
	for code := range out {
		out[code] = d.at(uint8(code), weights)
	}
	if d.missing < 0 {
		out[frame.Missing] = 0
	}
	return &out
}

// solve finds the weights with the least penalised squares: a tridiagonal
// system over the ordered groups, by elimination without exchange of rows,
// which it does not need, being diagonally dominant; and one equation for each
// of the others.
func (d *design) solve(curve, pull []float64, penalty float64) []float64 {
	w := make([]float64, d.groups)
	for g := d.ordered; g < d.groups; g++ {
		w[g] = pull[g] / (curve[g] + penalty)
	}
	if n := d.ordered; n > 0 {
		tridiagonal(curve[:n], pull[:n], penalty, w[:n])
		if d.monotone != 0 {
			isotonic(w[:n], curve[:n], penalty, d.monotone)
		}
	}
	if d.line && w[0]*float64(d.monotone) < 0 {
		w[0] = 0
	}
	return w
}

// tridiagonal solves (curve + penalty + penalty·L) w = pull, L being the
// Laplacian of the chain of groups (Thomas' algorithm).
func tridiagonal(curve, pull []float64, penalty float64, w []float64) {
	n := len(w)
	diagonal, right := make([]float64, n), make([]float64, n)
	for i := range n {
		neighbours := 0.0
		if i > 0 {
			neighbours++
		}
		if i < n-1 {
			neighbours++
		}
		diagonal[i], right[i] = curve[i]+penalty+float64(penalty*neighbours), pull[i]
		if i > 0 {
			factor := penalty / diagonal[i-1]
			diagonal[i] -= float64(factor * penalty)
			right[i] += float64(factor * right[i-1])
		}
	}
	for i := n - 1; i >= 0; i-- {
		w[i] = right[i]
		if i < n-1 {
			w[i] += float64(penalty * w[i+1])
		}
		w[i] /= diagonal[i]
	}
}

// isotonic pools neighbours that go the wrong way (pool adjacent violators:
// Ayer et al. 1955).
func isotonic(w, curve []float64, penalty float64, direction int) {
	type block struct {
		mean, weight float64
		size         int
	}
	var blocks []block
	for i, x := range w {
		blocks = append(blocks, block{float64(direction) * x, curve[i] + penalty, 1})
		for n := len(blocks); n > 1 && blocks[n-2].mean > blocks[n-1].mean; n = len(blocks) {
			a, b := blocks[n-2], blocks[n-1]
			weight := a.weight + b.weight
			mean := (float64(a.mean*a.weight) + float64(b.mean*b.weight)) / weight
			blocks = append(blocks[:n-2], block{mean, weight, a.size + b.size})
		}
	}
	i := 0
	for _, b := range blocks {
		for range b.size {
			w[i] = float64(direction) * b.mean
			i++
		}
	}
}

// term says a column's weights in values, less the mean.
func (d *design) term(f *frame.Frame, c int, weights []float64, mean float64) Term {
	var t Term
	if d.missing >= 0 {
		t.Missing = weights[d.missing] - mean // never seen: as the average row
	}
	switch b := f.Binnings[c]; {
	case d.line:
		t.Line = &Line{Mean: d.mean, Scale: d.scale, Slope: weights[0], Centre: mean}
	case f.Columns[c].Type == frame.Category:
		other := d.group[frame.Other]
		t.Other = weights[other] - mean
		t.Levels = []string{}
		for code, level := range b.Levels {
			if g := d.group[code]; g != other {
				t.Levels, t.Weights = append(t.Levels, level), append(t.Weights, weights[g]-mean)
			}
		}
		t.ready()
	default:
		for code := range b.Bins(frame.Number) {
			g := int(d.group[code])
			if g == len(t.Weights) {
				t.Weights = append(t.Weights, weights[g]-mean)
			}
			if code < len(b.Edges) && int(d.group[code+1]) != g {
				t.Edges = append(t.Edges, b.Edges[code])
			}
		}
	}
	return t
}

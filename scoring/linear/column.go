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

// solve finds the weights with the least penalised squares: a chain of the
// ordered groups, and one equation for each of the others. old are weights that
// are allowed, where the search for monotone ones begins.
func (d *design) solve(curve, pull []float64, penalty float64, old []float64) []float64 {
	w := make([]float64, d.groups)
	for g := d.ordered; g < d.groups; g++ {
		w[g] = pull[g] / (curve[g] + penalty)
	}
	if n := d.ordered; n > 0 {
		c := newChain(curve[:n], pull[:n], penalty)
		if d.monotone == 0 {
			c.solve(w[:n])
		} else {
			c.monotone(w[:n], old[:n], float64(d.monotone))
		}
	}
	if d.line && w[0]*float64(d.monotone) < 0 {
		w[0] = 0
	}
	return w
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

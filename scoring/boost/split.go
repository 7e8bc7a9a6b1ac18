package boost

import (
	"math"

	"assent/scoring/frame"
)

// candidate is a way to split a leaf. Its gain is 0 when there is none.
type candidate struct {
	gain        float64
	slot        int
	bin         int // of a number: the last that goes left
	missingLeft bool
	set         [4]uint64 // of a category: the codes that go left
	left        cell
	values      [2]float64 // of the children, before the rate
}

// limits bound the values of a leaf and all that grows from it, so that a
// monotone column above keeps its promise.
type limits struct{ low, high float64 }

var unlimited = limits{math.Inf(-1), math.Inf(1)}

func (l limits) clip(x float64) float64 { return min(max(x, l.low), l.high) }

// scanner looks for a leaf's best split.
type scanner struct {
	params *Params
	fixed  *fixed
	total  cell
	limits limits
	parent float64 // score of the leaf as it is
	l2     float64
}

func newScanner(p *Params, f *fixed, total cell, l limits) scanner {
	s := scanner{p, f, total, l, 0, p.L2}
	g, h := f.real(total)
	s.parent = s.score(g, h, s.value(g, h))
	return s
}

// value is the best value for sums of gradients and hessians within limits.
func (s *scanner) value(g, h float64) float64 { return s.limits.clip(-g / (h + s.l2)) }

// score is twice what a leaf with the value takes off the loss's quadratic model.
func (s *scanner) score(g, h, value float64) float64 {
	return -(float64(2*g*value) + float64(float64((h+s.l2)*value)*value))
}

// number scans the bins of a number, missing to the right and to the left.
func (s *scanner) number(cells *[256]cell, slot slot) candidate {
	missing := cells[frame.Missing]
	best := s.bins(cells, slot, cell{})
	if missing.weight == 0 {
		best.missingLeft = 2*s.fixed.count(best.left) >= s.fixed.count(s.total)
	} else if left := s.bins(cells, slot, missing); left.gain > best.gain {
		left.missingLeft = true
		best = left
	}
	if best.gain > 0 {
		best.bin = halfway(cells, best.bin, slot.bins)
		best.values = s.values(best.left)
	}
	return best
}

// bins finds the best last bin of the left side, which begins with start.
func (s *scanner) bins(cells *[256]cell, slot slot, start cell) candidate {
	if slot.monotone == 0 && s.limits == unlimited {
		return s.freeBins(cells[:slot.bins], start)
	}
	best, found := candidate{gain: s.params.MinGain}, false
	left := start
	for b, c := range cells[:slot.bins] {
		if c.weight == 0 {
			continue
		}
		left = left.plus(c)
		if gain := s.allowed(left, slot.monotone); gain > best.gain {
			best.gain, best.bin, best.left, found = gain, b, left, true
		}
	}
	if !found {
		return candidate{}
	}
	return best
}

// freeBins is bins where no limit holds, the inmost loop but one of learning.
// Sums stay in units of the fixed point, and a gain is compared as a fraction.
func (s *scanner) freeBins(cells []cell, start cell) candidate {
	var best candidate
	least, found := (s.params.MinGain+s.parent)/s.unit(), false
	total, rest := float64(s.total.gradient), float64(s.total.weight>>s.fixed.countBits)
	l2, minHessian := float64(s.l2*s.fixed.hessian), float64(s.params.MinHessian*s.fixed.hessian)
	minRows, mask, bits := uint64(s.params.MinRows), s.fixed.mask, s.fixed.countBits&63
	all, left := s.total.weight&mask, start
	for b := range cells {
		c := &cells[b]
		left.gradient += c.gradient
		left.weight += c.weight
		rows := left.weight & mask
		if rows < minRows {
			continue
		}
		if all-rows < minRows {
			break
		}
		hl := float64(int64(left.weight >> bits))
		hr := rest - hl
		if hl < minHessian || hr < minHessian {
			continue
		}
		gl := float64(left.gradient)
		gr := total - gl
		hl, hr = hl+l2, hr+l2
		over, under := float64(float64(gl*gl)*hr)+float64(float64(gr*gr)*hl), float64(hl*hr)
		// That a bin is empty is asked last: nobody could predict it.
		if over > float64(least*under) && c.weight != 0 {
			least, found = over/under, true
			best.bin, best.left = b, left
		}
	}
	if !found {
		return candidate{}
	}
	best.gain = float64(least*s.unit()) - s.parent
	return best
}

// unit is a score of 1 in units of the fixed point.
func (s *scanner) unit() float64 { return s.fixed.hessian / (gradientUnits * gradientUnits) }

// allowed is what a split brings, not above 0 where it is not allowed.
func (s *scanner) allowed(left cell, monotone int) float64 {
	right := s.total.minus(left)
	if s.fixed.count(left) < s.params.MinRows || s.fixed.count(right) < s.params.MinRows {
		return 0
	}
	gl, hl := s.fixed.real(left)
	gr, hr := s.fixed.real(right)
	if hl < s.params.MinHessian || hr < s.params.MinHessian {
		return 0
	}
	vl, vr := s.value(gl, hl), s.value(gr, hr)
	if float64(monotone)*(vr-vl) < 0 {
		return 0
	}
	return s.score(gl, hl, vl) + s.score(gr, hr, vr) - s.parent
}

// values of the two children.
func (s *scanner) values(left cell) [2]float64 {
	gl, hl := s.fixed.real(left)
	gr, hr := s.fixed.real(s.total.minus(left))
	return [2]float64{s.value(gl, hl), s.value(gr, hr)}
}

// halfway moves a cut into the middle of the empty bins behind it, or past all
// where nothing known follows.
func halfway(cells *[256]cell, bin, bins int) int {
	last := bin
	for last+1 < bins && cells[last+1].weight == 0 {
		last++
	}
	if last+1 == bins {
		return last
	}
	return (bin + last) / 2
}

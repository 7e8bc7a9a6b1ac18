package boost

import (
	"math"
	"math/bits"

	"assent/scoring/logistic"
)

// cell is a sum over rows, in integers of a fixed point: gradients p-y, and in
// one word hessians p(1-p) above a count of rows. Integers add up to the same
// in any order, and a sum less a part of it is exactly the rest.
type cell struct {
	gradient int64
	weight   uint64
}

func (c cell) plus(d cell) cell  { return cell{c.gradient + d.gradient, c.weight + d.weight} }
func (c cell) minus(d cell) cell { return cell{c.gradient - d.gradient, c.weight - d.weight} }

// mostRows keep at least 16 binary digits of each hessian.
const mostRows = 1<<25 - 1

// fixed is the fixed point of cells.
type fixed struct {
	countBits int
	mask      uint64  // of the count
	hessian   float64 // units in 1
}

// gradientUnits are the units in a gradient of 1.
const gradientUnits = 1 << 30

// fixedFor leaves room for the sum over all rows: each hessian is at most 1/4.
func fixedFor(rows int) fixed {
	n := bits.Len(uint(rows))
	const most = 40
	return fixed{n, 1<<n - 1, math.Ldexp(1, min(66-2*n, most))}
}

func (f *fixed) count(c cell) int { return int(c.weight & f.mask) }

// real gives the sums of gradients and hessians.
func (f *fixed) real(c cell) (gradient, hessian float64) {
	return float64(c.gradient) / gradientUnits, float64(c.weight>>f.countBits) / f.hessian
}

// at is the cell of one row.
func (f *fixed) at(logOdds float64, positive bool) cell {
	p := logistic.Sigmoid(logOdds)
	g := p
	if positive {
		g = p - 1
	}
	h := float64(float64(p*(1-p)) * f.hessian)
	return cell{int64(math.Floor(float64(g*gradientUnits) + 0.5)), max(uint64(h), 1)<<f.countBits | 1}
}

// loss is the mean log-loss at a shift of all log-odds, and the step to a
// better shift.
func (c *crew) loss(scores []float64, positive []bool, shift float64) (mean, move float64) {
	type sums struct{ loss, gradient, curvature float64 }
	parts := make([]sums, (len(scores)+chunk-1)/chunk)
	c.chunks(len(scores), func(i, from, to int) {
		var s sums
		for k := from; k < to; k++ {
			x := scores[k] + shift
			p := logistic.Sigmoid(x)
			if s.gradient += p; positive[k] {
				s.gradient--
				x = -x
			}
			s.curvature += float64(p * (1 - p))
			s.loss += logistic.Softplus(x)
		}
		parts[i] = s
	})
	var s sums
	for _, part := range parts {
		s.loss, s.gradient, s.curvature = s.loss+part.loss, s.gradient+part.gradient, s.curvature+part.curvature
	}
	return s.loss / float64(len(scores)), logistic.Move(s.gradient, s.curvature)
}

package linear

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func anyChain(t *rapid.T) chain {
	n := rapid.IntRange(1, 7).Draw(t, "n")
	curve := rapid.SliceOfN(rapid.Float64Range(0, 100), n, n).Draw(t, "curve")
	pull := rapid.SliceOfN(rapid.Float64Range(-50, 50), n, n).Draw(t, "pull")
	return newChain(curve, pull, rapid.Float64Range(0.1, 20).Draw(t, "penalty"))
}

// squares is what the chain makes least.
func (c chain) squares(w []float64) float64 {
	sum := 0.0
	for i, x := range w {
		sum += (c.curve[i]+c.penalty[i])*x*x/2 - c.pull[i]*x
		if i > 0 {
			sum += c.link * (x - w[i-1]) * (x - w[i-1]) / 2
		}
	}
	return sum
}

// TestChainIsTheMinimum: no single weight can be moved for the better.
func TestChainIsTheMinimum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyChain(t)
		w := make([]float64, len(c.curve))
		c.solve(w)
		least := c.squares(w)
		for i := range w {
			for _, step := range []float64{-1e-3, 1e-3} {
				moved := slices.Clone(w)
				moved[i] += step
				if c.squares(moved) < least-1e-12 {
					t.Fatalf("weight %d is better moved by %v", i, step)
				}
			}
		}
	})
}

// TestMonotoneChainIsTheMinimum compares with every way to tie neighbours.
func TestMonotoneChainIsTheMinimum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyChain(t)
		n := len(c.curve)
		old := rapid.SliceOfN(rapid.Float64Range(-2, 2), n, n).Draw(t, "old")
		slices.Sort(old)
		direction := rapid.SampledFrom([]float64{1, -1}).Draw(t, "direction")
		if direction < 0 {
			slices.Reverse(old)
		}
		got := make([]float64, n)
		c.monotone(got, old, direction)
		if !inOrder(got, direction, 0) {
			t.Fatalf("%v is not in order", got)
		}
		best, w := math.Inf(1), make([]float64, n)
		for ties := range 1 << (n - 1) {
			tied := make([]bool, n)
			for i := 1; i < n; i++ {
				tied[i] = ties>>(i-1)&1 == 1
			}
			if c.solveTied(w, tied); inOrder(w, direction, 1e-12) {
				best = min(best, c.squares(w))
			}
		}
		if off := c.squares(got) - best; math.Abs(off) > 1e-8*(1+math.Abs(best)) {
			t.Fatalf("%v is %v from the best", got, off)
		}
	})
}

func inOrder(w []float64, direction, rounding float64) bool {
	for i := 1; i < len(w); i++ {
		if direction*(w[i]-w[i-1]) < -rounding {
			return false
		}
	}
	return true
}

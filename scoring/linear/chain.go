package linear

import "math"

// chain is the penalised squares of neighbouring groups: the weights w solve
// (curve + penalty + penalty·L) w = pull, L being the Laplacian of the chain.
type chain struct {
	curve, pull, penalty []float64 // penalty: of a group's own weight
	link                 float64   // of the jump between neighbours
}

func newChain(curve, pull []float64, penalty float64) chain {
	own := make([]float64, len(curve))
	for i := range own {
		own[i] = penalty
	}
	return chain{curve, pull, own, penalty}
}

// solve eliminates without exchange of rows, which a diagonally dominant
// matrix does not need (Thomas' algorithm).
func (c chain) solve(w []float64) {
	n := len(w)
	diagonal, right := make([]float64, n), make([]float64, n)
	for i := range n {
		diagonal[i], right[i] = c.curve[i]+c.penalty[i]+float64(c.link*c.neighbours(i)), c.pull[i]
		if i > 0 {
			factor := c.link / diagonal[i-1]
			diagonal[i] -= float64(factor * c.link)
			right[i] += float64(factor * right[i-1])
		}
	}
	for i := n - 1; i >= 0; i-- {
		w[i] = right[i]
		if i < n-1 {
			w[i] += float64(c.link * w[i+1])
		}
		w[i] /= diagonal[i]
	}
}

// neighbours counts those of a group.
func (c chain) neighbours(i int) float64 {
	n := 0.0
	if i > 0 {
		n++
	}
	if i < len(c.curve)-1 {
		n++
	}
	return n
}

// monotone solves with no weight below the one before, or above it where
// direction is -1, from weights old that keep to this: an active-set method
// (Nocedal and Wright 2006, alg. 16.3). Neighbours that push against each other
// are tied and share one weight; a tie that is no longer pushed is cut.
func (c chain) monotone(w, old []float64, direction float64) {
	n := len(w)
	up := chain{c.curve, scaled(c.pull, direction), c.penalty, c.link}
	at, next, tied := scaled(old, direction), make([]float64, n), make([]bool, n) // tied: to the one before
	for i := 1; i < n; i++ {
		tied[i] = at[i] <= at[i-1]
	}
	for range 4 * n { // each weight is tied and cut a time or two at most
		up.solveTied(next, tied)
		if blocked := advance(at, next); blocked > 0 {
			tied[blocked] = true
			continue
		}
		cut := up.slackest(at, tied)
		if cut == 0 {
			break
		}
		tied[cut] = false
	}
	copy(w, scaled(at, direction))
}

func scaled(x []float64, by float64) []float64 {
	out := make([]float64, len(x))
	for i := range x {
		out[i] = by * x[i]
	}
	return out
}

// solveTied solves with one weight for groups that are tied.
func (c chain) solveTied(w []float64, tied []bool) {
	joined := chain{link: c.link}
	for i := range w {
		if !tied[i] {
			joined.curve, joined.pull, joined.penalty = append(joined.curve, 0), append(joined.pull, 0), append(joined.penalty, 0)
		}
		last := len(joined.curve) - 1
		joined.curve[last] += c.curve[i]
		joined.pull[last] += c.pull[i]
		joined.penalty[last] += c.penalty[i]
	}
	shared := make([]float64, len(joined.curve))
	joined.solve(shared)
	block := -1
	for i := range w {
		if !tied[i] {
			block++
		}
		w[i] = shared[block]
	}
}

// advance moves weights towards next, as far as they stay in order, and names
// the first that would fall below the one before; 0 when all the way is free.
func advance(at, next []float64) (blocked int) {
	part := 1.0
	for i := 1; i < len(at); i++ {
		if next[i] >= next[i-1] {
			continue
		}
		gap, closing := at[i]-at[i-1], next[i-1]-next[i]
		if p := math.Max(gap, 0) / (math.Max(gap, 0) + closing); blocked == 0 || p < part {
			part, blocked = p, i
		}
	}
	if blocked == 0 {
		copy(at, next)
		return 0
	}
	for i := range at {
		at[i] += float64(part * (next[i] - at[i]))
		if i > 0 {
			at[i] = max(at[i], at[i-1]) // rounding
		}
	}
	return blocked
}

// slackest is the tie that holds back what wants to part the most; 0 for none.
// The push on a tie is minus the sum of the gradient over all groups before it.
func (c chain) slackest(w []float64, tied []bool) int {
	const rounding = 1e-12
	sum, size, slackest, least := 0.0, 0.0, 0, 0.0
	for i := range w {
		if i > 0 && tied[i] && -sum < min(least, -rounding*size) {
			slackest, least = i, -sum
		}
		gradient := float64((c.curve[i]+c.penalty[i])*w[i]) - c.pull[i]
		if i > 0 {
			gradient += float64(c.link * (w[i] - w[i-1]))
		}
		if i < len(w)-1 {
			gradient -= float64(c.link * (w[i+1] - w[i]))
		}
		sum += gradient
		size += math.Abs(c.pull[i]) + math.Abs(float64(c.curve[i]*w[i]))
	}
	return slackest
}

package calibrate

// Positives that a family needs before it is tried: fewer say little about
// its shape.
var needs = map[Method]int{None: 0, Shift: 10, Platt: 50, Beta: 200, Isotonic: 500}

// methods in the order in which they are tried.
var methods = []Method{None, Shift, Platt, Beta, Isotonic}

// blocks is how many parts of held-out time judge each other.
const blocks = 5

// worth is the share of the log-loss that a family must save over the simpler
// one.
const worth = 0.001

// Choose takes the family that does best where it was not fitted: each fifth
// of the cases, which are in order of time, is judged by a map of the others.
// It returns the map of all cases, and what each case would have been given by
// the map of the others.
func Choose(logOdds []float64, positive []bool) (best Map, held []float64) {
	positives := 0
	for _, p := range positive {
		if p {
			positives++
		}
	}
	least := 0.0
	for _, method := range methods {
		if positives < needs[method] {
			break
		}
		fitted := crossed(method, logOdds, positive)
		loss := 0.0
		for i, x := range fitted {
			if positive[i] {
				x = -x
			}
			loss += softplus(x)
		}
		if held == nil || loss < least*(1-worth) {
			best, held, least = Map{Method: method}, fitted, loss
		}
	}
	return Fit(best.Method, logOdds, positive), held
}

func crossed(method Method, logOdds []float64, positive []bool) []float64 {
	n := len(logOdds)
	out := make([]float64, n)
	for b := range blocks {
		from, to := b*n/blocks, (b+1)*n/blocks
		var x []float64
		var y []bool
		x = append(append(x, logOdds[:from]...), logOdds[to:]...)
		y = append(append(y, positive[:from]...), positive[to:]...)
		m := Fit(method, x, y)
		for i := from; i < to; i++ {
			out[i] = m.LogOdds(logOdds[i])
		}
	}
	return out
}

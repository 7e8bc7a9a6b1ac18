package calibrate

import (
	"math"

	"assent/scoring/logistic"
)

// Positives that a family needs before it is tried: fewer say little about
// its shape.
var needs = map[Method]int{None: 0, Shift: 10, Platt: 50, Beta: 200, Isotonic: 500}

// methods in the order in which they are tried.
var methods = []Method{None, Shift, Platt, Beta, Isotonic}

// Cases are cut into Blocks by time; the first Taught of them only teach, each
// other one is judged by what all before it taught.
const (
	Blocks = 5
	Taught = 2
)

// What a family must save over the simpler one: a share of the log-loss, and
// more than chance gives one time in twenty, in standard errors.
const (
	worth  = 0.001
	surely = 1.645
)

// Choose takes the family that does best on time that came after what it was
// fitted on: where the base rate drifts, a map that fits its own time makes the
// next one worse, and none is better. A family must clearly beat the simpler
// one. The cases are in order of time. Choose returns the map of all cases, and
// what each case would have been given by the map of those before it; the first
// two fifths stay as they are.
func Choose(logOdds []float64, positive []bool) (best Map, held []float64) {
	positives := 0
	for _, p := range positive {
		if p {
			positives++
		}
	}
	held = forward(None, logOdds, positive)
	for _, method := range methods {
		if positives < needs[method] {
			break
		}
		if given := forward(method, logOdds, positive); saves(given, held, positive) {
			best, held = Map{Method: method}, given
		}
	}
	return Fit(best.Method, logOdds, positive), held
}

// forward gives each block the map of the blocks before it.
func forward(method Method, logOdds []float64, positive []bool) []float64 {
	n := len(logOdds)
	out := append([]float64(nil), logOdds...)
	for b := Taught; b < Blocks; b++ {
		from, to := b*n/Blocks, (b+1)*n/Blocks
		m := Fit(method, logOdds[:from], positive[:from])
		for i := from; i < to; i++ {
			out[i] = m.LogOdds(logOdds[i])
		}
	}
	return out
}

// saves says whether log-odds have clearly less loss than others.
func saves(logOdds, others []float64, positive []bool) bool {
	sum, squares, all := 0.0, 0.0, 0.0
	from := Taught * len(positive) / Blocks
	for i := from; i < len(positive); i++ {
		loss := logistic.Loss(others[i], positive[i])
		d := loss - logistic.Loss(logOdds[i], positive[i])
		sum += d
		squares += float64(d * d)
		all += loss
	}
	n := float64(len(positive) - from)
	variance := squares - float64(sum*sum)/math.Max(n, 1)
	return sum > float64(worth*all) && sum > surely*math.Sqrt(math.Max(variance, 0))
}

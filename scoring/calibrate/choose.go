package calibrate

import (
	"math"

	"assent/scoring/logistic"
)

// family is one way to fit a map, and how many positives it needs before it is
// tried: fewer say little about its shape.
type family struct {
	needs int
	fit   func(logOdds []float64, positive []bool) Map
}

func fitted(method Method, needs int) family {
	return family{needs, func(logOdds []float64, positive []bool) Map { return Fit(method, logOdds, positive) }}
}

// shapes are the families that bend, in the order in which they are tried.
var shapes = []family{fitted(Platt, 50), fitted(Beta, 200), fitted(Isotonic, 500)}

// needsShift is how many positives say something of the base rate.
const needsShift = 10

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
	return choose(append([]family{fitted(None, 0), fitted(Shift, needsShift)}, shapes...), logOdds, positive)
}

// Renew is Choose for a model that has a map already. The present one stays
// unless another clearly beats it; first it is moved to another base rate, for
// which few positives will do.
func Renew(present Map, logOdds []float64, positive []bool) (best Map, held []float64) {
	stays := family{0, func([]float64, []bool) Map { return present }}
	moves := family{needsShift, func(logOdds []float64, positive []bool) Map {
		return present.moved(Fit(Shift, present.All(logOdds), positive).Shift)
	}}
	return choose(append([]family{stays, moves}, shapes...), logOdds, positive)
}

func choose(families []family, logOdds []float64, positive []bool) (best Map, held []float64) {
	positives := 0
	for _, p := range positive {
		if p {
			positives++
		}
	}
	champion := families[0]
	held = forward(champion, logOdds, positive)
	for _, f := range families[1:] {
		if positives < f.needs {
			break
		}
		if given := forward(f, logOdds, positive); saves(given, held, positive) {
			champion, held = f, given
		}
	}
	return champion.fit(logOdds, positive), held
}

// forward gives each block the map of the blocks before it.
func forward(f family, logOdds []float64, positive []bool) []float64 {
	n := len(logOdds)
	out := append([]float64(nil), logOdds...)
	for b := Taught; b < Blocks; b++ {
		from, to := b*n/Blocks, (b+1)*n/Blocks
		m := f.fit(logOdds[:from], positive[:from])
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

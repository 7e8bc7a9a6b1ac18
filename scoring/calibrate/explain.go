package calibrate

import "math"

// Bounds of what a contribution is scaled by. Beyond them the map is so steep
// or so flat between the base and the case that scaled reasons would mislead.
const (
	leastScale = leastSlope
	mostScale  = 5
)

// Explain makes contributions to a model's log-odds contributions to the
// calibrated ones: to is the calibration, base the log-odds of the average
// case, and base plus all contributions those of this case. They are scaled in
// place by the slope of the line between the two, so that none changes its
// sign or its rank. It returns the calibrated base and the rest, the one
// contribution that is calibration's own: base plus all contributions plus
// rest is to(x) to within rounding.
//
// rest is not 0 only where that slope is outside of 0.05 to 5, or where base
// and case are all but the same and the map bends there.
func Explain(to func(float64) float64, base float64, contributions []float64) (calibrated, rest float64) {
	x := base
	for _, c := range contributions {
		x += c
	}
	calibrated = to(base)
	scale := slope(to, base, x)
	sum := calibrated
	for i, c := range contributions {
		contributions[i] = float64(scale * c)
		sum += contributions[i]
	}
	const rounding = 1e-12
	if rest = to(x) - sum; math.Abs(rest) < rounding*(1+math.Abs(sum)) {
		rest = 0
	}
	return calibrated, rest
}

// slope of a map between two points.
func slope(to func(float64) float64, a, b float64) float64 {
	const near = 1e-3
	if math.Abs(b-a) < near {
		a, b = a-near, b+near
	}
	return min(max((to(b)-to(a))/(b-a), leastScale), mostScale)
}

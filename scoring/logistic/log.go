package logistic

import "math"

// Coefficients of the Remez polynomial for log(1+f) - f, in s = f/(2+f), from
// FreeBSD's msun e_log.c (Sun Microsystems, 1993).
const (
	l1 = 6.666666666666735130e-01
	l2 = 3.999999999940941908e-01
	l3 = 2.857142874366239149e-01
	l4 = 2.222219843214978396e-01
	l5 = 1.818357216161805012e-01
	l6 = 1.531383769920937332e-01
	l7 = 1.479819860511658591e-01
)

// Log is the natural logarithm of a positive finite x, with an error below
// 1 ulp; NaN for anything else.
func Log(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 1) {
		return math.NaN()
	}
	mantissa, k := math.Frexp(x)
	if mantissa < math.Sqrt2/2 {
		mantissa, k = mantissa*2, k-1
	}
	f := mantissa - 1
	s := f / (2 + f)
	s2 := float64(s * s)
	s4 := float64(s2 * s2)
	odd := float64(s2 * horner(s4, l7, l5, l3, l1))
	even := float64(s4 * horner(s4, l6, l4, l2))
	r := odd + even
	half := float64(float64(0.5*f) * f)
	kf := float64(k)
	return float64(kf*ln2Hi) - ((half - (float64(s*(half+r)) + float64(kf*ln2Lo))) - f)
}

// horner evaluates a polynomial, highest coefficient first.
func horner(x float64, coefficients ...float64) float64 {
	y := 0.0
	for _, c := range coefficients {
		y = float64(y*x) + c
	}
	return y
}

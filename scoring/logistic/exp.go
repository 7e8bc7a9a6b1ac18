package logistic

import "math"

// Constants of the reduction x = k ln 2 + r and of the Remez polynomial for
// r (e^r + 1)/(e^r - 1), from FreeBSD's msun e_exp.c (Sun Microsystems, 1993).
const (
	ln2Hi = 6.93147180369123816490e-01
	ln2Lo = 1.90821492927058770002e-10
	log2e = 1.44269504088896338700e+00

	p1 = 1.66666666666666657415e-01
	p2 = -2.77777777770155933842e-03
	p3 = 6.61375632143793436117e-05
	p4 = -1.65339022054652515390e-06
	p5 = 4.13813679705723846039e-08
)

// MaxLogOdds bounds the argument of Exp: beyond it a probability is 0 or 1 to
// more digits than a float64 has, and Exp stays clear of overflow.
const MaxLogOdds = 700

// Exp is e^x with an error below 1 ulp for |x| <= MaxLogOdds; larger
// arguments are clamped.
//
// math.Exp is assembly on some platforms and differs in the last bit; and the
// compiler may fuse x*y + z into one rounding where the machine can. The
// explicit conversions forbid that (Go specification, "Floating-point
// operators"), so that a replay elsewhere gives the same bits.
func Exp(x float64) float64 {
	x = min(max(x, -MaxLogOdds), MaxLogOdds)
	k := math.Floor(float64(x*log2e) + 0.5)
	hi := x - float64(k*ln2Hi)
	lo := float64(k * ln2Lo)
	r := hi - lo
	t := float64(r * r)
	c := float64(t * (p4 + float64(t*p5)))
	c = float64(t * (p2 + float64(t*(p3+c))))
	c = r - float64(t*(p1+c))
	y := 1 - ((lo - float64(r*c)/(2-c)) - hi)
	// 2^k by its bits: k is far from where a float64 ends.
	const bias, mantissa = 1023, 52
	return y * math.Float64frombits(uint64(int(k)+bias)<<mantissa)
}

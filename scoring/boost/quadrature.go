package boost

// rule integrates over [0, 1]: the sum of Weights times the values at Points
// is exact for polynomials of degree 2n-1 (Gauss and Legendre).
type rule struct{ points, weights []float64 }

// rules gives those with 0 to most points. Roots of one Legendre polynomial
// separate those of the next, so that bisection finds them, to the last bit
// the same everywhere.
func rules(most int) []rule {
	out := make([]rule, most+1)
	roots := []float64{}
	for n := 1; n <= most; n++ {
		fences := append(append([]float64{-1}, roots...), 1)
		roots = make([]float64, n)
		r := rule{make([]float64, n), make([]float64, n)}
		for i := range roots {
			x := bisect(n, fences[i], fences[i+1])
			_, slope := legendre(n, x)
			roots[i] = x
			r.points[i] = (x + 1) / 2
			r.weights[i] = 1 / float64(float64((1-float64(x*x))*slope)*slope)
		}
		out[n] = r
	}
	return out
}

func bisect(n int, low, high float64) float64 {
	rising, _ := legendre(n, high)
	const halvings = 60 // more than a float64 has digits
	for range halvings {
		middle := low/2 + high/2
		if y, _ := legendre(n, middle); (y > 0) == (rising > 0) {
			high = middle
		} else {
			low = middle
		}
	}
	return low/2 + high/2
}

// legendre is the polynomial of degree n and its derivative at x inside (-1, 1),
// by Bonnet's recursion.
func legendre(n int, x float64) (y, slope float64) {
	before, y := 0.0, 1.0
	for k := range n {
		k := float64(k)
		before, y = y, (float64(float64((2*k+1)*x)*y)-float64(k*before))/(k+1)
	}
	if d := 1 - float64(x*x); d > 0 {
		slope = float64(float64(n)*(before-float64(x*y))) / d
	}
	return y, slope
}

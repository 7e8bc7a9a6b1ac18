package metric

// Point is a point of a curve to be drawn, and the threshold that gives it.
type Point struct {
	X         float64 `json:"x"`
	Y         float64 `json:"y"`
	Threshold float64 `json:"threshold"`
}

// ROC is recall over the rate of false positives, in at most most points.
func (c Curve) ROC(most int) []Point {
	return c.points(most, func(i int) (x, y float64) { return ratio(c.False[i], c.N), ratio(c.True[i], c.P) })
}

// PR is precision over recall, in at most most points.
func (c Curve) PR(most int) []Point {
	return c.points(most, func(i int) (x, y float64) {
		return ratio(c.True[i], c.P), ratio(c.True[i], c.True[i]+c.False[i])
	})
}

// points takes some of the thresholds, evenly, the first and the last among
// them. At most 1 point is no curve: then there are two.
func (c Curve) points(most int, at func(i int) (x, y float64)) []Point {
	last := len(c.Threshold) - 1
	n := min(max(most, 2), last+1)
	out := make([]Point, n)
	for k := range out {
		i := last
		if n > 1 {
			i = k * last / (n - 1)
		}
		x, y := at(i)
		out[k] = Point{x, y, c.Threshold[i]}
	}
	return out
}

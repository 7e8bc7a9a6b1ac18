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

// points takes some of the thresholds, evenly along the curve, the first and
// the last among them. At most 1 point is no curve: then there are two.
func (c Curve) points(most int, at func(i int) (x, y float64)) []Point {
	most = max(most, 2)
	var out []Point
	last, step := len(c.Threshold)-1, 1/float64(most-1)
	for i := range c.Threshold {
		x, y := at(i)
		if i == 0 || i == last || len(c.Threshold) <= most || x >= out[len(out)-1].X+step {
			out = append(out, Point{x, y, c.Threshold[i]})
		}
	}
	if len(out) > most {
		out = append(out[:most-1], out[len(out)-1])
	}
	return out
}

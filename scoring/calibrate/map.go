package calibrate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"

	"assent/scoring/logistic"
)

// Method is a family of maps.
type Method string

// The methods, simplest first.
const (
	None     Method = "none"
	Shift    Method = "shift"    // x + Shift: another base rate
	Platt    Method = "platt"    // Slope·x + Shift (Platt 1999)
	Beta     Method = "beta"     // Up·ln p - Down·ln(1-p) + Shift with p = sigmoid(x) (Kull, Silva Filho and Flach 2017)
	Isotonic Method = "isotonic" // through Knots (Zadrozny and Elkan 2002), straight between them
)

// Map turns a model's log-odds into calibrated ones. It rises strictly. The
// zero value changes nothing.
type Map struct {
	Method Method  `json:"method"`
	Shift  float64 `json:"shift,omitempty"`
	Slope  float64 `json:"slope,omitempty"` // Platt, above 0
	Up     float64 `json:"up,omitempty"`    // Beta, not below 0
	Down   float64 `json:"down,omitempty"`  // Beta, not below 0; one of the two is above
	Knots  []Knot  `json:"knots,omitempty"` // Isotonic, both coordinates ascending
}

// Knot is a point of an isotonic map, in log-odds.
type Knot struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// LogOdds calibrates log-odds.
func (m Map) LogOdds(x float64) float64 {
	switch m.Method {
	case Shift:
		return x + m.Shift
	case Platt:
		return float64(m.Slope*x) + m.Shift
	case Beta:
		return float64(m.Down*logistic.Softplus(x)) - float64(m.Up*logistic.Softplus(-x)) + m.Shift
	case Isotonic:
		return through(m.Knots, x)
	}
	return x
}

// Probability is the calibrated probability of log-odds, between 0 and 1.
func (m Map) Probability(x float64) float64 { return logistic.Sigmoid(m.LogOdds(x)) }

// moved is the map with so much added to what it gives.
func (m Map) moved(by float64) Map {
	switch m.Method {
	case None, "":
		return Map{Method: Shift, Shift: by}
	case Isotonic:
		knots := slices.Clone(m.Knots)
		for i := range knots {
			knots[i].To += by
		}
		return Map{Method: Isotonic, Knots: knots}
	}
	m.Shift += by
	return m
}

// All calibrates each of logOdds.
func (m Map) All(logOdds []float64) []float64 {
	out := make([]float64, len(logOdds))
	for i, x := range logOdds {
		out[i] = m.LogOdds(x)
	}
	return out
}

// through goes straight from knot to knot, and keeps the distance of the
// nearest one beyond the ends.
func through(knots []Knot, x float64) float64 {
	i := sort.Search(len(knots), func(i int) bool { return knots[i].From >= x })
	switch {
	case len(knots) == 0:
		return x
	case i == 0:
		return x - knots[0].From + knots[0].To
	case i == len(knots):
		return x - knots[i-1].From + knots[i-1].To
	}
	a, b := knots[i-1], knots[i]
	return a.To + float64((x-a.From)/(b.From-a.From)*(b.To-a.To))
}

// UnmarshalJSON refuses a map that does not rise.
func (m *Map) UnmarshalJSON(data []byte) error {
	type plain Map
	var p plain
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return err
	}
	if err := Map(p).check(); err != nil {
		return err
	}
	*m = Map(p)
	return nil
}

// most bounds every number of a map: no log-odds are beyond it.
const most = logistic.MaxLogOdds

func (m Map) check() error {
	fault := func(want string) error { return fmt.Errorf("calibrate: %s", want) }
	for _, x := range append(ends(m.Knots), m.Shift, m.Slope, m.Up, m.Down) {
		if math.Abs(x) > most {
			return fault("every number must be within -700 to 700")
		}
	}
	switch m.Method {
	case None, Shift, "":
	case Platt:
		if !(m.Slope > 0) {
			return fault("slope must be above zero")
		}
	case Beta:
		if m.Up < 0 || m.Down < 0 || m.Up+m.Down == 0 {
			return fault("up and down must not be below zero, and one of them above")
		}
	case Isotonic:
		for i := 1; i < len(m.Knots); i++ {
			if !(m.Knots[i].From > m.Knots[i-1].From && m.Knots[i].To > m.Knots[i-1].To) {
				return fault("knots must ascend")
			}
		}
	default:
		return fault("method must be none, shift, platt, beta or isotonic")
	}
	return nil
}

// ends are the coordinates of the first and the last knot.
func ends(knots []Knot) []float64 {
	if len(knots) == 0 {
		return nil
	}
	a, b := knots[0], knots[len(knots)-1]
	return []float64{a.From, a.To, b.From, b.To}
}

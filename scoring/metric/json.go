package metric

import (
	"encoding/json"
	"math"
)

// JSON has no number for what is not known, which is null there.

type nullable struct {
	Value  *float64 `json:"value"`
	Low    *float64 `json:"low"`
	High   *float64 `json:"high"`
	Better *float64 `json:"better,omitempty"`
}

func (x Interval) nullable() nullable {
	return nullable{known(x.Value), known(x.Low), known(x.High), nil}
}

func known(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func unknown(x *float64) float64 {
	if x == nil {
		return math.NaN()
	}
	return *x
}

// MarshalJSON writes null for what is not known.
func (x Interval) MarshalJSON() ([]byte, error) { return json.Marshal(x.nullable()) }

// UnmarshalJSON reads what MarshalJSON writes.
func (x *Interval) UnmarshalJSON(data []byte) error {
	var n nullable
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*x = Interval{unknown(n.Value), unknown(n.Low), unknown(n.High)}
	return nil
}

// MarshalJSON writes null for what is not known.
func (d Difference) MarshalJSON() ([]byte, error) {
	n := d.nullable()
	n.Better = known(d.Better)
	return json.Marshal(n)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Difference) UnmarshalJSON(data []byte) error {
	var n nullable
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*d = Difference{Interval{unknown(n.Value), unknown(n.Low), unknown(n.High)}, unknown(n.Better)}
	return nil
}

type nullablePoint struct {
	X         *float64 `json:"x"`
	Y         *float64 `json:"y"`
	Threshold *float64 `json:"threshold"`
}

// MarshalJSON writes null for what is not known: with no positive case there
// is no recall.
func (p Point) MarshalJSON() ([]byte, error) {
	return json.Marshal(nullablePoint{known(p.X), known(p.Y), known(p.Threshold)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Point) UnmarshalJSON(data []byte) error {
	var n nullablePoint
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*p = Point{unknown(n.X), unknown(n.Y), unknown(n.Threshold)}
	return nil
}

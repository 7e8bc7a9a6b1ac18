package linear_test

import (
	"fmt"

	"assent/scoring/frame"
	"assent/scoring/linear"
)

// A shop where one order in ten is fraud, and by night every other one.
func ExampleTrain() {
	columns := []frame.Column{{Name: "hour", Type: frame.Number}}
	f, err := frame.Build(columns, func(yield func(*frame.Row) error) error {
		for i := range 2400 {
			day, hour := i/24, i%24
			row := frame.Row{ID: fmt.Sprint(i), Values: []frame.Value{frame.Of(float64(hour))}, Positive: day%10 == 0 || hour < 4 && day%2 == 0}
			if err := yield(&row); err != nil {
				return err
			}
		}
		return nil
	}, frame.Options{})
	if err != nil {
		panic(err)
	}
	var rows []int32
	for i := range f.Rows() {
		rows = append(rows, int32(i))
	}
	m, err := linear.Train(f, rows, nil, linear.Params{Penalties: []float64{1}})
	if err != nil {
		panic(err)
	}
	out := make([]float64, 1)
	for _, hour := range []float64{2, 14} {
		base := m.Contributions([]frame.Value{frame.Of(hour)}, out)
		fmt.Printf("at %2.0f h: %.1f from the hour on a base of %.1f\n", hour, out[0], base)
	}
	// Output:
	// at  2 h: 1.7 from the hour on a base of -1.8
	// at 14 h: -0.4 from the hour on a base of -1.8
}

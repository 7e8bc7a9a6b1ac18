package boost

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"assent/scoring/frame"
	"assent/scoring/logistic"
)

// wide is a frame of 24 numbers and 6 categories, one value in ten missing.
func wide(b *testing.B, rows int) *frame.Frame {
	b.Helper()
	columns := make([]frame.Column, 30)
	for c := range columns {
		columns[c] = frame.Column{Name: fmt.Sprint("x", c), Type: frame.Number}
		if c >= 24 {
			columns[c].Type = frame.Category
		}
	}
	return frameOf(b, columns, func(yield func(*frame.Row) error) error {
		random := rand.New(rand.NewPCG(1, 1))
		r := frame.Row{Values: make([]frame.Value, len(columns))}
		for i := range rows {
			z := -2.0
			for c := range columns {
				x := random.NormFloat64()
				r.Values[c] = frame.Of(x)
				if c >= 24 {
					r.Values[c] = frame.Level(fmt.Sprint(int(8 * x)))
				}
				if random.IntN(10) == 0 {
					r.Values[c] = frame.Value{}
				} else if c%2 == 0 {
					z += x * x / 5
				}
			}
			r.ID, r.Positive = fmt.Sprint(i), random.Float64() < logistic.Sigmoid(z-2)
			if err := yield(&r); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkTrain: 80,000 rows by 30 columns, 250 trees of 31 leaves. Goal:
// within 1.5 times LightGBM, which bench/boost measures.
func BenchmarkTrain(b *testing.B) {
	f := wide(b, 80_000)
	b.ReportAllocs()
	for b.Loop() {
		mustTrain(b, f, upTo(f.Rows()), nil, Params{Trees: 250})
	}
}

// BenchmarkScore: one row through 250 trees of 31 leaves over 30 columns, a
// different row each time. Goals: under 20 µs, with contributions under 200 µs.
func BenchmarkScore(b *testing.B) {
	f := wide(b, 20_000)
	m := mustTrain(b, f, upTo(f.Rows()), nil, Params{Trees: 250})
	rows := make([][]frame.Value, 500)
	for i := range rows {
		rows[i] = make([]frame.Value, len(f.Columns))
		for c := range rows[i] {
			rows[i][c] = f.Value(c, int32(i))
		}
	}
	out, at := make([]float64, len(f.Columns)), 0
	for _, c := range []struct {
		name string
		do   func(i int)
	}{
		{"LogOdds", func(i int) { m.LogOdds(rows[i]) }},
		{"LogOddsOf", func(i int) { m.LogOddsOf(f, int32(i)) }},
		{"Contributions", func(i int) { m.Contributions(rows[i], out) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.do(at)
				at = (at + 1) % len(rows)
			}
		})
	}
}

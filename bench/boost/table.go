package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"assent/scoring/frame"
	"assent/scoring/logistic"
)

// The table's columns: numbers first. One in ten values is missing in every
// third column; counts have few values, and sparse numbers are mostly zero.
const (
	width      = 30
	categories = 6
	numbers    = width - categories
)

func columns() []frame.Column {
	out := make([]frame.Column, width)
	for c := range out {
		out[c] = frame.Column{Name: fmt.Sprintf("c%d", c), Type: frame.Number}
		if c >= numbers {
			out[c].Type = frame.Category
		}
	}
	return out
}

// table draws rows, the same ones whenever it is read.
type table struct {
	rows int
	seed uint64
}

// each hands over each row; NaN is missing, a category is its number.
func (t table) each(do func(x *[width]float64, positive bool) error) error {
	random := rand.New(rand.NewPCG(t.seed, 30))
	var x [width]float64
	for range t.rows {
		draw(random, &x)
		positive := random.Float64() < logistic.Sigmoid(risk(&x))
		for c := range x {
			if c%3 == 0 && random.IntN(10) == 0 {
				x[c] = math.NaN()
			}
		}
		if err := do(&x, positive); err != nil {
			return err
		}
	}
	return nil
}

func draw(random *rand.Rand, x *[width]float64) {
	for c := range numbers {
		switch c % 4 {
		case 0:
			x[c] = random.NormFloat64()
		case 1:
			x[c] = random.ExpFloat64() * 100
		case 2:
			x[c] = float64(random.IntN(20))
		case 3:
			x[c] = 0
			if random.IntN(4) == 0 {
				x[c] = random.NormFloat64()
			}
		}
	}
	for c := numbers; c < width; c++ {
		x[c] = float64(random.IntN(5 << (c - numbers))) // 5 to 160 levels
	}
}

// risk is the log-odds of a positive label: about one in ten.
func risk(x *[width]float64) float64 {
	z := -3.2 + x[0] + 0.6*x[4]*x[8] + math.Sin(x[1]/40) + 0.8*math.Abs(x[12]) + 0.1*x[2] - 0.05*x[6] + x[3] - 0.7*x[7]
	for c := numbers; c < width; c++ {
		z += 0.25 * (math.Mod(x[c]*7, 5) - 2)
	}
	return z
}

// source is the table as frames read it.
func (t table) source() frame.Source {
	return func(yield func(*frame.Row) error) error {
		row := frame.Row{Values: make([]frame.Value, width)}
		n := 0
		return t.each(func(x *[width]float64, positive bool) error {
			row.ID, row.Positive = strconv.Itoa(n), positive
			n++
			for c, v := range x {
				switch {
				case math.IsNaN(v):
					row.Values[c] = frame.Value{}
				case c >= numbers:
					row.Values[c] = frame.Level(strconv.Itoa(int(v)))
				default:
					row.Values[c] = frame.Of(v)
				}
			}
			return yield(&row)
		})
	}
}

func upTo(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

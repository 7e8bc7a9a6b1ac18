package frame

import (
	"fmt"
	"math"
	"slices"
)

// Frame is a set of examples, ready for learning. It is read-only once built.
type Frame struct {
	Columns  []Column
	Binnings []Binning // by column
	Codes    [][]uint8 // by column, then row: the bin, Other or Missing
	Positive []bool    // by row
	At       []int64   // by row: microseconds since 1970, UTC; math.MinInt64 without a time
	KnownAt  []int64   // likewise, when the label became known
	Group    []uint64  // by row: Spread of it, equal for rows that must stay together
}

// Rows counts the examples.
func (f *Frame) Rows() int { return len(f.Positive) }

// Positives counts the examples with a positive label among rows.
func (f *Frame) Positives(rows []int32) int {
	n := 0
	for _, i := range rows {
		if f.Positive[i] {
			n++
		}
	}
	return n
}

// Constant lists the columns that tell nothing: every value is the same or
// missing throughout.
func (f *Frame) Constant() []string {
	var names []string
	for c, codes := range f.Codes {
		if !slices.ContainsFunc(codes, func(b uint8) bool { return b != codes[0] }) {
			names = append(names, f.Columns[c].Name)
		}
	}
	return names
}

// Options bound the bins. The zero value is as documented.
type Options struct {
	Bins      int // most bins of a number, at most MaxBins; 0 is MaxBins
	Sample    int // rows looked at to place the edges of numbers; 0 is 200,000
	LevelRows int // fewest rows of a category of its own; 0 is 1
}

func (o Options) orDefault() Options {
	or := func(n *int, otherwise int) {
		if *n == 0 {
			*n = otherwise
		}
	}
	or(&o.Bins, MaxBins)
	or(&o.Sample, 200_000)
	or(&o.LevelRows, 1)
	return o
}

// NoTime is the time of a row that has none.
const NoTime int64 = math.MinInt64

// Build reads the source twice. Errors: a column or an option that is declared
// wrongly, an *Error that names row and column (a number that is not finite, a
// missing label's time, rows out of order, another number of values, an id
// used twice), or the source's own.
func Build(columns []Column, source Source, o Options) (*Frame, error) {
	o = o.orDefault()
	if o.Bins < 2 || o.Bins > MaxBins {
		return nil, fmt.Errorf("frame: bins must be 2 to %d", MaxBins)
	}
	if err := checkColumns(columns); err != nil {
		return nil, err
	}
	f := &Frame{Columns: slices.Clone(columns), Codes: make([][]uint8, len(columns))}
	rows, err := f.learn(source, o)
	if err != nil {
		return nil, err
	}
	return f, f.encode(source, rows)
}

// learn places the bins: the first pass.
func (f *Frame) learn(source Source, o Options) (rows int, err error) {
	s := newSampler(f.Columns, o)
	err = source(func(r *Row) error {
		if err := s.check(r); err != nil {
			return err
		}
		s.add(r)
		return nil
	})
	if err != nil {
		return 0, err
	}
	f.Binnings = s.binnings()
	return s.rows, s.duplicate()
}

// encode fills the codes: the second pass.
func (f *Frame) encode(source Source, rows int) error {
	for c := range f.Codes {
		f.Codes[c] = make([]uint8, 0, rows)
	}
	f.Positive, f.At, f.KnownAt, f.Group = make([]bool, 0, rows), make([]int64, 0, rows), make([]int64, 0, rows), make([]uint64, 0, rows)
	encoder, means := NewEncoder(f.Columns, f.Binnings), newMeans(f.Columns)
	err := source(func(r *Row) error {
		for c, v := range r.Values {
			code := encoder.Code(c, v)
			f.Codes[c] = append(f.Codes[c], code)
			means.add(c, code, v)
		}
		f.Positive = append(f.Positive, r.Positive)
		f.At, f.KnownAt = append(f.At, micros(r.At)), append(f.KnownAt, micros(r.KnownAt))
		f.Group = append(f.Group, group(r))
		return nil
	})
	if err == nil && len(f.Positive) != rows {
		err = fmt.Errorf("frame: the source gave %d rows, then %d", rows, len(f.Positive))
	}
	means.into(f.Binnings)
	return err
}

// Value gives a value back, a number as the mean of its bin. Of a category that
// the frame has not, only that it is another one is known.
func (f *Frame) Value(column int, row int32) Value {
	code, b := f.Codes[column][row], &f.Binnings[column]
	switch {
	case code == Missing:
		return Value{}
	case f.Columns[column].Type == Number:
		return Of(b.Means[code])
	case code == Other:
		return Value{Known: true}
	}
	return Level(b.Levels[code])
}

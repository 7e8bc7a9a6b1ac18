package train

import (
	"fmt"
	"slices"

	"assent/scoring/frame"
)

// Fold is one look back: what could have been learnt by then, and what came
// next.
type Fold struct {
	Train []int32 // rows to learn from, in order of time
	Valid []int32 // the last part of what was known: where learning stops; none of Train
	Test  []int32 // rows to be judged by
	From  int64   // when the first row of Test was scored, microseconds; frame.NoTime without time
}

// Folds of a backtest.
const (
	origins    = 4    // looks back over data with time
	firstShare = 0.5  // of the rows before the first origin
	parts      = 5    // of data without time
	validShare = 0.15 // of what is known at an origin
)

// Least is the fewest rows of either label that a fold's parts must hold for
// its figures to mean anything.
const Least = 20

// folds cuts the frame by rolling origins, or by groups where rows have no
// time. Errors name what there is too little of.
func folds(f *frame.Frame) ([]Fold, error) {
	if err := enough(f, all(f), 4*Least); err != nil {
		return nil, err
	}
	cut := byGroup
	if f.At[0] != frame.NoTime {
		cut = byTime
	}
	return slices.DeleteFunc(cut(f), func(fold Fold) bool {
		return enough(f, fold.Train, Least) != nil || enough(f, fold.Valid, 1) != nil || enough(f, fold.Test, Least) != nil
	}), nil
}

// enough says which label is missing among rows.
func enough(f *frame.Frame, rows []int32, least int) error {
	positive := f.Positives(rows)
	if negative := len(rows) - positive; positive < least || negative < least {
		return fmt.Errorf("train: %d rows with a positive and %d with a negative label are too few: at least %d of each are needed", positive, negative, least)
	}
	return nil
}

func all(f *frame.Frame) []int32 {
	rows := make([]int32, f.Rows())
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

// byTime tests on the blocks after each origin. Only labels that were known at
// the origin are learnt from, and no group that the test holds.
func byTime(f *frame.Frame) []Fold {
	n := f.Rows()
	out := make([]Fold, 0, origins)
	block := (n - int(float64(n)*firstShare)) / origins
	for k := range origins {
		start := n - (origins-k)*block
		fold := Fold{From: f.At[start]}
		held := map[uint64]bool{}
		for i := start; i < start+block; i++ {
			held[f.Group[i]] = true
			fold.Test = append(fold.Test, int32(i))
		}
		var known []int32
		for i := range start {
			if f.KnownAt[i] < fold.From && !held[f.Group[i]] {
				known = append(known, int32(i))
			}
		}
		fold.Train, fold.Valid = Last(known)
		out = append(out, fold)
	}
	return out
}

// byGroup tests on each fifth of the groups in turn, and stops learning by a
// part of another.
func byGroup(f *frame.Frame) []Fold {
	out := make([]Fold, parts)
	for k := range out {
		out[k].From = frame.NoTime
		for i, g := range f.Group {
			row := int32(i)
			switch next := uint64(k+1) % parts; g % parts {
			case uint64(k):
				out[k].Test = append(out[k].Test, row)
			case next:
				if float64(g/parts%1000) < 1000*validShare*(parts-1) {
					out[k].Valid = append(out[k].Valid, row)
					continue
				}
				fallthrough
			default:
				out[k].Train = append(out[k].Train, row)
			}
		}
	}
	return out
}

// Last cuts off the last part by time of rows that are in order of time.
func Last(rows []int32) (train, valid []int32) {
	cut := len(rows) - int(float64(len(rows))*validShare)
	return rows[:cut:cut], rows[cut:]
}

// apart sets some groups apart for validation, where rows have no time.
func apart(f *frame.Frame) (train, valid []int32) {
	for i, g := range f.Group {
		if float64(g%1000) < 1000*validShare {
			valid = append(valid, int32(i))
		} else {
			train = append(train, int32(i))
		}
	}
	return train, valid
}

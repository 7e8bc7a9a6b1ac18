package train

import (
	"slices"

	"assent/scoring/blend"
	"assent/scoring/boost"
	"assent/scoring/frame"
	"assent/scoring/linear"
)

// learner is one way to learn.
type learner struct {
	name string
	// fit learns from train and stops by valid; with rounds it boosts as often,
	// and needs no valid.
	fit func(f *frame.Frame, train, valid []int32, rounds int) (predictor, error)
}

// predictor is what a learner gives.
type predictor interface {
	LogOddsOf(f *frame.Frame, row int32) float64
}

// learners lists those of the task, in the order of reports. Another one is
// one more line here.
func (t Task) learners() []learner {
	if t.Given != nil {
		return []learner{{blend.Boosted, func(*frame.Frame, []int32, []int32, int) (predictor, error) { return t.Given, nil }}}
	}
	all := []learner{
		{blend.Lines, func(f *frame.Frame, train, valid []int32, _ int) (predictor, error) {
			p := t.Linear
			p.Lines = true
			return linear.Train(f, train, valid, p)
		}},
		{blend.Additive, func(f *frame.Frame, train, valid []int32, _ int) (predictor, error) {
			return linear.Train(f, train, valid, t.Linear)
		}},
		{blend.Boosted, func(f *frame.Frame, train, valid []int32, rounds int) (predictor, error) {
			p := t.Boost
			p.Seed = t.Seed
			if rounds > 0 {
				p.Trees, train, valid = rounds, join(train, valid), nil
			}
			return boost.Train(f, train, valid, p)
		}},
	}
	return slices.DeleteFunc(all, func(l learner) bool { return !t.tries(l.name) })
}

func (t Task) tries(name string) bool { return len(t.Only) == 0 || slices.Contains(t.Only, name) }

// join puts rows together again, in order.
func join(a, b []int32) []int32 {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return all
}

// view is the frame as a learner sees it: columns that are hidden from it are
// missing throughout.
func (t Task) view(f *frame.Frame, learner string) *frame.Frame {
	hidden := t.Hidden[learner]
	if len(hidden) == 0 {
		return f
	}
	seen := *f
	seen.Codes = slices.Clone(f.Codes)
	var nothing []uint8
	for c, column := range f.Columns {
		if !slices.Contains(hidden, column.Name) {
			continue
		}
		if nothing == nil {
			nothing = slices.Repeat([]uint8{frame.Missing}, f.Rows())
		}
		seen.Codes[c] = nothing
	}
	return &seen
}

// rounds is how many trees a bag of a boosted model came to; 0 for others.
func rounds(p predictor) int {
	if m, ok := p.(*boost.Model); ok {
		return m.Rounds()
	}
	return 0
}

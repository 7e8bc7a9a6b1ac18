package train

import (
	"assent/scoring/boost"
	"assent/scoring/frame"
	"assent/scoring/linear"
)

// learner is one way to learn. rounds bounds boosting; 0 stops by valid.
type learner struct {
	name string
	fit  func(f *frame.Frame, train, valid []int32, rounds int, seed uint64) (predictor, error)
}

// predictor is what a learner gives.
type predictor interface {
	LogOddsOf(f *frame.Frame, row int32) float64
}

// Names of the learners, as reports and cards have them.
const (
	Boosted  = "boosted_trees"
	Additive = "additive" // logistic regression on binned features
	Prior    = "scorecard"
)

// learners in the order of reports. Adding one is a line here.
func (t Task) learners() []learner {
	return []learner{
		{Additive, func(f *frame.Frame, train, valid []int32, _ int, _ uint64) (predictor, error) {
			return linear.Train(f, train, valid, t.Linear)
		}},
		{Boosted, func(f *frame.Frame, train, valid []int32, rounds int, seed uint64) (predictor, error) {
			p := t.Boost
			p.Seed = seed
			if rounds > 0 {
				p.Trees, valid = rounds, nil
			}
			return boost.Train(f, train, valid, p)
		}},
	}
}

// rounds is how many trees a bag of a boosted model came to; 0 for others.
func rounds(p predictor) int {
	if m, ok := p.(*boost.Model); ok {
		return m.Rounds()
	}
	return 0
}

package train

import (
	"math"

	"assent/scoring/blend"
	"assent/scoring/boost"
	"assent/scoring/frame"
	"assent/scoring/logistic"
)

// depths are ways to boost, the first where one does as well as the other: deep
// trees for patterns that are rare and sharp, as of fraud, and many shallow ones
// drawn of half the columns for faint ones, as of lateness, where deep trees
// learn the noise.
var depths = []boost.Params{
	{Leaves: 6, MinRows: 80, L2: 10, Rate: 0.04, ColumnShare: 0.5, RowShare: 0.7, Bags: 3},
	{},
}

// looksAtDepth is how many of the newest folds choose: more take longer, and say
// more of times that are past.
const looksAtDepth = 2

// depth chooses how to boost by the newest folds, where nobody says how.
func (t Task) depth(f *frame.Frame, cuts []Fold) (boost.Params, error) {
	if t.Given != nil || t.Boost != (boost.Params{}) || !t.tries(blend.Boosted) {
		return t.Boost, nil
	}
	best, least := t.Boost, math.Inf(1)
	for _, p := range depths {
		p.Seed = t.Seed
		loss := 0.0
		for _, fold := range cuts[max(0, len(cuts)-looksAtDepth):] {
			m, err := boost.Train(f, fold.Train, fold.Valid, p)
			if err != nil {
				return best, err
			}
			loss += float64(float64(len(fold.Test)) * logistic.ShiftedLoss(scores(f, m, fold.Test), labels(f, fold.Test)))
		}
		if loss < least*(1-better) {
			best, least = p, loss
		}
	}
	return best, nil
}

package train

import (
	"assent/scoring/blend"
	"assent/scoring/frame"
	"assent/scoring/logistic"
)

// Step is how the model and the scorecard do once so many positive labels are
// known, on the rows after the last origin.
type Step struct {
	Positives int     `json:"positives"`
	Rows      int     `json:"rows"`      // that were learnt from
	Model     float64 `json:"model"`     // log-loss after the best shift
	Scorecard float64 `json:"scorecard"` // likewise
	Blend     float64 `json:"blend"`     // of the best mixture of the two
	Share     float64 `json:"share"`     // of the model in that mixture
}

// counts of positive labels that are tried.
var counts = []int{20, 50, 100, 200, 500, 1000, 2000, 5000}

// ColdStart learns from ever more labels, newest last, as a shop would that
// begins with none. shares are those of the champion; without a scorecard, or
// with nothing learnt beside it, there is nothing to compare.
func (t Task) ColdStart(f *frame.Frame, shares blend.Shares) ([]Step, error) {
	cuts, err := folds(f)
	if err != nil || len(cuts) == 0 || t.Prior == nil || t.Given != nil || shares[blend.Scorecard] == 1 {
		return nil, err
	}
	last := cuts[len(cuts)-1]
	known := join(last.Train, last.Valid)
	var steps []Step
	for _, n := range counts {
		rows := until(f, known, n)
		if rows == nil {
			break
		}
		step, err := t.step(f, rows, last.Test, n, shares)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// until are the rows with the first n positives; nil if there are not as many.
func until(f *frame.Frame, rows []int32, n int) []int32 {
	for i, row := range rows {
		if f.Positive[row] {
			if n--; n == 0 {
				return rows[:i+1]
			}
		}
	}
	return nil
}

func (t Task) step(f *frame.Frame, rows, test []int32, n int, shares blend.Shares) (Step, error) {
	train, valid := Last(rows)
	if f.At[0] == frame.NoTime || f.Positives(valid) == 0 {
		train, valid = rows, nil
	}
	learnt := make([]float64, len(test))
	whole := 1 - shares[blend.Scorecard]
	for _, l := range t.learners() {
		if shares[l.name] == 0 {
			continue
		}
		few := 0
		if valid == nil {
			few = fewRounds
		}
		p, err := l.fit(t.view(f, l.name), train, valid, few)
		if err != nil {
			return Step{}, err
		}
		for i, x := range scores(f, p, test) {
			learnt[i] += float64(shares[l.name] / whole * x)
		}
	}
	positive, card := labels(f, test), pick(t.Prior, test)
	s := Step{Positives: n, Rows: len(rows), Model: logistic.ShiftedLoss(learnt, positive), Scorecard: logistic.ShiftedLoss(card, positive)}
	s.Blend, s.Share = best(learnt, card, positive)
	return s, nil
}

// fewRounds of boosting are safe without rows to stop by.
const fewRounds = 30

// best finds the share of the model with the least loss.
func best(learnt, card []float64, positive []bool) (loss, share float64) {
	mixed := make([]float64, len(learnt))
	for n := 0; float64(n)*step <= 1+1e-9; n++ {
		w := float64(n) * step
		for i := range mixed {
			mixed[i] = float64(w*learnt[i]) + float64((1-w)*card[i])
		}
		if l := logistic.ShiftedLoss(mixed, positive); n == 0 || l < loss {
			loss, share = l, w
		}
	}
	return loss, share
}

// Beats is the fewest positives from which on the model alone beats the
// scorecard at every larger count; 0 if it does not.
func Beats(steps []Step) int {
	count := 0
	for _, s := range steps {
		switch {
		case s.Model >= s.Scorecard:
			count = 0
		case count == 0:
			count = s.Positives
		}
	}
	return count
}

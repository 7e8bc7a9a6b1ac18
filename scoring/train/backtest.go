package train

import (
	"errors"
	"math"
	"slices"

	"assent/scoring/blend"
	"assent/scoring/frame"
	"assent/scoring/logistic"
	"assent/scoring/metric"
)

// Backtest is how each learner did on time it had not seen.
type Backtest struct {
	Origins []Origin `json:"origins"`
	// Scores are the log-odds that each learner gave the rows of all folds'
	// tests, by learner; Rows and Positive are by the same index.
	Scores   map[string][]float64 `json:"-"`
	Rows     []int32              `json:"-"`
	Positive []bool               `json:"-"`
	rounds   []int                // of boosting, by fold
}

// Origin is one fold's figures by learner.
type Origin struct {
	From     int64             `json:"from,omitempty"` // microseconds; 0 without time
	Train    int               `json:"train"`          // rows learnt from
	Test     int               `json:"test"`
	Positive int               `json:"positive"` // of Test
	Learners map[string]Figure `json:"learners"`
}

// Figure is how well one learner orders one test. Loss is the log-loss after
// the best shift of all its log-odds: base rates move, and calibration is
// another step's work.
type Figure struct {
	AUC  float64 `json:"auc"`
	AP   float64 `json:"ap"`
	Loss float64 `json:"loss"`
}

// errNoFold says that rows are enough in all, and nowhere together.
var errNoFold = errors.New("train: no look back has enough rows of both labels before and after it")

// backtest learns and judges at every origin.
func (t Task) backtest(f *frame.Frame, cuts []Fold) (*Backtest, error) {
	b := &Backtest{Scores: map[string][]float64{}}
	for _, fold := range cuts {
		if err := t.judge(f, fold, b); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (t Task) judge(f *frame.Frame, fold Fold, b *Backtest) error {
	o := Origin{Train: len(fold.Train) + len(fold.Valid), Test: len(fold.Test), Positive: f.Positives(fold.Test), Learners: map[string]Figure{}}
	if fold.From != frame.NoTime {
		o.From = fold.From
	}
	positive := labels(f, fold.Test)
	add := func(name string, scores []float64) {
		b.Scores[name] = append(b.Scores[name], scores...)
		o.Learners[name] = figure(scores, positive)
	}
	for _, l := range t.learners() {
		p, err := l.fit(t.view(f, l.name), fold.Train, fold.Valid, t.Rounds)
		if err != nil {
			return err
		}
		if n := rounds(p); n > 0 {
			b.rounds = append(b.rounds, n)
		}
		add(l.name, scores(f, p, fold.Test))
	}
	if t.Prior != nil {
		add(blend.Scorecard, pick(t.Prior, fold.Test))
	}
	b.Rows, b.Positive = append(b.Rows, fold.Test...), append(b.Positive, positive...)
	b.Origins = append(b.Origins, o)
	return nil
}

func figure(scores []float64, positive []bool) Figure {
	return Figure{metric.AUC(scores, positive), metric.AveragePrecision(scores, positive), logistic.ShiftedLoss(scores, positive)}
}

func scores(f *frame.Frame, p predictor, rows []int32) []float64 {
	out := make([]float64, len(rows))
	for i, row := range rows {
		out[i] = p.LogOddsOf(f, row)
	}
	return out
}

func labels(f *frame.Frame, rows []int32) []bool {
	out := make([]bool, len(rows))
	for i, row := range rows {
		out[i] = f.Positive[row]
	}
	return out
}

func pick(values []float64, rows []int32) []float64 {
	out := make([]float64, len(rows))
	for i, row := range rows {
		out[i] = values[row]
	}
	return out
}

// typicalRounds is the median of what the folds came to, and a little more:
// the final model learns from more rows.
func (b *Backtest) typicalRounds() int {
	if len(b.rounds) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(b.rounds))
	const more = 1.1
	return int(math.Ceil(more * float64(sorted[len(sorted)/2])))
}

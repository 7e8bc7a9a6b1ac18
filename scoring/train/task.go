package train

import (
	"cmp"
	"maps"
	"slices"

	"assent/scoring/blend"
	"assent/scoring/boost"
	"assent/scoring/calibrate"
	"assent/scoring/frame"
	"assent/scoring/linear"
	"assent/scoring/logistic"
	"assent/scoring/metric"
)

// Task is how to learn. The zero value learns with every learner and its
// defaults.
type Task struct {
	Seed   uint64
	Only   []string            // learners to try; nil is all
	Hidden map[string][]string // by learner: columns that it does not see
	Linear linear.Params
	Boost  boost.Params // the zero value chooses between deep and shallow trees
	// Given is a boosted model that was learnt elsewhere; with it nothing is
	// learnt here. Its figures hold only for rows that it has not seen.
	Given *boost.Model
	Prior []float64 // by row: the scorecard's log-odds; nil without a scorecard
	// Rounds of boosting, exactly; 0 stops by the last part of what is known.
	Rounds int
	// Shares instead of those that the backtest would choose; nil chooses.
	Shares blend.Shares
	// Raw leaves the log-odds as they are: where the base rate jumps from one
	// year to the next, a map of last year makes them worse.
	Raw bool
	// Rolling follows the base rate between trainings; zero does not.
	Rolling calibrate.Rolling
}

// Fitted is what was learnt.
type Fitted struct {
	Blend       *blend.Blend
	Calibration calibrate.Map
	Rolling     calibrate.Rolling
	Backtest    *Backtest
	Boost       boost.Params // how trees were grown
	Importance  []float64    // by column: mean absolute contribution over the rows learnt from
	// Challenger is the best single learner that is not the champion; nil if
	// only one was tried.
	Challenger *Fitted
}

// Run backtests, chooses, calibrates and learns from everything. Errors name
// what the rows lack.
func (t Task) Run(f *frame.Frame) (*Fitted, error) {
	cuts, err := folds(f)
	if err != nil {
		return nil, err
	}
	if len(cuts) == 0 {
		return nil, errNoFold
	}
	if t.Boost, err = t.depth(f, cuts); err != nil {
		return nil, err
	}
	b, err := t.backtest(f, cuts)
	if err != nil {
		return nil, err
	}
	models, err := t.everything(f, b)
	if err != nil {
		return nil, err
	}
	shares := t.Shares
	if shares == nil {
		shares, _ = b.choose(slices.DeleteFunc(slices.Clone(blend.Names), func(name string) bool { return b.Scores[name] == nil }))
	}
	fitted := t.assemble(f, b, models, shares)
	if other := b.runnerUp(shares); other != "" {
		fitted.Challenger = t.assemble(f, b, models, blend.Shares{other: 1})
	}
	return fitted, nil
}

// everything learns from all rows.
func (t Task) everything(f *frame.Frame, b *Backtest) (map[string]predictor, error) {
	train, valid := Last(all(f))
	if f.At[0] == frame.NoTime {
		train, valid = apart(f)
	}
	models := map[string]predictor{}
	for _, l := range t.learners() {
		p, err := l.fit(t.view(f, l.name), train, valid, cmp.Or(t.Rounds, b.typicalRounds()))
		if err != nil {
			return nil, err
		}
		models[l.name] = p
	}
	return models, nil
}

func (t Task) assemble(f *frame.Frame, b *Backtest, models map[string]predictor, shares blend.Shares) *Fitted {
	out := &Fitted{Blend: &blend.Blend{Shares: shares}, Backtest: b, Rolling: t.Rolling, Boost: t.Boost}
	for name := range maps.Keys(shares) {
		switch m := models[name].(type) {
		case *boost.Model:
			out.Blend.Boosted = m
		case *linear.Model:
			if name == blend.Lines {
				out.Blend.Lines = m
			} else {
				out.Blend.Additive = m
			}
		}
	}
	out.Calibration = calibrate.Map{Method: calibrate.None}
	if !t.Raw {
		out.Calibration, _ = calibrate.Choose(b.Mixed(shares), b.Positive)
	}
	out.Importance = importance(f, out.Blend)
	return out
}

// runnerUp is the best single learner beside the champion, where that is one,
// or the best part of a mixture.
func (b *Backtest) runnerUp(champion blend.Shares) string {
	best, least := "", 0.0
	for _, name := range blend.Names {
		if b.Scores[name] == nil || champion[name] == 1 || name == blend.Scorecard {
			continue
		}
		if loss := b.Loss(blend.Shares{name: 1}); best == "" || loss < least {
			best, least = name, loss
		}
	}
	return best
}

// importanceRows is how many rows importance is averaged over.
const importanceRows = 2000

func importance(f *frame.Frame, b *blend.Blend) []float64 {
	n := len(f.Columns)
	values, out, scratch, sums := make([]frame.Value, n), make([]float64, n), make([]float64, n), make([]float64, n)
	step := max(f.Rows()/importanceRows, 1)
	rows := 0.0
	for row := 0; row < f.Rows(); row += step {
		for c := range values {
			values[c] = f.Value(c, int32(row))
		}
		b.Contributions(values, out, scratch)
		for c, x := range out {
			sums[c] += max(x, -x)
		}
		rows++
	}
	for c := range sums {
		sums[c] /= rows
	}
	return sums
}

// HeldOut is what the model would have said of rows that it had not learnt from.
type HeldOut struct {
	Rows     []int32
	Raw      []float64 // log-odds of the blend
	LogOdds  []float64 // calibrated by what the rows before them taught
	Positive []bool
}

// HeldOut are the rows of the backtest, but for the first, which only taught
// the others' calibration.
func (f *Fitted) HeldOut() HeldOut {
	b := f.Backtest
	raw := b.Mixed(f.Blend.Shares)
	calibrated := raw
	if f.Calibration.Method != calibrate.None {
		_, calibrated = calibrate.Choose(raw, b.Positive)
	}
	from := len(raw) * calibrate.Taught / calibrate.Blocks
	return HeldOut{b.Rows[from:], raw[from:], calibrated[from:], b.Positive[from:]}
}

// Metrics are the figures of HeldOut.
func (f *Fitted) Metrics() map[string]float64 {
	h := f.HeldOut()
	return Figures(h.Raw, h.LogOdds, h.Positive)
}

// Figures are those that a model's card has, of log-odds before and after
// calibration.
func Figures(raw, calibrated []float64, positive []bool) map[string]float64 {
	c := metric.Rank(calibrated, positive).Curve(nil)
	p := logistic.Sigmoids(calibrated)
	const onePercent, tenth = 0.01, 0.1
	return map[string]float64{
		"auc": c.AUC(), "ap": c.AP(), "recall_at_1fpr": c.RecallAtFPR(onePercent), "lift_top10": c.Lift(tenth), "base": c.Base(),
		"brier": metric.Brier(p, positive), "ece": metric.ECE(p, positive),
		"ece_before": metric.ECE(logistic.Sigmoids(raw), positive),
	}
}

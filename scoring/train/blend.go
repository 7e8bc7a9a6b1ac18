package train

import (
	"maps"
	"math"

	"assent/scoring/blend"
	"assent/scoring/logistic"
)

// step is the grain of shares: finer ones are noise.
const step = 0.1

// better is how much of the log-loss another part must save to be worth its
// place: below it, the simpler answer is kept.
const better = 0.0005

// choose finds the shares with the least shifted log-loss over all tests. The
// simplest answers are tried first, and a mixture must beat them.
func (b *Backtest) choose(names []string) (best blend.Shares, loss float64) {
	loss = math.Inf(1)
	for _, name := range names {
		if l := b.Loss(blend.Shares{name: 1}); l < loss*(1-better) {
			best, loss = blend.Shares{name: 1}, l
		}
	}
	mixtures(names, func(s blend.Shares) {
		if l := b.Loss(s); l < loss*(1-better) {
			best, loss = s, l
		}
	})
	return best, loss
}

// mixtures visits every split of 1 among the names, in steps.
func mixtures(names []string, visit func(blend.Shares)) {
	const whole = int(1 / step)
	var spread func(i, left int, s blend.Shares)
	spread = func(i, left int, s blend.Shares) {
		if i == len(names)-1 {
			visit(with(s, names[i], left, whole))
			return
		}
		for n := left; n >= 0; n-- {
			spread(i+1, left-n, with(s, names[i], n, whole))
		}
	}
	spread(0, whole, blend.Shares{})
}

// with is a copy with n of whole given to name; nothing is no share.
func with(s blend.Shares, name string, n, whole int) blend.Shares {
	next := maps.Clone(s)
	if n > 0 {
		next[name] = float64(n) / float64(whole)
	}
	return next
}

// Loss is the log-loss of a mixture, shifted for the test of each origin: base
// rates differ between them, which is calibration's to follow.
func (b *Backtest) Loss(s blend.Shares) float64 {
	mixed, sum, from := b.Mixed(s), 0.0, 0
	for _, o := range b.Origins {
		to := from + o.Test
		sum += float64(o.Test) * logistic.ShiftedLoss(mixed[from:to], b.Positive[from:to])
		from = to
	}
	return sum / float64(from)
}

// Mixed gives the mixture's log-odds for every row of Rows.
func (b *Backtest) Mixed(s blend.Shares) []float64 {
	out := make([]float64, len(b.Rows))
	for _, name := range blend.Names {
		share, given := s[name]
		if !given {
			continue
		}
		for i, x := range b.Scores[name] {
			out[i] += float64(share * x)
		}
	}
	return out
}

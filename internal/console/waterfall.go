package console

import (
	"math"
	"slices"
	"strconv"

	"assent/decision"
)

// waterfall draws an assessment as steps: from the log-odds before any
// evidence, each reason moves it left or right, to the log-odds of the
// probability. Positions are percentages of the width.
type waterfall struct {
	Base, Total             float64
	BaseChance, TotalChance string
	Start, Sum              string // positions of Base and Total
	Steps                   []fall
	Ticks                   []tick
}

// fall is one reason's bar.
type fall struct {
	Sentence string
	Value    string // signed log-odds
	X, Width string
	Up       bool // it raises the probability
}

// tick is a round probability on the axis.
type tick struct{ X, Label string }

// tickChances are the probabilities that the axis may name, the rounder ones
// first.
var tickChances = []float64{0.5, 0.01, 0.99, 0.1, 0.9, 0.05, 0.95, 0.2, 0.8, 0.001, 0.999, 0.02, 0.98, 0.005, 0.995, 0.002, 0.998}

// newWaterfall is nil when nothing was assessed.
func newWaterfall(a decision.Assessment, sentence func(string) string) *waterfall {
	if a.Probability == nil {
		return nil
	}
	scale := scaleOf(a)
	w := &waterfall{Base: a.Base, Total: a.Base, BaseChance: percent(chance(a.Base)), TotalChance: percent(*a.Probability), Start: scale.at(a.Base)}
	for _, r := range a.Reasons {
		next := w.Total + r.Contribution
		low, high := min(w.Total, next), max(w.Total, next)
		w.Steps = append(w.Steps, fall{
			Sentence: sentence(r.Code), Value: signed(r.Contribution), X: scale.at(low), Width: scale.width(low, high), Up: r.Contribution > 0,
		})
		w.Total = next
	}
	w.Sum = scale.at(w.Total)
	w.Ticks = scale.ticks()
	return w
}

// chance is the probability of log-odds.
func chance(logOdds float64) float64 { return 1 / (1 + math.Exp(-logOdds)) }

// logOdds is the inverse of chance.
func logOdds(p float64) float64 { return math.Log(p / (1 - p)) }

// axis maps log-odds to positions.
type axis struct{ low, high float64 }

// scaleOf spans everything the steps pass, with room at both ends.
func scaleOf(a decision.Assessment) axis {
	at := a.Base
	s := axis{at, at}
	for _, r := range a.Reasons {
		at += r.Contribution
		s.low, s.high = min(s.low, at), max(s.high, at)
	}
	room := max(0.5, (s.high-s.low)*0.08)
	return axis{s.low - room, s.high + room}
}

// position is in percent of the width.
func (s axis) position(x float64) float64 { return (x - s.low) / (s.high - s.low) * 100 }

func (s axis) at(x float64) string { return share(s.position(x)) }

// width is never so small that a bar cannot be seen.
func (s axis) width(low, high float64) string {
	return share(max(0.4, s.position(high)-s.position(low)))
}

// share writes a percentage for an SVG attribute: the content policy allows no
// style to place a bar with.
func share(percent float64) string { return strconv.FormatFloat(percent, 'f', 2, 64) + "%" }

// ticks leaves out what would touch the ends or a rounder one.
func (s axis) ticks() []tick {
	var out []tick
	var taken []float64
	for _, p := range tickChances {
		x := s.position(logOdds(p))
		touches := slices.ContainsFunc(taken, func(other float64) bool { return math.Abs(x-other) < 12 })
		if x < 4 || x > 96 || touches {
			continue
		}
		taken = append(taken, x)
		out = append(out, tick{share(x), strconv.FormatFloat(p*100, 'f', -1, 64) + " %"})
	}
	return out
}

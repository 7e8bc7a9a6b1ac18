// Package blend adds learners up: a share of each one's log-odds, so that the
// whole is still a sum of one contribution a column.
package blend

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"assent/scoring/boost"
	"assent/scoring/frame"
	"assent/scoring/linear"
)

// Names of the parts, in the order in which they are added up, so that the
// same shares give the same bits.
const (
	Scorecard = "scorecard"     // what a shop starts with; not of the columns
	Lines     = "lines"         // logistic regression on standardised numbers
	Additive  = "additive"      // logistic regression on binned numbers
	Boosted   = "boosted_trees" // gradient-boosted trees
)

// Names lists the parts.
var Names = []string{Scorecard, Lines, Additive, Boosted}

// Shares says how much of the log-odds each part gives, by name. They are
// above 0 and add up to 1.
type Shares map[string]float64

// String says the parts and how much each gives: "lines 70% + boosted_trees 30%".
func (s Shares) String() string {
	var parts []string
	for _, name := range Names {
		if share, ok := s[name]; ok {
			parts = append(parts, fmt.Sprintf("%s %.0f%%", name, 100*share))
		}
	}
	return strings.Join(parts, " + ")
}

// Blend is a trained blend. The scorecard's share is not in its figures: who
// knows the scorecard's log-odds adds Shares[Scorecard] times those.
type Blend struct {
	Shares   Shares        `json:"shares"`
	Lines    *linear.Model `json:"lines,omitempty"`
	Additive *linear.Model `json:"additive,omitempty"`
	Boosted  *boost.Model  `json:"boosted_trees,omitempty"`
}

// part is what every learner gives.
type part interface {
	LogOdds(values []frame.Value) float64
	LogOddsOf(f *frame.Frame, row int32) float64
	Contributions(values []frame.Value, out []float64) (base float64)
	Columns() int
}

// each visits the parts that have a share.
func (b *Blend) each(visit func(share float64, p part)) {
	if b.Lines != nil {
		visit(b.Shares[Lines], b.Lines)
	}
	if b.Additive != nil {
		visit(b.Shares[Additive], b.Additive)
	}
	if b.Boosted != nil {
		visit(b.Shares[Boosted], b.Boosted)
	}
}

// Columns counts the columns that every part reads; 0 when only the scorecard
// has a share, and -1 when they do not agree.
func (b *Blend) Columns() int {
	n, some := 0, false
	b.each(func(_ float64, p part) {
		if some && n != p.Columns() {
			n = -1
		} else {
			n, some = p.Columns(), true
		}
	})
	return n
}

// LogOdds of a row by its values.
func (b *Blend) LogOdds(values []frame.Value) float64 {
	sum := 0.0
	b.each(func(share float64, p part) { sum += float64(share * p.LogOdds(values)) })
	return sum
}

// LogOddsOf is LogOdds of a row of the frame that it was trained on.
func (b *Blend) LogOddsOf(f *frame.Frame, row int32) float64 {
	sum := 0.0
	b.each(func(share float64, p part) { sum += float64(share * p.LogOddsOf(f, row)) })
	return sum
}

// Contributions puts each column's contribution into out and returns the base:
// base plus all of out is LogOdds. scratch is as long as out.
func (b *Blend) Contributions(values []frame.Value, out, scratch []float64) (base float64) {
	clear(out)
	b.each(func(share float64, p part) {
		base += float64(share * p.Contributions(values, scratch))
		for i, x := range scratch {
			out[i] += float64(share * x)
		}
	})
	return base
}

// UnmarshalJSON refuses parts without a share and shares without a part.
func (b *Blend) UnmarshalJSON(data []byte) error {
	type plain Blend
	var p plain
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	*b = Blend(p)
	return b.check()
}

func (b *Blend) check() error {
	there := map[string]bool{Scorecard: b.Shares[Scorecard] > 0, Lines: b.Lines != nil, Additive: b.Additive != nil, Boosted: b.Boosted != nil}
	sum := 0.0
	for name, share := range b.Shares {
		if !there[name] || !(share > 0) {
			return fmt.Errorf("blend: a share must be above zero and of a part that is there")
		}
		sum += share
	}
	for name, present := range there {
		if present && b.Shares[name] == 0 {
			return fmt.Errorf("blend: %s must have a share", name)
		}
	}
	if math.Abs(sum-1) > 1e-9 {
		return fmt.Errorf("blend: shares must add up to 1")
	}
	return nil
}

package linear

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"assent/scoring/frame"
	"assent/scoring/logistic"
)

// UnmarshalJSON reads a model, and refuses one that could not have been
// trained.
func (m *Model) UnmarshalJSON(data []byte) error {
	type plain Model
	var p plain
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		return err
	}
	if math.Abs(p.Base) > most {
		return fmt.Errorf("linear: base must be within -%d to %d", most, most)
	}
	for c := range p.Terms {
		if err := p.Terms[c].check(); err != nil {
			return fmt.Errorf("linear: term %d: %w", c, err)
		}
		p.Terms[c].ready()
	}
	*m = Model(p)
	return nil
}

// most bounds what is added to log-odds, so that no sum is infinite.
const most = logistic.MaxLogOdds

// check needs no look for numbers that are not finite: JSON has none.
func (t *Term) check() error {
	steps := len(t.Weights)
	switch {
	case steps > frame.MaxBins:
		return fmt.Errorf("must have at most %d weights", frame.MaxBins)
	case slices.ContainsFunc(slices.Concat(t.Weights, []float64{t.Other, t.Missing}), tooFar):
		return fmt.Errorf("weights must be within -%d to %d", most, most)
	case t.Line != nil && (tooFar(t.Line.Slope) || tooFar(t.Line.Centre)):
		return fmt.Errorf("slope and centre of a line must be within -%d to %d", most, most)
	case t.Line != nil && (steps > 0 || t.Levels != nil || t.Edges != nil):
		return fmt.Errorf("has a line or weights, not both")
	case t.Line != nil && !(t.Line.Scale > 0):
		return fmt.Errorf("the scale of a line must be above zero")
	case t.Levels != nil && (t.Edges != nil || len(t.Levels) != steps):
		return fmt.Errorf("must have one weight a level, and no edges")
	case t.Levels == nil && steps > 0 && len(t.Edges) != steps-1, steps == 0 && len(t.Edges) > 0:
		return fmt.Errorf("must have one weight more than edges")
	case !ascending(t.Edges):
		return fmt.Errorf("edges must ascend")
	case len(slices.Compact(slices.Sorted(slices.Values(t.Levels)))) != len(t.Levels):
		return fmt.Errorf("levels must differ")
	}
	return nil
}

func tooFar(x float64) bool { return math.Abs(x) > most }

func ascending(edges []float64) bool {
	for i := 1; i < len(edges); i++ {
		if !(edges[i] > edges[i-1]) {
			return false
		}
	}
	return !slices.ContainsFunc(edges, math.IsNaN)
}

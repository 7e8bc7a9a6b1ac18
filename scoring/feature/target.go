package feature

import (
	"slices"
	"time"

	"assent/decision"
)

// Target is what a kind's models foretell: the truth, told by outcomes, that is
// a positive label.
type Target struct {
	Truth string // name of the truth in what outcomes teach
	// Matures is how long after the decision silence means no: most of those
	// who will complain have done so by then. 0 means that silence tells
	// nothing.
	Matures time.Duration
}

// Targets by kind. A cancelled order is no fraud, and no answer.
var Targets = map[string]Target{
	"order":    {"fraud", 60 * day},
	"delivery": {"late", 0},
	"refund":   {"abuse", 90 * day},
}

// Label is what is known of a case.
type Label struct {
	Positive bool
	KnownAt  time.Time
}

// LabelOf says what outcomes, told until now, make of a decision made at at;
// false while that is not known.
func LabelOf(kindName string, at time.Time, told []decision.OutcomeRow, now time.Time) (Label, bool) {
	target, kind := Targets[kindName], kindNamed(kindName)
	told = slices.DeleteFunc(slices.Clone(told), func(o decision.OutcomeRow) bool { return o.KnownAt.After(now) })
	slices.SortStableFunc(told, func(a, b decision.OutcomeRow) int { return a.KnownAt.Compare(b.KnownAt) })
	var label Label
	known := false
	for i := range told {
		// What is told last counts, from when it was told.
		truth, ok := kind.Truth(decision.Snapshot{}, told[:i+1])[target.Truth]
		if positive := truth.IsPositive(); ok && (!known || positive != label.Positive) {
			label, known = Label{positive, told[i].KnownAt}, true
		}
	}
	if mature := at.Add(target.Matures); !known && target.Matures > 0 && !mature.After(now) {
		return Label{false, mature}, true
	}
	return label, known
}

func kindNamed(name string) decision.Kind {
	kind, _ := decision.KindNamed(name)
	return kind
}

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
	// Matures is how long after the decision a case counts, however it ended: bad
	// ends are told early and good ones never, or, of parcels, the other way
	// round, so that of the newest cases only one sort would be known.
	Matures time.Duration
	// Silent says that silence until then means no: most of those who will
	// complain have done so.
	Silent bool
}

// Targets by kind. A cancelled order is no fraud, and no answer.
var Targets = map[string]Target{
	"order":    {"fraud", 60 * day, true},
	"delivery": {"late", 30 * day, false},
	"refund":   {"abuse", 90 * day, true},
}

// Label is what is known of a case.
type Label struct {
	Positive bool
	KnownAt  time.Time
}

// LabelOf says what outcomes, told until now, make of a decision made at at;
// false while that is not known, or the case does not count yet. Where a
// suspicion is open, silence means nothing.
func LabelOf(kindName string, at time.Time, told []decision.OutcomeRow, now time.Time) (Label, bool) {
	target := Targets[kindName]
	told = slices.DeleteFunc(slices.Clone(told), func(o decision.OutcomeRow) bool { return o.KnownAt.After(now) })
	label, known := toldOf(kindNamed(kindName), target.Truth, told)
	if !label.Positive && decision.Doubted(told) {
		return Label{}, false
	}
	mature := at.Add(target.Matures)
	if label.KnownAt.Before(mature) {
		label.KnownAt = mature
	}
	return label, (known || target.Silent) && !mature.After(now)
}

// toldOf is the truth that was told last, from when it was told. Without one it
// is no.
func toldOf(kind decision.Kind, name string, told []decision.OutcomeRow) (label Label, known bool) {
	slices.SortStableFunc(told, func(a, b decision.OutcomeRow) int { return a.KnownAt.Compare(b.KnownAt) })
	for i := range told {
		truth, ok := kind.Truth(decision.Snapshot{}, told[:i+1])[name]
		if positive := truth.IsPositive(); ok && (!known || positive != label.Positive) {
			label, known = Label{positive, told[i].KnownAt}, true
		}
	}
	return label, known
}

func kindNamed(name string) decision.Kind {
	kind, _ := decision.KindNamed(name)
	return kind
}

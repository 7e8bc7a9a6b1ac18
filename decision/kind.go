package decision

import (
	"slices"
	"time"
)

// Kind declares which decision can be asked: its fields, the features that
// gather adds, its actions, and how a recommendation is made. A new kind is
// one file with one Kind, listed in kinds below.
type Kind struct {
	Name     string        // the word in requests and the Rego package
	Doc      string        // one sentence
	Models   []string      // Odoo models a subject may have
	Fields   []Field       // what a request holds, see Field
	Features []Feature     // what gather computes from the fields and from history
	Entities []Entity      // what the decision adds to history
	Notes    []Note        // numbers that its rows of history hold
	Amount   string        // path of the money field that history sums and AtStake uses
	Given    string        // path of what the record has given already; history sums both
	Actions  []string      // names of the actions it may recommend or protect with
	Outcomes []OutcomeType // what may be told later about its decisions, beside that a person did otherwise
	// Lasting says that what is decided on ends later, when an outcome tells so:
	// what is learnt then happened then, and not when it was asked. The newest
	// arrivals of a carrier are those of today, not those of today's parcels,
	// of which only the fast ones have arrived.
	Lasting bool
	// Asked says that a person always stands behind such a request, and must be
	// named, so that it is not approved by who asked.
	Asked bool
	// FromAction names fields that may come as parameters of the proposed
	// action instead: path of the field to name of the parameter.
	FromAction map[string]string
	// Propose makes the recommendation. It is pure, and gets what the caller
	// asked for in Snapshot.Proposed.
	Propose func(Snapshot, Assessment) Recommendation
	// Check adds rules across fields to the declared ones, for requests only.
	Check func(Snapshot) []FieldError
	// Changes are what could realistically be otherwise, the easiest first.
	Changes []Change
	// Ends makes outcomes of what Odoo knows of how the record ended; nil where
	// it holds no truth about such decisions. told is what was told before.
	Ends func(s Snapshot, e Ending, told []OutcomeRow, now time.Time, t Terms) []OutcomeRecord
	// Opens lists the exceptions a person must see, whatever the verdict.
	Opens func(Snapshot, Evaluation) []NewException
}

// kinds is the registry, in the order of docs and OpenAPI.
var kinds = []Kind{orderKind, deliveryKind, refundKind, changeKind}

// Kinds lists every kind in registry order. The slice is the caller's own.
func Kinds() []Kind { return slices.Clone(kinds) }

// KindNames lists the name of every kind in registry order.
func KindNames() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return names
}

// KindNamed finds a kind by its name.
func KindNamed(name string) (Kind, bool) {
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}

// Field finds a declared field by its path.
func (k Kind) Field(path string) (Field, bool) {
	i := slices.IndexFunc(k.Fields, func(f Field) bool { return f.Path == path })
	if i < 0 {
		return Field{}, false
	}
	return k.Fields[i], true
}

// atStake is the money of a snapshot's Amount field in the company's
// currency, or nil when it is unknown.
func atStake(s Snapshot, path string) *Money {
	amount, ok := s.Fields.Money(path)
	if !ok {
		return nil
	}
	m := s.InCompanyCurrency(amount)
	return &m
}

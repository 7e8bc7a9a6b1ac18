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
	Features []Feature     // what gather computes from history
	Entities []Entity      // what the decision adds to history
	Amount   string        // path of the money field that history sums and AtStake uses
	Given    string        // path of what the record has given already; history sums both
	Actions  []string      // names of the actions it may recommend or protect with
	Outcomes []OutcomeType // what may be told later about its decisions, beside that a person did otherwise
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
	// Opens lists the exceptions a person must see, whatever the verdict.
	Opens func(Snapshot, Evaluation) []NewException
}

// Entity declares an identifier whose past the features look at. The value
// is kept as a keyed hash only.
type Entity struct {
	Type string // "partner", "email", …: history rows of the same type and value belong together
	Path string // field that holds the value
	Cap  int    // most rows a feature reads of a kind; see Feature.Saturates
}

// Aggregate is how a feature folds the history rows of its window.
type Aggregate string

// The aggregates.
const (
	Count            Aggregate = "count"             // int64: rows
	Sum              Aggregate = "sum"               // decimal: amounts, in the company's currency
	DistinctPartners Aggregate = "distinct_partners" // int64: different partners
	DaysSinceFirst   Aggregate = "days_since_first"  // int64: whole days since the oldest row read
)

// Feature declares one value computed from history for the snapshot. Rows of
// the same subject are left out, and only rows known before the decision count.
type Feature struct {
	Path   string // dotted, under "context" in the policy's input
	Type   Type
	Entity string        // Entity.Type
	Kind   string        // only rows of this kind
	Window time.Duration // how far back; 0 is without bound
	Fold   Aggregate
	// Saturates says that the entity's cap is as much as the value needs to
	// tell. Of others, the value is unknown once there are as many rows.
	Saturates bool
	Doc       string
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

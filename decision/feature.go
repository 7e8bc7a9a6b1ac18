package decision

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Feature declares one value that gather adds to the snapshot. This
// declaration is the only one: training, serving, the policy's schema and the
// docs derive from it.
//
// A feature is computed either from the request's own fields (From) or from
// history (Entity, Kind, Fold). Of history, rows of the same subject are left
// out, and only rows known before the decision count.
type Feature struct {
	Path string // dotted, under "context" in the policy's input
	Type Type
	Doc  string // one sentence

	// From computes it from a snapshot's fields; nil is unknown. Reads lists
	// the fields that it looks at.
	From  func(Snapshot) any
	Reads []string

	Entity string        // Entity.Type
	Kind   string        // only rows of this kind
	Window time.Duration // how far back; 0 is without bound
	Fold   Aggregate
	// Saturates says that the entity's cap is as much as the value needs to
	// tell: it is of the newest rows. Of others, the value is unknown once there
	// are as many rows.
	Saturates bool

	Value  string          // of HistoryRow.Values: what Mean, Quantile, Rate, Share, Ratio, Above and Spare look at
	Link   string          // of HistoryRow.Links: what Distinct counts
	Level  decimal.Decimal // Quantile: 0 to 1
	Per    string          // Share, Ratio: kind of the rows that are the whole
	Mature time.Duration   // Share: how old one of the whole must be; its truth takes that long
	Prior  Prior           // Rate, Share, Ratio, Above, Spare: what is believed before anything is seen
	// Monotone says how the risk that models foretell may move as it grows: 1
	// never down, -1 never up, 0 freely.
	Monotone int
	// Bound is what Above and Spare compare with; false is unknown. Reads lists its fields.
	Bound func(Snapshot) (decimal.Decimal, bool)
}

// Prior is what a rate is before anything is seen, and how many sightings
// that belief weighs: (seen + Rate·Weight) / (all + Weight).
type Prior struct {
	Rate   decimal.Decimal // at most six digits after the point
	Weight int64
}

// Aggregate is how a feature folds the history rows of its window. A subject
// counts once, however often it was asked about or told of.
type Aggregate string

// The aggregates. Numbers are rounded to six digits after the point.
const (
	Count            Aggregate = "count"             // int64: subjects
	Sum              Aggregate = "sum"               // decimal: amounts, in the company's currency
	DistinctPartners Aggregate = "distinct_partners" // int64: different partners
	Distinct         Aggregate = "distinct"          // int64: different values of Link
	DaysSinceFirst   Aggregate = "days_since_first"  // int64: whole days since the oldest row read; 0 if there is none
	HoursSinceLast   Aggregate = "hours_since_last"  // decimal: since the newest row; unknown if there is none
	PerDay           Aggregate = "per_day"           // decimal: subjects a day, over the window or what the rows read span of it
	Total            Aggregate = "total"             // decimal: Value, summed
	Mean             Aggregate = "mean"              // decimal: of Value; unknown if there is none
	Quantile         Aggregate = "quantile"          // decimal: of Value, the smallest that Level of them do not exceed; unknown if there is none
	Rate             Aggregate = "rate"              // decimal: mean of Value, shrunk to Prior
	Share            Aggregate = "share"             // decimal: Value of Kind over the Mature subjects of Per that it is about, shrunk to Prior
	Ratio            Aggregate = "ratio"             // decimal: subjects of Kind (with Value: its sum) to subjects of Per, shrunk to Prior
	Spare            Aggregate = "spare"             // decimal: Bound over the mean of Value, which is shrunk to Prior; unknown without Bound
	Above            Aggregate = "above"             // decimal: share of Value over Bound, shrunk to Prior; unknown without Bound
)

// numbers says which aggregates are a TypeNumber.
var numbers = []Aggregate{HoursSinceLast, PerDay, Total, Mean, Quantile, Rate, Share, Ratio, Above, Spare}

// When a feature is known.
const (
	AtRequest = "request" // with the request itself
	AtHistory = "history" // from what was known when the request came
)

// AvailableAt says when the feature is known: AtRequest or AtHistory.
func (f Feature) AvailableAt() string {
	if f.From != nil {
		return AtRequest
	}
	return AtHistory
}

// The documented sets of features.
const (
	SetOdoo     = "odoo"     // from what Odoo holds
	SetEnriched = "enriched" // needs what only the shop, the till or the payment provider knows
)

// SetOf says which set a feature of the kind belongs to: enriched, once one of
// the fields it rests on is a signal.
func (k Kind) SetOf(f Feature) string {
	for _, path := range k.readsOf(f) {
		if field, ok := k.Field(path); ok && field.Signal {
			return SetEnriched
		}
	}
	return SetOdoo
}

// readsOf lists the fields a feature rests on.
func (k Kind) readsOf(f Feature) []string {
	paths := slices.Clone(f.Reads)
	if e, ok := k.entity(f.Entity); ok {
		paths = append(paths, e.reads()...)
	}
	if e, ok := k.entity(f.Link); ok {
		paths = append(paths, e.reads()...)
	}
	for _, n := range k.Notes {
		if n.Value == f.Value {
			paths = append(paths, n.Reads...)
		}
	}
	return paths
}

// Feature finds a declared feature by its path.
func (k Kind) Feature(path string) (Feature, bool) {
	i := slices.IndexFunc(k.Features, func(f Feature) bool { return f.Path == path })
	if i < 0 {
		return Feature{}, false
	}
	return k.Features[i], true
}

func (k Kind) entity(name string) (Entity, bool) {
	i := slices.IndexFunc(k.Entities, func(e Entity) bool { return e.Type == name })
	if i < 0 {
		return Entity{}, false
	}
	return k.Entities[i], true
}

// Why a feature is not known; an entity that the request does not name is
// "no_" and its type.
const (
	absentHistory = "no_history" // nothing was seen that it could be told from
	absentFields  = "no_fields"  // the request lacks what it is computed from
	absentBound   = "no_promise" // there is nothing to compare with
	absentTooMany = "too_many"   // more rows than are read; what was cut off may be what a limit is about
)

// Absences lists every reason for which the feature may be missing.
func (f Feature) Absences() []string {
	if f.From != nil {
		return []string{absentFields}
	}
	reasons := []string{"no_" + f.Entity}
	if slices.Contains([]Aggregate{HoursSinceLast, Mean, Quantile}, f.Fold) {
		reasons = append(reasons, absentHistory)
	}
	if f.Bound != nil {
		reasons = append(reasons, absentBound)
	}
	if !f.Saturates {
		reasons = append(reasons, absentTooMany)
	}
	return reasons
}

package decision

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// stretch is a window with the words for it.
type stretch struct {
	code  string // in a feature's path
	words string // "in the last …"
	long  time.Duration
}

// The windows.
var (
	anHour      = stretch{"1h", "hour", time.Hour}
	aDay        = stretch{"24h", "24 hours", 24 * time.Hour}
	aWeek       = stretch{"7d", "7 days", 7 * 24 * time.Hour}
	threeWeeks  = stretch{"21d", "21 days", 21 * 24 * time.Hour}
	aMonth      = stretch{"30d", "30 days", 30 * 24 * time.Hour}
	threeMonths = stretch{"90d", "90 days", 90 * 24 * time.Hour}
	aYear       = stretch{"365d", "365 days", 365 * 24 * time.Hour}
)

// table collects features of one kind's past. Every one saturates: it is of
// the newest rows that its entity's cap lets it read.
type table struct {
	kind     string            // of the rows
	things   string            // what they are: "orders"
	entities map[string]Entity // by type
	features []Feature
}

// newTable begins with features that are declared by hand; a path of theirs is
// not declared again.
func newTable(kind, things string, entities []Entity, byHand ...Feature) *table {
	t := &table{kind: kind, things: things, entities: map[string]Entity{}, features: byHand}
	for _, e := range entities {
		t.entities[e.Type] = e
	}
	return t
}

func (t *table) add(f Feature) {
	for _, known := range t.features {
		if known.Path == f.Path {
			return
		}
	}
	f.Saturates = true
	t.features = append(t.features, f)
}

// path names a feature of an entity: "history.email_orders_24h".
func path(entity, what string, w stretch) string {
	p := "history." + entity + "_" + what
	if w.code != "" {
		p += "_" + w.code
	}
	return p
}

// in says what a window is in words; none is without bound.
func (w stretch) in() string {
	if w.code == "" {
		return ""
	}
	return " in the last " + w.words
}

func (t *table) same(entity string) string { return "the same " + t.entities[entity].Name }

// counts adds how many there were.
func (t *table) counts(entity string, windows ...stretch) {
	for _, w := range windows {
		t.add(Feature{
			Path: path(entity, t.things, w), Type: TypeInteger, Entity: entity, Kind: t.kind, Window: w.long, Fold: Count,
			Doc: fmt.Sprintf("Other %s with %s%s.", t.things, t.same(entity), w.in()),
		})
	}
}

// amounts adds what they came to.
func (t *table) amounts(entity string, windows ...stretch) {
	for _, w := range windows {
		t.add(Feature{
			Path: path(entity, "amount", w), Type: TypeMoney, Entity: entity, Kind: t.kind, Window: w.long, Fold: Sum,
			Doc: fmt.Sprintf("Total of other %s with %s%s, in the company's currency.", t.things, t.same(entity), w.in()),
		})
	}
}

// perDay adds how many there are a day, which a cap does not bound.
func (t *table) perDay(entity string, w stretch) {
	t.add(Feature{
		Path: path(entity, t.things+"_per_day", w), Type: TypeNumber, Entity: entity, Kind: t.kind, Window: w.long, Fold: PerDay,
		Doc: fmt.Sprintf("Other %s a day with %s%s.", t.things, t.same(entity), w.in()),
	})
}

// distinct adds how many different ones of another entity are behind this one.
func (t *table) distinct(entity, link, many string, windows ...stretch) {
	for _, w := range windows {
		f := Feature{
			Path: path(entity, many, w), Type: TypeInteger, Entity: entity, Kind: t.kind, Window: w.long, Fold: Distinct, Link: link,
			Doc: fmt.Sprintf("Different %s behind %s%s.", manyWords[many], t.same(entity), w.in()),
		}
		if link == "partner" {
			f.Fold, f.Link = DistinctPartners, "" // rows have a column for him
		}
		t.add(f)
	}
}

// manyWords says what paths call many of an entity.
var manyWords = map[string]string{
	"cards": "cards", "devices": "devices", "addresses": "delivery addresses", "emails": "e-mail addresses", "partners": "customers",
}

// age adds how long ago the first and the last were.
func (t *table) age(entity string) {
	t.add(Feature{
		Path: path(entity, "days_since_first", stretch{}), Type: TypeInteger, Entity: entity, Kind: t.kind, Fold: DaysSinceFirst,
		Doc: fmt.Sprintf("Whole days since the first of the %s with %s; 0 if this is it.", t.things, t.same(entity)),
	})
	t.add(Feature{
		Path: path(entity, "hours_since_last", stretch{}), Type: TypeNumber, Entity: entity, Kind: t.kind, Fold: HoursSinceLast,
		Doc: fmt.Sprintf("Hours since the last of the other %s with %s.", t.things, t.same(entity)),
	})
}

// value adds a fold of a number that rows of a kind hold.
func (t *table) value(entity, what, kind string, w stretch, fold Aggregate, f Feature) {
	f.Path, f.Type, f.Entity, f.Kind, f.Window, f.Fold = path(entity, what, w), TypeNumber, entity, kind, w.long, fold
	f.Doc = fmt.Sprintf("%s with %s%s.", f.Doc, t.same(entity), w.in())
	t.add(f)
}

// prior is a belief in words that a table can read: a rate and its weight.
func prior(rate string, weight int64) Prior {
	return Prior{Rate: decimal.RequireFromString(rate), Weight: weight}
}

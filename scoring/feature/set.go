package feature

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"assent/decision"
	"assent/scoring/frame"
)

// Set is the features of one kind that a model reads, in order.
type Set struct {
	Name     string // kind and set: "order/odoo", "order/enriched"
	Kind     string
	Features []Feature
}

// Feature is one of a set: a declared field or feature of the kind, and how a
// model reads it.
type Feature struct {
	frame.Column
	Source      string // "fields" or "context": where in the snapshot
	AvailableAt string // decision.AtRequest or decision.AtHistory
	Missing     string // what its absence means
	Doc         string // one sentence
	Code        string // reason code of its contribution
	read        func(*decision.Snapshot, string) frame.Value
}

// Sets lists the sets of every kind that has a model.
func Sets() []Set {
	var out []Set
	for _, kind := range []string{"order", "delivery", "refund"} {
		for _, name := range []string{decision.SetOdoo, decision.SetEnriched} {
			if s, ok := Named(kind + "/" + name); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// Named makes a set by its name; false for one that does not exist. A kind
// without signals has no enriched set.
func Named(name string) (Set, bool) {
	kindName, which, _ := strings.Cut(name, "/")
	kind, ok := decision.KindNamed(kindName)
	if !ok || readable[kindName] == nil || which != decision.SetOdoo && which != decision.SetEnriched {
		return Set{}, false
	}
	s := Set{Name: name, Kind: kindName}
	enriched := false
	for _, f := range kind.Fields {
		if slices.Contains(readable[kindName], f.Path) {
			enriched = enriched || f.Signal
			if !f.Signal || which == decision.SetEnriched {
				s.Features = append(s.Features, ofField(kindName, f))
			}
		}
	}
	for _, f := range kind.Features {
		signal := kind.SetOf(f) == decision.SetEnriched
		enriched = enriched || signal
		if !signal || which == decision.SetEnriched {
			s.Features = append(s.Features, ofContext(kindName, f))
		}
	}
	return s, which == decision.SetOdoo || enriched
}

// readable lists the fields that a model may read as they are, by kind. Names,
// addresses and identifiers are none of them: a model that knows people by
// name learns nothing about the next one. Nor is the state, which says what
// was decided before.
var readable = map[string][]string{
	"order": {
		"amount_total", "customer.since", "customer.orders", "billing.country", "shipping.country", "shipping.express",
		"payment.method", "payment.state", "commitment_date", "signals.ip_country", "signals.avs", "signals.cvc", "signals.psp_score",
	},
	"delivery": {
		"scheduled_date", "promised_date", "order_date", "order_amount", "carrier", "handling_days", "transit_days",
		"distance_km", "weight_kg", "units_missing", "international", "express", "destination.country",
	},
	"refund": {
		"amount", "amount_total", "amount_credited", "reason", "invoice_date", "delivered_date", "paid", "goods_returned",
	},
}

// ofField reads a field. A time is read as days before the snapshot's now,
// below zero for what lies ahead; money in the company's currency.
func ofField(kind string, f decision.Field) Feature {
	out := Feature{
		Column: frame.Column{Name: f.Path, Type: frame.Number}, Source: "fields",
		AvailableAt: decision.AtRequest, Missing: f.Absent, Doc: f.Doc, Code: code(kind, f.Path),
	}
	switch f.Type {
	case decision.TypeMoney:
		out.read = money
	case decision.TypeNumber, decision.TypeInteger:
		out.read = func(s *decision.Snapshot, path string) frame.Value { return plain(s.Fields[path]) }
	case decision.TypeTime:
		out.read, out.Doc = daysAgo, out.Doc+" Read as days ago."
	default:
		out.Type = frame.Category
		out.read = func(s *decision.Snapshot, path string) frame.Value { return level(s.Fields[path]) }
	}
	return out
}

func ofContext(kind string, f decision.Feature) Feature {
	out := Feature{
		Column: frame.Column{Name: f.Path, Type: frame.Number, Monotone: f.Monotone}, Source: "context",
		AvailableAt: f.AvailableAt(), Missing: strings.Join(f.Absences(), ", "), Doc: f.Doc, Code: code(kind, f.Path),
		read: func(s *decision.Snapshot, path string) frame.Value { return plain(s.Context[path]) },
	}
	if f.Type == decision.TypeBoolean || f.Type == decision.TypeCode || f.Type == decision.TypeEnum {
		out.Type = frame.Category
		out.read = func(s *decision.Snapshot, path string) frame.Value { return level(s.Context[path]) }
	}
	return out
}

// code is a feature's reason code: kind and path in capitals, since two kinds
// may mean different things by one path.
func code(kind, path string) string {
	return "MODEL_" + strings.ToUpper(kind) + "_" + strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(path, "history."), ".", "_"))
}

// Columns are the set's columns, in order.
func (s Set) Columns() []frame.Column {
	out := make([]frame.Column, len(s.Features))
	for i, f := range s.Features {
		out[i] = f.Column
	}
	return out
}

// Read puts the snapshot's values into out, one a feature. It allocates
// nothing.
func (s Set) Read(snapshot *decision.Snapshot, out []frame.Value) {
	for i := range s.Features {
		f := &s.Features[i]
		out[i] = f.read(snapshot, f.Name)
	}
}

// Only gives the features of the set that a model was trained on, in its
// order. Error: one that this release does not declare any more.
func (s Set) Only(columns []frame.Column) (Set, error) {
	out := Set{Name: s.Name, Kind: s.Kind}
	for _, c := range columns {
		i := slices.IndexFunc(s.Features, func(f Feature) bool { return f.Name == c.Name && f.Type == c.Type })
		if i < 0 {
			return Set{}, fmt.Errorf("feature: set %s has no feature %s of the type that the model read", s.Name, c.Name)
		}
		f := s.Features[i]
		f.Monotone = c.Monotone
		out.Features = append(out.Features, f)
	}
	return out, nil
}

const day = 24 * time.Hour

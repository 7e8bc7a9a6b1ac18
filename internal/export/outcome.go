package export

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"assent/decision"
)

// OutcomeSource says where a truth about the rows is found. A row whose At is
// empty has none.
type OutcomeSource struct {
	Type string   `json:"type"` // of the kind's outcomes
	At   []Source `json:"at"`   // when it happened
	// KnownAt is when it became known; absent, when it happened.
	KnownAt []Source `json:"known_at,omitempty"`
	Value   []Source `json:"value,omitempty"` // what is told
	// LateAfter is the path of a time instead of Value: told is late when it
	// happened on a later day, and on_time otherwise.
	LateAfter string `json:"late_after,omitempty"`
}

// Outcome is one truth about a row.
type Outcome struct {
	Type, Value string
	At, KnownAt time.Time
}

func (m Mapping) checkOutcomes(kind decision.Kind) error {
	for _, o := range m.Outcomes {
		fault := func(want string) error { return fmt.Errorf("mapping: outcome %s: %s", o.Type, want) }
		i := slices.IndexFunc(kind.OutcomeTypes(), func(t decision.OutcomeType) bool { return t.Name == o.Type })
		switch {
		case i < 0:
			return fault("must be one that the kind knows")
		case len(o.At) == 0:
			return fault("at must have a source")
		case (o.LateAfter == "") == (len(o.Value) == 0):
			return fault("must have either value or late_after")
		}
		if f, ok := kind.Field(o.LateAfter); o.LateAfter != "" && (!ok || f.Type != decision.TypeTime) {
			return fault("late_after must be a time of the kind")
		}
		for _, s := range slices.Concat(o.At, o.KnownAt, o.Value) {
			if err := m.checkSource(s); err != nil {
				return fault(err.Error())
			}
		}
	}
	return nil
}

// sources lists every source of the mapping.
func (m Mapping) sources() [][]Source {
	all := slices.Collect(maps.Values(m.Fields))
	for _, o := range m.Outcomes {
		all = append(all, o.At, o.KnownAt, o.Value)
	}
	return all
}

// outcomes reads a row's truths. why says what is wrong with one of them.
func (m Mapping) outcomes(tables map[string]table, record []string, key string, tree map[string]any) (out []Outcome, why string) {
	kind, _ := decision.KindNamed(m.Kind)
	for _, source := range m.Outcomes {
		o, known, err := m.outcome(source, kind, tables, record, key, tree)
		if err != nil {
			return nil, "outcome " + source.Type + " " + err.Error()
		}
		if known {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b Outcome) int { return cmp.Or(a.KnownAt.Compare(b.KnownAt), a.At.Compare(b.At)) })
	return out, ""
}

func (m Mapping) outcome(source OutcomeSource, kind decision.Kind, tables map[string]table, record []string, key string, tree map[string]any) (Outcome, bool, error) {
	timed := func(sources []Source) (time.Time, bool, error) {
		v, err := m.value(decision.Field{Type: decision.TypeTime}, sources, tables, record, key)
		if v == nil || err != nil {
			return time.Time{}, false, err
		}
		at, err := parseTime(v.(string))
		return at.UTC(), err == nil, err
	}
	at, known, err := timed(source.At)
	if err != nil || !known {
		return Outcome{}, false, err
	}
	o := Outcome{Type: source.Type, At: at, KnownAt: at}
	if later, ok, err := timed(source.KnownAt); err != nil {
		return Outcome{}, false, err
	} else if ok {
		o.KnownAt = later
	}
	if source.LateAfter != "" {
		promise, ok := decision.AtPath(tree, source.LateAfter)
		text, isText := promise.(string)
		if !ok || !isText {
			return Outcome{}, false, nil // without a promise nothing is late
		}
		day, err := parseTime(text)
		o.Value = decision.Late(day, at)
		return o, err == nil, err
	}
	v, err := m.value(decision.Field{Type: decision.TypeText}, source.Value, tables, record, key)
	if v == nil || err != nil {
		return Outcome{}, false, err
	}
	o.Value = v.(string)
	i := slices.IndexFunc(kind.OutcomeTypes(), func(t decision.OutcomeType) bool { return t.Name == o.Type })
	if !slices.Contains(kind.OutcomeTypes()[i].Values, o.Value) {
		return Outcome{}, false, fmt.Errorf("must be one of %v", kind.OutcomeTypes()[i].Values)
	}
	return o, true, nil
}

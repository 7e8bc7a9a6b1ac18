package decision

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Lesson declares a number that an outcome teaches about the decision's
// entities: by what was told (Says), or by how long it took (Since).
type Lesson struct {
	Value string // its name in HistoryRow.Values
	// Says gives the number for each of the outcome's values; one that is not
	// there teaches nothing.
	Says map[string]decimal.Decimal
	// Since names the field, or the outcome, from which days are counted until
	// this outcome's time. Where it is unknown, or later, nothing is taught.
	Since string
}

// TruthKind is the kind of the history rows that outcomes of the kind add.
func (k Kind) TruthKind() string { return k.Name + ".truth" }

// teaches says whether an outcome's type has lessons.
func (k Kind) teaches(outcome string) bool {
	return slices.ContainsFunc(k.Outcomes, func(o OutcomeType) bool { return o.Name == outcome && len(o.Teaches) > 0 })
}

// Learn lists the history rows that the last of a decision's outcomes adds:
// one an entity, with everything that all of them have taught by then, so that
// the row learnt last is the whole truth about its subject. told are all the
// outcomes of the decision in the order they were told; s is its snapshot.
func Learn(s Snapshot, told []OutcomeRow, hash Hash) []HistoryRow {
	kind, _ := KindNamed(s.Kind)
	if len(told) == 0 || !kind.teaches(told[len(told)-1].Type) {
		return nil
	}
	values := kind.taught(s, told)
	if len(values) == 0 {
		return nil
	}
	row := HistoryRow{Kind: kind.TruthKind(), Subject: s.Subject.Record(), At: s.Now, KnownAt: learnt(told), Values: values}
	row.Partner, _ = s.Fields.Integer("partner_id")
	if kind.Lasting {
		row.At = told[len(told)-1].At
	}
	return kind.each(s, hash, row, false)
}

// learnt is when the last outcome became known: after the one before it, even
// when the clock stood still, or the two would be one row.
func learnt(told []OutcomeRow) time.Time {
	var at time.Time
	for _, o := range told {
		at = later(o.KnownAt, at.Add(time.Microsecond))
	}
	return at
}

// taught is what outcomes say together. What is told later corrects what was
// told before.
func (k Kind) taught(s Snapshot, told []OutcomeRow) map[string]decimal.Decimal {
	values := map[string]decimal.Decimal{}
	for _, o := range told {
		i := slices.IndexFunc(k.Outcomes, func(t OutcomeType) bool { return t.Name == o.Type })
		if i < 0 {
			continue
		}
		for _, lesson := range k.Outcomes[i].Teaches {
			if v, known := lesson.from(s, o, told); known {
				values[lesson.Value] = v
			}
		}
	}
	return values
}

func (l Lesson) from(s Snapshot, o OutcomeRow, told []OutcomeRow) (decimal.Decimal, bool) {
	if l.Since == "" {
		v, known := l.Says[o.Value]
		return v, known
	}
	start, known := s.Fields[l.Since].(time.Time)
	for _, earlier := range told {
		if earlier.Type == l.Since {
			start, known = earlier.At, true
		}
	}
	if !known || o.At.Before(start) {
		return decimal.Decimal{}, false
	}
	return span(o.At.Sub(start), 24*time.Hour), true
}

// yesNo teaches 1 for some of the values and 0 for others.
func yesNo(value string, yes, no []string) Lesson {
	says := map[string]decimal.Decimal{}
	for _, v := range no {
		says[v] = decimal.Zero
	}
	for _, v := range yes {
		says[v] = decimal.New(1, 0)
	}
	return Lesson{Value: value, Says: says}
}

// inOrder lists what was told about a decision, the outcome that is being told
// last.
func inOrder(known []OutcomeRow, row OutcomeRow) []OutcomeRow {
	known = slices.DeleteFunc(slices.Clone(known), func(o OutcomeRow) bool { return o.ID == row.ID })
	return append(byKnown(known), row)
}

// byKnown orders outcomes by when they were told.
func byKnown(told []OutcomeRow) []OutcomeRow {
	slices.SortFunc(told, func(a, b OutcomeRow) int { return cmp.Or(a.KnownAt.Compare(b.KnownAt), cmp.Compare(a.ID, b.ID)) })
	return told
}

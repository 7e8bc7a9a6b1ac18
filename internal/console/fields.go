package console

import (
	"strings"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// shownField is one declared field with its value as a page may show it.
type shownField struct {
	Path, Doc string
	Values    []string // one, or one a line of a list
	Missing   string   // why it is not known; "" when it is
}

// fieldsOf shows what was asked: the fields that are known, then the rest.
func fieldsOf(s *decision.Snapshot) (known, missing []shownField) {
	if s == nil {
		return nil, nil
	}
	kind, _ := decision.KindNamed(s.Kind)
	currency, _ := s.Fields.Text("currency")
	return split(kind.Fields, s.Fields, s.Missing, currency)
}

// featuresOf shows what history added.
func featuresOf(s *decision.Snapshot) (known, missing []shownField) {
	if s == nil {
		return nil, nil
	}
	kind, _ := decision.KindNamed(s.Kind)
	return split(kind.ContextFields(), s.Context, s.Missing, s.CompanyCurrency)
}

// split keeps the order of the declaration, in which a kind's author thinks.
func split(fields []decision.Field, values decision.Record, why map[string]string, currency string) (known, missing []shownField) {
	for _, f := range fields {
		v, ok := values[f.Path]
		if ok {
			known = append(known, shownField{Path: f.Path, Doc: f.Doc, Values: shownValue(f, v, currency)})
			continue
		}
		reason := lower(why[f.Path])
		if reason == "" {
			reason = "not given"
		}
		missing = append(missing, shownField{Path: f.Path, Doc: f.Doc, Missing: reason})
	}
	return known, missing
}

// shownValue is a value in words; whatever identifies a person is masked.
func shownValue(f decision.Field, v any, currency string) []string {
	lines, isLines := v.([]decision.Record)
	if !isLines {
		return []string{oneValue(f, v, currency)}
	}
	var out []string
	for _, line := range lines {
		var parts []string
		for _, item := range f.Items {
			if v, ok := line[item.Path]; ok {
				parts = append(parts, lower(item.Path)+" "+oneValue(item, v, currency))
			}
		}
		out = append(out, strings.Join(parts, ", "))
	}
	return out
}

// oneValue masks first: no other rule may show what is personal.
func oneValue(f decision.Field, v any, currency string) string {
	amount, isDecimal := v.(decimal.Decimal)
	switch {
	case f.Personal:
		return masked(value(v))
	case f.Exact && isDecimal:
		return unitPrice(amount, currency)
	case f.Type == decision.TypeMoney && isDecimal:
		return money(&decision.Money{Amount: amount, Currency: currency})
	case f.Type == decision.TypeID:
		return value(v)
	case f.Unit != "":
		return value(v) + " " + f.Unit
	}
	return value(v)
}

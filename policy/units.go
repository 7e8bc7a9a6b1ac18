package policy

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// unit says which values a limit may have that is measured in it.
type unit struct {
	words string // what is allowed, in words
	holds func(value any) bool
}

var (
	share   = unit{"a number from 0 to 1", number(func(d decimal.Decimal) bool { return !d.IsNegative() && d.LessThanOrEqual(decimal.NewFromInt(1)) })}
	percent = unit{"a number from 0 to 100", number(func(d decimal.Decimal) bool { return !d.IsNegative() && d.LessThanOrEqual(decimal.NewFromInt(100)) })}
	amount  = unit{"a number of at least 0", number(func(d decimal.Decimal) bool { return !d.IsNegative() })}
	count   = unit{"a whole number of at least 0", number(func(d decimal.Decimal) bool { return !d.IsNegative() && d.IsInteger() })}
	truth   = unit{"true or false", func(v any) bool { _, ok := v.(bool); return ok }}
	code    = unit{"a code of " + decision.CodeRule(decision.MaxCode), func(v any) bool {
		text, ok := v.(string)
		return ok && decision.IsCode(text, decision.MaxCode)
	}}
)

// units are the units of limits. A number without a known one could be
// anything: 15 where 0.15 is meant lets every probability pass.
var units = map[string]unit{
	"company currency": amount,
	"probability":      share, "share": share, "percent": percent, "points": percent,
	"minutes": amount, "hours": amount, "days": amount, "km": amount, "kg": amount,
	"customers": count, "orders": count, "lines": count, "deliveries": count, "transfers": count, "refunds": count,
	"returns": count, "invoices": count, "changes": count, "tickets": count, "records": count, "units": count, "times": count,
	"true or false": truth, "code": code,
}

// unitOf finds a unit; "company currency an invoice" is measured as company
// currency is.
func unitOf(name string) (unit, bool) {
	for _, per := range []string{" a ", " an "} {
		name, _, _ = strings.Cut(name, per)
	}
	u, ok := units[name]
	return u, ok
}

func number(holds func(decimal.Decimal) bool) func(any) bool {
	return func(v any) bool {
		n, ok := v.(json.Number)
		if !ok {
			return false
		}
		d, err := decimal.NewFromString(n.String())
		return err == nil && holds(d)
	}
}

// valueFault says what is wrong with a limit's value or unit, or "".
func (l Limit) valueFault() string {
	u, known := unitOf(l.Unit)
	switch {
	case !known:
		return fmt.Sprintf("the unit is one of %s, each also as in \"orders a customer\"", strings.Join(sortedKeys(units), ", "))
	case !u.holds(l.Value):
		return fmt.Sprintf("the value is in %s, %s", l.Unit, u.words)
	}
	return ""
}

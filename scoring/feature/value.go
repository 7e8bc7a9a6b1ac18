package feature

import (
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/scoring/frame"
)

// money reads an amount in the company's currency; without a rate it is
// unknown.
func money(s *decision.Snapshot, path string) frame.Value {
	amount, ok := s.Fields[path].(decimal.Decimal)
	if !ok || s.Rate.IsZero() {
		return frame.Value{}
	}
	return frame.Of(float(amount) * float(s.Rate))
}

// daysAgo reads a time as days before now.
func daysAgo(s *decision.Snapshot, path string) frame.Value {
	at, ok := s.Fields[path].(time.Time)
	if !ok {
		return frame.Value{}
	}
	return frame.Of(float64(s.Now.Sub(at)) / float64(day))
}

// plain reads a number.
func plain(v any) frame.Value {
	switch v := v.(type) {
	case decimal.Decimal:
		return frame.Of(float(v))
	case int64:
		return frame.Of(float64(v))
	}
	return frame.Value{}
}

// level reads a category.
func level(v any) frame.Value {
	switch v := v.(type) {
	case string:
		return frame.Level(v)
	case bool:
		return frame.Level(strconv.FormatBool(v))
	case int64:
		return frame.Level(strconv.FormatInt(v, 10))
	}
	return frame.Value{}
}

// float is the nearest float64 of a decimal, or next to it. The exact way of
// the library allocates; this one does not for numbers of up to 15 digits.
func float(d decimal.Decimal) float64 {
	const digits = 15
	if exponent := int(d.Exponent()); d.NumDigits() <= digits && exponent <= 0 && exponent >= -digits {
		return float64(d.CoefficientInt64()) / powers[-exponent]
	}
	return d.InexactFloat64()
}

// powers of ten that a float64 holds exactly.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

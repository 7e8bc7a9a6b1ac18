package simulator

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// chance draws numbers. It uses whole numbers only, so that every platform
// draws the same.
type chance struct{ *rand.Rand }

// percent is true p times in a hundred.
func (c chance) percent(p int) bool { return c.IntN(100) < p }

// between gives a number from low to high, both included.
func (c chance) between(low, high int) int { return low + c.IntN(high-low+1) }

// within gives a duration below d, in whole seconds.
func (c chance) within(d time.Duration) time.Duration {
	return time.Duration(c.Int64N(int64(d/time.Second))) * time.Second
}

// pick takes one of a list.
func pick[T any](c chance, list []T) T { return list[c.IntN(len(list))] }

// fields is the "fields" object of a request while it is built.
type fields map[string]any

func (f fields) set(path string, value any) { decision.SetPath(f, path, value) }

// raw is the object as JSON, keys sorted.
func (f fields) raw() json.RawMessage {
	data, err := json.Marshal(f)
	if err != nil {
		panic(fmt.Sprintf("simulator: encode fields: %v", err))
	}
	return data
}

// number writes an amount as a JSON number with two decimals.
func number(d decimal.Decimal) json.Number { return json.Number(d.StringFixed(2)) }

func wire(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Odoo's own notation of times, dates, amounts and links.
func odooDate(t time.Time) string          { return t.UTC().Format(time.DateOnly) }
func odooAmount(d decimal.Decimal) float64 { return d.InexactFloat64() }
func link(id int64, name string) []any     { return []any{id, name} }

// odooTime is false for a time that is not set.
func odooTime(t time.Time) any {
	if t.IsZero() {
		return false
	}
	return t.UTC().Format(time.DateTime)
}

func euros(cents int) decimal.Decimal { return decimal.New(int64(cents), -2) }

// share is p percent of an amount, rounded to cents.
func share(d decimal.Decimal, p int) decimal.Decimal {
	return d.Mul(decimal.New(int64(p), -2)).Round(2)
}

package decision

import (
	"strings"

	"github.com/shopspring/decimal"
)

// Type is the declared type of a field. It decides the Go type in a Record,
// the JSON type on the wire and the type Rego sees.
type Type string

// The types.
const (
	TypeMoney    Type = "money"    // decimal.Decimal, in the request's currency; a JSON number
	TypeNumber   Type = "number"   // decimal.Decimal; a JSON number
	TypeInteger  Type = "integer"  // int64; a JSON number without fraction
	TypeID       Type = "id"       // int64 > 0, an Odoo database id
	TypeText     Type = "text"     // string, valid UTF-8, 1 to Limit bytes
	TypeCode     Type = "code"     // string that IsCode accepts, 1 to Limit bytes
	TypeCountry  Type = "country"  // string that IsCountry accepts
	TypeCurrency Type = "currency" // string that IsCurrency accepts
	TypeEnum     Type = "enum"     // string out of Enum
	TypeBoolean  Type = "boolean"  // bool
	TypeTime     Type = "time"     // time.Time in UTC; RFC 3339, or Odoo's "2006-01-02 15:04:05" (which is UTC)
	TypeLines    Type = "lines"    // []Record with the fields of Items
)

// MaxText bounds a text field, in bytes, where nothing says otherwise.
const MaxText = 4096

// MaxLines bounds a lines field.
const MaxLines = 500

// Field declares one field of a kind. This declaration is the only one: the
// decoder, JSON Schema, OpenAPI, masking, the policy's input, the
// missing-field gate and the docs derive from it.
type Field struct {
	Path     string   // dotted: "customer.email" is {"customer":{"email":…}} on the wire
	Type     Type     //
	Enum     []string // the allowed values of TypeEnum
	Required bool     // a request without it is refused
	Absent   string   // for optional fields: why it may be absent, a code for Snapshot.Missing
	Unit     string   // "days", "percent", "kg"; money is always the request's currency
	Min, Max *decimal.Decimal
	Most     int     // TypeText, TypeCode: most bytes; 0 means MaxText, MaxCode
	Exact    bool    // TypeMoney: a unit price, which Odoo keeps finer than the currency; never rounded
	NotAfter bool    // TypeTime: may not lie after the decision's time (with ClockSkew grace)
	Shown    bool    // whoever assents sees it beside the action; never personal
	Signal   bool    // no Odoo holds it: the shop, the till or the payment provider knows
	Personal bool    // identifies a person: masked in logs and pages, never in the journal
	Items    []Field // the fields of one line of TypeLines
	Example  string  // one JSON value
	Doc      string  // one sentence
}

// Record holds the values of declared fields by path. A path that is not
// there is unknown; there are no nulls and no sentinels.
type Record map[string]any

// Money returns the decimal at path, and whether it is known.
func (r Record) Money(path string) (decimal.Decimal, bool) {
	v, ok := r[path].(decimal.Decimal)
	return v, ok
}

// Text returns the string at path, and whether it is known.
func (r Record) Text(path string) (string, bool) {
	v, ok := r[path].(string)
	return v, ok
}

// Integer returns the integer or id at path, and whether it is known.
func (r Record) Integer(path string) (int64, bool) {
	v, ok := r[path].(int64)
	return v, ok
}

// Limit is the most bytes that a text or a code may have.
func (f Field) Limit() int {
	switch {
	case f.Most > 0:
		return f.Most
	case f.Type == TypeCode:
		return MaxCode
	}
	return MaxText
}

// Pointer is the field's place in a request body as an RFC 6901 pointer.
func (f Field) Pointer() string {
	return "/fields/" + strings.ReplaceAll(f.Path, ".", "/")
}

func bound(text string) *decimal.Decimal {
	d := decimal.RequireFromString(text)
	return &d
}

// zero is the usual lower bound: amounts, counts and shares are not negative.
var zero = bound("0")

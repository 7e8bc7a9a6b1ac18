package decision

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// ClockSkew is how far a NotAfter field may lie in the future, for callers
// whose clocks run ahead of ours.
const ClockSkew = 5 * time.Minute

// DecodeFields reads the "fields" object of a request against a kind's
// declaration. Every fault is reported at once (the first hundred), with a
// JSON pointer under base and never with the value. now bounds NotAfter fields.
//
// requireAll is false for records read from Odoo: there, a required field
// that Odoo does not have goes to the policy as missing instead, and null says
// that it was looked at.
func DecodeFields(raw json.RawMessage, fields []Field, base string, now time.Time, requireAll bool) (Record, []FieldError) {
	tree, err := objectOf(raw)
	if err != nil {
		return nil, []FieldError{{Pointer: base, Code: "type", Message: "must be a JSON object"}}
	}
	d := decoder{now: now, requireAll: requireAll, record: Record{}}
	flat := map[string]any{}
	d.flatten(tree, "", base, fields, flat)
	d.fields(flat, base, fields)
	slices.SortFunc(d.errs, func(a, b FieldError) int { return strings.Compare(a.Pointer, b.Pointer) })
	return d.record, d.errs
}

func objectOf(raw json.RawMessage) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree map[string]any
	if err := dec.Decode(&tree); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); tree == nil || err != io.EOF {
		return nil, fmt.Errorf("not one JSON object")
	}
	return tree, nil
}

type decoder struct {
	now        time.Time
	requireAll bool
	record     Record
	errs       []FieldError
	faulty     bool
}

// maxFaults bounds the report: a megabyte of unknown keys must not become a
// hundred megabytes of answer.
const maxFaults = 100

func (d *decoder) fault(pointer, code, message string) {
	d.faulty = true
	if len(d.errs) < maxFaults {
		d.errs = append(d.errs, FieldError{Pointer: pointer, Code: code, Message: message})
	}
}

// flatten turns nested objects into dotted paths, and reports keys that are
// neither a declared field nor on the way to one.
func (d *decoder) flatten(tree map[string]any, prefix, pointer string, fields []Field, flat map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		path, at := prefix+key, pointer+"/"+PointerKey(key)
		leaf, branch := declared(fields, path)
		if strings.Contains(key, ".") { // would be a second way to say the same
			leaf, branch = false, false
		}
		switch child, isObject := tree[key].(map[string]any); {
		case leaf:
			flat[path] = tree[key]
		case branch && isObject:
			d.flatten(child, path+".", at, fields, flat)
		case branch:
			d.fault(at, "type", "must be a JSON object")
		default:
			d.fault(at, "unknown", "not a field of this kind; allowed are "+strings.Join(paths(fields), ", "))
		}
	}
}

// declared says whether path is a field, or an object that holds fields.
func declared(fields []Field, path string) (leaf, branch bool) {
	for _, f := range fields {
		leaf = leaf || f.Path == path
		branch = branch || strings.HasPrefix(f.Path, path+".")
	}
	return leaf, branch
}

func paths(fields []Field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.Path
	}
	return out
}

func (d *decoder) fields(flat map[string]any, base string, fields []Field) {
	for _, f := range fields {
		pointer := base + "/" + strings.ReplaceAll(f.Path, ".", "/")
		raw, ok := flat[f.Path]
		if !ok || raw == nil && !d.requireAll {
			if f.Required && d.requireAll {
				d.fault(pointer, "required", "required: "+f.Allowed())
			}
			continue
		}
		if value, ok := d.value(raw, pointer, f); ok {
			d.record[f.Path] = value
		}
	}
}

// value converts and checks one value; it reports its own faults.
func (d *decoder) value(raw any, pointer string, f Field) (any, bool) {
	if f.Type == TypeLines {
		return d.lines(raw, pointer, f)
	}
	value, ok := parseValue(raw, f)
	if !ok {
		d.fault(pointer, "type", "must be "+f.Allowed())
		return nil, false
	}
	if code := outOfBounds(value, f); code != "" {
		d.fault(pointer, code, "must be "+f.Allowed())
		return nil, false
	}
	if t, isTime := value.(time.Time); isTime && f.NotAfter && t.After(d.now.Add(ClockSkew)) {
		d.fault(pointer, "future", "must not lie in the future")
		return nil, false
	}
	return value, true
}

// lines reads a list of objects; with one faulty line the whole list is
// unknown, since what is left would tell another story.
func (d *decoder) lines(raw any, pointer string, f Field) (any, bool) {
	list, ok := raw.([]any)
	if !ok || len(list) == 0 || len(list) > MaxLines {
		d.fault(pointer, "type", "must be "+f.Allowed())
		return nil, false
	}
	lines, faulty := make([]Record, 0, len(list)), false
	for i, item := range list {
		at := fmt.Sprintf("%s/%d", pointer, i)
		object, ok := item.(map[string]any)
		if !ok {
			d.fault(at, "type", "must be a JSON object")
			faulty = true
			continue
		}
		line := decoder{now: d.now, requireAll: true, record: Record{}, errs: d.errs}
		flat := map[string]any{}
		line.flatten(object, "", at, f.Items, flat)
		line.fields(flat, at, f.Items)
		d.errs, faulty = line.errs, faulty || line.faulty
		lines = append(lines, line.record)
	}
	return lines, !faulty
}

// parseValue gives the Go value of a declared type, or false.
func parseValue(raw any, f Field) (any, bool) {
	switch f.Type {
	case TypeBoolean:
		b, ok := raw.(bool)
		return b, ok
	case TypeMoney, TypeNumber:
		n, ok := raw.(json.Number)
		if !ok {
			return nil, false
		}
		v, err := parseDecimal(n.String())
		return v, err == nil
	case TypeInteger, TypeID:
		n, ok := raw.(json.Number)
		if !ok {
			return nil, false
		}
		v, err := strconv.ParseInt(n.String(), 10, 64)
		return v, err == nil
	}
	text, ok := raw.(string)
	if !ok {
		return nil, false
	}
	if f.Type == TypeTime {
		return parseTime(text)
	}
	return text, true
}

// Years outside of these are typing errors.
const firstYear, lastYear = 1970, 2200

// parseTime accepts RFC 3339 and Odoo's own notation, which is UTC.
func parseTime(text string) (any, bool) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		if t, err = time.Parse(time.DateTime, text); err != nil {
			return nil, false
		}
	}
	t = t.UTC().Truncate(time.Microsecond)
	return t, t.Year() >= firstYear && t.Year() <= lastYear
}

// outOfBounds names the rule a value of the right type breaks, or "".
func outOfBounds(value any, f Field) string {
	switch v := value.(type) {
	case string:
		return f.TextFault(v)
	case int64:
		if f.Type == TypeID && v <= 0 {
			return "minimum"
		}
		return boundFault(decimal.NewFromInt(v), f)
	case decimal.Decimal:
		return boundFault(v, f)
	}
	return ""
}

func boundFault(v decimal.Decimal, f Field) string {
	switch {
	case f.Min != nil && v.LessThan(*f.Min):
		return "minimum"
	case f.Max != nil && v.GreaterThan(*f.Max):
		return "maximum"
	}
	return ""
}

// TextFault names the rule that a text breaks which is to be the field's
// value, or "".
func (f Field) TextFault(v string) string {
	switch {
	case f.Type == TypeEnum && !slices.Contains(f.Enum, v):
		return "enum"
	case f.Type == TypeCode && !IsCode(v, f.Limit()), f.Type == TypeCountry && !IsCountry(v), f.Type == TypeCurrency && !IsCurrency(v):
		return "pattern"
	case f.Type == TypeText && (v == "" || len(v) > f.Limit() || !utf8.ValidString(v) || strings.ContainsRune(v, 0)):
		return "length"
	}
	return ""
}

// Allowed says in words what the field accepts.
func (f Field) Allowed() string {
	words := map[Type]string{
		TypeMoney: "an amount as a JSON number without exponent", TypeNumber: "a JSON number without exponent",
		TypeInteger: "a whole number", TypeID: "a positive whole number",
		TypeText: fmt.Sprintf("a string of 1 to %d bytes of UTF-8 without NUL", f.Limit()), TypeCode: "a string of " + CodeRule(f.Limit()),
		TypeCountry: "an ISO 3166-1 country code of two capital letters, such as DE", TypeCurrency: "an ISO 4217 currency code of three capital letters, such as EUR",
		TypeEnum: "one of " + strings.Join(f.Enum, ", "), TypeBoolean: "true or false",
		TypeTime:  "a time such as 2026-11-24T09:30:00Z",
		TypeLines: fmt.Sprintf("a list of 1 to %d objects", MaxLines),
	}[f.Type]
	switch {
	case f.Min != nil && f.Max != nil:
		words += fmt.Sprintf(" from %s to %s", f.Min, f.Max)
	case f.Min != nil:
		words += fmt.Sprintf(" of at least %s", f.Min)
	case f.Max != nil:
		words += fmt.Sprintf(" of at most %s", f.Max)
	}
	switch {
	case f.Type == TypeMoney || f.Type == TypeNumber:
		words += fmt.Sprintf(", with at most %d digits before the point and %d after it", maxIntegerDigits, maxFractionDigits)
	case (f.Type == TypeInteger || f.Type == TypeID) && f.Max == nil:
		words += ", below 2^63"
	case f.Type == TypeTime:
		words += fmt.Sprintf(", of the years %d to %d", firstYear, lastYear)
	}
	if f.NotAfter {
		words += ", not in the future"
	}
	return words
}

// decodeStored reads a record that MarshalJSON wrote: flat, already checked.
func decodeStored(raw json.RawMessage, fields []Field) (Record, error) {
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return nil, nil
	}
	flat, err := objectOf(raw)
	if err != nil {
		return nil, err
	}
	return storedRecord(flat, fields)
}

func storedRecord(flat map[string]any, fields []Field) (Record, error) {
	record := make(Record, len(flat))
	known := make(map[string]*Field, len(fields))
	for i := range fields {
		known[fields[i].Path] = &fields[i]
	}
	for path, value := range flat {
		f := known[path]
		if f == nil {
			return nil, fmt.Errorf("stored record: unknown path %s", path)
		}
		v, err := storedValue(value, *f)
		if err != nil {
			return nil, fmt.Errorf("stored record: %s: %w", path, err)
		}
		record[path] = v
	}
	return record, nil
}

func storedValue(value any, f Field) (any, error) {
	switch f.Type {
	case TypeLines:
		return storedLines(value, f)
	case TypeMoney, TypeNumber:
		n, _ := value.(json.Number)
		return parseStoredDecimal(n.String())
	}
	v, ok := parseValue(value, f)
	if !ok {
		return nil, fmt.Errorf("not a %s", f.Type)
	}
	return v, nil
}

func storedLines(value any, f Field) (any, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, fmt.Errorf("not a %s", f.Type)
	}
	lines := make([]Record, len(list))
	for i, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("line %d is not an object", i)
		}
		line, err := storedRecord(object, f.Items)
		if err != nil {
			return nil, err
		}
		lines[i] = line
	}
	return lines, nil
}

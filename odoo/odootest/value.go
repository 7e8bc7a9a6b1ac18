package odootest

import (
	"encoding/json"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// row is one record: nil is unset; otherwise bool, int64 (integers and
// many2one ids), float64, string (texts, dates, datetimes) or []int64
// (many2many). One2many values are not stored but found by their inverse.
type row map[string]any

// pyFloat is a float as Python writes it: 750.0, not 750. A client that reads
// such a number into an integer fails here as it fails on Odoo.
type pyFloat float64

// MarshalJSON writes the shortest form that has a point or an exponent.
func (f pyFloat) MarshalJSON() ([]byte, error) {
	text := strconv.FormatFloat(float64(f), 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	if strings.Contains(text, "e") && float64(f) < 1e16 && float64(f) > -1e16 && (float64(f) > 1e-4 || float64(f) < -1e-4) {
		text = strconv.FormatFloat(float64(f), 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
	}
	return []byte(text), nil
}

const (
	timeLayout  = "2006-01-02 15:04:05"
	microLayout = "2006-01-02 15:04:05.000000"
	dateLayout  = "2006-01-02"
)

// micros writes a time as PostgreSQL stores it; a zero fraction is left out so
// that texts compare like times.
func micros(t time.Time) string {
	return strings.TrimSuffix(t.UTC().Format(microLayout), ".000000")
}

// seconds is what the API shows of a datetime.
func seconds(s string) string {
	if len(s) > len(timeLayout) {
		return s[:len(timeLayout)]
	}
	return s
}

// coerce turns a value from a request (or a seed) into its stored form. false
// and null are "unset" for everything but booleans.
func coerce(m *model, f *field, v any) (any, error) {
	if v == nil || v == false && f.kind != "boolean" {
		return nil, nil
	}
	switch f.kind {
	case "boolean":
		b, ok := v.(bool)
		return b, wrong(ok, m, f)
	case "integer", "many2one", "many2one_reference":
		if pair, ok := v.([]any); ok && len(pair) == 2 { // [id, name], as read
			v = pair[0]
		}
		n, ok := integer(v)
		return n, wrong(ok, m, f)
	case "float", "monetary":
		n, ok := number(v)
		if ok && f.places > 0 {
			n = decimal.NewFromFloat(n).Round(int32(f.places)).InexactFloat64()
		}
		return n, wrong(ok, m, f)
	case "selection":
		s, ok := v.(string)
		return s, wrong(ok && slices.ContainsFunc(f.options, func(o [2]string) bool { return o[0] == s }), m, f)
	case "html":
		s, ok := v.(string)
		return paragraph(s), wrong(ok, m, f)
	case "date", "datetime":
		s, ok := v.(string)
		return s, wrong(ok && validTime(s), m, f)
	}
	s, ok := v.(string)
	return s, wrong(ok, m, f)
}

func wrong(ok bool, m *model, f *field) error {
	if ok {
		return nil
	}
	return valueError(fmt.Sprintf("Wrong value for %s.%s", m.name, f.name))
}

func validTime(s string) bool {
	for _, layout := range []string{timeLayout, dateLayout, microLayout} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

// paragraph does what Odoo's sanitiser does to plain text in an HTML field.
func paragraph(s string) string {
	if s == "" || strings.HasPrefix(s, "<") {
		return s
	}
	return "<p>" + s + "</p>"
}

// escaped is plain text as the body of a message from 17 on.
func escaped(s string) string { return paragraph(html.EscapeString(s)) }

func integer(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case json.Number:
		n, err := v.Int64()
		return n, err == nil
	case float64:
		return int64(v), v == float64(int64(v))
	}
	return 0, false
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case json.Number:
		n, err := v.Float64()
		return n, err == nil
	}
	n, ok := integer(v)
	return float64(n), ok
}

// integers reads a list of ids.
func integers(v any) ([]int64, bool) {
	switch v := v.(type) {
	case []int64:
		return v, true
	case []any:
		ids := make([]int64, 0, len(v))
		for _, item := range v {
			n, ok := integer(item)
			if !ok {
				return nil, false
			}
			ids = append(ids, n)
		}
		return ids, true
	}
	return nil, false
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func idOf(v any) int64 {
	n, _ := v.(int64)
	return n
}

func float(v any) float64 {
	n, _ := number(v)
	return n
}

func truth(v any) bool {
	b, _ := v.(bool)
	return b
}

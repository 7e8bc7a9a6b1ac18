package odoo

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Odoo writes "no value" as false, a link as [id, name] and sometimes records
// as text. The types of this file read those forms; an unset value stays
// distinguishable from an empty one.

// IDs are the ids of returned records: 7, [7], or "mail.activity(7,)" as
// JSON-RPC writes them up to 18; false is none.
type IDs []int64

var recordset = regexp.MustCompile(`^[a-z0-9_.]+\(([0-9, ]*)\)$`)

// UnmarshalJSON reads any of the forms.
func (s *IDs) UnmarshalJSON(b []byte) error {
	*s = nil
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		return nil
	case bool:
		if v {
			return errors.New("true is no record")
		}
		return nil
	case string:
		return s.parse(v)
	case float64:
		var id int64
		if err := json.Unmarshal(b, &id); err != nil {
			return err
		}
		*s = IDs{id}
		return nil
	}
	var list []int64
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	*s = list
	return nil
}

func (s *IDs) parse(text string) error {
	m := recordset.FindStringSubmatch(text)
	if m == nil {
		return errors.New("not a record set")
	}
	for part := range strings.SplitSeq(m[1], ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		id, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return err
		}
		*s = append(*s, id)
	}
	return nil
}

// Ref is a many2one value. The zero Ref is unset.
type Ref struct {
	ID   int64
	Name string // display name; may name a person, so never journal it
}

// UnmarshalJSON reads false, [id, name] and, as webhooks send it, a bare id.
func (r *Ref) UnmarshalJSON(b []byte) error {
	*r = Ref{}
	if string(b) == "false" || string(b) == "null" {
		return nil
	}
	if len(b) > 0 && b[0] == '[' {
		var name any
		pair := [2]any{&r.ID, &name}
		err := json.Unmarshal(b, &pair)
		r.Name, _ = name.(string)
		return err
	}
	return json.Unmarshal(b, &r.ID)
}

// Text is a char, text, html or selection value; nil is unset.
type Text struct{ Value *string }

// UnmarshalJSON reads false as unset.
func (t *Text) UnmarshalJSON(b []byte) error {
	t.Value = nil
	if string(b) == "false" || string(b) == "null" {
		return nil
	}
	return json.Unmarshal(b, &t.Value)
}

// Or returns the text, or other when it is unset.
func (t Text) Or(other string) string {
	if t.Value == nil {
		return other
	}
	return *t.Value
}

// Time is a datetime or date value in UTC, to the second; the zero time is
// unset. Odoo keeps microseconds but never sends them, so two equal Times do
// not prove that a record is unchanged.
type Time struct{ time.Time }

// The layouts of Odoo's datetime and date fields; datetimes are UTC.
const (
	TimeLayout = "2006-01-02 15:04:05"
	DateLayout = "2006-01-02"
)

// UnmarshalJSON reads false as unset.
func (t *Time) UnmarshalJSON(b []byte) error {
	t.Time = time.Time{}
	if string(b) == "false" || string(b) == "null" {
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	layout := TimeLayout
	if len(s) == len(DateLayout) {
		layout = DateLayout
	}
	parsed, err := time.ParseInLocation(layout, s, time.UTC)
	if err != nil {
		return errors.New("not an Odoo date or time")
	}
	t.Time = parsed
	return nil
}

// Domain is a search condition in Odoo's prefix notation; its leaves are
// joined by "and" unless an operator says otherwise.
type Domain []any

// Where starts or extends a domain with one leaf: operators are =, !=, in,
// not in, <, <=, >, >=, ilike and the other ones of Odoo.
func (d Domain) Where(field, operator string, value any) Domain {
	return append(d[:len(d):len(d)], []any{field, operator, value})
}

// Package export reads a shop's export (CSV files, one of them a row an
// order) into requests, by a small mapping that an analyst can write.
package export

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// Mapping says how columns become the fields of a kind.
type Mapping struct {
	Kind    string              `json:"kind"`
	Model   string              `json:"model"`
	Channel string              `json:"channel,omitempty"`
	Files   map[string]string   `json:"files"`  // name: path under the folder; .csv or .csv.gz
	Rows    string              `json:"rows"`   // name of the file with one row a subject
	Key     string              `json:"key"`    // column that joins the files, and names the subject
	Time    string              `json:"time"`   // column of Rows: when it happened
	Fields  map[string][]Source `json:"fields"` // path: sources, the first that has a value wins
	// Outcomes say what came of the rows; only training reads them.
	Outcomes []OutcomeSource `json:"outcomes,omitempty"`
}

// Source is where a field's value comes from.
type Source struct {
	Value   string   `json:"value,omitempty"`   // a constant
	File    string   `json:"file,omitempty"`    // default is Rows
	Columns []string `json:"columns,omitempty"` // more than one only with fold sum
	Fold    string   `json:"fold,omitempty"`    // first (default) or sum, over the rows with the same key
	As      string   `json:"as,omitempty"`      // id: a stable positive number for a text identifier
}

// Row is one request with when it happened.
type Row struct {
	Key    string // of the subject in the export
	At     time.Time
	Model  string
	ID     int64
	Fields json.RawMessage
	// Outcomes are what came of it, in order of when they became known.
	Outcomes []Outcome
}

// Parse reads a mapping, and refuses what it does not know.
func Parse(data []byte) (Mapping, error) {
	var m Mapping
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return m, fmt.Errorf("mapping: %w", err)
	}
	return m, m.check()
}

func (m Mapping) check() error {
	kind, ok := decision.KindNamed(m.Kind)
	if !ok || !slices.Contains(kind.Models, m.Model) {
		return fmt.Errorf("mapping: kind and model must be one that Assent decides about")
	}
	if _, ok := m.Files[m.Rows]; !ok || m.Key == "" || m.Time == "" {
		return fmt.Errorf("mapping: rows must name one of files; key and time must name columns")
	}
	for path, sources := range m.Fields {
		if _, ok := kind.Field(path); !ok {
			return fmt.Errorf("mapping: %s is not a field of %s", path, m.Kind)
		}
		for _, s := range sources {
			if err := m.checkSource(s); err != nil {
				return fmt.Errorf("mapping: %s: %w", path, err)
			}
		}
	}
	return m.checkOutcomes(kind)
}

func (m Mapping) checkSource(s Source) error {
	_, known := m.Files[s.File]
	switch {
	case (s.Value == "") == (len(s.Columns) == 0):
		return fmt.Errorf("a source has either value or columns")
	case s.File != "" && !known:
		return fmt.Errorf("file must be one of %v", slices.Sorted(maps.Keys(m.Files)))
	case s.Fold != "" && s.Fold != "first" && s.Fold != "sum":
		return fmt.Errorf("fold must be first or sum")
	case len(s.Columns) > 1 && s.Fold != "sum":
		return fmt.Errorf("more than one column needs fold sum")
	case s.As != "" && s.As != "id" && s.As != "code":
		return fmt.Errorf("as must be id or code")
	}
	return nil
}

// Read gives the rows in file order, at most limit of them (0 is all). A row
// that lacks a required field, or holds what is no value of its field, is
// passed to skip with its reason.
func (m Mapping) Read(folder fs.FS, limit int, skip func(key, why string)) ([]Row, error) {
	tables, err := m.open(folder)
	if err != nil {
		return nil, err
	}
	kind, _ := decision.KindNamed(m.Kind)
	main := tables[m.Rows]
	var rows []Row
	for _, record := range main.records {
		if limit > 0 && len(rows) == limit {
			break
		}
		key := main.value(record, m.Key)
		row, why := m.row(kind, tables, record, key)
		if why != "" {
			skip(key, why)
			continue
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (m Mapping) row(kind decision.Kind, tables map[string]table, record []string, key string) (Row, string) {
	at, err := parseTime(tables[m.Rows].value(record, m.Time))
	if err != nil {
		return Row{}, "column " + m.Time + " must be " + timeRule
	}
	tree := map[string]any{}
	for _, path := range slices.Sorted(maps.Keys(m.Fields)) { // so that the same fault is told every time
		field, _ := kind.Field(path)
		v, err := m.value(field, m.Fields[path], tables, record, key)
		if err != nil {
			return Row{}, pointer(path) + " " + err.Error()
		}
		if v != nil {
			decision.SetPath(tree, path, v)
		}
	}
	raw, err := json.Marshal(tree)
	if err != nil {
		return Row{}, "cannot be encoded"
	}
	if _, faults := decision.DecodeFields(raw, kind.Fields, "/fields", at, true); len(faults) > 0 {
		return Row{}, faults[0].Pointer + " " + faults[0].Message
	}
	outcomes, why := m.outcomes(tables, record, key, tree)
	return Row{Key: key, At: at, Model: m.Model, ID: stableID(key), Fields: raw, Outcomes: outcomes}, why
}

// pointer is a field's place in a request.
func pointer(path string) string { return "/fields/" + strings.ReplaceAll(path, ".", "/") }

// value is the first source's value that is there, in the field's JSON type;
// nil when none has one. What is there and is no value is an error: another
// source must not hide it.
func (m Mapping) value(field decision.Field, sources []Source, tables map[string]table, record []string, key string) (any, error) {
	for _, s := range sources {
		text, err := s.Value, error(nil)
		if text == "" {
			text, err = m.column(s, tables, record, key)
		}
		switch {
		case err != nil:
			return nil, err
		case text == "":
		case s.As == "id":
			return stableID(text), nil
		case s.As == "code":
			return decision.Coded(text), nil
		default:
			return typed(field, text)
		}
	}
	return nil, nil
}

func (m Mapping) column(s Source, tables map[string]table, record []string, key string) (string, error) {
	if s.File == "" || s.File == m.Rows {
		return tables[m.Rows].value(record, s.Columns[0]), nil
	}
	t := tables[s.File]
	joined := t.byKey[key]
	switch {
	case len(joined) == 0:
		return "", nil
	case s.Fold == "sum":
		return t.sum(joined, s.Columns)
	}
	return t.value(t.records[joined[0]], s.Columns[0]), nil
}

// What a CSV may hold where a text will not do.
const (
	numberRule = "must be a number with a point for its decimals and nothing between its thousands, such as 1089.90"
	timeRule   = "a time such as 2026-11-24 09:30:00 or 2026-11-24, which are UTC, or 2026-11-24T10:30:00+01:00"
)

// typed gives the JSON value of a CSV text. Its bounds are checked with the
// whole row.
func typed(field decision.Field, text string) (any, error) {
	switch field.Type {
	case decision.TypeMoney, decision.TypeNumber, decision.TypeInteger, decision.TypeID:
		if _, err := decimal.NewFromString(text); err != nil || !json.Valid([]byte(text)) {
			return nil, errors.New(numberRule)
		}
		return json.Number(text), nil
	case decision.TypeBoolean:
		v, err := strconv.ParseBool(text)
		if err != nil {
			return nil, errors.New("must be true or false")
		}
		return v, nil
	case decision.TypeTime:
		if _, err := parseTime(text); err != nil {
			return nil, errors.New("must be " + timeRule)
		}
		if len(text) == len(time.DateOnly) {
			text += " 00:00:00" // as requests are read
		}
	}
	return text, nil
}

// stableID is a positive 53-bit number for an identifier that Odoo would
// have numbered: the same text is the same number in every run.
func stableID(text string) int64 {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
		return n
	}
	sum := sha256.Sum256([]byte(text))
	return int64(binary.BigEndian.Uint64(sum[:8])>>11) + 1
}

func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Parse(time.RFC3339, text)
}

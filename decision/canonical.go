package decision

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// canonical encodes v so that equal values are equal bytes: struct fields in
// declared order, map keys sorted, no HTML escaping, no trailing newline,
// decimals as plain numbers in a Record, times in UTC.
func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// mustCanonical is canonical for our own types, which always encode.
func mustCanonical(v any) []byte {
	b, err := canonical(v)
	if err != nil {
		panic(fmt.Sprintf("decision: encode %T: %v", v, err))
	}
	return b
}

// MarshalJSON writes the record as one flat object, paths sorted, decimals
// as JSON numbers.
func (r Record) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, path := range slices.Sorted(maps.Keys(r)) {
		if i > 0 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(path)
		b.Write(key)
		b.WriteByte(':')
		value, err := encodeValue(r[path])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func encodeValue(v any) ([]byte, error) {
	switch v := v.(type) {
	case decimal.Decimal:
		return []byte(v.String()), nil
	case time.Time:
		return json.Marshal(v.UTC())
	case int64, string, bool, []Record:
		return canonical(v)
	}
	return nil, fmt.Errorf("no field type has Go type %T", v)
}

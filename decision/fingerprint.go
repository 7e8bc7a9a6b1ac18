package decision

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// requestFingerprint identifies what was asked, without correlation id and
// time: the same key with another fingerprint is refused.
func (q *question) requestFingerprint() string {
	fields := q.fields
	if fields != nil {
		fields = q.rounded(fields)
	}
	return hashOf(struct {
		Company, Kind, Channel string
		Subject                Subject
		Fields                 Record
		Proposed               *Action
		Apply                  Applier
		RequestedBy            string
	}{q.Company, q.Kind, q.Channel, q.Subject, fields, q.proposed, q.Apply, q.RequestedBy})
}

// derivedKey is the key of a request that brought none: the same question
// about the same record. It is asked after the record was read, so that
// fields that were sent and fields that were read make the same key.
func (q *question) derivedKey() string {
	return strings.Join([]string{q.Subject.DB, q.Subject.Model, fmt.Sprint(q.Subject.ID), q.Kind, q.requestFingerprint()}, ":")
}

func (q *question) rounded(r Record) Record {
	currency, _ := r.Text("currency")
	return roundMoney(r, q.kind.Fields, currency)
}

// roundMoney rounds the amounts of a record by its currency, as Odoo compares
// them. Unit prices stay, in lines too: 0.004 apart they are other questions.
func roundMoney(r Record, fields []Field, currency string) Record {
	out := make(Record, len(r))
	for path, v := range r {
		out[path] = v
	}
	for _, f := range fields {
		if amount, ok := r.Money(f.Path); ok && f.Type == TypeMoney && !f.Exact {
			out[f.Path] = amount.Round(CurrencyDigits(currency))
		}
	}
	return out
}

func hashOf(v any) string {
	sum := sha256.Sum256(mustCanonical(v))
	return hex.EncodeToString(sum[:])
}

// SubjectFingerprint binds the named fields that are known: their paths as a
// JSON array, followed at once by 64 hex digits, or "" when none is known.
// Amounts are rounded by the currency, and lines are bound by what they add
// up to. SameFingerprint computes it again over the same paths as read from
// Odoo.
func SubjectFingerprint(paths []string, fields []Field, values Record, currency string) string {
	bound := Record{}
	rounded := roundMoney(values, fields, currency)
	for _, path := range paths {
		if v, known := rounded[path]; known {
			bound[path] = v
		}
	}
	for _, f := range fields {
		if lines, ok := bound[f.Path].([]Record); ok {
			bound[f.Path] = addUp(lines, f.Items)
		}
	}
	if len(bound) == 0 {
		return ""
	}
	names := slices.Sorted(maps.Keys(bound))
	joined, _ := json.Marshal(names)
	return string(joined) + hashOf(bound)
}

// lineDigits is where the binary floats stop meaning anything in which Odoo
// keeps the numbers of lines.
const lineDigits = 6

// addUp says what lines come to whoever wrote them: for each combination of
// their required fields, in order, the sum of their required numbers. How
// they are ordered or split does not count, nor do the optional fields, which
// one side may leave out.
func addUp(lines []Record, items []Field) []Record {
	sums := map[string]Record{}
	for _, line := range lines {
		names, numbers := Record{}, map[string]decimal.Decimal{}
		for _, f := range items {
			switch value, isNumber := line.Money(f.Path); {
			case !f.Required:
			case isNumber:
				numbers[f.Path] = value
			default:
				names[f.Path] = line[f.Path]
			}
		}
		key := string(mustCanonical(names))
		for path, n := range numbers {
			sum, _ := sums[key].Money(path)
			names[path] = sum.Add(n.Round(lineDigits))
		}
		sums[key] = names
	}
	out := make([]Record, 0, len(sums))
	for _, key := range sortedKeys(sums) {
		out = append(out, sums[key])
	}
	return out
}

// SameFingerprint says whether values, read from Odoo now, still have the
// fingerprint. A field that was bound and is gone is a difference.
func SameFingerprint(fingerprint string, fields []Field, values Record, currency string) bool {
	paths, ok := boundPaths(fingerprint)
	return ok && SubjectFingerprint(paths, fields, values, currency) == fingerprint
}

func boundPaths(fingerprint string) ([]string, bool) {
	const hexLen = 64
	if len(fingerprint) <= hexLen {
		return nil, false
	}
	var paths []string
	err := json.Unmarshal([]byte(fingerprint[:len(fingerprint)-hexLen]), &paths)
	return paths, err == nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

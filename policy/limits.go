package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/internal/strictjson"
)

// Limit is one number, word or switch that a policy compares with, and who
// set it for which reason. Rego sees the value alone, as
// data.limits.<kind>.<name>.
type Limit struct {
	Value  any    `json:"value"` // json.Number, string or bool
	Unit   string `json:"unit"`
	Owner  string `json:"owner"`  // role that answers for it
	Reason string `json:"reason"` // one sentence: why this value
}

// limitsFile and listsFile are where limits and lists live in a bundle.
const (
	limitsFile = "limits.json"
	listsFile  = "lists.json"
)

// Names of the limits that the guard reads as decision.Caps.
const (
	hourlyCount  = "hourly_count"
	hourlyAmount = "hourly_amount"
)

// data is what Rego sees under data, apart from its own rules.
type data struct {
	limits map[string]map[string]Limit  // by kind
	lists  map[string]map[string]string // by name; the values say why it is listed
	caps   map[string]decision.Caps
}

// readData reads every limits.json and lists.json of a bundle.
func readData(b Bundle) (data, error) {
	d := data{limits: map[string]map[string]Limit{}, caps: map[string]decision.Caps{}}
	for _, name := range b.names() {
		if err := d.readFile(name, b.Files[name]); err != nil {
			return d, err
		}
	}
	return d, nil
}

func (d *data) readFile(name, content string) error {
	kind, file := folder(name), jsonFile{name, content}
	var err error
	switch {
	case name == listsFile:
		d.lists, err = file.lists()
	case kind != "" && name == kind+"/"+limitsFile:
		if d.limits[kind], err = file.limits(); err == nil {
			d.caps[kind], err = file.caps(d.limits[kind])
		}
	case !isRego(name):
		return decision.Errorf(decision.CodeInvalid, "%s: JSON files are %s and <kind>/%s.", name, listsFile, limitsFile)
	}
	return err
}

// dataForm is what a limits or lists file may be. Of a key that is given twice
// the last one would count, and the first one is what a reader may see.
var dataForm = strictjson.Limits{Bytes: maxBundleBytes, Depth: 8}

// values decodes the file's one object, keys given once, and leaves its values.
func (f jsonFile) values(allowed string) (map[string]json.RawMessage, error) {
	err := dataForm.Check([]byte(f.content))
	if at, why, found := syntaxPlace(f.content); found {
		return nil, f.faultAt(at, pointerOf(err), "not JSON: "+why, err)
	}
	if err != nil {
		return nil, f.fault(pointerOf(err), messageOf(err), err)
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal([]byte(f.content), &values); err != nil {
		return nil, f.fault("", allowed, err)
	}
	return values, nil
}

// pointerOf and messageOf read what strictjson says.
func pointerOf(err error) string {
	var form *decision.Error
	if errors.As(err, &form) && len(form.Fields) > 0 {
		return form.Fields[0].Pointer
	}
	return ""
}

func messageOf(err error) string {
	var form *decision.Error
	if errors.As(err, &form) && len(form.Fields) > 0 {
		return form.Fields[0].Message
	}
	return strings.TrimSuffix(err.Error(), ".")
}

// limits reads limits.json; numbers stay as they are written.
func (f jsonFile) limits() (map[string]Limit, error) {
	const allowed = "each limit has value, unit, owner and reason, and nothing else"
	values, err := f.values(allowed)
	if err != nil {
		return nil, err
	}
	limits := make(map[string]Limit, len(values))
	for _, name := range sortedKeys(values) {
		var limit Limit
		dec := json.NewDecoder(bytes.NewReader(values[name]))
		dec.UseNumber()
		dec.DisallowUnknownFields()
		if err := dec.Decode(&limit); err != nil {
			return nil, f.fault("/"+decision.PointerKey(name), allowed, err)
		}
		limits[name] = limit
	}
	return limits, nil
}

// lists reads lists.json, and wants a note beside every listed value: why it
// is there.
func (f jsonFile) lists() (map[string]map[string]string, error) {
	const allowed = "a list is an object keyed by the listed value, with a note that says why it is listed"
	values, err := f.values(allowed)
	if err != nil {
		return nil, err
	}
	lists := make(map[string]map[string]string, len(values))
	for _, name := range sortedKeys(values) {
		pointer, list := "/"+decision.PointerKey(name), map[string]string{}
		var notes map[string]json.RawMessage
		if err := json.Unmarshal(values[name], &notes); err != nil {
			return nil, f.fault(pointer, allowed, err)
		}
		for _, key := range sortedKeys(notes) {
			var note string
			if err := json.Unmarshal(notes[key], &note); err != nil || note == "" {
				return nil, f.fault(pointer+"/"+decision.PointerKey(key), "each listed value has a note that says why it is listed", err)
			}
			list[key] = note
		}
		lists[name] = list
	}
	return lists, nil
}

func isRego(name string) bool { return len(name) > 5 && name[len(name)-5:] == ".rego" }

// caps reads the hourly caps; a kind without them executes nothing.
func (f jsonFile) caps(limits map[string]Limit) (decision.Caps, error) {
	count, err := f.cap(limits, hourlyCount)
	if err != nil {
		return decision.Caps{}, err
	}
	amount, err := f.cap(limits, hourlyAmount)
	if err != nil {
		return decision.Caps{}, err
	}
	if !count.IsInteger() || count.BigInt().Cmp(big.NewInt(1<<31)) > 0 {
		return decision.Caps{}, f.fault("/"+hourlyCount, "the value is a whole number", nil)
	}
	return decision.Caps{Count: int(count.IntPart()), Amount: amount}, nil
}

func (f jsonFile) cap(limits map[string]Limit, name string) (decimal.Decimal, error) {
	limit, ok := limits[name]
	if !ok {
		return decimal.Zero, nil
	}
	number, _ := limit.Value.(json.Number)
	value, err := decimal.NewFromString(number.String())
	if err != nil || value.IsNegative() || strings.ContainsAny(number.String(), "eE") {
		return decimal.Zero, f.fault("/"+name, "the value is a number of at least 0, without exponent", err)
	}
	return value, nil
}

// object is the data document as the store keeps it.
func (d data) object() (ast.Object, error) {
	limits := map[string]any{}
	for kind, named := range d.limits {
		values := map[string]any{}
		for name, limit := range named {
			values[name] = limit.Value
		}
		limits[kind] = values
	}
	lists := map[string]any{}
	for name, list := range d.lists {
		lists[name] = list
	}
	value, err := ast.InterfaceToValue(map[string]any{"limits": limits, "lists": lists})
	if err != nil {
		return nil, fmt.Errorf("limits and lists: %w", err)
	}
	return value.(ast.Object), nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

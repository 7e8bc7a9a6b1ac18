package policy

import (
	"bytes"
	"cmp"
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
	kind := folder(name)
	switch {
	case name == listsFile:
		if err := strictJSON(content, &d.lists); err != nil {
			return dataError(name, "each list is an object keyed by the listed value, with a note that says why it is listed", err)
		}
		return checkLists(d.lists)
	case kind != "" && name == kind+"/"+limitsFile:
		limits := map[string]Limit{}
		if err := strictJSON(content, &limits); err != nil {
			return dataError(name, "each limit has value, unit, owner and reason", err)
		}
		caps, err := capsOf(limits)
		if err != nil {
			return dataError(name, err.Error(), err)
		}
		d.limits[kind], d.caps[kind] = limits, caps
	case !isRego(name):
		return decision.Errorf(decision.CodeInvalid, "%s: JSON files are %s and <kind>/%s.", name, listsFile, limitsFile)
	}
	return nil
}

// checkLists wants a note beside every listed value: why it is there.
func checkLists(lists map[string]map[string]string) error {
	for _, list := range sortedKeys(lists) {
		for _, note := range lists[list] {
			if note == "" {
				return dataError(listsFile, "each value of "+list+" has a note that says why it is listed", nil)
			}
		}
	}
	return nil
}

func isRego(name string) bool { return len(name) > 5 && name[len(name)-5:] == ".rego" }

func dataError(name, allowed string, err error) error {
	var form *decision.Error
	if errors.As(err, &form) && len(form.Fields) > 0 { // strictjson's, which says where
		allowed = cmp.Or(form.Fields[0].Pointer, "/") + ": " + form.Fields[0].Message
	}
	return &decision.Error{Code: decision.CodeInvalid, Message: name + ": " + allowed + ".", Err: err}
}

// dataForm is what a limits or lists file may be. Of a key that is given twice
// the last one would count, and the first one is what a reader may see.
var dataForm = strictjson.Limits{Bytes: maxBundleBytes, Depth: 8}

// strictJSON decodes one JSON document with known keys only, each given once;
// numbers stay as they are written.
func strictJSON(content string, into any) error {
	if err := dataForm.Check([]byte(content)); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(content)))
	dec.UseNumber()
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

// capsOf reads the hourly caps; a kind without them executes nothing.
func capsOf(limits map[string]Limit) (decision.Caps, error) {
	var caps decision.Caps
	count, err := limitNumber(limits, hourlyCount)
	if err != nil {
		return caps, err
	}
	caps.Amount, err = limitNumber(limits, hourlyAmount)
	if err != nil {
		return caps, err
	}
	if !count.IsInteger() || count.BigInt().Cmp(big.NewInt(1<<31)) > 0 {
		return decision.Caps{}, fmt.Errorf("%s is a whole number", hourlyCount)
	}
	caps.Count = int(count.IntPart())
	return caps, nil
}

func limitNumber(limits map[string]Limit, name string) (decimal.Decimal, error) {
	limit, ok := limits[name]
	if !ok {
		return decimal.Zero, nil
	}
	number, ok := limit.Value.(json.Number)
	if !ok {
		return decimal.Zero, fmt.Errorf("%s is a number", name)
	}
	value, err := decimal.NewFromString(number.String())
	if err != nil || value.IsNegative() || strings.ContainsAny(number.String(), "eE") {
		return decimal.Zero, fmt.Errorf("%s is a number of at least 0, without exponent", name)
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

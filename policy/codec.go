package policy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/shopspring/decimal"

	"assent/decision"
)

// codec builds the input of one kind straight as an ast.Value. Its terms for
// keys and reasons are made once and shared by every input.
//
// Money becomes a JSON number in the company's currency, a time whole seconds
// since 1970 in UTC, a probability a JSON number. An id becomes a text: it is
// a name and no quantity, and it is looked up in lists, whose keys are texts.
// A personal text becomes its hash.
// What is unknown is an omitted key, never null: in Rego null < 5 is true.
type codec struct {
	root    []slot
	leaves  int
	reports bool // what is missing; that takes a look at everything
}

// slot is a shape with its terms.
type slot struct {
	shape
	name     *ast.Term
	path     *ast.Term // under missing
	absent   *ast.Term
	enum     map[string]*ast.Term
	children []slot
	items    []slot // of a lines field
}

// newCodec makes the codec of a kind for a policy that reads these parts of
// the input, each a dotted path; none means the whole input. What a policy
// does not read cannot change its verdict, and making it would take as long
// as evaluating it.
func newCodec(kind decision.Kind, reads ...string) *codec {
	c := &codec{}
	c.root = c.slots(envelope(kind))
	c.reports = len(reads) == 0 || slices.ContainsFunc(reads, func(r string) bool { return within(r, "missing") })
	if !c.reports {
		c.root = prune(c.root, "", reads)
		c.leaves = countSlots(c.root)
	}
	return c
}

// reads says whether anything of the input depends on the value at a path.
func (c *codec) reads(path string) bool {
	if c.reports {
		return true
	}
	slots := c.root
	for _, key := range strings.Split(path, ".") {
		i := slices.IndexFunc(slots, func(s slot) bool { return s.key == key })
		if i < 0 {
			return false
		}
		slots = slots[i].children
	}
	return true
}

func countSlots(slots []slot) int {
	n := len(slots)
	for _, s := range slots {
		n += countSlots(s.children)
	}
	return n
}

// prune keeps the slots that are read, lie within what is read, or lead to it.
func prune(slots []slot, prefix string, reads []string) []slot {
	var kept []slot
	for _, s := range slots {
		path := prefix + s.key
		switch {
		case slices.ContainsFunc(reads, func(r string) bool { return within(path, r) }):
			kept = append(kept, s)
		case slices.ContainsFunc(reads, func(r string) bool { return within(r, path) }):
			s.children = prune(s.children, path+".", reads)
			kept = append(kept, s)
		}
	}
	return kept
}

// within says whether path is at or below another one.
func within(path, above string) bool {
	return path == above || strings.HasPrefix(path, above+".")
}

func (c *codec) slots(shapes []shape) []slot {
	slots := make([]slot, len(shapes))
	for i, s := range shapes {
		c.leaves++
		slots[i] = slot{
			shape: s, name: ast.StringTerm(s.key), path: ast.StringTerm(s.field.Path),
			absent: ast.StringTerm(cmp.Or(s.field.Absent, "not_in_odoo")), children: c.slots(s.children),
			items: c.slots(lineShapes(s.field.Items)), enum: map[string]*ast.Term{},
		}
		for _, word := range s.field.Enum {
			slots[i].enum[word] = ast.StringTerm(word)
		}
	}
	return slots
}

// lineShapes are leaves without a source: lines read their own record.
func lineShapes(items []decision.Field) []shape {
	shapes := make([]shape, len(items))
	for i, f := range items {
		shapes[i] = leaf(f.Path, f, nil)
		shapes[i].foreign = true
	}
	return shapes
}

// encode builds the input.
func (c *codec) encode(s *decision.Snapshot, a *decision.Assessment, r *decision.Recommendation) ast.Value {
	e := encoder{source: source{s, a, r}, hasRate: s.Rate.IsPositive(), terms: make([]ast.Term, c.leaves)}
	if c.reports {
		e.missing = make([][2]*ast.Term, 0, c.leaves)
	}
	pairs := make([][2]*ast.Term, 0, len(c.root))
	for i := range c.root {
		if c.root[i].field.Type != typeReasons {
			pairs = e.append(pairs, &c.root[i])
		}
	}
	if c.reports {
		pairs = append(pairs, [2]*ast.Term{missingKey, ast.ObjectTerm(e.missing...)})
	}
	return ast.NewObject(pairs...)
}

var (
	missingKey = ast.StringTerm("missing")
	noRate     = ast.StringTerm("no_rate")
	wrongType  = ast.StringTerm("wrong_type")
)

type encoder struct {
	source
	hasRate bool
	missing [][2]*ast.Term // nil if nobody asks
	terms   []ast.Term     // made in one piece
}

// newTerm takes the next term of the piece.
func (e *encoder) newTerm(v ast.Value) *ast.Term {
	if len(e.terms) == 0 {
		return ast.NewTerm(v)
	}
	t := &e.terms[0]
	e.terms = e.terms[1:]
	t.Value = v
	return t
}

// append adds the slot's key, unless nothing is known of it.
func (e *encoder) append(pairs [][2]*ast.Term, s *slot) [][2]*ast.Term {
	if s.value == nil {
		return e.appendObject(pairs, s)
	}
	value := s.value(&e.source)
	if value == nil {
		e.report(s, nil)
		return pairs
	}
	term, why := e.term(value, s)
	if term == nil {
		e.report(s, why)
		return pairs
	}
	return append(pairs, [2]*ast.Term{s.name, term})
}

func (e *encoder) appendObject(pairs [][2]*ast.Term, s *slot) [][2]*ast.Term {
	inner := make([][2]*ast.Term, 0, len(s.children))
	for i := range s.children {
		inner = e.append(inner, &s.children[i])
	}
	if len(inner) == 0 {
		return pairs
	}
	return append(pairs, [2]*ast.Term{s.name, e.newTerm(ast.NewObject(inner...))})
}

// report says why a declared field is not there: what gather recorded, or
// what the codec found, or the reason the field declares.
func (e *encoder) report(s *slot, why *ast.Term) {
	if !s.reported || e.missing == nil {
		return
	}
	if why == nil {
		why = s.absent
		if recorded := e.snapshot.Missing[s.field.Path]; recorded != "" && recorded != s.field.Absent {
			why = ast.StringTerm(recorded)
		}
	}
	e.missing = append(e.missing, [2]*ast.Term{s.path, why})
}

// term converts a value by its declared type. No term means that the value is
// unknown, or is not of that type, which must not look like a known one.
func (e *encoder) term(value any, s *slot) (term, why *ast.Term) {
	switch v := value.(type) {
	case string:
		if term, known := s.enum[v]; known {
			return term, nil
		}
		return e.textTerm(v, s.field)
	case int64:
		switch s.field.Type {
		case decision.TypeInteger:
			return ast.InternedTerm(v), nil
		case decision.TypeID:
			return e.newTerm(ast.String(strconv.FormatInt(v, 10))), nil
		}
	case decimal.Decimal:
		return e.decimalTerm(v, s)
	case float64:
		if s.field.Type == decision.TypeNumber && !math.IsNaN(v) && !math.IsInf(v, 0) {
			return e.newTerm(ast.Number(strconv.FormatFloat(v, 'f', -1, 64))), nil
		}
	case bool:
		if s.field.Type == decision.TypeBoolean {
			return ast.InternedTerm(v), nil
		}
	case time.Time:
		if s.field.Type == decision.TypeTime && !v.IsZero() {
			return e.newTerm(ast.Number(strconv.FormatInt(v.Unix(), 10))), nil
		}
	case []decision.Record:
		return e.linesTerm(v, s)
	case []decision.Reason:
		return scoresTerm(v), nil
	}
	return nil, wrongType
}

func (e *encoder) textTerm(v string, f decision.Field) (term, why *ast.Term) {
	switch {
	case v == "":
		return nil, nil
	case sortOfType(f.Type) != textSort || f.Type == decision.TypeID:
		return nil, wrongType
	case f.Personal:
		v = hashedText(v)
	}
	return e.newTerm(ast.String(v)), nil
}

// hashedText is the form in which a policy sees a personal text: the hex
// SHA-256 of the text in lower case without space around it, which can be
// compared and looked up in a list. It has no key, so that whoever keeps a
// list can make it; short texts can be guessed from it, so it is as personal
// as the text. It is no fingerprint of a record, and no identifier of history,
// which is keyed.
func hashedText(text string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(text))))
	return hex.EncodeToString(sum[:])
}

// decimalTerm converts money of the request; without a rate it is unknown.
func (e *encoder) decimalTerm(v decimal.Decimal, s *slot) (term, why *ast.Term) {
	switch {
	case s.field.Type == decision.TypeNumber:
	case s.field.Type != decision.TypeMoney:
		return nil, wrongType
	case s.foreign && !e.hasRate:
		return nil, noRate
	case s.foreign:
		v = e.snapshot.InCompanyCurrency(v).Amount
	}
	return e.newTerm(ast.Number(v.String())), nil
}

// linesTerm converts lines; one line that is not as declared makes the whole
// field unknown.
func (e *encoder) linesTerm(lines []decision.Record, s *slot) (term, why *ast.Term) {
	if s.field.Type != decision.TypeLines {
		return nil, wrongType
	}
	terms := make([]*ast.Term, len(lines))
	for i, line := range lines {
		pairs := make([][2]*ast.Term, 0, len(s.items))
		for j := range s.items {
			item := &s.items[j]
			value, given := line[item.field.Path]
			if !given {
				continue
			}
			t, why := e.term(value, item)
			if t == nil {
				return nil, cmp.Or(why, wrongType)
			}
			pairs = append(pairs, [2]*ast.Term{item.name, t})
		}
		terms[i] = ast.ObjectTerm(pairs...)
	}
	return ast.ArrayTerm(terms...), nil
}

// scoresTerm keys contributions by code; the first of a code counts.
func scoresTerm(reasons []decision.Reason) *ast.Term {
	scores := ast.NewObjectWithCapacity(len(reasons))
	for _, r := range reasons {
		key := ast.StringTerm(r.Code)
		if r.Code != "" && !math.IsNaN(r.Contribution) && !math.IsInf(r.Contribution, 0) && scores.Get(key) == nil {
			scores.Insert(key, ast.NumberTerm(json.Number(strconv.FormatFloat(r.Contribution, 'f', -1, 64))))
		}
	}
	return ast.NewTerm(scores)
}

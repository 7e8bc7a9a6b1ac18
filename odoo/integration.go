package odoo

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// Integration connects decisions with one Odoo instance: it reads subjects
// (decision.Records) and applies executions (decision.Actuator).
type Integration struct {
	Caller   Caller
	Users    map[string]int64                 // res.users that activities for a role go to; a role without one goes to the bot's own user
	Sentence func(policy, code string) string // plain sentence of a reason code, as the policy of that revision has it; nil writes the code
	Patience time.Duration                    // how long reading a record may take; 0 is 20 s
}

var (
	_ decision.Records  = (*Integration)(nil)
	_ decision.Actuator = (*Integration)(nil)
)

// patience bounds a record's read as a whole, since somebody waits for the
// answer: about ten calls of a healthy Odoo take 2 s at the default rate, and
// callers and proxies give up after 30 s. One call alone may take longer (see
// Config.Timeout), but that is for executions, for which nobody waits.
const patience = 20 * time.Second

// ReadRecord reads a subject as the fields of its kind. Errors:
// CodeNotFound when the bot cannot see the record, CodeInvalid when Odoo does
// not let it read such records at all, which asking again does not change,
// and CodeUnavailable when Odoo cannot be asked or does not answer in time.
func (i *Integration) ReadRecord(ctx context.Context, c decision.Company, kind decision.Kind, s decision.Subject) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(i.Patience, patience))
	defer cancel()
	tree, err := i.core(ctx, c, s)
	if err == nil {
		err = i.details(ctx, c, kind, s, tree)
	}
	if err != nil {
		return nil, readError(err)
	}
	return json.Marshal(tree)
}

// errNotVisible says that a read answered without the record.
var errNotVisible = decision.Errorf(decision.CodeNotFound, "Odoo does not show this record to the service's user.")

func readError(err error) error {
	if decision.CodeOf(err) == decision.CodeNotFound {
		return err
	}
	var e *Error
	if errors.As(err, &e) && e.Name == accessError {
		return decision.Invalid("/subject/model", "not_readable", "the integration may not read "+e.Model+" for this company: give its user in Odoo that right, or send the fields")
	}
	unavailable := decision.Errorf(decision.CodeUnavailable, "Odoo could not be asked for the record (%s).", KindOf(err))
	unavailable.Err = err
	return unavailable
}

// core reads the fields that fingerprints are made of, in one or two calls,
// as a tree of nested JSON objects. Models without any have an empty tree.
func (i *Integration) core(ctx context.Context, c decision.Company, s decision.Subject) (map[string]any, error) {
	switch s.Model {
	case "sale.order":
		return i.orderCore(ctx, c, s)
	case "stock.picking":
		return i.pickingCore(ctx, c, s)
	case "account.move":
		return i.invoiceCore(ctx, c, s)
	}
	// Nothing is bound, but what cannot be seen is not decided on.
	_, err := one[struct{}](ctx, i, c, s.Model, s.ID, "id")
	return map[string]any{"currency": c.Currency}, err
}

// details adds what only the assessment and the policy read.
func (i *Integration) details(ctx context.Context, c decision.Company, kind decision.Kind, s decision.Subject, tree map[string]any) error {
	switch kind.Name {
	case "order":
		return i.orderDetails(ctx, c, s, tree)
	case "delivery":
		return i.pickingDetails(ctx, c, s, tree)
	}
	delete(tree, moveType)
	return nil
}

// one reads one visible record by its id, archived or not; errNotVisible when
// there is none.
func one[T any](ctx context.Context, i *Integration, c decision.Company, model string, id int64, fields ...string) (T, error) {
	var zero T
	// An archived customer or tax is still the one that the record names.
	cx := inCompany(c).With(Context{"active_test": false})
	rows, err := SearchRead[identified[T]](ctx, i.Caller, model, Query{Domain: Domain{}.Where("id", "=", id), Fields: fields, Limit: 1}, cx)
	switch {
	case err != nil:
		return zero, err
	case len(rows) == 0:
		return zero, errNotVisible
	case len(rows) > 1 || rows[0].ID != id:
		// A module that overrides the search must not have another record
		// decided on, or changed, in place of the one that was asked for.
		return zero, Call{Model: model, Method: "search_read"}.fail(KindResult, 200, "Odoo answered with another record than was asked for", nil)
	}
	return rows[0].Row, nil
}

// identified is a row with the id that Odoo sends along whatever the fields.
type identified[T any] struct {
	ID  int64
	Row T
}

// UnmarshalJSON reads both from the same object.
func (r *identified[T]) UnmarshalJSON(b []byte) error {
	var own struct {
		ID int64 `json:"id"`
	}
	err := json.Unmarshal(b, &own)
	r.ID = own.ID
	return errors.Join(err, json.Unmarshal(b, &r.Row))
}

func inCompany(c decision.Company) Context { return InCompany(c.OdooID) }

// set puts a value at a dotted path: null where Odoo was asked and has none.
// What was not asked for stays out of the tree.
func set(tree map[string]any, path string, v any, known bool) {
	if !known {
		v = nil
	}
	decision.SetPath(tree, path, v)
}

func setText(tree map[string]any, path string, t Text) {
	set(tree, path, t.Or(""), t.Or("") != "")
}

// setCode sets a text that must be a code, and leaves out what is none: a
// reference with spaces is unknown rather than wrong.
func setCode(tree map[string]any, path string, t Text) {
	if code := t.Or(""); code == "" || decision.IsCode(code, decision.MaxCode) {
		set(tree, path, code, code != "")
	}
}

func setTime(tree map[string]any, path string, t Time) { set(tree, path, t.Time, !t.IsZero()) }
func setRef(tree map[string]any, path string, r Ref)   { set(tree, path, r.ID, r.ID > 0) }

// floatDigits is where Odoo's binary floats stop meaning anything.
const floatDigits = 6

// setNumber sets a number that Odoo sends as a binary float, without the
// noise behind its last meaningful digit.
func setNumber(tree map[string]any, path string, n json.Number) {
	d, err := decimal.NewFromString(n.String())
	set(tree, path, json.Number(d.Round(floatDigits).String()), err == nil)
}

// has lists which of the fields a model has: modules that are not installed, and
// other versions, leave some out, and asking for one of those is an error.
func (i *Integration) has(ctx context.Context, c decision.Company, model string, fields ...string) ([]string, error) {
	var described map[string]struct{}
	q := Call{Model: model, Method: "fields_get", Args: Args{"allfields": fields, "attributes": []string{"type"}}, Context: inCompany(c)}
	if err := i.Caller.Call(ctx, q, &described); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(fields, func(f string) bool { _, known := described[f]; return !known }), nil
}

// decimals is how many of them Odoo keeps of a number; known is false where it
// keeps all (prices from 19 on).
func (i *Integration) decimals(ctx context.Context, c decision.Company, model, field string) (digits int32, known bool, err error) {
	var described map[string]struct {
		Digits []int32 `json:"digits"` // of all and behind the point, e.g. 16 and 2
	}
	q := Call{Model: model, Method: "fields_get", Args: Args{"allfields": []string{field}, "attributes": []string{"digits"}}, Context: inCompany(c)}
	if err := i.Caller.Call(ctx, q, &described); err != nil {
		return 0, false, err
	}
	if d := described[field].Digits; len(d) == 2 {
		return d[1], true, nil
	}
	return 0, false, nil
}

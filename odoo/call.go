package odoo

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"strings"
)

// Call is one method call, in the form of the JSON-2 API.
type Call struct {
	Model   string  // e.g. "sale.order"
	Method  string  // public method, e.g. "action_confirm"
	IDs     []int64 // records to call it on; nil for a method of the model itself (create, search_read)
	Args    Args    // by the names of Odoo 19's signature
	Context Context // merged over the client's; nil is fine
}

// Args are named arguments, e.g. {"domain": ..., "fields": ...}.
type Args map[string]any

// Context holds Odoo's context keys, e.g. lang, tz, allowed_company_ids.
// Unknown keys are ignored by Odoo.
type Context map[string]any

// ExecutionKey is a context key that names the execution behind a call, as
// "assent:<execution id>". Odoo ignores it; the companion addon and the fake
// record it, also for actions that leave no text of ours behind (a
// confirmation).
const ExecutionKey = "assent_execution"

// InCompany limits a call to one company, so that a bot that may see several
// never mixes them.
func InCompany(id int64) Context {
	return Context{"allowed_company_ids": []int64{id}}
}

// With returns the context with more keys; later ones win. It never changes c.
func (c Context) With(more Context) Context {
	merged := make(Context, len(c)+len(more))
	maps.Copy(merged, c)
	maps.Copy(merged, more)
	return merged
}

var (
	modelPattern  = regexp.MustCompile(`^[a-z_][a-z0-9_]*(\.[a-z0-9_]+)*$`)
	methodPattern = regexp.MustCompile(`^[a-z][a-z0-9_]*$`) // private methods start with _
)

// check refuses identifiers that would not stay inside a URL path segment.
func (q Call) check() error {
	switch {
	case !modelPattern.MatchString(q.Model):
		return q.bad("the model must be an Odoo model name such as sale.order")
	case !methodPattern.MatchString(q.Method):
		return q.bad("the method must be the name of a public method")
	case q.Args["ids"] != nil || q.Args["context"] != nil:
		return q.bad("ids and context are fields of the call, not arguments")
	}
	return nil
}

func (q Call) bad(detail string) *Error {
	return &Error{Kind: KindRequest, Model: q.Model, Method: q.Method, Detail: detail}
}

// fail makes an Error about this call.
func (q Call) fail(kind Kind, status int, detail string, cause error) *Error {
	return &Error{Kind: kind, Model: q.Model, Method: q.Method, Status: status, Detail: detail, Err: cause}
}

// positional lists the arguments that JSON-RPC must get by position: create
// inspects its first one, and search names its own differently on 16.
var positional = map[string][]string{
	"create":       {"vals_list"},
	"write":        {"vals"},
	"search":       {"domain"},
	"search_read":  {"domain"},
	"search_count": {"domain"},
	"read":         {"fields"},
	"fields_get":   {"allfields"},
	"load":         {"fields", "data"},
}

// split gives the call's arguments as execute_kw wants them.
func (q Call) split(cx Context) (args []any, kwargs map[string]any) {
	args, kwargs = []any{}, maps.Clone(map[string]any(q.Args))
	if kwargs == nil {
		kwargs = map[string]any{}
	}
	if q.IDs != nil {
		args = append(args, q.IDs)
	}
	for _, name := range positional[q.Method] {
		value, given := kwargs[name]
		if !given {
			break // the rest goes by name
		}
		args = append(args, value)
		delete(kwargs, name)
	}
	if len(cx) > 0 {
		kwargs["context"] = cx
	}
	return args, kwargs
}

// named gives the call's arguments as a JSON-2 body.
func (q Call) named(cx Context) map[string]any {
	body := maps.Clone(map[string]any(q.Args))
	if body == nil {
		body = map[string]any{}
	}
	if q.IDs != nil {
		body["ids"] = q.IDs
	}
	if len(cx) > 0 {
		body["context"] = cx
	}
	return body
}

// Action is the dictionary that asks a client to open something. Pass *Action
// to Call where one is the normal answer (refund_moves); everywhere else it
// means that the effect did not happen. The zero Action is "no action": some
// methods answer true or nothing instead.
type Action struct {
	Type     string  `json:"type"` // "ir.actions.act_window" and the like
	Name     string  `json:"name"`
	ResModel string  `json:"res_model"`
	ResID    int64   `json:"res_id"`
	Context  Context `json:"context"`
}

// UnmarshalJSON accepts what methods that may return an action also return.
func (a *Action) UnmarshalJSON(b []byte) error {
	*a = Action{}
	if len(b) == 0 || b[0] != '{' {
		return nil
	}
	var raw struct {
		Type     string          `json:"type"`
		Name     string          `json:"name"`
		ResModel string          `json:"res_model"`
		ResID    json.RawMessage `json:"res_id"`
		Context  json.RawMessage `json:"context"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	a.Type, a.Name, a.ResModel = raw.Type, raw.Name, raw.ResModel
	// res_id is false where there is none, context a string in stored actions.
	_ = json.Unmarshal(raw.ResID, &a.ResID)
	_ = json.Unmarshal(raw.Context, &a.Context)
	return nil
}

// decode stores the result of the call in into. A returned action and a
// missing result are failures unless the caller asked for them.
func (q Call) decode(result json.RawMessage, into any) error {
	result = bytes.TrimSpace(result)
	null := len(result) == 0 || bytes.Equal(result, []byte("null"))
	switch target := into.(type) {
	case *json.RawMessage:
		*target = bytes.Clone(result)
		return nil
	case *Action:
		if null {
			*target = Action{}
			return nil
		}
	default:
		if isAction(result) {
			return q.fail(KindNotDone, 200, "Odoo returned an action to open instead of a result", nil)
		}
		if into == nil {
			return nil // the caller reads back; null and false are as good as true
		}
		if null {
			return q.fail(KindNull, 200, "Odoo returned nothing", nil)
		}
	}
	d := json.NewDecoder(bytes.NewReader(result))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return q.fail(KindResult, 200, "the result has another type than expected", nil)
	}
	return nil
}

func isAction(result json.RawMessage) bool {
	if len(result) == 0 || result[0] != '{' {
		return false
	}
	var a struct {
		Type any `json:"type"`
	}
	if json.Unmarshal(result, &a) != nil {
		return false
	}
	name, _ := a.Type.(string)
	return strings.HasPrefix(name, "ir.actions.")
}

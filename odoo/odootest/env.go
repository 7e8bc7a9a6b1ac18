package odootest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// env is one transaction of one user.
type env struct {
	s         *Server
	user      *User
	uid       int64
	now       time.Time
	context   map[string]any
	companies []int64 // allowed_company_ids, or all of the user's
	sudo      bool    // sees every company

	undo    []func()
	effects []effect
	posts   []post
}

// effect is a change that the log will name.
type effect struct {
	name  string
	model *model
	id    int64
}

// call is one method call, the same for both transports.
type call struct {
	model  *model
	method string
	ids    []int64
	args   map[string]any // by name, without ids and context
	raw    json.RawMessage
}

// recordset is a result that the transports write differently.
type recordset struct {
	model string
	ids   []int64
	form  form
}

type form int

// The forms of returned records over JSON-RPC; JSON-2 always writes a list.
const (
	formText   form = iota // "mail.activity(17,)" up to 18, a list on 19
	formList               // a list of ids
	formOne                // one id
	formPosted             // one id up to 18, a list on 19
)

// names reads an argument that is a list of field names.
func (c *call) names(argument string) ([]string, error) {
	switch v := c.args[argument].(type) {
	case nil, bool:
		return nil, nil
	case []any:
		var names []string
		for _, item := range v {
			name, ok := item.(string)
			if !ok {
				return nil, typeError(argument + " must be a list of names")
			}
			names = append(names, name)
		}
		return names, nil
	}
	return nil, typeError(argument + " must be a list of names")
}

// begin opens a transaction for a user and checks the call's context.
func (s *Server) begin(user *User, context map[string]any) (*env, error) {
	e := &env{s: s, user: user, uid: user.ID, now: s.opts.Now(), context: context, companies: user.Companies}
	if wanted, ok := integers(context["allowed_company_ids"]); ok && len(wanted) > 0 {
		if slices.ContainsFunc(wanted, func(id int64) bool { return !slices.Contains(user.Companies, id) }) {
			return nil, accessError("Access to unauthorized or invalid companies.")
		}
		e.companies = wanted
	}
	if lang := text(context["lang"]); lang != "" && lang != "en_US" {
		return nil, userError("Invalid language code: %s", lang)
	}
	return e, nil
}

// run calls the method; the caller commits or rolls back.
func (e *env) run(c *call) (any, error) {
	m, err := e.resolve(c)
	if err != nil {
		return nil, err
	}
	if m.reads && c.method != "fields_get" && c.method != "check_access_rights" {
		if err := e.mayRead(c.model); err != nil {
			return nil, err
		}
	}
	if !m.static && !m.reads {
		for _, id := range c.ids {
			r, ok := e.s.tables[c.model.name].rows[id]
			if !ok {
				return nil, missingError(c.model.name, id, e.uid)
			}
			if !e.visible(c.model, r) {
				return nil, e.hidden(c.model, id, "write")
			}
		}
	}
	return m.run(e, c)
}

func (e *env) resolve(c *call) (method, error) {
	full := c.model.name + "." + c.method
	if strings.HasPrefix(c.method, "_") {
		return method{}, accessError(fmt.Sprintf("Private methods (such as '%s') cannot be called remotely.", full))
	}
	m, ok := c.model.methods[c.method]
	if !ok {
		return method{}, raise("builtins.AttributeError", 404, fmt.Sprintf("The method '%s' does not exist", full))
	}
	return m, nil
}

// today is the date in the user's time zone, which is UTC here.
func (e *env) today() string { return e.now.UTC().Format(dateLayout) }

// stamp is now as methods write it: to the second.
func (e *env) stamp() string { return e.now.UTC().Format(timeLayout) }

// effect notes a change for the log; wizards are not changes.
func (e *env) effect(name string, m *model, id int64) {
	if !m.transient {
		e.effects = append(e.effects, effect{name, m, id})
	}
}

// marker is what ties an effect to the execution that wanted it.
var marker = regexp.MustCompile(`assent:[A-Za-z0-9_-]+`)

// entries describes the transaction's effects for the log.
func (e *env) entries(c *call) []Entry {
	var list []Entry
	for _, x := range e.effects {
		r := e.one(x.model.name, x.id)
		key := marker.FindString(string(c.raw))
		if key == "" {
			key = marker.FindString(fmt.Sprint(r["ref"], r["note"], r["body"], r["origin"]))
		}
		list = append(list, Entry{
			Time: micros(e.now), UID: e.uid, Model: c.model.name, Method: c.method, IDs: c.ids,
			Effect: x.name, Record: fmt.Sprintf("%s,%d", x.model.name, x.id), On: e.documentOf(x.model, r),
			Key: key, Values: c.raw,
		})
	}
	return list
}

// documentOf names the record a change belongs to: an activity's document, a
// line's order, the invoice a credit note reverses.
func (e *env) documentOf(m *model, r row) string {
	if model, ok := r["res_model"].(string); ok {
		return fmt.Sprintf("%s,%d", model, idOf(r["res_id"]))
	}
	if model, ok := r["model"].(string); ok && m.name == "mail.message" {
		return fmt.Sprintf("%s,%d", model, idOf(r["res_id"]))
	}
	for _, link := range []string{"order_id", "move_id", "reversed_entry_id", "sale_id"} {
		if f := m.byName[link]; f != nil && r[link] != nil {
			return fmt.Sprintf("%s,%d", f.rel, idOf(r[link]))
		}
	}
	return ""
}

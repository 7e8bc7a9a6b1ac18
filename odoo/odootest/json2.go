package odootest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// json2 answers POST /json/2/<model>/<method> of 19.
func (s *Server) json2(r *http.Request, body []byte) reply {
	fail := func(x *exception) reply { return asJSON(x.status, x.body(s.opts.Debug)) }
	if db := r.Header.Get("X-Odoo-Database"); db != "" && db != s.opts.Database {
		return page(http.StatusNotFound, "<h1>Not Found</h1>")
	}
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	user := s.userWith(func(u *User) bool { return strings.EqualFold(scheme, "bearer") && u.Key == key })
	if user == nil {
		return fail(werkzeug("Unauthorized", http.StatusUnauthorized, "Invalid apikey"))
	}
	modelName, method, found := strings.Cut(strings.TrimPrefix(r.URL.Path, "/json/2/"), "/")
	if !found || r.Method != http.MethodPost {
		return fail(werkzeug("NotFound", http.StatusNotFound, "Did you mean POST /json/2/<model>/<method>?"))
	}
	m := s.models[modelName]
	if m == nil {
		return fail(werkzeug("NotFound", http.StatusNotFound, fmt.Sprintf("the model '%s' does not exist", modelName)))
	}
	c := &call{model: m, method: method, raw: body}
	context, err := c.named(body)
	if err != nil {
		return fail(asException(err))
	}
	return s.perform(incoming{
		user: user, call: c, context: context,
		result:  func(v any) reply { return asJSON(http.StatusOK, json2Value(v)) },
		failure: fail,
	})
}

// named reads the body and binds it to the method's signature, with the
// messages of 19.
func (c *call) named(body []byte) (context map[string]any, err error) {
	var all map[string]any
	if err := decode(body, &all); err != nil {
		return nil, werkzeug("BadRequest", http.StatusBadRequest, "could not parse the body as json")
	}
	context, _ = all["context"].(map[string]any)
	if v, given := all["ids"]; given {
		if c.ids, err = selfIDs(v); err != nil {
			return nil, err
		}
	}
	delete(all, "ids")
	delete(all, "context")
	c.args = all
	if strings.HasPrefix(c.method, "_") {
		return context, nil // refused later, as an AccessError
	}
	m, known := c.model.methods[c.method]
	if !known {
		return nil, werkzeug("NotFound", http.StatusNotFound, fmt.Sprintf("The method '%s.%s' does not exist", c.model.name, c.method))
	}
	return context, c.signature(m)
}

func (c *call) signature(m method) error {
	if m.static && len(c.ids) > 0 {
		return unprocessable(fmt.Sprintf("cannot call %s.%s with ids", c.model.name, c.method))
	}
	for name := range c.args {
		switch {
		case slices.Contains(m.params, name):
		case c.method == "search_read":
			// It takes any keyword and fails further down.
			return typeError(c.unexpected(name, 19))
		default:
			return unprocessable(fmt.Sprintf("got an unexpected keyword argument '%s'", name))
		}
	}
	for _, name := range m.params[:m.needs] {
		if _, ok := c.args[name]; !ok {
			return unprocessable(fmt.Sprintf("missing a required argument: '%s'", name))
		}
	}
	return nil
}

func unprocessable(message string) error {
	return werkzeug("UnprocessableEntity", http.StatusUnprocessableEntity, message)
}

// json2Value writes records as lists of ids, whatever the method says.
func json2Value(v any) any {
	if set, ok := v.(recordset); ok {
		return append([]int64{}, set.ids...)
	}
	return v
}

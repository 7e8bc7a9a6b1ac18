package odootest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// envelope is a JSON-RPC request.
type envelope struct {
	ID     json.RawMessage `json:"id"`
	Params struct {
		Service string            `json:"service"`
		Method  string            `json:"method"`
		Args    []json.RawMessage `json:"args"`
	} `json:"params"`
}

// jsonrpc answers the API of 16 to 19: always HTTP 200.
func (s *Server) jsonrpc(body []byte) reply {
	var in envelope
	if err := json.Unmarshal(body, &in); err != nil {
		return page(http.StatusBadRequest, "<h1>Bad Request</h1><p>Invalid JSON data</p>")
	}
	switch p := in.Params; p.Service + "." + p.Method {
	case "common.version":
		return in.result(map[string]any{
			"protocol_version": 1, "server_serie": s.serie(),
			"server_version": s.release(), "server_version_info": s.versionInfo(),
		})
	case "common.authenticate", "common.login":
		var database string
		if len(p.Args) > 0 && json.Unmarshal(p.Args[0], &database) == nil && database != s.opts.Database {
			return in.failure(s, noDatabase(database))
		}
		return in.result(s.authenticate(p.Args))
	case "object.execute_kw":
		return s.executeKW(in)
	}
	return in.failure(s, raise("builtins.NameError", 0, "Method not available "+in.Params.Method))
}

func (in envelope) result(v any) reply {
	body := map[string]any{"jsonrpc": "2.0", "id": in.ID}
	if v != nil {
		body["result"] = v // None is left out
	}
	return asJSON(http.StatusOK, body)
}

func (in envelope) failure(s *Server, x *exception) reply {
	code := 200
	if s.opts.Version >= 19 {
		code = 0
	}
	return asJSON(http.StatusOK, map[string]any{"jsonrpc": "2.0", "id": in.ID, "error": map[string]any{
		"code": code, "message": "Odoo Server Error", "data": x.body(s.opts.Debug),
	}})
}

// noDatabase is PostgreSQL's sentence, which Odoo hands on.
func noDatabase(name string) *exception {
	return raise("psycopg2.OperationalError", 500, fmt.Sprintf("FATAL:  database %q does not exist", name))
}

// authenticate gives the user's id, or false.
func (s *Server) authenticate(args []json.RawMessage) any {
	var login, key string
	if len(args) < 3 || json.Unmarshal(args[1], &login) != nil || json.Unmarshal(args[2], &key) != nil {
		return false
	}
	i := slices.IndexFunc(s.users, func(u *User) bool { return u.Login == login && u.Key == key })
	if i < 0 {
		return false
	}
	return s.users[i].ID
}

// executeKW reads (db, uid, key, model, method, args, kwargs).
func (s *Server) executeKW(in envelope) reply {
	var (
		database, key, modelName, method string
		uid                              int64
		args                             []any
		kwargs                           map[string]any
	)
	targets := []any{&database, &uid, &key, &modelName, &method, &args, &kwargs}
	for i, raw := range in.Params.Args[:min(len(in.Params.Args), len(targets))] {
		if err := decode(raw, targets[i]); err != nil {
			return in.failure(s, asException(typeError("execute_kw() got an argument of another type")))
		}
	}
	if database != s.opts.Database {
		return in.failure(s, noDatabase(database))
	}
	user := s.userWith(func(u *User) bool { return u.ID == uid && u.Key == key })
	if user == nil {
		return in.failure(s, accessDenied())
	}
	m := s.models[modelName]
	if m == nil {
		return in.failure(s, asException(userError("Object %s doesn't exist", modelName)))
	}
	c := &call{model: m, method: method, raw: rawCall(in.Params.Args)}
	context, err := c.bind(args, kwargs, s.opts.Version)
	if err != nil {
		return in.failure(s, asException(err))
	}
	return s.perform(incoming{
		user: user, call: c, context: context,
		result:  func(v any) reply { return in.result(s.rpcValue(v)) },
		failure: func(x *exception) reply { return in.failure(s, x) },
	})
}

// rawCall keeps what the log may hold of a request: not the credentials.
func rawCall(args []json.RawMessage) json.RawMessage {
	kept, _ := json.Marshal(args[min(5, len(args)):]) // valid JSON already
	return kept
}

func (s *Server) userWith(is func(*User) bool) *User {
	if i := slices.IndexFunc(s.users, is); i >= 0 {
		return s.users[i]
	}
	return nil
}

// bind maps positional and keyword arguments onto the method's own names.
func (c *call) bind(args []any, kwargs map[string]any, version int) (context map[string]any, err error) {
	m, known := c.model.methods[c.method]
	if known && !m.static {
		if len(args) == 0 {
			return nil, typeError(c.method + "() missing 1 required positional argument: 'self'")
		}
		if c.ids, err = selfIDs(args[0]); err != nil {
			return nil, err
		}
		args = args[1:]
	}
	c.args = map[string]any{}
	for i, value := range args {
		if i >= len(m.params) {
			if known {
				return nil, typeError(c.method + "() takes fewer positional arguments")
			}
			break
		}
		c.args[m.params[i]] = value
	}
	for name, value := range kwargs {
		if name == "context" {
			context, _ = value.(map[string]any)
			continue
		}
		if known && !slices.Contains(m.params, name) {
			return nil, typeError(c.unexpected(name, version))
		}
		c.args[name] = value
	}
	for _, name := range m.params[:m.needs] {
		if _, ok := c.args[name]; !ok && known {
			return nil, typeError(fmt.Sprintf("%s() missing 1 required positional argument: '%s'", c.method, name))
		}
	}
	return context, nil
}

// unexpected is Python's message; search_read hands what it does not know on
// to the method that reads.
func (c *call) unexpected(name string, version int) string {
	function := c.method
	if c.method == "search_read" {
		function = "BaseModel.read"
		if version >= 19 {
			function = "BaseModel._read_format"
		}
	}
	return fmt.Sprintf("%s() got an unexpected keyword argument '%s'", function, name)
}

// selfIDs reads the first argument: ids, or a single id.
func selfIDs(v any) ([]int64, error) {
	if n, ok := integer(v); ok {
		return []int64{n}, nil
	}
	ids, ok := integers(v)
	if !ok {
		return nil, typeError("the first argument must be a list of ids")
	}
	return ids, nil
}

// rpcValue writes records as the version does.
func (s *Server) rpcValue(v any) any {
	set, ok := v.(recordset)
	if !ok {
		return v
	}
	old := s.opts.Version < 19
	switch {
	case set.form == formOne || set.form == formPosted && old:
		return set.ids[0]
	case set.form == formText && old:
		return set.model + "(" + pythonTuple(set.ids) + ")"
	}
	return append([]int64{}, set.ids...)
}

func pythonTuple(ids []int64) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteString(" ")
		}
		fmt.Fprintf(&b, "%d,", id)
	}
	if len(ids) > 1 {
		return strings.TrimSuffix(b.String(), ",")
	}
	return b.String()
}

// decode keeps numbers as they were written.
func decode(raw json.RawMessage, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}

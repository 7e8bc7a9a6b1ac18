package odoo

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
)

// jsonrpc is the API of Odoo 16 to 18, still served (deprecated) by 19: every
// answer is HTTP 200, errors are objects, and None is an answer with neither
// result nor error.
type jsonrpc struct {
	wire
	database string
	login    string
	key      Secret
	uid      int64
	seq      *atomic.Int64
}

type rpcRequest struct {
	Version string    `json:"jsonrpc"`
	Method  string    `json:"method"`
	ID      int64     `json:"id"`
	Params  rpcParams `json:"params"`
}

type rpcParams struct {
	Service string `json:"service"`
	Method  string `json:"method"`
	Args    []any  `json:"args"`
}

type rpcReply struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  json.RawMessage `json:"result"`
	Error   *struct {
		Code int       `json:"code"`
		Data exception `json:"data"`
	} `json:"error"`
}

// do calls a method of a model as the authenticated user.
func (t jsonrpc) do(ctx context.Context, q Call, cx Context) (json.RawMessage, error) {
	args, kwargs := q.split(cx)
	return t.service(ctx, q, "object", "execute_kw",
		t.database, t.uid, string(t.key), q.Model, q.Method, args, kwargs)
}

// authenticate returns the id of the user the key belongs to. Wrong
// credentials are the result false, without an error.
func (t jsonrpc) authenticate(ctx context.Context) (int64, error) {
	q := Call{Method: "authenticate"}
	result, err := t.service(ctx, q, "common", "authenticate",
		t.database, t.login, string(t.key), map[string]any{})
	if err != nil {
		return 0, unknownDatabase(err)
	}
	var uid int64
	if json.Unmarshal(result, &uid) != nil || uid <= 0 {
		return 0, q.fail(KindDenied, 200, "Odoo does not accept this login and key", nil)
	}
	return uid, nil
}

// unknownDatabase tells a wrong name from a server that fails: PostgreSQL's
// sentence is all that Odoo says about it.
func unknownDatabase(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Name == "psycopg2.OperationalError" && strings.Contains(e.Message, "database \"") && strings.Contains(e.Message, "\" does not exist") {
		e.Kind, e.Detail = KindDatabase, "the server has no database of this name"
	}
	return err
}

// version asks for the server's version; it needs no credentials.
func (t jsonrpc) version(ctx context.Context) (Version, error) {
	q := Call{Method: "version"}
	result, err := t.service(ctx, q, "common", "version")
	if err != nil {
		return 0, err
	}
	var body versionBody
	if json.Unmarshal(result, &body) != nil {
		return 0, q.fail(KindProtocol, 200, "the version has an unknown form", nil)
	}
	return body.major(q)
}

func (t jsonrpc) service(ctx context.Context, q Call, service, method string, args ...any) (json.RawMessage, error) {
	if args == nil {
		args = []any{}
	}
	id := t.seq.Add(1)
	a, err := t.post(ctx, q, "/jsonrpc", nil, rpcRequest{
		Version: "2.0", Method: "call", ID: id,
		Params: rpcParams{Service: service, Method: method, Args: args},
	})
	if err != nil {
		return nil, err
	}
	return unwrapRPC(q, id, a)
}

// unwrapRPC takes the result out of the envelope; a missing one is nil.
func unwrapRPC(q Call, id int64, a answer) (json.RawMessage, error) {
	if a.json == nil {
		return nil, q.page(a.status)
	}
	var reply rpcReply
	if err := json.Unmarshal(a.json, &reply); err != nil || reply.Version != "2.0" {
		return nil, q.fail(KindProtocol, a.status, "not a JSON-RPC reply", nil)
	}
	// A reply to somebody else's request says nothing about ours.
	if string(reply.ID) != strconv.FormatInt(id, 10) {
		return nil, q.fail(KindProtocol, a.status, "a reply to another request", nil)
	}
	if reply.Error != nil {
		return nil, reply.Error.Data.classify(q, a.status)
	}
	if a.status != 200 {
		return nil, q.page(a.status)
	}
	return reply.Result, nil
}

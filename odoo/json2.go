package odoo

import (
	"context"
	"encoding/json"
	"net/http"
)

// json2 is the API of Odoo 19 and later: one path per method, a bearer key,
// the bare result as the body, errors by HTTP status.
type json2 struct {
	wire
	database string
	key      Secret
}

// do calls a method of a model as the user the key belongs to.
func (t json2) do(ctx context.Context, q Call, cx Context) (json.RawMessage, error) {
	header := http.Header{"Authorization": {"bearer " + string(t.key)}}
	if t.database != "" {
		// Needed where one server holds several databases.
		header.Set("X-Odoo-Database", t.database)
	}
	a, err := t.post(ctx, q, "/json/2/"+q.Model+"/"+q.Method, header, q.named(cx))
	if err != nil {
		return nil, err
	}
	return unwrapJSON2(q, a)
}

func unwrapJSON2(q Call, a answer) (json.RawMessage, error) {
	switch {
	case a.json == nil:
		return nil, q.page(a.status)
	case a.status == http.StatusOK:
		if !json.Valid(a.json) {
			return nil, q.fail(KindProtocol, a.status, "the answer is not JSON", nil)
		}
		return a.json, nil
	}
	var x exception
	if json.Unmarshal(a.json, &x) != nil || x.Name == "" {
		return nil, q.page(a.status)
	}
	return nil, x.classify(q, a.status)
}

// version asks for the server's version; the path exists from 19 on.
func (t json2) version(ctx context.Context) (Version, error) {
	q := Call{Method: "version"}
	a, err := t.send(ctx, q, http.MethodGet, "/web/version", nil, nil)
	if err != nil {
		return 0, err
	}
	if a.status >= 500 || a.status == http.StatusTooManyRequests {
		return 0, q.page(a.status)
	}
	var body versionBody
	if a.status != http.StatusOK || a.json == nil || json.Unmarshal(a.json, &body) != nil {
		return 0, q.fail(KindNotFound, a.status, "this server has no /web/version", nil)
	}
	return body.major(q)
}

// whoami is the id of the user the key belongs to. The path of users is not
// found where the server, which has this API, has not the database.
func (t json2) whoami(ctx context.Context) (int64, error) {
	q := Call{Model: "res.users", Method: "context_get"}
	result, err := t.do(ctx, q, nil)
	if KindOf(err) == KindNotFound {
		return 0, q.fail(KindDatabase, 404, "the server has no database of this name", nil)
	}
	if err != nil {
		return 0, err
	}
	var cx struct {
		UID int64 `json:"uid"`
	}
	if json.Unmarshal(result, &cx) != nil || cx.UID <= 0 {
		return 0, q.fail(KindProtocol, 200, "the user's context has no uid", nil)
	}
	return cx.UID, nil
}

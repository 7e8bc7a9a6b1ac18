package odoo

import (
	"encoding/json"
	"errors"
	"testing"
)

// FuzzAnswer feeds arbitrary answers to both decoders: they must not panic,
// every failure must be an *Error, and no failure may claim that nothing
// happened unless Odoo or a proxy said so.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"jsonrpc": "2.0", "id": 1, "result": true}`, `{"jsonrpc": "2.0", "id": 1}`, `{"jsonrpc": "2.0", "id": 1, "error": {}}`,
		`{"jsonrpc": "2.0", "id": 1, "error": {"data": {"name": "odoo.exceptions.UserError", "message": "x"}}}`,
		`{"jsonrpc": "2.0", "id": 1, "result": {"type": "ir.actions.act_window"}}`, `"mail.activity(17,)"`, `[1, [2, "x"], false, null, 1e400]`, `{"type": 7}`,
		`{"name": "x", "debug": "Traceback"}`, "\xff", ``,
	} {
		f.Add(200, []byte(seed))
		f.Add(422, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		q := Call{Model: "sale.order", Method: "x"}
		a := answer{status: status, json: body}
		for _, unwrap := range []func() (json.RawMessage, error){
			func() (json.RawMessage, error) { return unwrapRPC(q, 1, a) },
			func() (json.RawMessage, error) { return unwrapJSON2(q, a) },
		} {
			result, err := unwrap()
			if err == nil {
				err = errors.Join(q.decode(result, new(IDs)), q.decode(result, new(Action)), q.decode(result, new(any)), q.decode(result, nil))
			}
			var e *Error
			if err != nil && !errors.As(err, &e) {
				t.Fatalf("%T is no *Error", err)
			}
			if status == 200 && !json.Valid(body) && OutcomeOf(err) != Unknown {
				t.Fatalf("broken JSON with status 200 became %v", err)
			}
		}
	})
}

// FuzzValues reads arbitrary field values.
func FuzzValues(f *testing.F) {
	for _, seed := range []string{`7`, `[7, "x"]`, `false`, `"2026-11-24"`, `"sale.order(1,)"`, `[]`, `[[]]`, `{}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, body []byte) {
		for _, into := range []any{new(IDs), new(Ref), new(Text), new(Time), new(Action)} {
			_ = json.Unmarshal(body, into)
		}
	})
}

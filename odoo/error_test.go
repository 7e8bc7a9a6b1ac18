package odoo_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"assent/odoo"
	"assent/odoo/odootest"
)

// TestOutcomes injects every failure into a confirmation and wants the client
// to say what became of it; applied is what really became of it. A failure
// that is not Unknown must never have been applied.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	raise := func(name string) odootest.Fault {
		return odootest.Fault{Kind: odootest.Raise, Name: name, Message: "secret of a customer"}
	}
	after := func(f odootest.Fault) odootest.Fault { f.After = true; return f }
	cases := []struct {
		name    string
		fault   odootest.Fault
		kind    odoo.Kind
		outcome odoo.Outcome
		applied bool
	}{
		{"refused", odootest.Fault{Kind: odootest.Refuse}, odoo.KindUnreachable, odoo.NotApplied, false},
		{"reset before", odootest.Fault{Kind: odootest.Reset}, odoo.KindTransport, odoo.Unknown, false},
		{"reset after", odootest.Fault{Kind: odootest.Reset, After: true}, odoo.KindTransport, odoo.Unknown, true},
		{"500", odootest.Fault{Kind: odootest.Status}, odoo.KindProtocol, odoo.Unknown, false},
		{"504 after", odootest.Fault{Kind: odootest.Status, Code: 504, After: true}, odoo.KindProtocol, odoo.Unknown, true},
		{"429", odootest.Fault{Kind: odootest.Status, Code: 429}, odoo.KindThrottled, odoo.NotApplied, false},
		{"login page", odootest.Fault{Kind: odootest.Login}, odoo.KindProtocol, odoo.Unknown, false},
		{"garbage after", odootest.Fault{Kind: odootest.Garbage, After: true}, odoo.KindProtocol, odoo.Unknown, true},
		{"user error", raise("odoo.exceptions.UserError"), odoo.KindUser, odoo.Refused, false},
		{"redirect warning", raise("odoo.exceptions.RedirectWarning"), odoo.KindUser, odoo.Refused, false},
		{"validation", raise("odoo.exceptions.ValidationError"), odoo.KindValidation, odoo.Refused, false},
		{"access", raise("odoo.exceptions.AccessError"), odoo.KindAccess, odoo.Refused, false},
		{"denied", raise("odoo.exceptions.AccessDenied"), odoo.KindDenied, odoo.Refused, false},
		{"missing", raise("odoo.exceptions.MissingError"), odoo.KindMissing, odoo.Refused, false},
		{"lock", raise("odoo.exceptions.LockError"), odoo.KindLock, odoo.NotApplied, false},
		{"serialization", raise("psycopg2.errors.SerializationFailure"), odoo.KindSerialization, odoo.NotApplied, false},
		{"database gone", raise("psycopg2.OperationalError"), odoo.KindServer, odoo.Unknown, false},
		// A mail server that is down raises after the commit.
		{"after the commit", after(raise("odoo.addons.base.models.ir_mail_server.MailDeliveryException")), odoo.KindServer, odoo.Unknown, true},
		{"wizard", odootest.Fault{Kind: odootest.Result, Value: map[string]any{"type": "ir.actions.act_window", "res_model": "sale.exception.confirm"}}, odoo.KindNotDone, odoo.Unknown, false},
		{"duplicate", odootest.Fault{Kind: odootest.Duplicate}, odoo.KindUser, odoo.Refused, true}, // refused: the first delivery was applied
	}
	for _, i := range instances[1:] { // 16 accepts the duplicate
		for _, c := range cases {
			t.Run(fmt.Sprintf("%v/%s", i, c.name), func(t *testing.T) {
				t.Parallel()
				b := setup(t, i)
				b.call(t, odoo.Call{Model: "sale.order", Method: "search_count", Args: odoo.Args{"domain": odoo.Domain{}}}, nil)
				c.fault.Model, c.fault.Method = "sale.order", "action_confirm"
				b.fake.Inject(c.fault)
				err := b.client.Call(b, odoo.Call{Model: "sale.order", Method: "action_confirm", IDs: []int64{1}}, nil)
				wantFailure(t, err, c.kind, c.outcome)
				if applied := b.fake.Record("sale.order", 1)["state"] == "sale"; applied != c.applied {
					t.Errorf("applied: have %v, want %v", applied, c.applied)
				}
				quiet(t, err)
			})
		}
	}
}

// quiet wants an error to name the call and nothing secret, however printed.
func quiet(t *testing.T, err error) {
	t.Helper()
	var e *odoo.Error
	if !errors.As(err, &e) {
		t.Fatalf("have %T, want *odoo.Error", err)
	}
	printed := err.Error() + e.LogValue().String() + fmt.Sprint(e.Err)
	for _, secret := range []string{"hunter2", "Traceback", odootest.DemoKey, "secret of a customer"} {
		if strings.Contains(printed, secret) {
			t.Errorf("%q in %s", secret, printed)
		}
	}
	if strings.Contains(fmt.Sprintf("%+v", *e), "hunter2") {
		t.Error("the traceback was kept")
	}
	if !strings.Contains(err.Error(), "sale.order action_confirm") {
		t.Errorf("the call is not named: %v", err)
	}
}

// TestDuplicateNote shows why a refusal is not the only thing to read back
// for: a note that a proxy delivered twice is there twice.
func TestDuplicateNote(t *testing.T) {
	t.Parallel()
	b := setup(t, instance{19, odoo.JSON2})
	b.fake.Inject(odootest.Fault{Kind: odootest.Duplicate, Method: "message_post"})
	b.call(t, odoo.Call{Model: "sale.order", Method: "message_post", IDs: []int64{1}, Args: odoo.Args{"body": execution}}, nil)
	log := b.fake.Log()
	if len(log) != 2 || log[0].Request != log[1].Request || log[0].Delivery != 1 || log[1].Delivery != 2 || log[1].Key != execution {
		t.Errorf("log: %+v", log)
	}
}

// TestAnswers gives the client answers no Odoo should send.
func TestAnswers(t *testing.T) {
	t.Parallel()
	const rpc = `{"jsonrpc":"2.0","id":1,"result":`
	cases := []struct {
		name        string
		protocol    odoo.Protocol
		status      int
		contentType string
		body        string
		kind        odoo.Kind
		outcome     odoo.Outcome
	}{
		{"redirect", odoo.JSONRPC, 302, "text/html", "", odoo.KindProtocol, odoo.Unknown},
		{"no content type", odoo.JSONRPC, 200, "", rpc + `true}`, odoo.KindProtocol, odoo.Unknown},
		{"plain text", odoo.JSONRPC, 200, "text/plain", rpc + `true}`, odoo.KindProtocol, odoo.Unknown},
		{"not an envelope", odoo.JSONRPC, 200, "application/json", `[]`, odoo.KindProtocol, odoo.Unknown},
		{"another version", odoo.JSONRPC, 200, "application/json", `{"id":1,"result":true}`, odoo.KindProtocol, odoo.Unknown},
		{"another request's reply", odoo.JSONRPC, 200, "application/json", `{"jsonrpc":"2.0","id":77,"result":true}`, odoo.KindProtocol, odoo.Unknown},
		{"too large", odoo.JSONRPC, 200, "application/json", rpc + `"` + strings.Repeat("x", 2000) + `"}`, odoo.KindProtocol, odoo.Unknown},
		{"cut", odoo.JSON2, 200, "application/json", `[1,`, odoo.KindProtocol, odoo.Unknown},
		{"unknown database", odoo.JSON2, 404, "text/html", "<h1>Not Found</h1>", odoo.KindNotFound, odoo.Refused},
		{"proxy's 403", odoo.JSON2, 403, "text/html", "", odoo.KindAccess, odoo.Refused},
		{"proxy's JSON", odoo.JSON2, 503, "application/json", `{"error":"busy"}`, odoo.KindProtocol, odoo.Unknown},
		{"unknown exception", odoo.JSON2, 500, "application/json", `{"name":"builtins.KeyError","message":"x"}`, odoo.KindServer, odoo.Unknown},
		{"null where a list is due", odoo.JSON2, 200, "application/json", `null`, odoo.KindNull, odoo.Unknown},
		{"text where a list is due", odoo.JSON2, 200, "application/json", `"sale.order"`, odoo.KindResult, odoo.Unknown},
		{"action where a list is due", odoo.JSON2, 200, "application/json", `{"type":"ir.actions.client"}`, odoo.KindNotDone, odoo.Unknown},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			broken := answering(c.status, c.contentType, c.body)
			b := setup(t, instance{19, c.protocol}, func(config *odoo.Config) {
				config.MaxBody = 1000
				broken.healthy = config.Transport
				config.Transport = broken
			})
			if _, err := b.client.UID(b); err != nil {
				t.Fatal(err)
			}
			broken.on = true
			var rows []order
			err := b.client.Call(b, odoo.Call{Model: "sale.order", Method: "search_read"}, &rows)
			wantFailure(t, err, c.kind, c.outcome)
		})
	}
}

// overridden answers with one fixed answer once it is on.
type overridden struct {
	healthy http.RoundTripper
	answer  http.Handler
	on      bool
}

func answering(status int, contentType, body string) *overridden {
	return &overridden{answer: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{contentType}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})}
}

func (o *overridden) RoundTrip(r *http.Request) (*http.Response, error) {
	if !o.on {
		return o.healthy.RoundTrip(r)
	}
	w := httptest.NewRecorder()
	o.answer.ServeHTTP(w, r)
	return w.Result(), nil
}

// TestRealSocket: what a network really says when Odoo is down, breaks a
// connection, or answers too late.
func TestRealSocket(t *testing.T) {
	t.Parallel()
	b := setup(t, instance{18, odoo.JSONRPC})
	url := b.fake.Start(t)
	// A pooled connection that has just died would make the first call after
	// Down an unknown outcome, and rightly so.
	unpooled := &http.Transport{DisableKeepAlives: true}
	client, err := odoo.New(odoo.Config{URL: url, Database: "odoo", Login: odootest.DemoLogin, Key: odootest.DemoKey, Rate: -1, Transport: unpooled})
	if err != nil {
		t.Fatal(err)
	}
	confirm := func(id int64) odoo.Call {
		return odoo.Call{Model: "sale.order", Method: "action_confirm", IDs: []int64{id}}
	}
	if err := client.Call(b, confirm(1), nil); err != nil {
		t.Fatal(err)
	}

	b.fake.Down()
	err = client.Call(b, confirm(2), nil)
	wantFailure(t, err, odoo.KindUnreachable, odoo.NotApplied)
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("cause: %v", errors.Unwrap(err))
	}

	if err := b.fake.Up(""); err != nil {
		t.Fatal(err)
	}
	b.fake.Inject(odootest.Fault{Kind: odootest.Reset, After: true, Times: 1})
	wantFailure(t, client.Call(b, confirm(2), nil), odoo.KindTransport, odoo.Unknown)
	if state := b.fake.Record("sale.order", 2)["state"]; state != "sale" {
		t.Errorf("state: %v", state)
	}

	release := make(chan struct{})
	b.fake.Inject(odootest.Fault{Kind: odootest.Hang, Until: release, Times: 1})
	ctx, giveUp := context.WithCancel(b)
	failed := make(chan error)
	go func() { failed <- client.Call(ctx, confirm(3), nil) }()
	for len(b.fake.Armed()) > 0 { // until the call hangs
		runtime.Gosched()
	}
	giveUp()
	wantFailure(t, <-failed, odoo.KindTransport, odoo.Unknown)
	close(release) // Odoo carries on although nobody waits
	var found int
	for found == 0 {
		if err := client.Call(b, odoo.Call{Model: "sale.order", Method: "search_count", Args: odoo.Args{"domain": odoo.Domain{}.Where("id", "=", 3).Where("state", "=", "sale")}}, &found); err != nil {
			t.Fatal(err)
		}
	}
}

package api_test

import (
	"net/http"
	"testing"
	"time"

	"assent/odoo"
	"assent/odoo/odootest"
)

// An Odoo that does not answer in time is not waited for: the caller hears
// 503 and when to come again, and nothing is recorded. Once it answers, the
// same key makes the decision.
func TestSlowOdoo(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"decide": "/v1/decisions", "assess": "/v1/decisions?effect=none"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			release := make(chan struct{})
			t.Cleanup(func() { close(release) })
			fake, integration := w.withOdoo()
			fake.Inject(odootest.Fault{Kind: odootest.Hang, Until: release, Model: "sale.order", Times: 1})
			ask := post(path, "all", `{"kind":"order","subject":{"model":"sale.order","id":1}}`).with(map[string]string{"Idempotency-Key": "slow"})
			integration.Patience = 20 * time.Millisecond // of a real clock: the longest a test waits here
			before := w.journalled()
			answer := w.do(ask)
			assertProblem(t, answer.Code, answer.Header().Get("Content-Type"), answer.Body.Bytes())
			if answer.Code != http.StatusServiceUnavailable || answer.Header().Get("Retry-After") == "" {
				t.Errorf("have %d with Retry-After %q: %s", answer.Code, answer.Header().Get("Retry-After"), answer.Body)
			}
			if added := difference(w.journalled(), before); added != nil {
				t.Errorf("journalled %v", added)
			}
			integration.Patience = time.Minute
			if again := w.do(ask); again.Code != http.StatusCreated && again.Code != http.StatusOK {
				t.Errorf("once Odoo answers, have %d: %s", again.Code, again.Body)
			}
		})
	}
}

// withOdoo has records read from a fake Odoo.
func (w *world) withOdoo() (*odootest.Server, *odoo.Integration) {
	w.t.Helper()
	fake := odootest.New(odootest.Options{Version: 18, Now: func() time.Time { return noon }})
	fake.Demo(1)
	client, err := odoo.New(odoo.Config{
		URL: "http://odoo.test", Database: "odoo", Login: odootest.DemoLogin, Key: odootest.DemoKey, Rate: -1, Transport: fake.Transport(),
	})
	w.ok(err)
	integration := &odoo.Integration{Caller: client}
	w.service.Records = integration
	return fake, integration
}

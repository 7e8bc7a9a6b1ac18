package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"assent/odoo/odootest"
)

// order asks about a quotation of the fake's as a shop does that knows its
// customer; it is one the policy executes.
func order(t *testing.T, fake *odootest.Server, id int) string {
	t.Helper()
	record := fake.Record("sale.order", int64(id))
	if record == nil {
		t.Fatalf("no order %d", id)
	}
	partner := record["partner_id"].([]any)[0]
	return fmt.Sprintf(`{"kind": "order", "channel": "web", "subject": {"model": "sale.order", "id": %d}, "fields": {
		"state": "draft", "date_order": "2026-01-05T10:00:00Z", "currency": "EUR", "amount_total": %v, "partner_id": %v,
		"customer": {"since": "2019-01-05T10:00:00Z", "orders": 12, "email": "customer%d@example.com", "phone": "+9995550%03d"},
		"billing": {"country": "DE", "zip": "10115"}, "shipping": {"country": "DE", "zip": "10115", "express": false},
		"payment": {"method": "card", "state": "authorized"},
		"signals": {"ip_country": "DE", "avs": "match", "cvc": "match", "psp_score": 3}
	}}`, id, record["amount_total"], partner, id, id)
}

// stranger is the same order of somebody unknown who has not paid: one that
// the policy gives to a person.
func stranger(t *testing.T, fake *odootest.Server, id int) string {
	t.Helper()
	return strings.NewReplacer(`"orders": 12`, `"orders": 0`, `"authorized"`, `"pending"`).Replace(order(t, fake, id))
}

// confirmations counts how often an order was confirmed in Odoo.
func confirmations(fake *odootest.Server, id int) int {
	n := 0
	for _, e := range fake.Log() {
		if e.Effect == "confirm" && e.Record == fmt.Sprintf("sale.order,%d", id) {
			n++
		}
	}
	return n
}

// Fifty callers with one idempotency key get one decision with one effect.
func TestSameKeyAtOnce(t *testing.T) {
	t.Parallel()
	s := installed(t)
	fake, flags := fakeOdoo(t, 18, 3)
	key := s.key()
	c := caller{t, s.serve(flags...).url, key}
	const callers = 50
	ids, created := make([]string, callers), make([]bool, callers)
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			var d decided
			status := c.post("/v1/decisions", order(t, fake, 1), &d, "Idempotency-Key", "same")
			ids[i], created[i] = d.ID, status == http.StatusCreated
			if created[i] == d.Replayed || d.Verdict != "execute" {
				t.Errorf("status %d: %+v", status, d)
			}
		})
	}
	wg.Wait()
	first := 0
	for i := range callers {
		if ids[i] == "" || ids[i] != ids[0] {
			t.Errorf("decisions %q and %q", ids[0], ids[i])
		}
		if created[i] {
			first++
		}
	}
	if first != 1 {
		t.Errorf("%d say that they made it", first)
	}
	if d := c.final(ids[0]); d.Status != "done" || confirmations(fake, 1) != 1 {
		t.Errorf("%s, confirmed %d times", d.Status, confirmations(fake, 1))
	}
	var other problem
	if status := c.post("/v1/decisions", order(t, fake, 2), &other, "Idempotency-Key", "same"); status != 422 || other.Code != "idempotency_mismatch" {
		t.Errorf("another request with the key: %d %+v", status, other)
	}
	if again := c.decide(order(t, fake, 1), "Idempotency-Key", "same"); again.ID != ids[0] || again.Status != "done" {
		t.Errorf("later: %+v", again)
	}
	if confirmations(fake, 2) != 0 || len(fake.Log()) != 1 {
		t.Errorf("log %+v", fake.Log())
	}
}

// Without Odoo the service starts, says so, decides and waits; then it does
// what waited, and closes what it had opened about it.
func TestOdooComesLater(t *testing.T) {
	t.Parallel()
	s := installed(t)
	fake, flags := fakeOdoo(t, 17, 5)
	key := s.key()
	fake.Down()
	service := s.serve(flags...)
	c := caller{t, service.url, key}
	if status, detail := readiness(c); status != "degraded" || detail != "unreachable" {
		t.Errorf("ready: %s, %s", status, detail)
	}
	d := c.decide(order(t, fake, 1))
	if d.Verdict != "execute" || d.Status != "executing" {
		t.Fatalf("%+v", d)
	}
	until(t, "an exception", func() bool { return exceptionState(c, "integration_down") == "open" })
	var unread problem
	var text string
	if status := c.post("/v1/decisions", `{"kind":"order","subject":{"model":"sale.order","id":2}}`, &unread); status != 503 || unread.Code != "unavailable" {
		t.Errorf("without fields: %d %+v", status, unread)
	}
	if c.get("/v1/decisions/"+d.ID, &text); !strings.Contains(text, `"status":"executing"`) || len(fake.Log()) > 0 {
		t.Errorf("%s, log %v", text, fake.Log())
	}
	if err := fake.Up(""); err != nil {
		t.Fatal(err)
	}
	if d = c.final(d.ID); d.Status != "done" || confirmations(fake, 1) != 1 {
		t.Errorf("%s, confirmed %d times", d.Status, confirmations(fake, 1))
	}
	until(t, "the exception's end", func() bool { return exceptionState(c, "integration_down") == "closed" })
	if status, _ := readiness(c); status != "ready" {
		t.Errorf("ready: %s", status)
	}
	if status := service.stop(); status != exitOK {
		t.Errorf("stopped with %d\n%s", status, service.err)
	}
	s.ok("audit", "verify")
	s.ok("replay")
}

// A call that Odoo does not answer holds up its own record only.
func TestOneSlowCall(t *testing.T) {
	t.Parallel()
	s := installed(t)
	fake, flags := fakeOdoo(t, 18, 3)
	key := s.key()
	c := caller{t, s.serve(flags...).url, key}
	answer := make(chan struct{})
	release := sync.OnceFunc(func() { close(answer) })
	t.Cleanup(release) // before the service is stopped, should the test fail
	fake.Inject(odootest.Fault{Kind: odootest.Hang, Method: "action_confirm", Times: 1, Until: answer})
	slow := c.decide(order(t, fake, 1))
	until(t, "the call that hangs", func() bool { return len(fake.Armed()) == 0 })
	for id := range 2 {
		if d := c.final(c.decide(order(t, fake, id+2)).ID); d.Status != "done" {
			t.Errorf("order %d is %s", id+2, d.Status)
		}
	}
	var d decided
	if c.get("/v1/decisions/"+slow.ID, &d); d.Status != "executing" || confirmations(fake, 1) != 0 {
		t.Errorf("the slow one is %s", d.Status)
	}
	release()
	if d := c.final(slow.ID); d.Status != "done" || confirmations(fake, 1) != 1 {
		t.Errorf("%s, confirmed %d times", d.Status, confirmations(fake, 1))
	}
}

func readiness(c caller) (status, odoo string) {
	c.t.Helper()
	var ready struct {
		Status string
		Checks []struct{ Name, Detail string }
	}
	if code := (caller{c.t, c.url, ""}).get("/readyz", &ready); code != http.StatusOK {
		c.t.Errorf("readyz: %d", code)
	}
	for _, check := range ready.Checks {
		if check.Name == "odoo" {
			odoo = check.Detail
		}
	}
	return ready.Status, odoo
}

func exceptionState(c caller, typ string) string {
	c.t.Helper()
	var listed struct{ Items []struct{ State string } }
	if status := c.get("/v1/exceptions?type="+typ, &listed); status != http.StatusOK {
		c.t.Errorf("exceptions: %d", status)
	}
	if len(listed.Items) == 0 {
		return ""
	}
	return listed.Items[0].State
}

// The kill switch parks what people assent to and makes people of what the
// policy would execute; released, what was parked is applied, once.
func TestKillSwitch(t *testing.T) {
	t.Parallel()
	s := installed(t)
	fake, flags := fakeOdoo(t, 19, 5)
	s.ok("users", "add", "ada@example.com", "--company=main", "--name=Ada", "--role=finance,support_lead")
	key, operator := s.key(), s.key("--rights=read,operate")
	personal := s.key("--rights=read,approve", "--user=ada@example.com")
	service := s.serve(flags...)
	c, ada := caller{t, service.url, key}, caller{t, service.url, personal}
	waiting := c.decide(stranger(t, fake, 1))
	if waiting.Verdict != "approve" || waiting.Approval == "" {
		t.Fatalf("%+v", waiting)
	}
	until(t, "the protective note", func() bool { return applied(c, waiting.ID) == 1 })
	before := len(fake.Log())
	var switches struct {
		Kill  bool
		Modes map[string]string
	}
	body := `{"kill": true, "modes": {"order": "live", "delivery": "live", "refund": "live", "change": "live"}, "reason": "drill"}`
	if status := (caller{t, service.url, key}).call(http.MethodPatch, "/v1/switches", body, nil); status != http.StatusForbidden {
		t.Errorf("a key without the right: %d", status)
	}
	if status := (caller{t, service.url, operator}).call(http.MethodPatch, "/v1/switches", body, &switches); status != 200 || !switches.Kill {
		t.Fatalf("%d %+v", status, switches)
	}
	var approved struct{ Status string }
	if status := ada.post("/v1/approvals/"+waiting.Approval+"/approve", `{"comment": "known by phone"}`, &approved); status != 200 || approved.Status != "executing" {
		t.Errorf("approve: %d %+v", status, approved)
	}
	until(t, "parking", func() bool {
		var d decided
		c.get("/v1/decisions/"+waiting.ID, &d)
		return d.Status == "parked"
	})
	var figures string
	c.get("/metrics", &figures)
	for _, want := range []string{
		`assent_executions{company="main",status="parked"} 1`, `assent_executions{company="main",status="waiting"} 0`,
		`assent_approvals{company="main",status="awaiting_approval"} 0`, `assent_decisions_waiting{company="main",status="awaiting_receipt"} 0`, `assent_exceptions{company="main",type="dead_letter"} 0`,
	} {
		if !strings.Contains(figures, want+"\n") {
			t.Errorf("no %s in the metrics", want)
		}
	}
	guarded := c.decide(order(t, fake, 2))
	if guarded.Verdict != "approve" || guarded.Reasons[len(guarded.Reasons)-1].Code != "KILL_SWITCH" || guarded.Reasons[len(guarded.Reasons)-1].Text == "" {
		t.Errorf("guarded: %+v", guarded)
	}
	service.stop()
	if len(fake.Log()) != before {
		t.Errorf("something was done: %+v", fake.Log())
	}

	if out := s.ok("switch"); !strings.Contains(out, `"kill": true`) {
		t.Errorf("switches %s", out)
	}
	if out := s.ok("switch", "--kill=off", "--reason=drill"); strings.Contains(out, "kill") || !strings.Contains(out, `"order": "live"`) {
		t.Errorf("switches %s", out)
	}
	c.url = s.serve(flags...).url
	if d := c.final(waiting.ID); d.Status != "done" || confirmations(fake, 1) != 1 || confirmations(fake, 2) != 0 {
		t.Errorf("%s, log %+v", d.Status, fake.Log())
	}
}

// applied counts the executions of a decision that are done.
func applied(c caller, id string) int {
	c.t.Helper()
	var explained struct{ Executions []struct{ Status string } }
	if status := c.get("/v1/decisions/"+id+"/explanation", &explained); status != http.StatusOK {
		c.t.Errorf("explanation: %d", status)
	}
	n := 0
	for _, x := range explained.Executions {
		if x.Status == "done" {
			n++
		}
	}
	return n
}

// A pause of one kind and a mode do the same for that kind alone.
func TestModesAndPauses(t *testing.T) {
	t.Parallel()
	s := installed(t)
	fake, flags := fakeOdoo(t, 18, 5)
	decide := func(id int) decided {
		t.Helper()
		r := s.pipe(order(t, fake, id), append([]string{"decide"}, flags...)...)
		if r.status != exitOK {
			t.Fatalf("status %d\n%s%s", r.status, r.out, r.err)
		}
		return parse[decided](t, r.out)
	}
	s.ok("switch", "--pause=order", "--reason=drill")
	if d := decide(1); d.Verdict != "approve" || d.Reasons[0].Code != "KIND_PAUSED" {
		t.Errorf("paused: %+v", d)
	}
	s.ok("switch", "--resume=order", "--mode=order=suggest", "--reason=resolved")
	if d := decide(2); d.Verdict != "approve" || d.Reasons[0].Code != "MODE_SUGGEST" {
		t.Errorf("suggesting: %+v", d)
	}
	s.ok("switch", "--mode=order=shadow", "--reason=drill")
	if d := decide(3); d.Verdict != "approve" || d.Status != "recorded" || d.Approval != "" {
		t.Errorf("shadow: %+v", d)
	}
	s.ok("switch", "--mode=order=live", "--reason=go_live")
	if d := decide(4); d.Verdict != "execute" {
		t.Errorf("live: %+v", d)
	}
	for _, wrong := range [][]string{{"--mode=order=alive"}, {"--mode=orders=live"}, {"--pause=orders"}, {"--kill=maybe"}} {
		s.fails(exitUsage, "must", append([]string{"switch", "--reason=drill"}, wrong...)...)
	}
	for _, reason := range []string{"it is late", "drift", ""} {
		s.fails(exitUsage, "--reason: every change needs one of incident,", "switch", "--kill=on", "--reason="+reason)
	}
	s.fails(exitError, "no such company", "switch", "--company=other", "--kill=on", "--reason=drill")
	s.ok("audit", "verify")
}

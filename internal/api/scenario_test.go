package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"assent/decision"
)

// canary is in every value that must not come back, neither in an answer nor
// in the log.
const canary = "canary"

// scenario is one request with everything that must and must not follow.
type scenario struct {
	name string
	call
	before  func(*world)
	status  int
	has     []string // parts of the body
	not     []string // parts that must not be there
	headers map[string]string
	entries map[decision.EntryType]int // what it adds to the journal, exactly
}

type added = map[decision.EntryType]int

func TestScenarios(t *testing.T) {
	t.Parallel()
	all := [][]scenario{
		decisionScenarios(), readScenarios(), badInputScenarios(), accessScenarios(),
		approvalScenarios(), effectScenarios(), eventScenarios(), exceptionScenarios(), switchScenarios(), openScenarios(), plainScenarios(),
	}
	for _, group := range all {
		for _, s := range group {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				s.run(t)
			})
		}
	}
}

func (s scenario) run(t *testing.T) {
	w := setup(t)
	if s.before != nil {
		s.before(w)
	}
	before := w.journalled()
	answer := w.do(s.call)
	body := answer.Body.String()
	if answer.Code != s.status {
		t.Errorf("have status %d, want %d: %s", answer.Code, s.status, body)
	}
	for _, part := range s.has {
		if !strings.Contains(body, w.fill(part)) {
			t.Errorf("%q is not in the answer: %s", w.fill(part), body)
		}
	}
	for _, part := range append(s.not, canary) {
		if strings.Contains(body, part) {
			t.Errorf("%q is in the answer: %s", part, body)
		}
	}
	for name, value := range s.headers {
		if have := answer.Header().Get(name); have != w.fill(value) {
			t.Errorf("header %s: have %q, want %q", name, have, w.fill(value))
		}
	}
	if have := difference(w.journalled(), before); !maps.Equal(have, s.entries) {
		t.Errorf("journalled %v, want %v", have, s.entries)
	}
	if strings.Contains(w.log.String(), canary) {
		t.Errorf("the log holds a value: %s", w.log)
	}
	if answer.Code >= http.StatusBadRequest {
		assertProblem(t, answer.Code, answer.Header().Get("Content-Type"), answer.Body.Bytes())
	}
}

// assertProblem holds for every error: RFC 9457, a known code, a status that
// is the answer's, and pointers that are pointers.
func assertProblem(t *testing.T, status int, contentType string, body []byte) {
	t.Helper()
	if strings.HasPrefix(contentType, "application/json") && status == http.StatusServiceUnavailable {
		return // /readyz answers with its checks
	}
	var p struct {
		Type, Title, Detail, Code, Instance string
		Status                              int
		Errors                              []struct{ Pointer, Parameter, Code, Detail string }
	}
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("no problem: %v: %s", err, body)
	}
	if contentType != "application/problem+json" || p.Type != "/problems/"+p.Code || p.Status != status || p.Title == "" || p.Detail == "" || p.Instance == "" {
		t.Errorf("not a whole problem: %s: %s", contentType, body)
	}
	for _, e := range p.Errors {
		if e.Code == "" || e.Detail == "" || e.Pointer != "" && !strings.HasPrefix(e.Pointer, "/") {
			t.Errorf("not a whole field error: %+v", e)
		}
	}
}

func difference(after, before added) added {
	out := added{}
	for typ, n := range after {
		if n > before[typ] {
			out[typ] = n - before[typ]
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// field names a field error in an answer.
func field(pointer, code string) string {
	return `{"pointer":"` + pointer + `","code":"` + code + `"`
}

// goodOrder is an order the policy executes by itself.
const goodOrder = `{"kind":"order","channel":"web","subject":{"model":"sale.order","id":36},"requested_by":"odoo:2","fields":{` + goodFields + `}}`

const goodFields = `"state":"draft","date_order":"2026-11-24T09:30:00Z","currency":"EUR","amount_total":120.50,"partner_id":14,
	"customer":{"since":"2024-03-01T00:00:00Z","orders":3,"email":"canary@example.com","phone":"+15550100"},
	"billing":{"country":"DE","zip":"canary1"},"shipping":{"country":"DE","zip":"canary1","express":false},
	"payment":{"method":"card","state":"authorized"},"lines":[{"product_id":49,"quantity":2,"price_unit":60.25}],
	"signals":{"ip_country":"DE","avs":"match","cvc":"match","psp_score":12}`

// bigOrder is an order that a person must look at.
var bigOrder = strings.Replace(goodOrder, `"amount_total":120.50`, `"amount_total":2500.00`, 1)

// orderWith replaces part of the good order.
func orderWith(old, new string) string {
	if !strings.Contains(goodOrder, old) {
		panic("the order does not contain " + old)
	}
	return strings.Replace(goodOrder, old, new, 1)
}

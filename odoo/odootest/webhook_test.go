package odootest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// delivery is a webhook as a real server sent it.
type delivery struct {
	Odoo, Path string
	Headers    map[string]string
	Body       json.RawMessage
}

// hook receives webhooks and keeps the last one.
type hook struct {
	*httptest.Server
	got   []delivery
	visit func()
}

func newHook(t *testing.T) *hook {
	h := &hook{visit: func() {}}
	h.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		headers := map[string]string{}
		for name := range r.Header {
			headers[name] = r.Header.Get(name)
		}
		h.visit()
		h.got = append(h.got, delivery{Path: r.URL.Path, Headers: headers, Body: body})
	}))
	t.Cleanup(h.Close)
	return h
}

// TestRecordedWebhooks confirms the recorded orders and wants the recorded
// posts, headers and length of the body included.
func TestRecordedWebhooks(t *testing.T) {
	t.Parallel()
	file, err := os.Open("testdata/webhooks.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, versions := bufio.NewScanner(file), []string{}
	for lines.Scan() {
		var want delivery
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		versions = append(versions, want.Odoo)
		t.Run(want.Odoo, func(t *testing.T) {
			h := newHook(t)
			s := webhookServer(t, want, h)
			callRPC(t, s, saleOrder, "action_confirm", []any{idOfBody(want)}, nil)
			if len(h.got) != 1 {
				t.Fatalf("posts: have %d, want 1", len(h.got))
			}
			if diff := cmp.Diff(want.Headers, h.got[0].Headers); diff != "" {
				t.Errorf("headers (-recorded +fake):\n%s", diff)
			}
			if diff := cmp.Diff(literal(t, want.Body), literal(t, h.got[0].Body)); diff != "" {
				t.Errorf("body (-recorded +fake):\n%s", diff)
			}
			if h.got[0].Path != want.Path {
				t.Errorf("path: have %s, want %s", h.got[0].Path, want.Path)
			}
		})
	}
	if !slices.Equal(versions, []string{"17", "18", "19"}) {
		t.Errorf("recorded versions: %v", versions)
	}
}

func idOfBody(d delivery) int64 {
	var body struct {
		ID int64 `json:"id"`
	}
	_ = json.Unmarshal(d.Body, &body)
	return body.ID
}

// webhookServer holds the recorded order, still a quotation, and the rule.
func webhookServer(t *testing.T, want delivery, h *hook) *Server {
	t.Helper()
	version, _ := strconv.Atoi(want.Odoo)
	var body map[string]any
	if err := decode(want.Body, &body); err != nil {
		t.Fatal(err)
	}
	s := New(Options{Version: version})
	s.AddUser(User{ID: 2, Login: "admin", Key: "key", Companies: []int64{1}, Groups: []string{"admin"}})
	name, action, _ := strings.Cut(strings.TrimSuffix(body["_action"].(string), ")"), "(#")
	number, _ := strconv.ParseInt(action, 10, 64)
	// Confirming dates the order: the clock is the recorded date.
	s.opts.Now = clockAt(t, body["date_order"].(string))
	fields := slices.DeleteFunc(slices.Collect(maps.Keys(body)), func(f string) bool { return strings.HasPrefix(f, "_") || f == "id" })
	s.Automate(Automation{ActionID: number, Name: name, Model: saleOrder, State: "sale", Fields: fields, URL: h.URL + want.Path})
	maps.DeleteFunc(body, func(f string, _ any) bool { return strings.HasPrefix(f, "_") })
	body["state"] = "draft"
	for link, model := range map[string]string{"company_id": "res.company", "currency_id": "res.currency", "partner_id": "res.partner", "partner_shipping_id": "res.partner", "warehouse_id": "stock.warehouse"} {
		s.Seed(model, map[string]any{"id": body[link]})
	}
	s.Seed(saleOrder, body)
	return s
}

// callRPC makes a JSON-RPC call as user 2 and returns the result; an error
// object is returned as such.
func callRPC(t *testing.T, s *Server, model, method string, args []any, kwargs map[string]any) (result, failure any) {
	t.Helper()
	if kwargs == nil {
		kwargs = map[string]any{}
	}
	self := append([]any{}, args...)
	if len(self) > 0 {
		if _, isID := self[0].(int64); isID {
			self[0] = []any{self[0]}
		}
	}
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "method": "call", "id": 1, "params": map[string]any{
		"service": "object", "method": "execute_kw", "args": []any{s.opts.Database, 2, "key", model, method, self, kwargs}}})
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/jsonrpc", bytes.NewReader(body)))
	reply, _ := literal(t, answer.Body.Bytes()).(map[string]any)
	return reply["result"], reply["error"]
}

// TestWebhooksBeforeTheCommit asks back from inside the webhook: up to 18 the
// order is still a quotation, on 19 it is confirmed.
func TestWebhooksBeforeTheCommit(t *testing.T) {
	t.Parallel()
	for version, want := range map[int]string{17: "draft", 18: "draft", 19: "sale"} {
		t.Run(strconv.Itoa(version), func(t *testing.T) {
			t.Parallel()
			h := newHook(t)
			s := simpleShop(version)
			s.Automate(Automation{ActionID: 1, Name: "Ask", Model: saleOrder, State: "sale", Fields: []string{"state"}, URL: h.URL})
			var seen any
			h.visit = func() { seen = s.Record(saleOrder, 1)["state"] }
			if _, failure := callRPC(t, s, saleOrder, "action_confirm", []any{int64(1)}, nil); failure != nil {
				t.Fatal(failure)
			}
			if seen != want || len(h.got) != 1 {
				t.Errorf("state seen from the webhook: have %v (%d posts), want %s (1 post)", seen, len(h.got), want)
			}
			if state := s.Record(saleOrder, 1)["state"]; state != "sale" {
				t.Errorf("state afterwards: have %v, want sale", state)
			}
		})
	}
}

// TestPhantomWebhook rolls a confirmation back after its webhook has left: up
// to 18 there was a post about something that never happened.
func TestPhantomWebhook(t *testing.T) {
	t.Parallel()
	for version, want := range map[int]int{17: 1, 18: 1, 19: 0} {
		t.Run(strconv.Itoa(version), func(t *testing.T) {
			t.Parallel()
			h := newHook(t)
			s := simpleShop(version)
			s.Automate(Automation{ActionID: 1, Name: "Ask", Model: saleOrder, State: "sale", Fields: []string{"state"}, URL: h.URL})
			s.Inject(Fault{Kind: Rollback, Method: "action_confirm", Name: "odoo.exceptions.ValidationError", Message: "no"})
			if _, failure := callRPC(t, s, saleOrder, "action_confirm", []any{int64(1)}, nil); failure == nil {
				t.Fatal("want the exception")
			}
			if len(h.got) != want {
				t.Errorf("posts: have %d, want %d", len(h.got), want)
			}
			if state := s.Record(saleOrder, 1)["state"]; state != "draft" {
				t.Errorf("state: have %v, want draft", state)
			}
		})
	}
}

// TestPythonJSON pins the bytes Python would send.
func TestPythonJSON(t *testing.T) {
	t.Parallel()
	have := string(pythonJSON(map[string]any{
		"b": pyFloat(2), "a": "é <😀>\n", "c": []int64{1, 2}, "d": false, "e": int64(3), "f": pyFloat(0.1), "g": pyFloat(1234567890123.25),
	}))
	want := `{"a": "\u00e9 <\ud83d\ude00>\n", "b": 2.0, "c": [1, 2], "d": false, "e": 3, "f": 0.1, "g": 1234567890123.25}`
	if have != want {
		t.Errorf("have %s, want %s", have, want)
	}
}

package api_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// plainScenarios: a query that says nothing, or two things, is refused and
// decides nothing.
func plainScenarios() []scenario {
	var all []scenario
	refused := func(c call, status int, has ...string) {
		all = append(all, scenario{name: fmt.Sprintf("plain: %s %s %.20q", c.method, c.path, c.body), call: c, status: status, has: has})
	}
	parameter := func(name, code string) string { return `{"parameter":"` + name + `","code":"` + code + `"` }
	for _, path := range []string{"/v1/decisions", "/v1/score/order", "/v1/decisions/batch"} {
		body := goodOrder
		if path == "/v1/decisions/batch" {
			body = strings.Join(strings.Fields(goodOrder), " ")
		}
		for query, want := range map[string]string{
			"a=1;effect=none": `"code":"malformed"`, "effect=none%zz": `"code":"malformed"`,
			"effect=&effect=none": parameter("effect", "duplicate"), "effect=none&effect=none": parameter("effect", "duplicate"),
			"effect=": parameter("effect", "required"), "effect": parameter("effect", "required"),
			"effects=none": parameter("effects", "unknown") + `,"detail":"not a parameter of this operation; it takes effect"`,
			"Effect=none":  parameter("Effect", "unknown"), "effect%00=none": parameter(`effect\u0000`, "unknown"),
		} {
			status := http.StatusUnprocessableEntity
			if strings.Contains(want, "malformed") {
				status = http.StatusBadRequest
			}
			c := post(path+"?"+query, "all", body)
			if path == "/v1/decisions/batch" {
				c = c.with(map[string]string{"Content-Type": "application/x-ndjson"})
			}
			refused(c, status, want)
		}
	}
	refused(get("/v1/decisions?kind=order&kind=refund", "reader"), 422, parameter("kind", "duplicate"), "separated by commas")
	refused(get("/v1/approvals?status=", "reader"), 422, parameter("status", "required"))
	refused(get("/v1/switches?kill=1", "reader"), 422, parameter("kill", "unknown"), "it takes none")
	refused(call{method: "PATCH", path: "/v1/switches?dry=1", key: "all", body: `{"kill":true,"reason":"drill"}`}, 422, parameter("dry", "unknown"))
	for _, id := range []string{"%00", "%FF", "%ff", "x%00", "x%20y", strings.Repeat("x", 200)} {
		for _, path := range []string{"/v1/decisions/%s", "/v1/decisions/%s/explanation", "/v1/approvals/%s"} {
			refused(get(fmt.Sprintf(path, id), "reader"), 404, `"code":"not_found"`, "There is nothing with this id.")
		}
		for _, path := range []string{"/v1/approvals/%s/approve", "/v1/approvals/%s/withdraw", "/v1/exceptions/%s/claim"} {
			refused(post(fmt.Sprintf(path, id), "ada", `{}`), 404, `"code":"not_found"`, "There is nothing with this id.")
		}
		refused(post(fmt.Sprintf("/v1/approvals/%s/reject", id), "ada", `{"comment":"no"}`), 404, "There is nothing with this id.")
		refused(post(fmt.Sprintf("/v1/exceptions/%s/resolve", id), "ada", `{"comment":"done"}`), 404, "There is nothing with this id.")
		refused(post(fmt.Sprintf("/v1/executions/%s/receipt", id), "all", `{"result":"done"}`), 404, "There is nothing with this id.")
		refused(get("/v1/approvals?decision="+id, "reader"), 422, parameter("decision", "pattern"), "1 to 128 letters")
	}
	refused(get("/v1/approvals?decision=a,", "reader"), 422, parameter("decision", "pattern"))
	refused(get("/v1/decisions?cursor=MS8A", "reader"), 422, parameter("cursor", "pattern")) // "1/\x00"
	return all
}

// A header that counts is sent once: who stands between may read another one.
func TestRepeatedHeaders(t *testing.T) {
	t.Parallel()
	w := setup(t)
	before := w.journalled()
	for _, path := range []string{"/v1/decisions", "/v1/decisions/batch"} {
		for name, second := range map[string]string{
			"Content-Type": "application/json", "Content-Encoding": "identity", "Idempotency-Key": "b",
			"Authorization": "Bearer " + w.keys["all"], "X-Correlation-ID": "b",
		} {
			r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(goodOrder))
			for header, value := range map[string]string{
				"Content-Type": "application/json", "Content-Encoding": "identity", "Idempotency-Key": "a",
				"Authorization": "Bearer " + w.keys["all"], "X-Correlation-ID": "a",
			} {
				r.Header.Set(header, value)
			}
			r.Header.Add(name, second)
			answer := httptest.NewRecorder()
			w.handler.ServeHTTP(answer, r)
			if answer.Code != http.StatusBadRequest || !strings.Contains(answer.Body.String(), `{"parameter":"`+name+`","code":"duplicate"`) {
				t.Errorf("%s with two %s: have %d: %s", path, name, answer.Code, answer.Body)
			}
			assertProblem(t, answer.Code, answer.Header().Get("Content-Type"), answer.Body.Bytes())
		}
	}
	if added := difference(w.journalled(), before); added != nil {
		t.Errorf("journalled %v", added)
	}
}

// A key that only asks sees what became of its own, and nothing else.
func TestKeyThatOnlyAsks(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.askAs("asker", bigOrder)
	for path, want := range map[string]int{
		"/v1/decisions/{decision}": http.StatusOK, "/v1/decisions/{decision}/explanation": http.StatusOK,
		"/v1/decisions": http.StatusForbidden, "/v1/approvals/{approval}": http.StatusForbidden, "/v1/switches": http.StatusForbidden,
	} {
		answer := w.do(get(path, "asker").with(map[string]string{"Prefer": "wait=0"}))
		if answer.Code != want {
			t.Errorf("%s: have %d, want %d: %s", path, answer.Code, want, answer.Body)
		}
	}
	if answer := w.do(get("/v1/decisions/{decision}", "teller")); answer.Code != http.StatusForbidden || !strings.Contains(answer.Body.String(), "lacks the right read or decide") {
		t.Errorf("with neither right have %d: %s", answer.Code, answer.Body)
	}
}

// Who sends everything before reading anything still learns why it is refused.
func TestRefusalOfWhatIsStillBeingSent(t *testing.T) {
	t.Parallel()
	w := setup(t)
	url := w.listen()
	const size = 11 << 20
	for name, c := range map[string]struct{ headers, key, want string }{
		"too large":         {fmt.Sprintf("Content-Length: %d\r\nContent-Type: application/json", size), w.keys["all"], "413"},
		"too large, pieces": {"Transfer-Encoding: chunked\r\nContent-Type: application/json", w.keys["all"], "413"},
		"without key":       {fmt.Sprintf("Content-Length: %d\r\nContent-Type: application/json", size), "none", "401"},
		"of another type":   {fmt.Sprintf("Content-Length: %d\r\nContent-Type: text/plain", 1<<20), w.keys["all"], "415"},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			w.ok(err)
			defer conn.Close()
			_, err = io.WriteString(conn, "POST /v1/decisions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+c.key+"\r\n"+c.headers+"\r\n\r\n")
			w.ok(err)
			length := size
			if c.want == "415" {
				length = 1 << 20
			}
			body := strings.Repeat(" ", length)
			if strings.Contains(c.headers, "chunked") {
				body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", length, body)
			}
			if _, err := io.WriteString(conn, body); err != nil {
				t.Fatalf("while sending: %v", err)
			}
			answer := make([]byte, len("HTTP/1.1 413"))
			if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "HTTP/1.1 "+c.want {
				t.Errorf("have %q, %v", answer, err)
			}
		})
	}
}

// Who asks first whether to send is told at once, and sends nothing.
func TestRefusalBeforeSending(t *testing.T) {
	t.Parallel()
	w := setup(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.listen(), "http://"))
	w.ok(err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /v1/decisions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+w.keys["all"]+
		"\r\nExpect: 100-continue\r\nContent-Length: 11000000\r\nContent-Type: application/json\r\n\r\n")
	w.ok(err)
	answer := make([]byte, len("HTTP/1.1 413"))
	if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "HTTP/1.1 413" {
		t.Errorf("have %q, %v", answer, err)
	}
}

package api_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"assent/internal/api"
)

// A request under way when the server is told to stop is answered; a new one
// finds nobody.
func TestServeFinishesWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	entered, finish := make(chan struct{}), make(chan struct{})
	server := api.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-finish
		_, _ = io.WriteString(w, "done")
	}), slog.New(slog.DiscardHandler))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- api.Serve(ctx, server, listener, time.Minute) }()
	answered := make(chan string, 1)
	go func() {
		answer, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer answer.Body.Close()
		body, _ := io.ReadAll(answer.Body)
		answered <- string(body)
	}()
	<-entered
	stop()
	close(finish)
	if have := <-answered; have != "done" {
		t.Errorf("the request under way got %q", have)
	}
	if err := <-served; err != nil {
		t.Errorf("have %v", err)
	}
	if _, err := http.Get("http://" + listener.Addr().String()); err == nil {
		t.Error("a stopped server still answers")
	}
}

func TestServeSaysWhyItCannot(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	server := api.NewServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if err := api.Serve(t.Context(), server, brokenListener{listener, broken}, time.Second); !errors.Is(err, broken) {
		t.Errorf("have %v", err)
	}
}

type brokenListener struct {
	net.Listener
	err error
}

func (l brokenListener) Accept() (net.Conn, error) { return nil, l.err }

// A panic is a problem without the panic's words.
func TestPanic(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.config.Decisions = panicking{w.config.Decisions}
	w.handler = api.New(w.config)
	answer := w.do(post("/v1/decisions", "all", goodOrder).with(map[string]string{api.CorrelationHeader: "shop-7"}))
	if answer.Code != http.StatusInternalServerError {
		t.Fatalf("have %d", answer.Code)
	}
	assertProblem(t, answer.Code, answer.Header().Get("Content-Type"), answer.Body.Bytes())
	log := w.log.String()
	if strings.Contains(answer.Body.String()+log, canary) || !strings.Contains(log, `"msg":"panic"`) || !strings.Contains(log, `"correlation":"shop-7"`) {
		t.Errorf("have %s and the log %s", answer.Body, log)
	}
}

// A body that ends early is the client's fault, and nothing is recorded.
func TestBodyEndsEarly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	before := w.journalled()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.listen(), "http://"))
	w.ok(err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /v1/decisions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\nAuthorization: Bearer "+
		w.keys["all"]+"\r\n\r\n"+goodOrder)
	w.ok(err)
	w.ok(conn.(*net.TCPConn).CloseWrite())
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	w.ok(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	w.ok(err)
	if answer.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), `"code":"malformed"`) {
		t.Errorf("have %d: %s", answer.StatusCode, body)
	}
	if added := difference(w.journalled(), before); added != nil {
		t.Errorf("journalled %v", added)
	}
}

// Every request is logged by its route, with neither path nor values.
func TestRequestLog(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.do(get("/v1/decisions/canary", "reader").with(map[string]string{api.CorrelationHeader: "shop-7"}))
	log := w.log.String()
	for _, part := range []string{`"method":"GET"`, `"route":"/v1/decisions/{id}"`, `"status":404`, `"correlation":"shop-7"`, `"key":"key-reader"`, `"took":`} {
		if !strings.Contains(log, part) {
			t.Errorf("%s is not in the log: %s", part, log)
		}
	}
	if strings.Contains(log, canary) || strings.Contains(log, w.keys["reader"]) {
		t.Errorf("the log holds a value: %s", log)
	}
}

// The console gets what is not the API's, and the API answers for the rest.
func TestConsoleBeside(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.config.Console = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "console "+r.URL.Path) })
	w.handler = api.New(w.config)
	for path, want := range map[string]string{
		"/": "console /", "/decisions/7": "console /decisions/7", "/static/page.css": "console /static/page.css",
		"/v1/nothing": "not_found", "/v1": "not_found", "/healthz": `"ok"`, "/docs/nothing": "not_found",
	} {
		if have := w.do(get(path, "")).Body.String(); !strings.Contains(have, want) {
			t.Errorf("%s: have %q, want %q", path, have, want)
		}
	}
}

func TestCommitMetric(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.config.Metrics.Commit("sqlite", 3*time.Millisecond)
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if want := `assent_commit_duration_seconds_count{store="sqlite"} 1`; !strings.Contains(answer.Body.String(), want) {
		t.Errorf("%s is not among the metrics", want)
	}
}

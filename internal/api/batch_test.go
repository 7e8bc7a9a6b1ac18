package api_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"assent/decision"
	"assent/internal/api"
)

// batchLine is an answer of a batch, or its trailer.
type batchLine struct {
	Index    int
	Key      string
	Status   int
	Decision *struct {
		ID, Key string
		Subject struct{ ID int }
	}
	Problem                 *struct{ Code string }
	Trailer                 bool
	Count, Accepted, Failed int
}

// orderLine is a good order about record n of customer n, on one line.
func orderLine(n int) string {
	line := strings.NewReplacer(
		`{"kind"`, fmt.Sprintf(`{"key":"line-%d","kind"`, n), `"id":36`, fmt.Sprintf(`"id":%d`, n),
		`"partner_id":14`, fmt.Sprintf(`"partner_id":%d`, n), `canary@`, fmt.Sprintf(`canary%d@`, n), `+15550100`, fmt.Sprintf(`+1555%d`, n),
	).Replace(goodOrder)
	return strings.Join(strings.Fields(line), " ") + "\n"
}

// serve runs the world behind a real server, as production does.
func (w *world) serve(listener net.Listener) {
	w.t.Helper()
	server := api.NewServer(w.handler, w.config.Log)
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	w.t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
}

func (w *world) listen() (url string) {
	w.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	w.ok(err)
	w.serve(listener)
	return "http://" + listener.Addr().String()
}

func (w *world) batchRequest(url string, body io.Reader) *http.Request {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, url+"/v1/decisions/batch", body)
	w.ok(err)
	r.Header.Set("Content-Type", "application/x-ndjson")
	r.Header.Set("Authorization", "Bearer "+w.keys["all"])
	return r
}

// Thousands of lines, written and read in dribs and drabs, some of them
// wrong: each is answered in its place, and what is accepted is journalled.
func TestBatchLosesNothing(t *testing.T) {
	t.Parallel()
	const lines = 800
	wrong := map[int]struct{ line, code string }{
		6:   {`{"key":"line-7","kind":"order"}` + "\n", "invalid"},
		7:   {`{"key":"no key: canary","kind":"canary"}` + "\n", "invalid"},
		8:   {"not JSON canary\n", "malformed"},
		400: {`{"kind":"order","KIND":"canary"}` + "\n", "malformed"},
		401: {`{"key":"` + strings.Repeat(canary, 400_000) + "\"}\n", "too_large"},
		798: {`{"a":"` + "\xff" + `"}` + "\n", "malformed"},
	}
	var body bytes.Buffer
	for n := range lines {
		if w, ok := wrong[n]; ok {
			body.WriteString(w.line)
			continue
		}
		if n%97 == 0 {
			body.WriteString("\r\n  \n") // empty lines do not count
		}
		body.WriteString(orderLine(n + 1))
	}
	w := setup(t)
	answer, err := http.DefaultClient.Do(w.batchRequest(w.listen(), iotest.HalfReader(bytes.NewReader(bytes.TrimSuffix(body.Bytes(), []byte("\n"))))))
	w.ok(err)
	defer answer.Body.Close()

	have := readBatch(t, iotest.HalfReader(answer.Body))
	trailer := have[len(have)-1]
	if !trailer.Trailer || trailer.Count != lines || trailer.Accepted != lines-len(wrong) || trailer.Failed != len(wrong) {
		t.Fatalf("have the trailer %+v", trailer)
	}
	if len(have) != lines+1 {
		t.Fatalf("have %d lines, want %d and the trailer", len(have), lines)
	}
	for n, line := range have[:lines] {
		bad, isBad := wrong[n]
		switch {
		case line.Index != n:
			t.Fatalf("line %d has the index %d", n, line.Index)
		case isBad && (line.Problem == nil || line.Problem.Code != bad.code || line.Decision != nil):
			t.Errorf("line %d: have %+v, want the problem %s", n, line.Problem, bad.code)
		case line.Key != map[bool]string{true: "line-7"}[n == 6]:
			t.Errorf("line %d has the key %q", n, line.Key)
		case !isBad && (line.Status != http.StatusCreated || line.Decision == nil || line.Decision.Subject.ID != n+1):
			t.Fatalf("line %d: have %+v", n, line)
		}
	}
	if journalled := w.journalled()[decision.EntryDecision]; journalled != lines-len(wrong) {
		t.Errorf("journalled %d decisions, want %d", journalled, lines-len(wrong))
	}
	if strings.Contains(w.log.String(), canary) {
		t.Error("the log holds a value")
	}
}

func readBatch(t *testing.T, r io.Reader) []batchLine {
	t.Helper()
	var lines []batchLine
	for decoder := json.NewDecoder(r); ; {
		var line batchLine
		if err := decoder.Decode(&line); err == io.EOF {
			return lines
		} else if err != nil {
			t.Fatalf("after %d lines: %v", len(lines), err)
		}
		lines = append(lines, line)
	}
}

// A client that sends the next line only once it has the answer to the last
// is answered at once.
func TestBatchAnswersWhileItReads(t *testing.T) {
	t.Parallel()
	w := setup(t)
	body, send := io.Pipe()
	url := w.listen()
	go func() { _, _ = io.WriteString(send, orderLine(1)) }() // the answer tells whether it arrived
	answer, err := http.DefaultClient.Do(w.batchRequest(url, body))
	w.ok(err)
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for n := 1; n <= 50; n++ {
		if !lines.Scan() {
			t.Fatalf("no answer to line %d: %v", n, lines.Err())
		}
		if n < 50 {
			_, err := io.WriteString(send, orderLine(n+1))
			w.ok(err)
		}
	}
	w.ok(send.Close())
	if !lines.Scan() || !strings.Contains(lines.Text(), `{"trailer":true,"count":50,"accepted":50,"failed":0}`) {
		t.Errorf("have the trailer %q", lines.Text())
	}
}

func TestBatchSameKeysAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	url := w.listen()
	send := func() []batchLine {
		answer, err := http.DefaultClient.Do(w.batchRequest(url, strings.NewReader(orderLine(1)+orderLine(2)+orderLine(1))))
		w.ok(err)
		defer answer.Body.Close()
		return readBatch(t, answer.Body)
	}
	first, second := send(), send()
	for i, line := range first[:3] {
		if again := second[i]; again.Status != http.StatusOK || again.Decision.ID != line.Decision.ID {
			t.Errorf("line %d: have %+v, then %+v", i, line, again)
		}
	}
	if have := w.journalled()[decision.EntryDecision]; have != 2 {
		t.Errorf("journalled %d decisions, want 2", have)
	}
}

// A client that waits for leave to send its body, as curl does, gets it at
// once, and before any answer.
func TestBatchGivesLeaveToSend(t *testing.T) {
	t.Parallel()
	w := setup(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.listen(), "http://"))
	w.ok(err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /v1/decisions/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nAuthorization: Bearer "+
		w.keys["all"]+"\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n")
	w.ok(err)
	answers := bufio.NewReader(conn)
	leave, err := http.ReadResponse(answers, nil)
	w.ok(err)
	if leave.StatusCode != http.StatusContinue {
		t.Fatalf("have %d before anything was sent", leave.StatusCode)
	}
	line := orderLine(1)
	_, err = fmt.Fprintf(conn, "%x\r\n%s\r\n0\r\n\r\n", len(line), line)
	w.ok(err)
	answer, err := http.ReadResponse(answers, nil)
	w.ok(err)
	defer answer.Body.Close()
	if have := readBatch(t, answer.Body); answer.StatusCode != http.StatusOK || len(have) != 2 || have[1].Accepted != 1 {
		t.Errorf("have %d: %+v", answer.StatusCode, have)
	}
}

// Who may not ask is told so without having to send anything.
func TestBatchRefusesBeforeItIsSent(t *testing.T) {
	t.Parallel()
	w := setup(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.listen(), "http://"))
	w.ok(err)
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /v1/decisions/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nAuthorization: Bearer "+
		w.keys["reader"]+"\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n")
	w.ok(err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	w.ok(err)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden {
		t.Errorf("have %d", answer.StatusCode)
	}
}

// A connection that breaks in the middle of a line ends the batch: what was
// answered is journalled, the half line is not, and nothing is left running.
func TestBatchClientGoesAway(t *testing.T) {
	t.Parallel()
	w := setup(t)
	url := w.listen()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	w.ok(err)
	chunk := func(text string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(text), text) }
	_, err = io.WriteString(conn, "POST /v1/decisions/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nAuthorization: Bearer "+
		w.keys["all"]+"\r\nTransfer-Encoding: chunked\r\n\r\n"+chunk(orderLine(1)+orderLine(2))+chunk(orderLine(3)[:40]))
	w.ok(err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	w.ok(err)
	lines := bufio.NewReader(answer.Body)
	for range 2 {
		_, err := lines.ReadString('\n')
		w.ok(err)
	}
	w.ok(conn.(*net.TCPConn).CloseWrite())
	if rest, _ := io.ReadAll(lines); strings.Contains(string(rest), "trailer") {
		t.Errorf("a batch that broke has the trailer of a complete one: %s", rest)
	}
	w.ok(conn.Close())
	if have := w.journalled()[decision.EntryDecision]; have != 2 {
		t.Errorf("journalled %d decisions, want 2", have)
	}
}

// Of a client that sends and never reads, no more is taken than the window,
// and after a while its connection is given up.
func TestBatchClientNeverReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := setup(t)
		counting := &countingDecisions{Decisions: w.config.Decisions}
		w.config.Decisions = counting
		w.handler = api.New(w.config)
		listener := newPipeListener()
		w.serve(listener)
		client := listener.dial()
		failed := make(chan error, 1)
		go func() {
			_, err := io.WriteString(client, "POST /v1/decisions/batch?effect=none HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nAuthorization: Bearer "+
				w.keys["all"]+"\r\nTransfer-Encoding: chunked\r\n\r\n")
			for n := 1; err == nil; n++ {
				line := orderLine(n)
				_, err = fmt.Fprintf(client, "%x\r\n%s\r\n", len(line), line)
			}
			failed <- err
		}()
		synctest.Wait() // everybody waits for somebody who does not come
		const window = 32
		if taken := counting.count(); taken < window/2 || taken > window {
			t.Errorf("%d lines were taken without their answers being read, want up to %d", taken, window)
		}
		if err := <-failed; err == nil { // in the bubble's time, once nothing else can happen
			t.Error("the connection is still open")
		}
	})
}

// A line that makes a handler panic fails alone.
func TestBatchSurvivesAPanic(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.config.Decisions = panicking{w.config.Decisions}
	w.handler = api.New(w.config)
	answer, err := http.DefaultClient.Do(w.batchRequest(w.listen(), strings.NewReader(orderLine(1)+orderLine(2))))
	w.ok(err)
	defer answer.Body.Close()
	have := readBatch(t, answer.Body)
	if len(have) != 3 || have[0].Problem == nil || have[0].Problem.Code != "internal" || have[2].Failed != 2 {
		t.Errorf("have %+v", have)
	}
	if log := w.log.String(); strings.Contains(log, canary) || !strings.Contains(log, `"msg":"panic"`) {
		t.Errorf("have the log %s", log)
	}
}

func TestBatchRefusals(t *testing.T) {
	t.Parallel()
	w := setup(t)
	url := w.listen()
	for name, c := range map[string]struct {
		change func(*http.Request)
		status int
	}{
		"content type": {func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, http.StatusUnsupportedMediaType},
		"no key":       {func(r *http.Request) { r.Header.Del("Authorization") }, http.StatusUnauthorized},
		"effect":       {func(r *http.Request) { r.URL.RawQuery = "effect=some" }, http.StatusUnprocessableEntity},
	} {
		r := w.batchRequest(url, strings.NewReader(orderLine(1)))
		c.change(r)
		answer, err := http.DefaultClient.Do(r)
		w.ok(err)
		body, err := io.ReadAll(answer.Body)
		w.ok(err)
		w.ok(answer.Body.Close())
		if answer.StatusCode != c.status {
			t.Errorf("%s: have %d: %s", name, answer.StatusCode, body)
		}
		assertProblem(t, c.status, answer.Header.Get("Content-Type"), body)
	}
}

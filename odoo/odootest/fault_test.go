package odootest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// notes posts n notes over the fake's transport and says how each went.
func notes(t *testing.T, s *Server, n int) string {
	t.Helper()
	client := http.Client{Transport: s.Transport()}
	var how strings.Builder
	for i := range n {
		body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"params":{"service":"object","method":"execute_kw","args":["odoo",2,"key","sale.order","message_post",[[1]],{"body":"assent:n%d"}]}}`, i)
		resp, err := client.Post("http://fake/jsonrpc", "application/json", strings.NewReader(body))
		switch {
		case errors.Is(err, syscall.ECONNREFUSED):
			how.WriteString("x")
		case err != nil:
			how.WriteString("r")
		default:
			answer, _ := io.ReadAll(resp.Body)
			how.WriteString(map[bool]string{true: ".", false: "!"}[bytes.Contains(answer, []byte(`"result"`))])
		}
	}
	return how.String()
}

// TestFaultSelection: which calls a fault hits.
func TestFaultSelection(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults []Fault
		want   string
	}{
		"times":        {[]Fault{{Kind: Refuse, Times: 2}}, "xx...."},
		"skip":         {[]Fault{{Kind: Reset, Skip: 2, Times: 1}}, "..r..."},
		"method":       {[]Fault{{Kind: Reset, Method: "action_confirm"}}, "......"},
		"model":        {[]Fault{{Kind: Reset, Model: "res.partner"}}, "......"},
		"writes":       {[]Fault{{Kind: Raise, Name: "odoo.exceptions.UserError", Writes: true, Times: 1}}, "!....."},
		"one by one":   {[]Fault{{Kind: Reset, Times: 1}, {Kind: Status, Times: 1}}, "r!...."},
		"first wins":   {[]Fault{{Kind: Reset}, {Kind: Refuse}}, "rrrrrr"},
		"never":        {nil, "......"},
		"always":       {[]Fault{{Kind: Login}}, "!!!!!!"},
		"slow is fine": {[]Fault{{Kind: Delay, Wait: time.Hour}}, "......"},
	} {
		s := simpleShop(18)
		s.opts.Sleep = func(time.Duration) {}
		for _, f := range c.faults {
			s.Inject(f)
		}
		if have := notes(t, s, 6); have != c.want {
			t.Errorf("%s: have %s, want %s", name, have, c.want)
		}
	}
}

// TestFaultsByChance repeat themselves with the same seed, and only then.
func TestFaultsByChance(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) string {
		s := simpleShop(18)
		s.faults.rand = rand.New(rand.NewPCG(seed, seed))
		s.Inject(Fault{Kind: Reset, Probability: 0.3})
		return notes(t, s, 60)
	}
	first := run(1)
	if run(1) != first || run(2) == first {
		t.Errorf("seed 1: %s and %s, seed 2: %s", first, run(1), run(2))
	}
	if hits := strings.Count(first, "r"); hits < 8 || hits > 30 {
		t.Errorf("hits: %d of 60 at 0.3", hits)
	}
}

// TestWhatIsLost: the effect of a fault after it, before it, and of a
// duplicate.
func TestWhatIsLost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault Fault
		want  int
	}{
		{Fault{Kind: Reset}, 0}, {Fault{Kind: Reset, After: true}, 1}, {Fault{Kind: Status, After: true}, 1}, {Fault{Kind: Raise, Name: "x"}, 0},
		{Fault{Kind: Duplicate}, 2}, {Fault{Kind: Result, Value: map[string]any{}}, 0}, {Fault{Kind: Rollback, Name: "x"}, 0}, {Fault{Kind: Garbage, After: true}, 1},
	} {
		s := simpleShop(18)
		s.Inject(c.fault)
		notes(t, s, 1)
		if have := len(s.Log()); have != c.want {
			t.Errorf("%s after %v: have %d effects, want %d", c.fault.Kind, c.fault.After, have, c.want)
		}
	}
}

// TestControl changes the faults of a running process.
func TestControl(t *testing.T) {
	t.Parallel()
	s := simpleShop(18)
	url := s.Start(t)
	resp, err := http.Post(url+"/_fake/faults", "application/json", strings.NewReader(`[{"kind":"reset","after":true,"times":1}]`))
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	if have := notes(t, s, 3); have != "r.." {
		t.Errorf("have %s, want r..", have)
	}
	resp, err = http.Post(url+"/_fake/faults", "application/json", strings.NewReader(`nonsense`))
	if err != nil || resp.StatusCode != http.StatusBadRequest {
		t.Errorf("nonsense: %v, %v", resp, err)
	}
}

// TestLoopbackOnly: the fake has no place on a network.
func TestLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "nonsense"} {
		if err := simpleShop(18).Up(addr); err == nil {
			t.Errorf("%s: want an error", addr)
		}
	}
}

// TestLogFile: the effect is on disk before the answer is out, whatever
// happens to the answer, and the log goes on after a crash.
func TestLogFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	var onDisk []int
	open := func() *Server {
		log, err := OpenLog(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = log.Close() })
		s := simpleShop(18)
		s.opts.Log = log
		return s
	}
	s := open()
	s.Inject(Fault{Kind: Reset, After: true, Skip: 1, Times: 1})
	for range 3 {
		notes(t, s, 1)
		entries, err := ReadLog(path)
		if err != nil {
			t.Fatal(err)
		}
		onDisk = append(onDisk, len(entries))
	}
	wants(t, onDisk, []int{1, 2, 3})

	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(`{"seq":4,"cut`); err != nil {
		t.Fatal(err)
	}
	_ = file.Close()
	notes(t, open(), 1)
	entries, err := ReadLog(path)
	if err != nil || len(entries) != 4 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	last := entries[3]
	wants(t, []any{last.Seq, last.Effect, last.Record, last.On, last.Key}, []any{int64(4), "note", "mail.message,1", "sale.order,1", "assent:n0"})
	if strings.Contains(string(last.Values), "key") {
		t.Errorf("credentials in the log: %s", last.Values)
	}
}

// TestState: a server that is restarted with its state answers as before.
func TestState(t *testing.T) {
	everyVersion(t, func(t *testing.T, version int, s *Server) {
		ok(t, s, saleOrder, "action_confirm", []any{int64(1)}, nil)
		ok(t, s, saleOrder, "message_post", []any{int64(1)}, map[string]any{"body": "x"})
		var kept bytes.Buffer
		if err := s.Save(&kept); err != nil {
			t.Fatal(err)
		}
		again := New(Options{Version: version, Now: s.opts.Now})
		again.seedShop()
		if err := again.Load(bytes.NewReader(kept.Bytes())); err != nil {
			t.Fatal(err)
		}
		for name := range s.models {
			wants(t, again.Records(name), s.Records(name))
		}
		again.users[0].Key = "key"
		a := ok(t, s, saleOrder, "create", []any{map[string]any{"partner_id": 101}}, nil)
		b := ok(t, again, saleOrder, "create", []any{map[string]any{"partner_id": 101}}, nil)
		wants(t, a, b)
		if err := New(Options{Version: 35 - version}).Load(bytes.NewReader(kept.Bytes())); err == nil {
			t.Error("a state of another version was loaded")
		}
	})
}

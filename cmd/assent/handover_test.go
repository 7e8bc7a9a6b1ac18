package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assent/internal/store/sqlite"
)

// Commands that write work beside the service that has the database open, and
// API and console see at once what they did.
func TestCommandsBesideTheService(t *testing.T) {
	t.Parallel()
	s := installed(t)
	service := s.serve()
	ada := s.run("users", "add", "ada@example.com", "--name=Ada", "--role=operations,finance")
	if link := strings.TrimSpace(ada.out); ada.status != exitOK || !strings.HasPrefix(link, service.url+"/signin/") || strings.Contains(ada.err, "before it") {
		t.Fatalf("no whole link: %+v", ada)
	}
	first := browser(t)
	if page := first.signIn(strings.TrimSpace(ada.out)); !strings.Contains(page, "Ada") {
		t.Errorf("no inbox in %s", page)
	}
	first = browser(t) // the reset ends the session of before
	first.signIn(strings.TrimSpace(s.ok("users", "reset", "ada@example.com")))
	s.ok("users", "alias", "ada@example.com", "odoo:7")
	s.ok("users", "role", "ada@example.com", "finance")
	if status, _ := first.get(service.url + "/switches"); status != http.StatusForbidden {
		t.Errorf("finance at the switches: %d", status)
	}
	s.ok("users", "disable", "ada@example.com")
	if status, _ := first.get(service.url + "/decisions"); status != http.StatusOK && status != http.StatusUnauthorized {
		t.Errorf("disabled: %d", status)
	}
	s.ok("users", "enable", "ada@example.com")
	if list := s.ok("users", "list"); !strings.Contains(list, "odoo:7") || !strings.Contains(list, "finance") || !strings.Contains(list, "active") {
		t.Errorf("list\n%s", list)
	}

	created := s.run("keys", "create", "--label=shop", "--rights=decide,read")
	c := caller{t, service.url, strings.TrimSpace(created.out)}
	s.ok("switch", "--kill=on", "--mode=refund=shadow", "--reason=drill")
	var switches struct {
		Kill  bool
		Modes map[string]string
	}
	if status := c.get("/v1/switches", &switches); status != http.StatusOK || !switches.Kill || switches.Modes["refund"] != "shadow" || switches.Modes["order"] != "live" {
		t.Errorf("%d %+v", status, switches)
	}
	if said := service.out.String() + service.err.String(); strings.Contains(said, c.key) || strings.Contains(said, "/signin/") && strings.Contains(said, strings.TrimSpace(ada.out)) || strings.Contains(said, "ada@example") {
		t.Error("the service logs what a command says")
	}
	if !strings.Contains(created.err, "shown only this once") || !strings.Contains(service.err.String(), "job=keysCreateCmd status=0") {
		t.Errorf("said %q, logged %s", created.err, service.err)
	}
	s.ok("company", "add", "other", "--currency=USD")
	if r := s.run("keys", "create", "--label=x"); r.status != exitUsage || !strings.Contains(r.err, "assent: invalid: There are several companies; name one by --company: main, other.") {
		t.Errorf("of which company? %+v", r)
	}
	if status := service.stop(); status != exitOK {
		t.Errorf("status %d", status)
	}
	s.ok("audit", "verify")
}

// What a command reads, it reads where it was typed; what happens, happens in
// the service.
func TestDecisionsAndHistoryBesideTheService(t *testing.T) {
	t.Parallel()
	s := installed(t)
	fake, flags := fakeOdoo(t, 18, 3)
	service := s.serve(flags...)
	asked := s.pipe(order(t, fake, 1), "decide", "--key=one")
	d := parse[decided](t, asked.out)
	if asked.status != exitOK || d.Verdict != "execute" || !strings.HasPrefix(d.Links.Console, service.url) {
		t.Fatalf("%d %+v %s", asked.status, d, asked.err)
	}
	c := caller{t, service.url, s.key()}
	if done := c.final(d.ID); done.Status != "done" || confirmations(fake, 1) != 1 {
		t.Errorf("%+v", done)
	}
	if reuse := s.pipe(order(t, fake, 2), "decide", "--key=one"); reuse.status != exitUsage || parse[problem](t, reuse.out).Code != "idempotency_mismatch" {
		t.Errorf("the key again: %d %s", reuse.status, reuse.out)
	}
	if r := s.run("import", "--history", "--skip-invalid", olist, packed(t)); r.status != exitOK || !strings.Contains(r.err, "39 rows, 1 left out") {
		t.Errorf("%+v", r)
	}
	if out := s.ok("erase", d.ID); !strings.Contains(out, d.ID+": ") {
		t.Errorf("erased: %s", out)
	}
	s.fails(exitError, "no such", "erase", "nothing")
	if out := s.ok("replay"); !strings.Contains(out, "1 decisions: 0 the same byte for byte, 1 erased") {
		t.Errorf("replay: %s", out)
	}
	s.ok("audit", "verify")
}

// The socket is its owner's only, replaces one that a crash left, and is gone
// with the service; nobody is asked where there is none.
func TestSocket(t *testing.T) {
	t.Parallel()
	s := installed(t)
	socket := socketBeside(filepath.Join(s.dir, "assent.db"))
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	dead.Close()
	service := s.serve()
	if info, err := os.Stat(socket); err != nil || info.Mode() != os.ModeSocket|0o600 {
		t.Errorf("%v %v", info, err)
	}
	s.key()
	s.fails(exitError, "has this database open for writing; stop it, or wait until it ends", "migrate")
	if err := os.Remove(socket); err != nil {
		t.Fatal(err)
	}
	s.fails(exitError, "has this database open for writing; stop it, or wait until it ends", "keys", "create", "--label=x")
	service.stop()
	s.serve().stop()
	left, err := filepath.Glob(filepath.Join(s.dir, "*s*"))
	if err != nil {
		t.Fatal(err)
	}
	hidden, _ := filepath.Glob(filepath.Join(s.dir, ".s*"))
	if left = append(left, hidden...); slices.ContainsFunc(left, func(f string) bool { return strings.HasSuffix(f, ".sock") || strings.HasPrefix(filepath.Base(f), ".s") }) {
		t.Errorf("left behind: %v", left)
	}
}

// Where no socket can be made the service serves, and says what does not work.
func TestNoSocket(t *testing.T) {
	t.Parallel()
	s := shell{t, filepath.Join(t.TempDir(), strings.Repeat("long", 30))}
	service := s.serve()
	if !strings.Contains(service.err.String(), "commands that write need this service stopped") {
		t.Errorf("nothing said: %s", service.err)
	}
	s.fails(exitError, "It could not be asked to run the command: the path of its socket is longer than this system takes", "keys", "create", "--label=x")
	s.ok("users", "list")
}

// send gives the service's answer to any bytes at all.
func (s shell) send(t *rapid.T, body []byte) (status int, said string) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://assent/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := through(socketBeside(filepath.Join(s.dir, "assent.db"))).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var out, errs bytes.Buffer
	end := (&process{ctx: context.Background(), stdout: &out, stderr: &errs}).relay(answer.Body)
	return statusOf(end, &errs), out.String() + errs.String()
}

// Whatever is sent, the service does none of it and goes on.
func TestErrandsThatAreNone(t *testing.T) {
	t.Parallel()
	s := installed(t)
	service := s.serve()
	code, _ := json.Marshal(codeRevision())
	known := slices.Sorted(func(yield func(string) bool) {
		for name := range jobs {
			if !yield(name) {
				return
			}
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		name, _ := json.Marshal(rapid.OneOf(rapid.SampledFrom(known), rapid.SampledFrom([]string{"serveCmd", "migrateCmd", "", "process"})).Draw(t, "job"))
		args := rapid.SampledFrom([]string{`[]`, `{"Company":"main","Extra":1}`, `{"Email":7}`, `{"Company":["main"]}`, `"x"`}).Draw(t, "args")
		body := `{"code":` + string(code) + `,"job":` + string(name) + `,"args":` + args + `}`
		body = rapid.SampledFrom([]string{body, body[:len(body)/2], strings.Replace(body, string(code), `"another"`, 1), ""}).Draw(t, "body")
		if status, said := s.send(t, []byte(body)); status == exitOK || said == "" {
			t.Fatalf("%s: %d %s", body, status, said)
		}
	})
	if !regexp.MustCompile(`msg=command job=\w* status=`).MatchString(service.err.String()) {
		t.Error("nothing is logged")
	}
	s.key()
	s.ok("audit", "verify")
}

// failing is a job that no command has.
type failing struct{ Why string }

func (f *failing) do(*process, *app) error { panic("about " + f.Why) }

// A panic ends the command and not the service, and its words stay unsaid.
func TestJobThatPanics(t *testing.T) {
	t.Parallel()
	s := installed(t)
	var log bytes.Buffer
	p := &process{ctx: t.Context(), config: &Config{Dir: s.dir}, stdout: io.Discard, stderr: &log}
	app, err := p.open(readOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer app.store.Close()
	err = (&desk{p: p, app: app}).perform(p, &failing{"ada@example.com"})
	if err == nil || strings.Contains(err.Error()+log.String(), "ada@example.com") || !strings.Contains(log.String(), "job=failing") {
		t.Errorf("%v, logged %s", err, &log)
	}
}

// patient is a job that ends with its command.
type patient struct{ begun, ended chan struct{} }

func (w patient) do(p *process, _ *app) error {
	close(w.begun)
	<-p.ctx.Done()
	close(w.ended)
	return p.ctx.Err()
}

// A command that is interrupted takes its job along.
func TestInterruptedCommand(t *testing.T) {
	t.Parallel()
	w := patient{make(chan struct{}), make(chan struct{})}
	path := filepath.Join(t.TempDir(), "x.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		_ = w.do(&process{ctx: r.Context()}, nil)
	})}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	ctx, interrupt := context.WithCancel(t.Context())
	go func() {
		<-w.begun
		interrupt()
	}()
	p := &process{ctx: ctx, stdout: io.Discard, stderr: io.Discard}
	if err := p.handOver(heldAt(strings.TrimSuffix(path, ".sock")), &eraseCmd{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	<-w.ended
}

func heldAt(database string) *sqlite.Held { return &sqlite.Held{Path: database} }

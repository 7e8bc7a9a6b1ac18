package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assent/odoo/odootest"
	"assent/policy/draft"
)

// TestMain also is the child process in which policy drafts are checked: they
// start the binary they are in.
func TestMain(m *testing.M) {
	if slices.Equal(os.Args[1:], draft.ChildArgs) {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "ASSENT_") {
			os.Unsetenv(name)
		}
	}
	os.Setenv("ASSENT_POLICY_DEADLINE", "1m") // a busy machine makes no policy late
	status := m.Run()
	for _, dir := range leftovers {
		os.RemoveAll(dir)
	}
	os.Exit(status)
}

// leftovers are folders that several tests share.
var leftovers []string

// shell types commands about one installation.
type shell struct {
	t   *testing.T
	dir string
}

// result is what a command leaves behind.
type result struct {
	status   int
	out, err string
}

func setup(t *testing.T) shell {
	t.Helper()
	return shell{t, filepath.Join(t.TempDir(), "data")}
}

// installed is a shell whose installation has a company, main, where every
// kind is live.
func installed(t *testing.T) shell {
	t.Helper()
	s := setup(t)
	s.ok("migrate")
	s.ok("company", "add", "main", "--currency=EUR", "--rates=USD=0.92;BRL=0.16")
	s.ok("switch", "--mode=order=live;delivery=live;refund=live;change=live", "--reason=drill")
	return s
}

func (s shell) run(args ...string) result { return s.pipe("", args...) }

// pipe runs a command with something on standard input.
func (s shell) pipe(stdin string, args ...string) result {
	s.t.Helper()
	var out, err bytes.Buffer
	status := run(s.t.Context(), append([]string{"--dir", s.dir}, args...), strings.NewReader(stdin), &out, &err)
	return result{status, out.String(), err.String()}
}

// after runs a command as if so much time had passed.
func (s shell) after(passed time.Duration, args ...string) result {
	s.t.Helper()
	var out, err bytes.Buffer
	later := func() time.Time { return time.Now().Add(passed) }
	status := runAt(s.t.Context(), later, append([]string{"--dir", s.dir}, args...), strings.NewReader(""), &out, &err)
	return result{status, out.String(), err.String()}
}

// in is the output of a command that must succeed once so much time has passed.
func (s shell) in(passed time.Duration, args ...string) string {
	s.t.Helper()
	r := s.after(passed, args...)
	if r.status != exitOK {
		s.t.Fatalf("assent %s: status %d\n%s%s", strings.Join(args, " "), r.status, r.out, r.err)
	}
	return r.out
}

// ok is the output of a command that must succeed.
func (s shell) ok(args ...string) string {
	s.t.Helper()
	r := s.run(args...)
	if r.status != exitOK {
		s.t.Fatalf("assent %s: status %d\n%s%s", strings.Join(args, " "), r.status, r.out, r.err)
	}
	return r.out
}

// fails runs a command that must end with a status and say something.
func (s shell) fails(status int, says string, args ...string) {
	s.t.Helper()
	r := s.run(args...)
	if all := r.out + r.err; r.status != status || !strings.Contains(all, says) {
		s.t.Errorf("assent %s: status %d, want %d with %q\n%s", strings.Join(args, " "), r.status, status, says, all)
	}
}

// key makes an API key.
func (s shell) key(args ...string) string {
	s.t.Helper()
	return strings.TrimSpace(s.ok(append([]string{"keys", "create", "--company=main", "--label=test"}, args...)...))
}

// file writes a file beside the installation.
func (s shell) file(name, content string) string {
	s.t.Helper()
	path := filepath.Join(filepath.Dir(s.dir), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// process is a command that runs until it is stopped.
type running struct {
	t        *testing.T
	url      string
	out, err *output
	cancel   context.CancelFunc
	status   chan int
}

var served = regexp.MustCompile(`(?m)^(?:Assent serves|Serving) (http://\S+?),? `)

// start runs a command in the background and waits until it serves.
func (s shell) start(args ...string) *running {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: s.t, out: newOutput(), err: newOutput(), cancel: cancel, status: make(chan int, 1)}
	go func() {
		r.status <- run(ctx, append([]string{"--dir", s.dir}, args...), strings.NewReader(""), r.out, r.err)
		r.out.end()
		r.err.end()
	}()
	s.t.Cleanup(func() { r.stop() })
	said := r.err
	if args[0] == "demo" {
		said = r.out
	}
	match := said.await(served)
	if match == nil {
		s.t.Fatalf("assent %s ended:\n%s%s", strings.Join(args, " "), r.out, r.err)
	}
	r.url = match[1]
	return r
}

// serve starts the service on a free port.
func (s shell) serve(args ...string) *running {
	s.t.Helper()
	return s.start(append([]string{"serve", "--listen=127.0.0.1:0"}, args...)...)
}

// stop ends the command as Ctrl-C does, and gives its status.
func (r *running) stop() int {
	r.cancel()
	status := <-r.status
	r.status <- status // for the next who asks
	return status
}

// output collects what a command writes while it runs.
type output struct {
	mu    sync.Mutex
	more  *sync.Cond
	text  bytes.Buffer
	ended bool
}

func newOutput() *output {
	o := &output{}
	o.more = sync.NewCond(&o.mu)
	return o
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer o.more.Broadcast()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	o.more.Broadcast()
}

// await returns the first match once it was written; nil if the end came first.
func (o *output) await(pattern *regexp.Regexp) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		if match := pattern.FindStringSubmatch(o.text.String()); match != nil || o.ended {
			return match
		}
		o.more.Wait()
	}
}

// until polls what other goroutines bring about; the limit only ends a test
// that hangs.
func until(t *testing.T, what string, reached func() bool) {
	t.Helper()
	limit := time.After(time.Minute)
	for tick := time.Tick(20 * time.Millisecond); !reached(); {
		select {
		case <-tick:
		case <-limit:
			t.Fatalf("never came: %s", what)
		}
	}
}

// fakeOdoo is a fake with quotations, and the flags that lead to it.
func fakeOdoo(t *testing.T, version int, orders int) (*odootest.Server, []string) {
	t.Helper()
	fake := odootest.New(odootest.Options{Version: version})
	fake.Demo(orders)
	return fake, odooFlags(fake.Start(t), "odoo", odootest.DemoLogin, odootest.DemoKey)
}

func odooFlags(url, db, user, key string) []string {
	return []string{"--odoo-url=" + url, "--odoo-db=" + db, "--odoo-user=" + user, "--odoo-key=" + key, "--odoo-rate=1000", "--odoo-concurrency=16"}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

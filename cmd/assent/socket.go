package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"assent/internal/api"
	"assent/internal/panics"
	"assent/internal/store/sqlite"
)

// jobFor is the longest that a job may take, a large import among them.
const jobFor = 10 * time.Minute

// socketBeside is where the service that has a database open listens for
// commands: beside the database, as its lock is, so that whoever finds one
// finds the other.
func socketBeside(database string) string { return database + ".sock" }

// desk takes the jobs of commands that find the database held by this service.
// Who may open its socket may also open the database: it asks for nothing else.
type desk struct {
	p        *process
	app      *app
	path     string
	listener net.Listener
}

// openDesk listens, if commands need it: on PostgreSQL they can write beside a
// service. Nil where they do not, or where nobody can listen: the service is
// worth more than its desk.
func (a *app) openDesk(p *process) *desk {
	file, ok := bare(a.store).(*sqlite.Store)
	if !ok {
		return nil
	}
	d := &desk{p: p, app: a, path: socketBeside(file.Path)}
	if err := d.listen(); err != nil {
		a.log.Warn("commands that write need this service stopped: it cannot listen for them", "error", inWords(err))
		return nil
	}
	return d
}

// listen makes the socket where nobody else can enter, and moves it to its
// place once it is its owner's only. What was left there by a service that died
// is replaced: we hold the lock, so nobody listens on it.
func (d *desk) listen() error {
	nook, err := os.MkdirTemp(filepath.Dir(d.path), ".s") // a socket's path must be short
	if err != nil {
		return err
	}
	defer os.RemoveAll(nook)
	inside := filepath.Join(nook, "s")
	listener, err := net.Listen("unix", inside)
	if err != nil {
		return err
	}
	if err := errors.Join(os.Chmod(inside, 0o600), os.Rename(inside, d.path)); err != nil {
		return errors.Join(err, listener.Close())
	}
	d.listener = listener
	return nil
}

// serve takes jobs until ctx ends, and lets those under way finish.
func (d *desk) serve(ctx context.Context) {
	if d == nil {
		return
	}
	server := api.NewServer(d, d.app.log)
	server.WriteTimeout = jobFor + time.Minute
	if err := api.Serve(ctx, server, d.listener, drainFor); err != nil {
		d.app.log.Warn("the socket for commands is closed", "error", err)
	}
}

// close takes the socket away while the database is still locked.
func (d *desk) close() {
	if d == nil {
		return
	}
	_ = d.listener.Close() // served it is closed already
	_ = os.Remove(d.path)
}

// ServeHTTP does one job. The request's context ends when the command does.
func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), jobFor)
	defer cancel()
	answer := teller{json.NewEncoder(w), http.NewResponseController(w)}
	p := *d.p
	p.ctx, p.stdin = ctx, bytes.NewReader(nil)
	p.stdout = said(func(b []byte) error { return answer.tell(handed{Out: b}) })
	p.stderr = said(func(b []byte) error { return answer.tell(handed{Err: b}) })
	e, j, err := receive(http.MaxBytesReader(w, r.Body, maxErrand))
	if err == nil {
		err = d.perform(&p, j)
	}
	status := statusOf(err, p.stderr)
	d.app.log.Info("command", "job", e.Job, "status", status) // its arguments may be personal
	_ = answer.tell(handed{Status: &status})                  // who went away does not want it
}

// receive makes the job again. Nothing in an errand is guessed at.
func receive(body io.Reader) (e errand, j job, err error) {
	data, err := io.ReadAll(body)
	if err != nil {
		return e, nil, err
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return e, nil, errors.New("not an errand of a command")
	}
	if e.Code != codeRevision() {
		return e, nil, fmt.Errorf("the service that runs is code %s: restart it, or use its own binary", codeRevision())
	}
	known, ok := jobs[e.Job]
	if !ok {
		return e, nil, errors.New("the running service does no such job")
	}
	j = reflect.New(known).Interface().(job)
	args := json.NewDecoder(bytes.NewReader(e.Args))
	args.DisallowUnknownFields()
	if err := args.Decode(j); err != nil {
		return e, nil, fmt.Errorf("the job %s is not as the running service knows it", e.Job)
	}
	return e, j, nil
}

// perform keeps a panic from taking the service along.
func (d *desk) perform(p *process, j job) (err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			attrs := append(panics.Attrs(panicked), slog.String("job", nameOf(j)))
			d.app.log.LogAttrs(p.ctx, slog.LevelError, "a command failed in the service", attrs...)
			err = errors.New("it failed in the running service, whose log says how")
		}
	}()
	if err := check(j); err != nil {
		return err
	}
	return d.app.perform(p, j)
}

// teller writes frames, each of them at once.
type teller struct {
	lines   *json.Encoder
	control *http.ResponseController
}

func (t teller) tell(f handed) error {
	return errors.Join(t.lines.Encode(f), t.control.Flush())
}

// said is an io.Writer of what a command says.
type said func([]byte) error

// Write hands on all or nothing.
func (s said) Write(b []byte) (int, error) {
	if err := s(b); err != nil {
		return 0, err
	}
	return len(b), nil
}

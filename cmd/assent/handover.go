package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"syscall"

	"assent/internal/store/sqlite"
)

// errand is a job on its way to the service.
type errand struct {
	Code string          `json:"code"` // revision of the binary that was typed: another one may mean something else
	Job  string          `json:"job"`
	Args json.RawMessage `json:"args"`
}

// maxErrand bounds an errand in bytes: an import of a hundred thousand rows.
const maxErrand = 64 << 20

// handed is one piece of the service's answer. The last one, and only that,
// has a status.
type handed struct {
	Out    []byte `json:"out,omitempty"`
	Err    []byte `json:"err,omitempty"`
	Status *int   `json:"status,omitempty"`
}

// handOver lets the service that holds the database do the job, and says here
// what it says. When the command ends early, so does the job.
func (p *process) handOver(held *sqlite.Held, j job) error {
	args, err := json.Marshal(j)
	if err != nil {
		return err
	}
	body, err := json.Marshal(errand{codeRevision(), nameOf(j), args})
	if err != nil {
		return err
	}
	if len(body) > maxErrand {
		return fmt.Errorf("%w The running service takes at most %d MiB at once: split what you hand over", held, maxErrand>>20)
	}
	// Whose name is in the address does not matter: the socket is the address.
	r, err := http.NewRequestWithContext(p.ctx, http.MethodPost, "http://assent/", bytes.NewReader(body))
	if err != nil {
		return err
	}
	answer, err := through(socketBeside(held.Path)).RoundTrip(r)
	if err != nil {
		return errors.Join(p.ctx.Err(), unreachable(held, err))
	}
	defer answer.Body.Close()
	return p.relay(answer.Body)
}

// through is a transport to whoever listens on a socket.
func through(socket string) *http.Transport {
	return &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}
}

// unreachable says why nobody did the job. No socket, or one that nobody
// listens on, means that it is no service that holds the database.
func unreachable(held *sqlite.Held, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return held
	}
	return fmt.Errorf("%w It could not be asked to run the command: %w", held, inWords(err))
}

// inWords says what systems mean by an invalid argument where it is a socket's
// path: Linux takes 107 bytes, others fewer.
func inWords(err error) error {
	if errors.Is(err, syscall.EINVAL) {
		return errors.New("the path of its socket is longer than this system takes")
	}
	return err
}

// relay repeats what the service says, and ends as it says.
func (p *process) relay(answer io.Reader) error {
	for frames := json.NewDecoder(answer); ; {
		var f handed
		if err := frames.Decode(&f); err != nil {
			return errors.Join(p.ctx.Err(), errors.New("the service went away before the command ended; look whether it was done"))
		}
		_, _ = p.stdout.Write(f.Out) // as fmt.Fprint of a command that runs here
		_, _ = p.stderr.Write(f.Err)
		switch {
		case f.Status == nil:
		case *f.Status == exitOK:
			return nil
		default:
			return exit(*f.Status)
		}
	}
}

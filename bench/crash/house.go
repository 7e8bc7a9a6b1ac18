package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"assent/decision"
	"assent/odoo/odootest"
)

// approver is the person who assents.
const approver = "approver@example.com"

// house is everything that runs: a fake Odoo that stays, and a service that
// dies.
type house struct {
	options
	dir      string
	random   *rand.Rand
	log      string // the fake's write log
	odoo     *exec.Cmd
	odooURL  string
	service  *exec.Cmd
	url, key string

	approverKey string // of a person who assents to everything that waits

	between int // kills with at least one effect in doubt
	doubted int // effects that a kill put in doubt
	counted map[int64]bool

	launched time.Time     // the service that runs
	slowest  time.Duration // from a launch to ready
}

// open builds the binaries, starts the fake, and sets the installation up.
func (h *house) open(ctx context.Context) error {
	for _, name := range []string{"./cmd/assent", "./odoo/odootest/cmd/fakeodoo"} {
		build := exec.CommandContext(ctx, "go", "build", "-o", h.dir+string(filepath.Separator), name)
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("build %s (run this from the repository): %w", name, err)
		}
	}
	if err := h.startOdoo(); err != nil {
		return err
	}
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	h.url = "http://" + addr
	return h.install(ctx)
}

// startOdoo starts the fake and lets it hold back every answer to a write.
func (h *house) startOdoo() error {
	h.odoo = exec.Command(filepath.Join(h.dir, "fakeodoo"), "-orders", fmt.Sprint(h.Orders), "-log", h.log)
	h.odoo.Stderr = os.Stderr
	out, err := h.odoo.StdoutPipe()
	if err != nil {
		return err
	}
	if err := h.odoo.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return err
	}
	h.odooURL = strings.TrimSpace(line)
	fault := fmt.Sprintf(`[{"kind":"delay","after":true,"writes":true,"wait":%d}]`, h.Hold.Nanoseconds())
	res, err := http.Post(h.odooURL+"/_fake/faults", "application/json", strings.NewReader(fault))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the fake Odoo refused its fault: %s", res.Status)
	}
	return nil
}

// install makes company, key and modes.
func (h *house) install(ctx context.Context) error {
	if _, err := h.assent(ctx, "migrate"); err != nil {
		return err
	}
	if _, err := h.assent(ctx, "company", "add", "main", "--currency", "EUR"); err != nil {
		return err
	}
	key, err := h.assent(ctx, "keys", "create", "--company", "main", "--label", "crash")
	if err != nil {
		return err
	}
	h.key = strings.TrimSpace(key)
	if _, err := h.assent(ctx, "users", "add", approver, "--company", "main", "--name", "Approver", "--role", strings.Join(decision.Roles, ",")); err != nil {
		return err
	}
	key, err = h.assent(ctx, "keys", "create", "--company", "main", "--label", "approver", "--rights", "approve,read", "--user", approver)
	if err != nil {
		return err
	}
	h.approverKey = strings.TrimSpace(key)
	_, err = h.assent(ctx, "switch", "--mode", "order=live")
	return err
}

// environment configures every run of the binary the same way.
func (h *house) environment() []string {
	store := h.Store
	if store == "sqlite" {
		store = "sqlite:" + filepath.Join(h.dir, "data", "assent.db")
	}
	return append(os.Environ(),
		"ASSENT_DIR="+filepath.Join(h.dir, "data"), "ASSENT_STORE="+store, "ASSENT_LOG_LEVEL=warn",
		"ASSENT_ODOO_URL="+h.odooURL, "ASSENT_ODOO_DB=odoo", "ASSENT_ODOO_USER="+odootest.DemoLogin, "ASSENT_ODOO_KEY="+odootest.DemoKey,
		"ASSENT_ODOO_RATE=2000", "ASSENT_ODOO_CONCURRENCY=32", "ASSENT_ODOO_LEASE="+h.Lease.String())
}

// assent runs one command to its end.
func (h *house) assent(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(h.dir, "assent"), args...)
	cmd.Env = h.environment()
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("assent %s: %w\n%s%s", args[0], err, errOut.String(), out)
	}
	return string(out), nil
}

// launch starts the service.
func (h *house) launch() error {
	h.service = exec.Command(filepath.Join(h.dir, "assent"), "serve", "--listen", strings.TrimPrefix(h.url, "http://"))
	h.service.Env = h.environment()
	if h.Verbose {
		h.service.Stderr = os.Stderr
	}
	h.launched = time.Now()
	return h.service.Start()
}

// awaitReady waits until the service is ready, and keeps the longest it took.
func (h *house) awaitReady(ctx context.Context) error {
	const patience = 30 * time.Second
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		res, err := http.Get(h.url + "/readyz")
		if err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				h.slowest = max(h.slowest, time.Since(h.launched))
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
	return fmt.Errorf("the service is not ready after %v", patience)
}

// kill ends the service as a power cut would.
func (h *house) kill() {
	_ = h.service.Process.Kill()
	_ = h.service.Wait()
	h.service = nil
}

func (h *house) close() {
	for _, cmd := range []*exec.Cmd{h.service, h.odoo} {
		if cmd != nil && cmd.Process != nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), errors.Join(l.Close())
}

// Package house runs the service and a fake Odoo as processes of their own,
// for benches that load the one, or kill it.
package house

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"assent/decision"
	"assent/internal/store/postgres"
	"assent/internal/store/sqlite"
	"assent/odoo/odootest"
)

// Company is the only one of the installation.
const Company = "main"

// approver is the person who assents.
const approver = "approver@example.com"

// Options say what to run.
type Options struct {
	Dir      string        // existing folder for binaries, store and logs
	Store    string        // "sqlite", or a postgres:// URL of an empty database
	Orders   int           // that the fake Odoo holds
	Hold     time.Duration // how long the fake holds back the answer to a write
	Lease    time.Duration // the service's --odoo-lease; 0 is its own
	OdooRate int           // calls a second
	Verbose  bool          // show what the service logs
}

// House is one installation. The fake Odoo runs until Close; the service when
// it is launched.
type House struct {
	Options
	URL         string
	Key         string        // decides and reads
	ApproverKey string        // of a person who may approve everything
	Log         string        // the fake's write log
	Slowest     time.Duration // from a launch to ready

	odoo     *exec.Cmd
	odooURL  string
	service  *exec.Cmd
	launched time.Time
}

// Open builds the binaries, starts the fake, and sets the installation up:
// company, keys, every kind live. It must run in the repository.
func Open(ctx context.Context, o Options) (*House, error) {
	h := &House{Options: o, Log: filepath.Join(o.Dir, "odoo.ndjson")}
	if err := h.open(ctx); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

func (h *House) open(ctx context.Context) error {
	for _, name := range []string{"assent/cmd/assent", "assent/odoo/odootest/cmd/fakeodoo"} {
		build := exec.CommandContext(ctx, "go", "build", "-o", h.Dir+string(filepath.Separator), name)
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
	h.URL = "http://" + addr
	return h.install(ctx)
}

// startOdoo starts the fake and lets it hold back every answer to a write.
func (h *House) startOdoo() error {
	h.odoo = exec.Command(filepath.Join(h.Dir, "fakeodoo"), "-orders", fmt.Sprint(h.Orders), "-log", h.Log)
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
	if h.Hold == 0 {
		return nil
	}
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

// install makes company, keys and modes.
func (h *House) install(ctx context.Context) error {
	live := []string{}
	for _, k := range decision.Kinds() {
		live = append(live, k.Name+"=live")
	}
	printed := map[string]*string{"create": &h.Key, "personal": &h.ApproverKey}
	for _, command := range []struct {
		prints string
		args   []string
	}{
		{"", []string{"migrate"}},
		{"", []string{"company", "add", Company, "--currency", "EUR"}},
		{"create", []string{"keys", "create", "--company", Company, "--label", "bench"}},
		{"", []string{"users", "add", approver, "--company", Company, "--name", "Approver", "--role", strings.Join(decision.Roles, ",")}},
		{"personal", []string{"keys", "create", "--company", Company, "--label", "approver", "--rights", "approve,read", "--user", approver}},
		{"", []string{"switch", "--mode", strings.Join(live, ";"), "--reason", "go_live"}},
	} {
		out, err := h.Assent(ctx, command.args...)
		if err != nil {
			return err
		}
		if into := printed[command.prints]; into != nil {
			*into = strings.TrimSpace(out)
		}
	}
	return nil
}

// environment configures every run of the binary the same way.
func (h *House) environment(odoo bool) []string {
	store := h.Store
	if store == "sqlite" {
		store = "sqlite:" + h.file()
	}
	env := append(os.Environ(), "ASSENT_DIR="+filepath.Join(h.Dir, "data"), "ASSENT_STORE="+store, "ASSENT_LOG_LEVEL=warn")
	if !odoo {
		return env
	}
	if h.Lease > 0 {
		env = append(env, "ASSENT_ODOO_LEASE="+h.Lease.String())
	}
	return append(env,
		"ASSENT_ODOO_URL="+h.odooURL, "ASSENT_ODOO_DB=odoo", "ASSENT_ODOO_USER="+odootest.DemoLogin, "ASSENT_ODOO_KEY="+odootest.DemoKey,
		fmt.Sprint("ASSENT_ODOO_RATE=", h.OdooRate), "ASSENT_ODOO_CONCURRENCY=32")
}

func (h *House) file() string { return filepath.Join(h.Dir, "data", "assent.db") }

// Assent runs one command to its end, and gives what it printed.
func (h *House) Assent(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(h.Dir, "assent"), args...)
	cmd.Env = h.environment(true)
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("assent %s: %w\n%s%s", args[0], err, errOut.String(), out)
	}
	return string(out), nil
}

// Launch starts the service, with Odoo or without: then what it is to apply
// waits.
func (h *House) Launch(odoo bool) error {
	h.service = exec.Command(filepath.Join(h.Dir, "assent"), "serve", "--listen", strings.TrimPrefix(h.URL, "http://"))
	h.service.Env = h.environment(odoo)
	if h.Verbose {
		h.service.Stderr = os.Stderr
	}
	h.launched = time.Now()
	return h.service.Start()
}

// AwaitReady waits until the service is ready, and keeps the longest it took.
func (h *House) AwaitReady(ctx context.Context) error {
	const patience = 30 * time.Second
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		res, err := http.Get(h.URL + "/readyz")
		if err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				h.Slowest = max(h.Slowest, time.Since(h.launched))
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

// Kill ends the service as a power cut would.
func (h *House) Kill() {
	_ = h.service.Process.Kill()
	_ = h.service.Wait()
	h.service = nil
}

// Stop ends the service as Ctrl-C does.
func (h *House) Stop() error {
	if err := h.service.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	err := h.service.Wait()
	h.service = nil
	return err
}

// Close ends whatever runs.
func (h *House) Close() {
	for _, cmd := range []*exec.Cmd{h.service, h.odoo} {
		if cmd != nil && cmd.Process != nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}
}

// OpenStore opens the service's store beside it, for reading.
func (h *House) OpenStore(ctx context.Context) (decision.Store, error) {
	if h.Store == "sqlite" {
		return sqlite.Open(ctx, h.file(), sqlite.Options{ReadOnly: true})
	}
	return postgres.Open(ctx, h.Store, postgres.Options{})
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), errors.Join(l.Close())
}

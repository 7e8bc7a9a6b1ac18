package main

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"assent/odoo"
	"assent/odoo/odootest"
)

// TestMain lets the test binary be the command, so that tests can kill it.
func TestMain(m *testing.M) {
	if os.Getenv("FAKEODOO") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// process is a running fakeodoo.
type process struct {
	*exec.Cmd
	url    string
	client *odoo.Client
}

func start(t *testing.T, args ...string) process {
	t.Helper()
	p := process{Cmd: exec.Command(os.Args[0], args...)}
	p.Env = append(os.Environ(), "FAKEODOO=1")
	p.Stderr = os.Stderr
	out, err := p.StdoutPipe()
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill(); _ = p.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	p.url = strings.TrimSpace(line)
	p.client, err = odoo.New(odoo.Config{URL: p.url, Database: "odoo", Login: odootest.DemoLogin, Key: odootest.DemoKey, Rate: -1})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (p process) confirm(ctx context.Context, id int64) error {
	return p.client.Call(ctx, odoo.Call{Model: "sale.order", Method: "action_confirm", IDs: []int64{id},
		Context: odoo.Context{odoo.ExecutionKey: "assent:x1"}}, nil)
}

func (p process) stop(t *testing.T, signal os.Signal) {
	t.Helper()
	if err := p.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // killed is an error, and expected
}

// TestKilled: an effect whose answer was lost, and whose process was killed
// right after, is in the log; a process that ended in order keeps its records.
func TestKilled(t *testing.T) {
	t.Parallel()
	log, state := filepath.Join(t.TempDir(), "log"), filepath.Join(t.TempDir(), "state")
	p := start(t, "-version", "19", "-orders", "5", "-log", log, "-state", state)
	faults := strings.NewReader(`[{"kind":"reset","after":true,"writes":true,"times":1}]`)
	if resp, err := http.Post(p.url+"/_fake/faults", "application/json", faults); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	if err := p.confirm(t.Context(), 1); odoo.OutcomeOf(err) != odoo.Unknown || err == nil {
		t.Fatalf("have %v, want an unknown outcome", err)
	}
	p.stop(t, syscall.SIGKILL)
	entries, err := odootest.ReadLog(log)
	if err != nil || len(entries) != 1 || entries[0].Record != "sale.order,1" || entries[0].Key != "assent:x1" {
		t.Fatalf("log: %+v, %v", entries, err)
	}

	p = start(t, "-version", "19", "-orders", "5", "-log", log, "-state", state)
	if err := p.confirm(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	p.stop(t, syscall.SIGTERM)
	p = start(t, "-version", "19", "-orders", "5", "-log", log, "-state", state)
	if err := p.confirm(t.Context(), 2); odoo.KindOf(err) != odoo.KindUser {
		t.Fatalf("have %v, want the order to be confirmed still", err)
	}
	if entries, err = odootest.ReadLog(log); err != nil || len(entries) != 2 || entries[1].Seq != 2 {
		t.Fatalf("log: %+v, %v", entries, err)
	}
}

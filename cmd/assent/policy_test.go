package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assent/policy"
)

// drafted is a copy of the policies with one text replaced.
func drafted(t *testing.T, file, old, new string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "rego")
	if err := os.CopyFS(dir, os.DirFS("../../rego")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, file)
	content := read(t, path)
	if strings.Count(content, old) == 0 {
		t.Fatalf("%s has no %s", file, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(content, old, new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestPolicyCommands(t *testing.T) {
	t.Parallel()
	s := setup(t)
	if out := s.ok("policy", "check"); !strings.HasPrefix(out, "0 findings") {
		t.Errorf("check: %s", out)
	}
	if out := s.ok("policy", "test"); !strings.Contains(out, "tests passed, 0 failed") {
		t.Errorf("test: %s", out)
	}
	const amount = "input.subject.amount_total <= data.limits.order.amount\n"
	s.fails(exitInvalid, "order/requirements.rego", "policy", "check", drafted(t, "order/requirements.rego", amount, "input.subject.amount_totl <= data.limits.order.amount\n"))
	s.fails(exitInvalid, "order/requirements.rego", "policy", "check", drafted(t, "order/requirements.rego", "input.subject.customer.orders >= data.limits.order.known_orders", "not input.subject.customer.orders < data.limits.order.known_orders"))
	s.fails(exitTests, "test_ordinary_order_is_confirmed: an expression is not true", "policy", "test", drafted(t, "order/requirements.rego", `{"authorized", "done"}`, `{"done"}`))
	if out := s.ok("policy", "test", drafted(t, "order/limits.json", `"value": 1000,`, `"value": 1,`)); !strings.Contains(out, "tests passed, 0 failed") {
		t.Errorf("a moved limit breaks a test: %s", out)
	}
	s.fails(exitUsage, "cannot be read", "policy", "check", "/nonexistent")
}

// A policy put in force at the start decides from then on; what was decided
// before replays with the one of its time.
func TestServeWithAPolicy(t *testing.T) {
	t.Parallel()
	s := installed(t)
	fake, _ := fakeOdoo(t, 18, 5)
	key := s.key()
	service := s.serve()
	ask := func(id int) (verdict, revision string, reasons string) {
		t.Helper()
		var d struct {
			Verdict   string
			Reasons   []struct{ Code string }
			Revisions struct{ Policy string }
		}
		(caller{t, service.url, key}).post("/v1/decisions", order(t, fake, id), &d)
		for _, r := range d.Reasons {
			reasons += r.Code
		}
		return d.Verdict, d.Revisions.Policy, reasons
	}
	before, first, _ := ask(1)
	service.stop()
	stricter := drafted(t, "order/limits.json", `"value": 1000,`, `"value": 1,`)
	service = s.serve("--policy", stricter)
	after, second, reasons := ask(2)
	service.stop()
	if before != "execute" || after != "approve" || first == second || reasons != "ORDER_AMOUNT" {
		t.Errorf("%s by %.12s, then %s by %.12s for %s", before, first, after, second, reasons)
	}
	if c := readJournal(t, s.dir); c.activations != 2 {
		t.Errorf("%d activations", c.activations)
	}
	s.serve("--policy", stricter).stop()
	if c := readJournal(t, s.dir); c.activations != 2 {
		t.Errorf("the same policy was put in force again: %d activations", c.activations)
	}
	s.ok("replay")
	s.ok("audit", "verify")
	// What policy check refuses is not put in force: what does not compile, what
	// does but could fail open, and what touches a protected file.
	for _, refused := range []string{
		drafted(t, "order/requirements.rego", "package order", "package ordre"),
		drafted(t, "order/requirements.rego", "input.subject.customer.orders >= data.limits.order.known_orders", "not input.subject.customer.orders < data.limits.order.known_orders"),
		drafted(t, "order/outcome.rego", "\n", "\n# seen\n"),
	} {
		s.fails(exitInvalid, "the policy is not put in force", "serve", "--listen=127.0.0.1:0", "--policy", refused)
	}
	if c := readJournal(t, s.dir); c.activations != 2 {
		t.Errorf("a refused policy was put in force: %d activations", c.activations)
	}
	if _, third, _ := func() (string, string, string) { service = s.serve(); return ask(3) }(); third != second {
		t.Errorf("after refused policies %.12s is in force, not %.12s", third, second)
	}
}

// What is exported is the policy of the binary, whole, and is written once.
func TestPolicyExport(t *testing.T) {
	t.Parallel()
	s := setup(t)
	dir := filepath.Join(filepath.Dir(s.dir), "policy")
	out := s.ok("policy", "export", dir)
	exported, err := policy.LoadDir(dir)
	if err != nil || !strings.Contains(out, "holds policy "+exported.Revision()) {
		t.Fatalf("%v %s", err, out)
	}
	if own, err := policy.Embedded(); err != nil || own.Revision() != exported.Revision() {
		t.Errorf("another policy: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "rego.go")); !os.IsNotExist(err) {
		t.Errorf("more than the policy: %v", err)
	}
	s.fails(exitError, "exists", "policy", "export", dir)
}

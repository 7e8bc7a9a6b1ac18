package draft_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assent/decision"
	"assent/policy"
	"assent/policy/draft"
)

// The test binary is its own child, as the real one is.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == draft.ChildArgs[0] && os.Args[2] == draft.ChildArgs[1] {
		if err := draft.Child(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// patient leaves room for the race detector on a busy machine.
var patient = draft.Runner{CPU: 60 * time.Second, Wall: 3 * time.Minute}

// bundle is the embedded one with a text added to a file.
func bundle(t *testing.T, file, text string) policy.Bundle {
	t.Helper()
	b, err := policy.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	b.Files = maps.Clone(b.Files)
	b.Files[file] += text
	return b
}

func TestTheChildFindsWhatCheckFinds(t *testing.T) {
	t.Parallel()
	b := bundle(t, "order/requirements.rego", "\ndefault trusted := true\n")
	want, err := policy.Check(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	have, err := patient.Check(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	if len(want) == 0 || fmt.Sprint(have) != fmt.Sprint(want) {
		t.Errorf("have %v, want %v", have, want)
	}
}

func TestTheChildRunsTests(t *testing.T) {
	t.Parallel()
	report, err := patient.Test(t.Context(), bundle(t, "order/order_test.rego", "\ntest_wrong if {\n\tdecided.outcome == \"reject\" with input as ordinary\n}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if report.Failed != 1 || report.Passed < 50 {
		t.Errorf("%d failed, %d passed", report.Failed, report.Passed)
	}
}

func TestADraftThatDoesNotCompileHasNoReport(t *testing.T) {
	t.Parallel()
	_, err := patient.Test(t.Context(), bundle(t, "order/requirements.rego", "\npassed contains\n"))
	if decision.CodeOf(err) != decision.CodeInvalid {
		t.Errorf("have %v, want code invalid", err)
	}
}

func TestTheGateWantsBothCheckAndTests(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, text, want string }{
		{"as released", "lists.json", "", ""},
		{"a finding", "order/requirements.rego", "\ndefault trusted := true\n", "order/requirements.rego:"},
		{"a failed test", "order/order_test.rego", "\ntest_wrong if {\n\tdecided.outcome == \"reject\" with input as ordinary\n}\n", "test_wrong: an expression is not true"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			findings, err := patient.Gate(t.Context(), bundle(t, tt.file, tt.text))
			if err != nil || (len(findings) > 0) != (tt.want != "") || !strings.Contains(fmt.Sprint(findings), tt.want) {
				t.Errorf("%v, have %v, want %q", err, findings, tt.want)
			}
		})
	}
}

// many is the start of a rule over ten million combinations.
const many = `
digits := {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}

test_greedy if {
	decided.outcome == "execute" with input as ordinary
	count(%s) > 0
}
`

func TestADraftPastItsLimitsIsStopped(t *testing.T) {
	t.Parallel()
	const loops = "some a in digits; some b in digits; some c in digits; some d in digits; some e in digits; some f in digits; some g in digits"
	tests := []struct {
		name, expr string
		runner     draft.Runner
		says       string
	}{
		{"memory", "[[a, b, c, d, e, f, g] | " + loops + "]", draft.Runner{CPU: 60 * time.Second, Wall: 3 * time.Minute, Memory: 96 << 20}, "96 MB of memory"},
		{"processor", "{1 | " + loops + "}", draft.Runner{CPU: time.Second, Wall: 3 * time.Minute}, "1s of processor time"},
		{"time", "{1 | " + loops + "}", draft.Runner{CPU: 60 * time.Second, Wall: 100 * time.Millisecond}, "not done after 100ms"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := tt.runner.Test(t.Context(), bundle(t, "order/order_test.rego", fmt.Sprintf(many, tt.expr)))
			if !errors.Is(err, draft.ErrStopped) || decision.CodeOf(err) != decision.CodeTooLarge || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("have %v, want the draft to be stopped", err)
			}
		})
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	broken := write(t, bundle(t, "order/requirements.rego", "\npassed contains\n"))
	failing := write(t, bundle(t, "order/order_test.rego", "\ntest_wrong if {\n\tdecided.outcome == \"reject\" with input as ordinary\n}\n"))
	tests := []struct {
		name, command, dir string
		exit               int
		output             string
	}{
		{"check the embedded bundle", "check", "", draft.ExitOK, "0 findings"},
		{"check what does not compile", "check", broken, draft.ExitFindings, "order/requirements.rego:"},
		{"check nothing", "check", filepath.Join(broken, "absent"), draft.ExitUsage, "cannot be read"},
		{"check an empty folder", "check", t.TempDir(), draft.ExitFindings, "no policy files"},
		{"test the embedded bundle", "test", "", draft.ExitOK, "0 failed"},
		{"test what does not compile", "test", broken, draft.ExitFindings, "order/requirements.rego:"},
		{"test what fails", "test", failing, draft.ExitFailed, "test_wrong"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			run := patient.CheckCommand
			if tt.command == "test" {
				run = patient.TestCommand
			}
			var out bytes.Buffer
			exit, err := run(t.Context(), tt.dir, false, &out)
			if err != nil {
				t.Fatal(err)
			}
			if exit != tt.exit || !strings.Contains(out.String(), tt.output) {
				t.Errorf("exit %d, want %d; output %q, want %q in it", exit, tt.exit, out.String(), tt.output)
			}
		})
	}
}

func TestCommandsWriteJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if _, err := patient.CheckCommand(t.Context(), "", true, &out); err != nil {
		t.Fatal(err)
	}
	var checked struct {
		Revision string
		Findings []policy.Finding
	}
	if err := json.Unmarshal(out.Bytes(), &checked); err != nil || len(checked.Revision) != 64 || checked.Findings == nil {
		t.Errorf("%v: %s", err, out.String())
	}
}

// write puts a bundle into a folder.
func write(t *testing.T, b policy.Bundle) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range b.Files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

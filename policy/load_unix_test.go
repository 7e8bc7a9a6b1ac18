//go:build unix

package policy_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"assent/decision"
	"assent/policy"
)

// A pipe would wait for who writes to it.
func TestLoadDirWaitsForNoPipe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.rego"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := policy.LoadDir(dir); decision.CodeOf(err) != decision.CodeInvalid || !strings.Contains(err.Error(), "pipe.rego is no regular file") {
		t.Errorf("have %v", err)
	}
}

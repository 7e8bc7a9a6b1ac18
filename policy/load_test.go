package policy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assent/decision"
	"assent/policy"
)

// What is no file of a person's ends the reading with its name, at once.
func TestLoadDirReadsRegularFilesOnly(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		place func(dir string) error
		code  decision.Code
		says  string
	}{
		"a device": {func(dir string) error { return os.Symlink("/dev/zero", filepath.Join(dir, "order", "zero.rego")) },
			decision.CodeInvalid, "order/zero.rego is no regular file"},
		"a folder with a file's name": {func(dir string) error { return os.Symlink(".", filepath.Join(dir, "order", "folder.rego")) },
			decision.CodeInvalid, "order/folder.rego is no regular file"},
		"a link to nothing": {func(dir string) error { return os.Symlink("nowhere", filepath.Join(dir, "lost.json")) },
			decision.CodeInvalid, "lost.json cannot be read"},
		"a book": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "book.rego"), make([]byte, 1<<20+1), 0o600)
		},
			decision.CodeTooLarge, "book.rego is too long"},
		"too many": {func(dir string) error {
			for i := range 600 {
				if err := os.WriteFile(filepath.Join(dir, "order", fmt.Sprintf("%03d.rego", i)), nil, 0o600); err != nil {
					return err
				}
			}
			return nil
		}, decision.CodeTooLarge, "is one too many"},
		"a link to a file": {func(dir string) error { return os.Symlink("limits.json", filepath.Join(dir, "order", "linked.json")) }, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, err := range []error{
				os.Mkdir(filepath.Join(dir, "order"), 0o700), os.WriteFile(filepath.Join(dir, "order", "limits.json"), []byte("{}"), 0o600), test.place(dir),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			b, err := policy.LoadDir(dir)
			if test.code == "" {
				if err != nil || b.Files["order/linked.json"] != "{}" {
					t.Errorf("have %v, %v", b.Files, err)
				}
				return
			}
			if decision.CodeOf(err) != test.code || !strings.Contains(err.Error(), test.says) {
				t.Errorf("have %v, want %s: %s", err, test.code, test.says)
			}
		})
	}
}

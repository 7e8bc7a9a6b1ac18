package sqlite_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"assent/decision"
	"assent/internal/store/sqlite"
	"assent/internal/store/storetest"
)

// However a database is reached, it is locked once: through a link to its
// folder, a link to the file, one made before the file, or from beside it.
func TestOneLockHoweverItIsReached(t *testing.T) {
	dir := t.TempDir()
	real := filepath.Join(dir, "real")
	if err := os.Mkdir(real, 0o700); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{"folder": "real", "absolute": real, "link.db": "real/assent.db", "chain.db": "link.db"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	paths := []string{"chain.db", "link.db", "folder/assent.db", "absolute/assent.db", "real/assent.db", "./real/../folder/assent.db", filepath.Join(real, "assent.db")}
	for _, first := range paths { // the first one makes the file through two links
		s := open(t, first)
		if _, err := os.Stat(filepath.Join(real, "assent.db.lock")); err != nil {
			t.Errorf("%s: %v", first, err)
		}
		for _, second := range paths {
			other, err := sqlite.Open(t.Context(), second, sqlite.Options{})
			if decision.CodeOf(err) != decision.CodeConflict {
				t.Errorf("%s while %s is open: %v", second, first, err)
			}
			if err == nil {
				_ = other.Close() // the test has failed already
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("loop", filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	for _, nowhere := range []string{"loop", "loop/assent.db", "none/assent.db"} {
		if _, err := sqlite.Open(t.Context(), nowhere, sqlite.Options{Migrate: true}); err == nil {
			t.Errorf("%s was opened", nowhere)
		}
	}
}

// The files are their owner's only, whatever the umask is and was.
func TestFilesArePrivate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assent.db")
	check := func() {
		t.Helper()
		for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
			info, err := os.Stat(path + suffix)
			if err != nil || info.Mode() != fs.FileMode(0o600) {
				t.Errorf("%q: %v, %v", suffix, info, err)
			}
		}
	}
	s := open(t, path)
	if err := storetest.Decide(t.Context(), s, "d1"); err != nil {
		t.Fatal(err)
	}
	check()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"-wal", "-shm"} { // as a process that was killed leaves them
		if err := os.WriteFile(path+suffix, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s = open(t, path)
	if err := storetest.Decide(t.Context(), s, "d2"); err != nil {
		t.Fatal(err)
	}
	check()
}

package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assent/decision"
	"assent/internal/store/sqlite"
	"assent/internal/store/storetest"
)

func TestASecondWriterIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assent.db")
	s := open(t, path)
	_, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if decision.CodeOf(err) != decision.CodeConflict || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Fatalf("error is %v, want a conflict that names the process", err)
	}
	if err := storetest.Decide(t.Context(), s, "d"); err != nil {
		t.Fatalf("the first writer was harmed: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

func TestReadersMayOpenBesideAWriterAndAfterIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a folder with % and ?", "assent.db")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), path, sqlite.Options{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("reading what is not there: %v", err)
	}
	s := open(t, path)
	beside, err := sqlite.Open(t.Context(), path, sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := storetest.Decide(t.Context(), s, fmt.Sprint("d", i)); err != nil {
			t.Fatal(err)
		}
		storetest.CheckWhole(t, beside, []string{fmt.Sprint("d", i)})
	}
	for what, err := range map[string]error{
		"Do":      storetest.Decide(t.Context(), beside, "x"),
		"PutUser": beside.PutUser(t.Context(), decision.User{ID: "u", Company: "main"}),
	} {
		if decision.CodeOf(err) != decision.CodeUnavailable {
			t.Errorf("%s on a reader: %v", what, err)
		}
	}
	for _, store := range []*sqlite.Store{beside, s} {
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	alone, err := sqlite.Open(t.Context(), path, sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer alone.Close()
	if n := storetest.CheckWhole(t, alone, nil); n != 3 {
		t.Fatalf("%d decisions, want 3", n)
	}
}

func TestADatabaseOfAnotherReleaseIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assent.db")
	_, err := sqlite.Open(t.Context(), path, sqlite.Options{}) // empty, not migrated
	if err == nil || !strings.Contains(err.Error(), "assent migrate") {
		t.Fatalf("an empty database: %v", err)
	}
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	if err := raw(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	for _, o := range []sqlite.Options{{}, {ReadOnly: true}} {
		if _, err := sqlite.Open(t.Context(), path, o); err == nil || !strings.Contains(err.Error(), "9999") {
			t.Fatalf("a newer database: %v", err)
		}
	}
}

// A full disk fails the whole transaction: nobody is told yes, nothing is half
// done, and once there is space again it goes on.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assent.db")
	s := open(t, path)
	if err := s.LimitPages(t.Context(), 110); err != nil { // little more than the empty tables
		t.Fatal(err)
	}
	acknowledged, refused := decideAtOnce(t, s, "a", 200)
	if refused == 0 {
		t.Fatal("the limit did not bite")
	}
	storetest.CheckWhole(t, s, acknowledged)
	if err := s.LimitPages(t.Context(), 1_000_000); err != nil {
		t.Fatal(err)
	}
	more, refused := decideAtOnce(t, s, "b", 50)
	if refused != 0 {
		t.Fatalf("%d were refused though there was space", refused)
	}
	storetest.CheckWhole(t, s, append(acknowledged, more...))
	checkIntegrity(t, path)
}

// A commit that fails takes its whole batch along, and tells all of it.
func TestFailedCommit(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assent.db")
	s := open(t, path)
	var acknowledged []string
	for round := range 10 {
		broken := make(chan error)
		go func() { broken <- s.BreakCommit(t.Context()) }()
		ids, _ := decideAtOnce(t, s, fmt.Sprint("r", round, "-"), 40)
		acknowledged = append(acknowledged, ids...)
		if err := <-broken; decision.CodeOf(err) != decision.CodeUnavailable {
			t.Fatalf("the commit that cannot succeed: %v", err)
		}
	}
	if there := storetest.CheckWhole(t, s, acknowledged); there != len(acknowledged) {
		t.Fatalf("%d acknowledged, %d there", len(acknowledged), there)
	}
	checkIntegrity(t, path)
}

// decideAtOnce returns what was acknowledged; all else must be CodeUnavailable.
func decideAtOnce(t *testing.T, s decision.Store, prefix string, n int) (acknowledged []string, refused int) {
	t.Helper()
	results := make(chan error, n)
	ids := make(chan string, n)
	for i := range n {
		go func() {
			id := fmt.Sprint(prefix, i)
			err := storetest.Decide(t.Context(), s, id)
			if err == nil {
				ids <- id
			}
			results <- err
		}()
	}
	for range n {
		if err := <-results; err != nil {
			refused++
			if decision.CodeOf(err) != decision.CodeUnavailable {
				t.Errorf("refused with %v", err)
			}
		}
	}
	close(ids)
	for id := range ids {
		acknowledged = append(acknowledged, id)
	}
	return acknowledged, refused
}

// What is erased is gone from the files, not only from the tables.
func TestErasedBytesLeaveTheFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assent.db")
	s := open(t, path)
	secret := bytes.Repeat([]byte("wrapped-key-and-ciphertext"), 500)
	do := func(fn func(ctx context.Context, tx decision.Tx) error) {
		if err := s.Do(t.Context(), decision.Work{Company: "main", Do: fn}); err != nil {
			t.Fatal(err)
		}
	}
	do(func(ctx context.Context, tx decision.Tx) error {
		return tx.Seal(ctx, decision.Sealed{ID: "s", Master: "1", Key: secret[:60], Box: secret})
	})
	if !inFiles(t, path, secret[:26]) {
		t.Fatal("the sealed content is in no file: the test looks for the wrong thing")
	}
	do(func(ctx context.Context, tx decision.Tx) error { return tx.EraseSealed(ctx, "s") })
	do(func(context.Context, decision.Tx) error { return nil }) // by now the erasure's batch has ended
	if inFiles(t, path, secret[:26]) {
		t.Fatal("the erased content is still in the files")
	}
}

func inFiles(t *testing.T, path string, what []byte) bool {
	t.Helper()
	names, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found = found || bytes.Contains(content, what)
	}
	return found
}

func TestAFileThatWasRemovedTakesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assent.db")
	s := open(t, path)
	if err := storetest.Decide(t.Context(), s, "d1"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if err := storetest.Decide(t.Context(), s, "d2"); decision.CodeOf(err) != decision.CodeUnavailable {
		t.Errorf("without its file: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := storetest.Decide(t.Context(), s, "d2"); decision.CodeOf(err) != decision.CodeUnavailable {
		t.Errorf("with another file: %v", err)
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	if err := storetest.Decide(t.Context(), s, "d2"); err != nil {
		t.Errorf("with its file again: %v", err)
	}
}

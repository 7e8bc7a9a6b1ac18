package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"assent/internal/store/sqlite"
	"assent/internal/store/storetest"
)

// The child of TestKill writes to the database that childPath names, and
// prints each decision it was acknowledged for.
const (
	childPath  = "ASSENT_STORE_TEST_CHILD"
	childRound = "ASSENT_STORE_TEST_ROUND"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		if err := writeUntilKilled(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

func writeUntilKilled(path string) error {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, path, sqlite.Options{Migrate: true})
	if err != nil {
		return err
	}
	failed := make(chan error)
	var out sync.Mutex
	for worker := range 16 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("r%s-w%d-%d", os.Getenv(childRound), worker, i)
				if err := storetest.Decide(ctx, s, id); err != nil {
					failed <- err
					return
				}
				out.Lock()
				fmt.Println(id)
				out.Unlock()
			}
		}()
	}
	return <-failed
}

// A process killed in mid-commit, again and again on the same file, loses
// nothing it acknowledged and leaves nothing half done.
func TestKill(t *testing.T) {
	t.Parallel()
	const rounds = 4
	r := rand.New(rand.NewPCG(1, 2))
	path := filepath.Join(t.TempDir(), "assent.db")
	var acknowledged []string
	for round := range rounds {
		acknowledged = append(acknowledged, killAfter(t, path, round, 20+r.IntN(100))...)
		s := open(t, path) // the lock of the killed process is gone, too
		there := storetest.CheckWhole(t, s, acknowledged)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		checkIntegrity(t, path)
		t.Logf("round %d: %d acknowledged so far, %d there", round, len(acknowledged), there)
	}
}

// killAfter runs a child until it has been acknowledged for n decisions, and
// returns all it had been acknowledged for when it died.
func killAfter(t *testing.T, path string, round, n int) []string {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childPath+"="+path, fmt.Sprint(childRound, "=", round))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		ids = append(ids, lines.Text())
		if len(ids) == n {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || len(ids) < n {
		t.Fatalf("the child ended by itself after %d: %v", len(ids), err)
	}
	return ids
}

func checkIntegrity(t *testing.T, path string) {
	t.Helper()
	db := openRaw(t, path)
	for _, check := range []string{"PRAGMA integrity_check", "PRAGMA foreign_key_check"} {
		var said string
		err := db.QueryRow(check).Scan(&said)
		if said != "ok" && said != "" || err != nil && check == "PRAGMA integrity_check" {
			t.Fatalf("%s: %s, %v", check, said, err)
		}
	}
}

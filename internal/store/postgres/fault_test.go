//go:build postgres

package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"assent/decision"
	"assent/internal/store/postgres"
	"assent/internal/store/storetest"
)

// Connections that are cut under load, of two replicas: everything
// acknowledged is there, nothing is half done, and a caller that tries again
// with the same key gets one decision.
func TestConnectionsCutUnderLoad(t *testing.T) {
	t.Parallel()
	dsn := newDatabase(t)
	replicas := []*postgres.Store{open(t, named(dsn, "victim"), postgres.Options{}), open(t, named(dsn, "victim"), postgres.Options{})}
	const workers, each = 16, 40
	var mu sync.Mutex
	var acknowledged []string
	retries := 0
	done := make(chan struct{})
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := range each {
				id := fmt.Sprintf("w%d-%d", w, i)
				for {
					err := storetest.Decide(t.Context(), replicas[(w+i)%2], id)
					mu.Lock()
					if err == nil {
						acknowledged = append(acknowledged, id)
					} else {
						retries++
					}
					mu.Unlock()
					if err == nil {
						break
					}
					if decision.CodeOf(err) != decision.CodeUnavailable {
						t.Errorf("%s: %v", id, err)
						return
					}
				}
			}
		})
	}
	go func() { all.Wait(); close(done) }()
	cuts := cutUntil(t, dsn, done)
	if there := storetest.CheckWhole(t, replicas[0], acknowledged); there != workers*each {
		t.Errorf("%d decisions, want %d", there, workers*each)
	}
	t.Logf("%d connections cut, %d answers were unavailable", cuts, retries)
	if cuts == 0 {
		t.Error("no connection was cut")
	}
}

// cutUntil terminates the victims' backends, one that is in a transaction
// before others, again and again.
func cutUntil(t *testing.T, dsn string, done <-chan struct{}) (cuts int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for {
		select {
		case <-done:
			return cuts
		default:
		}
		var cut int
		if err := conn.QueryRow(t.Context(), `SELECT count(pg_terminate_backend(pid)) FROM (
			SELECT pid FROM pg_stat_activity WHERE application_name = 'victim' AND datname = current_database() AND xact_start IS NOT NULL
			ORDER BY random() LIMIT 1) AS victims`).Scan(&cut); err != nil {
			t.Fatal(err)
		}
		cuts += cut
		// Let some commits through: the load must end.
		if _, err := conn.Exec(t.Context(), "SELECT pg_sleep(0.05)"); err != nil {
			t.Fatal(err)
		}
	}
}

func named(dsn, application string) string {
	if strings.Contains(dsn, "://") {
		return dsn + "&application_name=" + application
	}
	return dsn + " application_name=" + application
}

// Another replica that hangs with the head locked makes the others
// unavailable, in time, and harms nothing.
func TestALockedHead(t *testing.T) {
	t.Parallel()
	dsn := newDatabase(t)
	s := open(t, dsn, postgres.Options{Timeout: 300 * time.Millisecond})
	if err := storetest.Decide(t.Context(), s, "before"); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	hang, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hang.Exec(t.Context(), "SELECT 1 FROM company_head WHERE company = 'main' FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	if err := storetest.Decide(t.Context(), s, "during"); decision.CodeOf(err) != decision.CodeUnavailable {
		t.Fatalf("while the head is locked: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := storetest.Decide(ctx, s, "hurried"); decision.CodeOf(err) != decision.CodeUnavailable || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a caller in a hurry: %v", err)
	}
	if err := s.Do(t.Context(), decision.Work{Company: "other", Do: func(context.Context, decision.Tx) error { return nil }}); err != nil {
		t.Fatalf("another company: %v", err)
	}
	if err := hang.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := storetest.Decide(t.Context(), s, "after"); err != nil {
		t.Fatal(err)
	}
	if there := storetest.CheckWhole(t, s, []string{"before", "after"}); there != 2 {
		t.Fatalf("%d decisions, want 2", there)
	}
}

// Connections that died while idle, as after a restart of the server, cost
// no caller an error: nothing had been done on them yet.
func TestConnectionsThatDiedIdle(t *testing.T) {
	t.Parallel()
	dsn := newDatabase(t)
	s := open(t, named(dsn, "idle"), postgres.Options{MaxConns: 1})
	for i := range 5 {
		if err := storetest.Decide(t.Context(), s, fmt.Sprint("d", i)); err != nil {
			t.Fatal(err)
		}
		if err := exec(dsn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'idle' AND datname = current_database()"); err != nil {
			t.Fatal(err)
		}
	}
	if there := storetest.CheckWhole(t, s, nil); there != 5 {
		t.Fatalf("%d decisions, want 5", there)
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := postgres.Open(t.Context(), "postgres://nobody:secret@127.0.0.1:1/none?connect_timeout=5", postgres.Options{})
	if decision.CodeOf(err) != decision.CodeUnavailable {
		t.Fatalf("error is %v", err)
	}
	for _, o := range []postgres.Options{{}, {Migrate: true}} {
		_, err := postgres.Open(t.Context(), "postgres://u:secret@host:port/?bad", o)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Fatalf("a DSN that is not one: %v", err)
		}
	}
}

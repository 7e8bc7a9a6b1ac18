//go:build postgres

package postgres_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"assent/decision"
	"assent/internal/store/postgres"
	"assent/internal/store/storetest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if prefix != "" {
		dropAll()
	}
	os.Exit(code)
}

func TestConformance(t *testing.T) {
	storetest.Run(t, "postgres", func(t *testing.T) storetest.Database {
		dsn := newDatabase(t)
		return storetest.Database{
			Store: open(t, dsn, postgres.Options{}),
			Exec:  func(text string) error { return exec(dsn, text) },
			Tamper: []string{
				`TRUNCATE journal`,
				`TRUNCATE history, artefacts`,
				`TRUNCATE sealed`,
				`TRUNCATE idempotency`,
				`SET session_replication_role = replica; UPDATE journal SET body = '{}'`,
				`SET session_replication_role = replica; TRUNCATE journal`,
				`MERGE INTO journal j USING (SELECT 1) s ON j.seq = 1 WHEN MATCHED THEN DELETE`,
			},
			Second: func(t *testing.T) (decision.Store, error) {
				return open(t, dsn, postgres.Options{}), nil
			},
		}
	})
}

func open(t testing.TB, dsn string, o postgres.Options) *postgres.Store {
	t.Helper()
	if o.MaxConns == 0 {
		o.MaxConns = 8 // many tests at once share one server
	}
	s, err := postgres.Open(t.Context(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// The databases of one run of the tests start with prefix, so that runs can
// share a server. Each test gets a copy of one that is migrated once.
var (
	prefix   string
	counter  atomic.Int64
	template = sync.OnceValues(makeTemplate)
)

func makeTemplate() (string, error) {
	if serverDSN() == "" {
		return "", fmt.Errorf("ASSENT_TEST_POSTGRES must name a PostgreSQL with pgvector, as a user who may create databases and roles")
	}
	prefix = "assent_test_" + strings.ToLower(rand.Text()[:12])
	name := prefix + "_template"
	if err := exec(serverDSN(), "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	s, err := postgres.Open(context.Background(), databaseDSN(name), postgres.Options{Migrate: true})
	if err != nil {
		return "", err
	}
	return name, s.Close()
}

func newDatabase(t testing.TB) string {
	t.Helper()
	from, err := template()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("%s_%d", prefix, counter.Add(1))
	if err := exec(serverDSN(), "CREATE DATABASE "+name+" TEMPLATE "+from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := exec(serverDSN(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return databaseDSN(name)
}

func dropAll() {
	if err := exec(serverDSN(), "DROP DATABASE IF EXISTS "+prefix+"_template WITH (FORCE)"); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func serverDSN() string { return os.Getenv("ASSENT_TEST_POSTGRES") }

// databaseDSN is the server's DSN with another database in it.
func databaseDSN(name string) string {
	u, err := url.Parse(serverDSN())
	if err != nil || u.Scheme == "" {
		return serverDSN() + " dbname=" + name // keywords; the last one counts
	}
	u.Path = "/" + name
	return u.String()
}

// exec runs SQL as the owner, on a connection of its own. Several statements
// are sent as one simple query.
func exec(dsn, text string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.PgConn().Exec(ctx, text).ReadAll()
	return err
}

//go:build postgres

package postgres_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
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
	if err := drop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
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
			Loosen: []storetest.Loosening{
				{SQL: `DROP TRIGGER journal_refuse ON journal`, Where: "trigger journal_refuse"},
				{SQL: `ALTER TABLE history DISABLE TRIGGER history_refuse`, Where: "trigger history_refuse"},
				{SQL: `ALTER TABLE artefacts ENABLE TRIGGER artefacts_refuse`, Where: "trigger artefacts_refuse"}, // no more ALWAYS
				{SQL: `DROP TRIGGER sealed_refuse ON sealed; CREATE TRIGGER sealed_refuse BEFORE TRUNCATE ON sealed FOR EACH STATEMENT EXECUTE FUNCTION assent_refuse();
					ALTER TABLE sealed ENABLE ALWAYS TRIGGER sealed_refuse`, Where: "trigger sealed_refuse"},
				{SQL: `DROP TRIGGER sealed_erase ON sealed; CREATE TRIGGER sealed_erase BEFORE UPDATE ON sealed FOR EACH ROW WHEN (OLD.id = '') EXECUTE FUNCTION assent_only_erase();
					ALTER TABLE sealed ENABLE ALWAYS TRIGGER sealed_erase`, Where: "trigger sealed_erase"},
				{SQL: `CREATE OR REPLACE FUNCTION assent_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`, Where: "function assent_refuse"},
				{SQL: `CREATE TRIGGER mine BEFORE INSERT ON outcomes FOR EACH ROW EXECUTE FUNCTION assent_refuse()`, Where: "trigger mine"},
				{SQL: `GRANT DELETE ON journal TO assent_app`, Where: "table journal"},
				{SQL: `GRANT UPDATE (decision) ON idempotency TO PUBLIC`, Where: "table idempotency"},
				{SQL: `CREATE INDEX harmless ON outcomes (id); CREATE TABLE harmless_too (id text)`, Where: "table journal"}, // nothing new
			},
			Misfile: `ALTER TABLE approvals ALTER COLUMN roles DROP EXPRESSION; UPDATE approvals SET roles = '{analyst}' WHERE id = 'a001'`,
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

// Each run of the tests has a database of its own, so that runs can share a
// server, and each test a schema of its own in it.
var (
	counter   atomic.Int64
	migrating sync.Mutex // migrations wait for each other by the second
	database  string
	create    = sync.OnceValue(createDatabase)
)

func createDatabase() error {
	if serverDSN() == "" {
		return fmt.Errorf("ASSENT_TEST_POSTGRES must name a PostgreSQL with pgvector, as a user who may create databases and roles")
	}
	name := "assent_test_" + strings.ToLower(rand.Text()[:12])
	if err := exec(serverDSN(), "CREATE DATABASE "+name); err != nil {
		return err
	}
	database = name
	return exec(dsnWith(nil), "CREATE EXTENSION vector")
}

// newDatabase returns the DSN of a migrated, empty schema.
func newDatabase(t testing.TB) string {
	t.Helper()
	dsn := newSchema(t)
	migrating.Lock()
	defer migrating.Unlock()
	s, err := postgres.Open(t.Context(), dsn, postgres.Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dsn
}

func newSchema(t testing.TB) string {
	t.Helper()
	if err := create(); err != nil {
		t.Fatal(err)
	}
	schema := fmt.Sprint("s", counter.Add(1))
	if err := exec(dsnWith(nil), "CREATE SCHEMA "+schema); err != nil {
		t.Fatal(err)
	}
	return dsnWith(url.Values{"search_path": {schema + ",public"}})
}

func drop() error {
	if database == "" {
		return nil
	}
	return exec(serverDSN(), "DROP DATABASE "+database+" WITH (FORCE)")
}

func serverDSN() string { return os.Getenv("ASSENT_TEST_POSTGRES") }

// dsnWith is the server's DSN with the database of this run and parameters.
func dsnWith(params url.Values) string {
	u, err := url.Parse(serverDSN())
	if err != nil || u.Scheme == "" { // keywords; of two the last one counts
		dsn := serverDSN() + " dbname=" + database
		for name := range params {
			dsn += " " + name + "=" + params.Get(name)
		}
		return dsn
	}
	u.Path = "/" + database
	q := u.Query()
	maps.Copy(q, params)
	u.RawQuery = q.Encode()
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

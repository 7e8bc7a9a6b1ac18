//go:build postgres

package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"assent/internal/store/postgres"
	"assent/internal/store/storetest"
)

// The role that serves lacks the right itself: not even a dropped trigger
// would let it change what must last.
func TestTheServingRoleMayNotChangeTheJournal(t *testing.T) {
	t.Parallel()
	dsn := newDatabase(t)
	if err := storetest.Decide(t.Context(), open(t, dsn, postgres.Options{}), "d"); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "SET ROLE "+postgres.Role); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"journal", "history", "artefacts", "idempotency", "sealed"} {
		for _, text := range []string{"UPDATE %s SET " + anyColumn[table], "DELETE FROM %s", "TRUNCATE %s", "DROP TABLE %s", "ALTER TABLE %s DISABLE TRIGGER ALL"} {
			text = strings.Replace(text, "%s", table, 1)
			if _, err := conn.Exec(t.Context(), text); state(err) != "42501" { // insufficient_privilege
				t.Errorf("%s: %v", text, err)
			}
		}
	}
	for _, text := range []string{"DELETE FROM decisions", "TRUNCATE decisions", "DELETE FROM company_head", "INSERT INTO vector_spaces VALUES ('a', 'b', 1)", "UPDATE goose_db_version SET version_id = 0"} {
		if _, err := conn.Exec(t.Context(), text); state(err) != "42501" {
			t.Errorf("%s: %v", text, err)
		}
	}
}

var anyColumn = map[string]string{
	"journal": "body = '{}'", "history": "amount = 1", "artefacts": "content = ''", "idempotency": "decision = 'x'", "sealed": "master = 'x'",
}

func state(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// What serves has the role, whatever its login may.
func TestServingTakesTheRole(t *testing.T) {
	t.Parallel()
	s := open(t, newDatabase(t), postgres.Options{})
	role, err := s.CurrentRole(t.Context())
	if err != nil || role != postgres.Role {
		t.Fatalf("serving as %q, %v", role, err)
	}
	if may, err := s.MayRewrite(t.Context()); may || err != nil {
		t.Fatalf("the role may rewrite the journal: %t, %v", may, err)
	}
}

// A login with rights of its own that may not take the role serves, and can be
// told from one that has taken it.
func TestServingWithoutTheRole(t *testing.T) {
	t.Parallel()
	dsn, name := newDatabase(t), "assent_test_"+strings.ToLower(rand.Text()[:12])
	if err := exec(dsn, "CREATE ROLE "+name+" LOGIN PASSWORD 'sesame'"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := exec(dsn, "DROP OWNED BY "+name+"; DROP ROLE "+name); err != nil {
			t.Error(err)
		}
	})
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	schema := ""
	if err := conn.QueryRow(t.Context(), "SELECT current_schema()").Scan(&schema); err != nil {
		t.Fatal(err)
	}
	if err := exec(dsn, "GRANT USAGE ON SCHEMA "+schema+" TO "+name+"; GRANT ALL ON ALL TABLES IN SCHEMA "+schema+" TO "+name); err != nil {
		t.Fatal(err)
	}
	s := open(t, dsnAs(t, dsn, name, "sesame"), postgres.Options{MaxConns: 1})
	if role, err := s.CurrentRole(t.Context()); err != nil || role != name {
		t.Fatalf("serving as %q, %v", role, err)
	}
	if may, err := s.MayRewrite(t.Context()); !may || err != nil {
		t.Fatalf("it may rewrite the journal: %t, %v", may, err)
	}
}

// dsnAs is a DSN with another login.
func dsnAs(t *testing.T, dsn, user, password string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil || u.Scheme == "" { // keywords; of two the last one counts
		return dsn + " user=" + user + " password=" + password
	}
	u.User = url.UserPassword(user, password)
	return u.String()
}

// Replicas that start at once migrate once.
func TestMigratingAtOnce(t *testing.T) {
	t.Parallel()
	dsn := newSchema(t)
	var all sync.WaitGroup
	for i := range 3 {
		all.Go(func() {
			s, err := postgres.Open(t.Context(), dsn, postgres.Options{Migrate: true, MaxConns: 2})
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = s.Close() }()
			if err := storetest.Decide(t.Context(), s, fmt.Sprint("d", i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if there := storetest.CheckWhole(t, open(t, dsn, postgres.Options{}), nil); there != 3 {
		t.Fatalf("%d decisions, want 3", there)
	}
}

func TestADatabaseOfAnotherReleaseIsRefused(t *testing.T) {
	t.Parallel()
	_, err := postgres.Open(t.Context(), newSchema(t), postgres.Options{})
	if err == nil || !strings.Contains(err.Error(), "assent migrate") {
		t.Fatalf("an empty database: %v", err)
	}
	dsn := newDatabase(t)
	if err := exec(dsn, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)"); err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.Open(t.Context(), dsn, postgres.Options{}); err == nil || !strings.Contains(err.Error(), "9999") {
		t.Fatalf("a newer database: %v", err)
	}
}

// The search for neighbours uses the index of its space.
func TestNearestUsesTheIndexOfItsSpace(t *testing.T) {
	t.Parallel()
	dsn := newDatabase(t)
	s := open(t, dsn, postgres.Options{})
	for _, space := range []string{"it's", "other"} {
		if err := s.PutVector(t.Context(), "main", space, "v0", "", []float32{1, 1, 1}); err != nil {
			t.Fatal(err)
		}
		if err := exec(dsn, `INSERT INTO vectors SELECT company, space, 'v' || n, '', 3, ('[' || n || ',1,2]')::vector
			FROM vectors, generate_series(1, 3000) AS n WHERE space = '`+strings.ReplaceAll(space, "'", "''")+`'`); err != nil {
			t.Fatal(err)
		}
	}
	if err := exec(dsn, "ANALYZE vectors"); err != nil {
		t.Fatal(err)
	}
	for range 10 { // more often than a server waits before it plans for any company
		if _, err := s.Nearest(t.Context(), "main", "it's", []float32{1, 2, 3}, 5); err != nil {
			t.Fatal(err)
		}
	}
	used, err := s.IndexScans(t.Context(), "main", "it's", []float32{1, 2, 3})
	if err != nil || !strings.Contains(used, "Index Scan using vectors_") || !strings.Contains(used, "<=>") {
		t.Fatalf("the plan is %s, %v", used, err)
	}
}

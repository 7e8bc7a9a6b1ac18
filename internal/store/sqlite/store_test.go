package sqlite_test

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"

	"assent/decision"
	"assent/internal/store/sqlite"
	"assent/internal/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, "sqlite", func(t *testing.T) storetest.Database {
		path := filepath.Join(t.TempDir(), "assent.db")
		return storetest.Database{
			Store: open(t, path),
			Exec:  func(text string) error { return raw(t, path, text) },
			Tamper: []string{
				`INSERT OR REPLACE INTO journal (company, seq, id, type, at, prev, hash, body) VALUES ('main', 1, 'e0', 'outcome', 0, '', 'x', '{}')`,
				`REPLACE INTO journal (company, seq, id, type, at, prev, hash, body) VALUES ('main', 1, 'new', 'outcome', 0, '', 'x', '{}')`,
				`INSERT OR REPLACE INTO journal (company, seq, id, type, at, prev, hash, body) VALUES ('main', 4, 'e0', 'outcome', 0, '', 'x', '{}')`,
				`INSERT INTO journal (company, seq, id, type, at, prev, hash, body) VALUES ('main', 6, 'gap', 'outcome', 0, '', 'x', '{}')`,
				`UPDATE OR REPLACE journal SET seq = 1 WHERE seq = 2`,
				`INSERT OR REPLACE INTO history SELECT company, entity_type, entity_hash, kind, subject, 99, 99, at, known_at FROM history`,
				`INSERT OR REPLACE INTO artefacts SELECT kind, revision, 'forged' FROM artefacts`,
				`INSERT OR REPLACE INTO idempotency SELECT company, key, request, 'forged' FROM idempotency`,
				`INSERT OR REPLACE INTO sealed SELECT company, id, master, data_key, 'forged' FROM sealed`,
			},
			Loosen: []storetest.Loosening{
				{SQL: `DROP TRIGGER journal_update`, Where: "trigger journal_update"},
				{SQL: `DROP TRIGGER sealed_delete`, Where: "trigger sealed_delete"},
				{SQL: `DROP TRIGGER journal_insert; CREATE TRIGGER journal_insert BEFORE INSERT ON journal WHEN 0 BEGIN SELECT 1; END`, Where: "trigger journal_insert"},
				{SQL: `CREATE TRIGGER mine AFTER INSERT ON journal BEGIN DELETE FROM outcomes; END`, Where: "trigger mine"},
				{SQL: `DROP INDEX users_email`, Where: "index users_email"},
				{SQL: `ALTER TABLE exceptions ADD COLUMN mine TEXT`, Where: "table exceptions"},
				{SQL: `CREATE INDEX harmless ON outcomes (id); CREATE TABLE harmless_too (id TEXT); ANALYZE`, Where: "table exceptions"}, // nothing new
			},
			Misfile: `UPDATE approval_roles SET role = 'analyst' WHERE approval = 'a001' AND role = 'finance'`,
			Second: func(t *testing.T) (decision.Store, error) {
				s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
				if err != nil {
					return nil, err
				}
				t.Cleanup(func() { _ = s.Close() })
				return s, nil
			},
		}
	})
}

func open(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// A closed database is one file: a copy of it is a backup.
func TestCloseMovesTheLogIntoTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "assent.db")
	s := open(t, path)
	if err := s.PutCompany(t.Context(), decision.Company{ID: "main", Currency: "EUR"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the log is still there: %v", err)
	}
}

// raw runs SQL as another program would, without the pragmas of ours.
func raw(t testing.TB, path, text string) error {
	t.Helper()
	_, err := openRaw(t, path).Exec(text)
	return err
}

func openRaw(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

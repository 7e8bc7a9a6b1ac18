// Package migrations holds the SQL that makes and changes the tables, in
// goose's format: one folder an engine, the same numbers in both.
//
// There are no down migrations. A journal that a command can drop is not
// append-only; to go back, restore a backup.
//
// On PostgreSQL the login that migrates owns the tables and creates the role
// assent_app, which may read and add but not change or remove what must last:
//
//	assent migrate   as the owner:  postgres://assent_owner@db/assent
//	assent serve     as a login that is a member of assent_app
//
// With one login for both, each connection that serves takes the role by SET
// ROLE. Where the owner may not create roles, an administrator runs CREATE ROLE
// assent_app NOLOGIN and GRANT assent_app TO the logins, and then the owner
// migrates once more. Triggers refuse the same changes to the owner too.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed sqlite/*.sql postgres/*.sql
var files embed.FS

// SQLite brings a database up to this release.
func SQLite(ctx context.Context, db *sql.DB) error {
	return up(ctx, db, goose.DialectSQLite3, "sqlite")
}

// Postgres brings a database up to this release; a second one that starts
// meanwhile waits. The tables go to the first schema of the search path.
func Postgres(ctx context.Context, db *sql.DB) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // asks every second, for five minutes
	if err != nil {
		return err
	}
	if err := up(ctx, db, goose.DialectPostgres, "postgres", goose.WithSessionLocker(locker)); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "SELECT assent_grants()"); err != nil {
		return fmt.Errorf("migrations: grants: %w", err)
	}
	return nil
}

func up(ctx context.Context, db *sql.DB, dialect goose.Dialect, folder string, options ...goose.ProviderOption) error {
	sub, err := fs.Sub(files, folder)
	if err != nil {
		return err
	}
	options = append(options, goose.WithDisableGlobalRegistry(true))
	provider, err := goose.NewProvider(dialect, db, sub, options...)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return nil
}

// Source is the SQL of an engine's migrations, in order: "sqlite" or "postgres".
func Source(engine string) (string, error) {
	names, err := fs.Glob(files, engine+"/*.sql")
	var all strings.Builder
	for _, name := range names {
		var text []byte
		if text, err = files.ReadFile(name); err != nil {
			return "", err
		}
		all.Write(text)
	}
	return all.String(), err
}

// Latest is the number of the newest migration, the same for both engines.
func Latest() (int64, error) {
	entries, err := fs.ReadDir(files, "sqlite")
	if err != nil {
		return 0, err
	}
	return goose.NumericComponent(entries[len(entries)-1].Name())
}

// VersionQuery finds the number of the newest migration a database has.
const VersionQuery = `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`

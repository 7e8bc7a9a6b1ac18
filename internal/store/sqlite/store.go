package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	driver "modernc.org/sqlite" // in pure Go, registered as "sqlite"

	"assent/decision"
	"assent/internal/store/directory"
	"assent/internal/store/queue"
	"assent/migrations"
)

// Options say how to open a database.
type Options struct {
	// ReadOnly opens beside a process that writes, for audit and replay. The
	// file must exist; everything that writes is refused.
	ReadOnly bool
	// Migrate brings the tables up to this release. Without it, opening a
	// database of another release is an error.
	Migrate bool
}

// Store is a decision.Store in one file.
type Store struct {
	reader
	directory.Directory
	Path   string  // of the database, absolute, where links lead
	pool   *sql.DB // read-only connections
	write  *sql.DB // its one connection is the writer's; nil when read-only
	writer *writer
	lock   *fileLock
	queue  *queue.Queue[unit]
}

var _ decision.Store = (*Store)(nil)

// Open opens or creates the database at path. While another process, or
// another Store, has it open for writing, that is a *Held error.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	s := &Store{}
	if err := s.open(ctx, path, o); err != nil {
		_ = s.Close() // the first error is the one to tell
		return nil, err
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string, o Options) error {
	path, err := resolve(path)
	if err != nil {
		return err
	}
	s.Path = path
	if o.ReadOnly {
		return s.openPool(ctx, path)
	}
	if s.lock, err = lockDatabase(path); err != nil {
		return err
	}
	if err := keepPrivate(path); err != nil {
		return err
	}
	if s.write, err = open(path, "rwc", writerPragmas); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	// As SQLite is built elsewhere: a commit is as durable, and waits less.
	// Where the platform has no fdatasync, fsync stays.
	_, _ = driver.Fdatasync(true)
	if o.Migrate {
		if err := migrations.SQLite(ctx, s.write); err != nil {
			return err
		}
	}
	if err := checkVersion(ctx, s.write); err != nil {
		return err
	}
	if err := s.openPool(ctx, path); err != nil {
		return err
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return fault(err)
	}
	checkpoints, err := startCheckpointer(path)
	if err != nil {
		return err
	}
	file, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	s.writer = &writer{conn: conn, statements: map[string]*sql.Stmt{}, checkpoints: checkpoints, path: path, file: file}
	s.queue = queue.New(s.writer.batch)
	return nil
}

// openPool opens the read-only connections to a file that exists.
func (s *Store) openPool(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	pool, err := open(path, "ro", readerPragmas)
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(max(4, 2*runtime.NumCPU()))
	pool.SetMaxIdleConns(max(4, 2*runtime.NumCPU()))
	s.pool, s.reader = pool, newReader(&prepared{db: pool})
	s.Directory = directory.Directory{DB: single{s.reader.Database, s}}
	return checkVersion(ctx, pool)
}

// Pragmas of the connections. FULL makes an acknowledged commit outlive a
// power cut; secure_delete overwrites what an erasure removes. What savepoints
// remember stays in memory: writing it to files took a quarter of the time.
var (
	writerPragmas = []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "recursive_triggers(1)", "secure_delete(1)", "temp_store(MEMORY)", "cache_size(-65536)", "wal_autocheckpoint(10000)"}
	readerPragmas = []string{"busy_timeout(10000)", "query_only(1)", "cache_size(-8192)"}
)

// open takes an absolute path.
func open(path, mode string, pragmas []string) (*sql.DB, error) {
	slashed := filepath.ToSlash(path)
	if slashed[0] != '/' { // a drive letter
		slashed = "/" + slashed
	}
	dsn := url.URL{Scheme: "file", Path: slashed, RawQuery: url.Values{"mode": {mode}, "_pragma": pragmas}.Encode()}
	return sql.Open("sqlite", dsn.String())
}

func checkVersion(ctx context.Context, db *sql.DB) error {
	want, err := migrations.Latest()
	if err != nil {
		return err
	}
	var have int64
	if err := db.QueryRowContext(ctx, migrations.VersionQuery).Scan(&have); err != nil && !isMissingTable(err) {
		return fault(err)
	}
	if have != want {
		return fmt.Errorf("sqlite: the tables are of version %d, this release needs %d: run assent migrate", have, want)
	}
	return nil
}

// Ping reads one row.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return fault(s.pool.QueryRowContext(ctx, "SELECT 1 FROM goose_db_version LIMIT 1").Scan(&one))
}

// Close finishes what waits, then lets another process write.
func (s *Store) Close() error {
	if s.queue != nil {
		s.queue.Close()
	}
	var first error
	if s.writer != nil {
		first, s.writer = s.writer.close(), nil
	}
	for _, db := range []*sql.DB{s.pool, s.write} { // the writer last: it moves the log into the file
		if db == nil {
			continue
		}
		if err := db.Close(); err != nil && first == nil {
			first = err
		}
	}
	s.lock.release()
	return first
}

package postgres

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"assent/decision"
	"assent/internal/store/directory"
	"assent/internal/store/queue"
	"assent/migrations"
)

// Options say how to use a database.
type Options struct {
	// Migrate brings the tables up to this release first, as the DSN's user,
	// who then owns them. Without it, a database of another release is an error.
	Migrate bool
	// MaxConns bounds the pool; 0 means what the DSN's pool_max_conns says, or 16.
	MaxConns int32
	// Timeout bounds one batch, waiting for the head included; 0 means 15 s.
	Timeout time.Duration
}

// Role is what connections become where they may.
const Role = "assent_app"

// Store is a decision.Store in PostgreSQL.
type Store struct {
	reader
	directory.Directory
	pool    *pgxpool.Pool
	timeout time.Duration
	spaces  sync.Map // spaceKey: length; a space never changes its own

	mu     sync.Mutex
	closed bool
	queues map[string]*queue.Queue[decision.Work] // by company
}

var _ decision.Store = (*Store)(nil)

// Open connects; a server that cannot be reached is a CodeUnavailable error.
// A connection pooler must keep sessions, since role and prepared statements
// belong to one.
func Open(ctx context.Context, dsn string, o Options) (*Store, error) {
	config, err := poolConfig(dsn, o)
	if err != nil {
		return nil, err
	}
	if o.Migrate {
		if err := migrate(ctx, config.ConnConfig); err != nil {
			return nil, err
		}
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fault(err)
	}
	s := &Store{pool: pool, timeout: o.Timeout, queues: map[string]*queue.Queue[decision.Work]{}}
	if s.timeout <= 0 {
		s.timeout = 15 * time.Second
	}
	s.reader = newReader(pool)
	s.Directory = directory.Directory{DB: single{s.reader.Database, pool}}
	if err := s.checkVersion(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

func poolConfig(dsn string, o Options) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("postgres: the DSN is not valid") // its text may hold a password
	}
	switch {
	case o.MaxConns > 0:
		config.MaxConns = o.MaxConns
	case !strings.Contains(dsn, "pool_max_conns"):
		config.MaxConns = max(config.MaxConns, 16)
	}
	params := config.ConnConfig.RuntimeParams
	setDefault(params, "application_name", "assent")
	// A replica that hangs with a head locked must not hold up the others.
	setDefault(params, "idle_in_transaction_session_timeout", "60s")
	config.AfterConnect = takeRole
	return config, nil
}

func setDefault(params map[string]string, name, value string) {
	if _, set := params[name]; !set {
		params[name] = value
	}
}

// takeRole gives up the login's other rights. Where there is no such role, or
// the login is no member, triggers alone protect what is append-only.
func takeRole(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, "SET ROLE "+Role)
	if hasState(err, "22023", "42501") { // no such role, not a member
		return nil
	}
	return err
}

// MayRewrite says whether what serves has the right to change or delete
// entries, because it could not take the role: then triggers alone protect
// them, which an owner can drop.
func (s *Store) MayRewrite(ctx context.Context) (may bool, err error) {
	err = s.pool.QueryRow(ctx, "SELECT has_table_privilege('journal', 'UPDATE, DELETE, TRUNCATE')").Scan(&may)
	return may, fault(err)
}

func migrate(ctx context.Context, config *pgx.ConnConfig) error {
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }() // migrated is migrated
	return fault(migrations.Postgres(ctx, db))
}

func (s *Store) checkVersion(ctx context.Context) error {
	want, err := migrations.Latest()
	if err != nil {
		return err
	}
	var have int64
	err = s.pool.QueryRow(ctx, migrations.VersionQuery).Scan(&have)
	if err != nil && !hasState(err, "42P01") { // undefined_table
		return fault(err)
	}
	if have != want {
		return fmt.Errorf("postgres: the tables are of version %d, this release needs %d: run assent migrate", have, want)
	}
	return nil
}

// Ping reads one row.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return fault(s.pool.QueryRow(ctx, "SELECT 1 FROM goose_db_version LIMIT 1").Scan(&one))
}

// Close finishes what waits and disconnects.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	for _, q := range s.queues { // no more are made
		q.Close()
	}
	s.pool.Close()
	return nil
}

// Do runs the work in its company's next batch; see decision.Store.
func (s *Store) Do(ctx context.Context, work decision.Work) error {
	q, err := s.queueOf(work.Company)
	if err != nil {
		return err
	}
	return q.Do(ctx, work.Lane, work)
}

func (s *Store) queueOf(company string) (*queue.Queue[decision.Work], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, decision.Errorf(decision.CodeUnavailable, "The store is closed.")
	}
	q, ok := s.queues[company]
	if !ok {
		q = queue.New(func(b *queue.Batch[decision.Work]) { s.batch(company, b) })
		s.queues[company] = q
	}
	return q, nil
}

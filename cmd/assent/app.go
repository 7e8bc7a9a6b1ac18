package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"assent/approvals"
	"assent/decision"
	"assent/internal/api"
	"assent/internal/store/postgres"
	"assent/internal/store/sqlite"
	"assent/odoo"
	"assent/policy"
	"assent/scoring/model"
)

// app is a wired installation. Every command builds it the same way, and so
// do the tests.
type app struct {
	log       *slog.Logger
	now       func() time.Time
	base      string // address of the console; "" when nobody said it
	store     decision.Store
	pulse     *pulse
	keyring   decision.Keyring
	ledger    *decision.Ledger
	policies  *policy.Library
	decisions *decision.Service
	approvals *approvals.Service
	records   decision.Records  // nil without Odoo
	actuator  decision.Actuator // nil without Odoo
	odoo      *odoo.Client      // likewise
	odooUsers map[string]int64  // res.users that activities go to, by role
	metrics   *api.Metrics
	lease     time.Duration // of an execution
	batch     int           // executions that one executor leases at once
}

// access says what a command needs of the store.
type access int

const (
	readOnly  access = iota // beside a running service
	readWrite               // the process that writes; on SQLite there is one
)

// open wires an installation whose store exists and is migrated.
func (p *process) open(a access) (*app, error) {
	store, err := p.openStore(a)
	if err != nil {
		return nil, err
	}
	app, err := p.wire(store, a)
	if err != nil {
		store.Close()
		return nil, err
	}
	return app, nil
}

// read is open for a command that reads about one company.
func (p *process) read(c *ofCompany) (*app, error) {
	app, err := p.open(readOnly)
	if err != nil {
		return nil, err
	}
	if err := c.settle(p.ctx, app); err != nil {
		app.store.Close()
		return nil, err
	}
	return app, nil
}

func (p *process) wire(store decision.Store, a access) (*app, error) {
	keyring, err := p.keyring(store, a)
	if err != nil {
		return nil, err
	}
	app := newApp(store, keyring, p.logger(), p.now)
	app.base = strings.TrimSuffix(p.config.BaseURL, "/")
	app.policies.Deadline = p.config.Policy.deadline()
	return app, app.connectOdoo(p.config.Odoo)
}

func (p *process) keyring(store decision.Store, a access) (decision.Keyring, error) {
	if a == readOnly {
		return loadKeyring(p.config.secretsFile())
	}
	empty, err := isEmpty(p.ctx, store)
	if err != nil {
		return decision.Keyring{}, err
	}
	return ensureKeyring(p.config.secretsFile(), empty)
}

// isEmpty says that no company has a journal entry, listed or not.
func isEmpty(ctx context.Context, store decision.Store) (bool, error) {
	named, err := store.Named(ctx)
	if err != nil {
		return false, err
	}
	for company := range named {
		entries, err := store.Entries(ctx, company, 0, 1)
		if err != nil || len(entries) > 0 {
			return false, err
		}
	}
	return true, nil
}

// openStore opens the store that the configuration names.
func (p *process) openStore(a access) (decision.Store, error) {
	return openStore(p.ctx, p.config, a, false)
}

func openStore(ctx context.Context, c *Config, a access, migrate bool) (decision.Store, error) {
	url := c.storeURL()
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return openFile(ctx, c.Dir, file, sqlite.Options{ReadOnly: a == readOnly, Migrate: migrate})
	}
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return postgres.Open(ctx, url, postgres.Options{Migrate: migrate})
	}
	return nil, errors.New("--store must be postgres://… or sqlite:FILE")
}

// openFile makes the installation's folder if it is to be written.
func openFile(ctx context.Context, dir, file string, o sqlite.Options) (decision.Store, error) {
	if _, err := os.Stat(file); o.ReadOnly && errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no database %s: run assent serve or assent migrate, or name another by --dir or --store", file)
	}
	if !o.ReadOnly {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	store, err := sqlite.Open(ctx, file, o)
	if err != nil {
		return nil, err // and no store, not one that is nil
	}
	return store, nil
}

// defaultLease is the lease where no configuration gives another.
const defaultLease = 4 * time.Minute

// defaultBatch suits an Odoo in this process, as the demo has it.
const defaultBatch = 16

// newApp wires the parts that do not depend on Odoo.
func newApp(store decision.Store, keyring decision.Keyring, log *slog.Logger, now func() time.Time) *app {
	metrics := api.NewMetrics()
	metrics.Registry.MustRegister(waiting{store, log})
	pulse := &pulse{store: store, now: now}
	store = timed{store, pulse, engineOf(store), metrics}
	a := &app{
		log: log, now: now, store: store, pulse: pulse, keyring: keyring,
		ledger:   &decision.Ledger{Store: store, Key: keyring.Audit},
		policies: policy.NewLibrary(store),
		metrics:  metrics,
		lease:    defaultLease,
		batch:    defaultBatch,
	}
	a.decisions = &decision.Service{
		Store: store, Ledger: a.ledger, Keyring: keyring, Policies: a.policies,
		Models: model.NewLibrary(store),
		Now:    now, NewID: newID, Code: codeRevision(), Log: log,
	}
	a.approvals = &approvals.Service{Ledger: a.ledger, Store: store, Keyring: keyring, Now: now, NewID: newID}
	return a
}

// mayRewrite says whether the database's login could change the journal: then
// only triggers protect it. Nobody has such rights in a file of SQLite, where
// who can write it can write all of it.
func mayRewrite(ctx context.Context, store decision.Store) (bool, error) {
	if pg, ok := bare(store).(*postgres.Store); ok {
		return pg.MayRewrite(ctx)
	}
	return false, nil
}

// bare is the engine itself.
func bare(store decision.Store) decision.Store {
	if t, ok := store.(timed); ok {
		return t.Store
	}
	return store
}

// engineOf names the engine behind a store.
func engineOf(store decision.Store) string {
	if _, ok := store.(*sqlite.Store); ok {
		return "sqlite"
	}
	return "postgres"
}

// setOdoo plugs in how records are read and actions applied.
func (a *app) setOdoo(records decision.Records, actuator decision.Actuator) {
	a.records, a.actuator = records, actuator
	a.decisions.Records, a.approvals.Records = records, records
}

// executor makes the executor of this process.
func (a *app) executor() *decision.Executor {
	host, _ := os.Hostname()
	return &decision.Executor{
		Ledger: a.ledger, Actuator: a.actuator, Now: a.now, NewID: newID, Jitter: rand.Float64,
		Worker: fmt.Sprintf("%s:%d", host, os.Getpid()), Batch: a.batch, Lease: a.lease, Attempts: 8,
	}
}

// activate puts a policy that is no draft any more in force where another one
// is: it is compiled and stored first, so that what is in force can always be
// had.
func (a *app) activate(ctx context.Context, b policy.Bundle, company, by string) error {
	revision := b.Revision()
	head, err := a.store.Head(ctx, company)
	if err != nil || head.Policy == revision {
		return err
	}
	if _, err := policy.Compile(b); err != nil {
		return err
	}
	if err := a.store.PutArtefact(ctx, decision.PolicyArtefact, revision, b.Encode()); err != nil {
		return err
	}
	_, err = a.decisions.Activate(ctx, company, revision, by)
	return err
}

// ensurePolicies gives every company without a policy the embedded one.
func (a *app) ensurePolicies(ctx context.Context) error {
	companies, err := a.store.Companies(ctx)
	if err != nil {
		return err
	}
	for _, c := range companies {
		head, err := a.store.Head(ctx, c.ID)
		if err != nil {
			return err
		}
		if head.Policy != "" {
			continue
		}
		b, err := policy.Embedded()
		if err != nil {
			return err
		}
		if err := a.activate(ctx, b, c.ID, decision.System); err != nil {
			return err
		}
	}
	return nil
}

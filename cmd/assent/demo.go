package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"assent/decision"
	"assent/internal/simulator"
	"assent/internal/store/sqlite"
	"assent/odoo"
	"assent/odoo/odootest"
)

type demoCmd struct {
	Once   bool   `help:"Print the summary and exit."`
	Listen string `default:"127.0.0.1:8080" help:"Address to listen on; the next free port is taken if it is in use."`
	Seed   uint64 `default:"1" help:"Another seed is another day."`
	Orders int    `help:"Orders of the day; the other kinds follow in proportion."`
	Into   string `type:"path" placeholder:"DIR" help:"Keep the demo's store in this folder; default is a temporary one that goes with the demo."`
}

// Run lets the simulated retailer have its day, tells what happened, and
// serves the result until it is stopped.
func (c *demoCmd) Run(p *process) error {
	listener, err := c.listen()
	if err != nil {
		return err
	}
	if listener != nil {
		defer listener.Close() // again is no error, once the service has
	}
	dir, cleanup, err := c.folder()
	if err != nil {
		return err
	}
	defer cleanup()
	d, err := c.open(p, dir)
	if err != nil {
		return err
	}
	defer d.app.store.Close()
	if err := d.live(p.ctx, newProgress(p.stderr, len(d.retailer.Events()))); err != nil {
		return err
	}
	summary, err := d.app.summarise(p, d.company.ID)
	if err != nil {
		return err
	}
	summary.print(p.stdout)
	if c.Once {
		return summary.failure()
	}
	return c.serve(p, d, dir, listener)
}

// listen takes the port before the day is lived: what cannot be served should
// be known at once. nil when nothing will be.
func (c *demoCmd) listen() (net.Listener, error) {
	if c.Once {
		return nil, nil
	}
	return listenNear(c.Listen)
}

func (c *demoCmd) folder() (dir string, cleanup func(), err error) {
	if c.Into != "" {
		return c.Into, func() {}, os.MkdirAll(c.Into, 0o700)
	}
	dir, err = os.MkdirTemp("", "assent-demo-")
	return dir, func() { os.RemoveAll(dir) }, err
}

// open wires a fresh installation in dir with the retailer's Odoo beside it.
func (c *demoCmd) open(p *process, dir string) (*day, error) {
	// Business closes now, so that what is waiting then still waits when it is
	// served, whatever the hour is.
	start := p.now().UTC().Truncate(time.Minute).Add(-simulator.Closing)
	retailer := simulator.New(c.Seed, start, c.Orders)
	secrets := newSecrets()
	err := secrets.write(filepath.Join(dir, "keys.json"))
	if errors.Is(err, fs.ErrExist) {
		return nil, errors.New("--into: the folder already holds an installation; name an empty one")
	}
	if err != nil {
		return nil, err
	}
	store, err := sqlite.Open(p.ctx, filepath.Join(dir, "assent.db"), sqlite.Options{Migrate: true})
	if err != nil {
		return nil, err
	}
	clock := &clock{wall: p.now, at: start}
	quiet := slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	app := newApp(store, secrets.keyring(), quiet, clock.now)
	app.policies.Deadline = p.config.Policy.deadline()
	d := &day{app: app, clock: clock, end: start.Add(simulator.Closing), retailer: retailer, company: retailer.Company()}
	if err := d.prepare(p.ctx); err != nil {
		store.Close()
		return nil, err
	}
	return d, nil
}

// connectFake puts a fake Odoo that holds the retailer's records behind the
// real client.
func (d *day) connectFake() error {
	d.fake = odootest.New(odootest.Options{Version: demoVersion, Database: "demo", Now: d.clock.now})
	fill(d.fake, d.retailer.Records())
	client, err := odoo.New(odoo.Config{
		URL: "http://odoo.invalid", Database: "demo", Login: odootest.DemoLogin, Key: odootest.DemoKey,
		Rate: -1, Concurrency: 16, Transport: d.fake.Transport(), Now: d.clock.now,
	})
	if err != nil {
		return err
	}
	d.app.useOdoo(client, d.activityUsers())
	return nil
}

// activityUsers makes the first person of each role a user of the fake, too.
func (d *day) activityUsers() map[string]int64 {
	users := map[string]int64{}
	for _, a := range d.retailer.Approvers() {
		role := a.User.Roles[0]
		id, err := strconv.ParseInt(strings.TrimPrefix(a.User.Aliases[0], "odoo:"), 10, 64)
		if users[role] != 0 || err != nil {
			continue
		}
		d.fake.Seed("res.users", map[string]any{"id": id, "login": a.User.Email, "name": a.User.Name, "active": true})
		users[role] = id
	}
	return users
}

// serve shows the result to whoever signs in.
func (c *demoCmd) serve(p *process, d *day, dir string, listener net.Listener) error {
	d.clock.release()
	d.app.base = "http://" + listener.Addr().String()
	fmt.Fprintf(p.stdout, "\nServing %s until you press Ctrl-C. Sign in, one link a role, each good once:\n", d.app.base)
	for _, u := range d.people {
		link, err := d.app.signIn(p.ctx, u)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "  %-34s %s\n", fmt.Sprintf("%s (%s)", u.Name, u.Roles[0]), link)
	}
	if err := d.app.printDemoKey(p.ctx, p.stdout, d.company.ID); err != nil {
		return err
	}
	desk := d.app.openDesk(p)
	defer desk.close()
	fmt.Fprintf(p.stdout, "Look around with commands:\n  assent --dir %s users list\n", dir)
	return d.app.serve(p.ctx, listener, desk, filepath.Join(dir, "checkpoints.ndjson"))
}

// printDemoKey makes a key for trying the API.
func (a *app) printDemoKey(ctx context.Context, w io.Writer, company string) error {
	secret, key, err := a.newKey(company, "demo", decision.RightDecide, decision.RightRead, decision.RightOutcome)
	if err != nil {
		return err
	}
	if err := a.store.PutAPIKey(ctx, key); err != nil {
		return err
	}
	fmt.Fprintf(w, "Try the API:\n  curl -H 'Authorization: Bearer %s' '%s/v1/decisions?limit=1'\n", secret, a.base)
	return nil
}

// listenNear listens on addr, or on the next port that is free.
func listenNear(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	n, err := net.LookupPort("tcp", port)
	if err != nil {
		return nil, err
	}
	const tries = 100
	for i := range tries {
		listener, listenErr := net.Listen("tcp", net.JoinHostPort(host, fmt.Sprint(n+i)))
		if listenErr == nil || port == "0" {
			return listener, listenErr
		}
		err = listenErr
	}
	return nil, err
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"assent/decision"
	"assent/internal/api"
	"assent/internal/console"
	"assent/policy"
	"assent/policy/draft"
)

type serveCmd struct {
	Listen string `default:"127.0.0.1:8080" help:"Address to listen on."`
	Policy string `type:"existingdir" placeholder:"DIR" help:"Put the policy of this folder in force for every company, if policy check finds nothing in it and its tests pass."`
}

// gcPercent collects less often than Go would: little is live, a decision
// leaves much that is not, and collecting it took a fifth of the processor.
// GOGC and GOMEMLIMIT of the environment still hold.
const gcPercent = 400

// Run serves until the context ends; then what is in hand is finished.
func (c *serveCmd) Run(p *process) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	store, err := openStore(p.ctx, p.config, readWrite, true)
	if err != nil {
		return err
	}
	defer store.Close()
	app, err := p.wire(store, readWrite)
	if err != nil {
		return err
	}
	if err := c.prepare(p, app); err != nil {
		return err
	}
	if may, err := mayRewrite(p.ctx, store); err != nil {
		return err
	} else if may {
		app.log.Warn("the database's login may change the journal: only triggers protect it; GRANT assent_app TO it, see docs/operations.md")
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	app.base = cmp.Or(app.base, "http://"+listener.Addr().String())
	if err := app.firstRun(p); err != nil {
		return err
	}
	desk := app.openDesk(p)
	defer desk.close()
	fmt.Fprintf(p.stderr, "Assent serves %s, store %s\n", app.base, p.config.storeName())
	return app.serve(p.ctx, listener, desk, p.config.checkpointsFile())
}

// prepare puts policies in force, and makes the first company of a new
// installation.
func (c *serveCmd) prepare(p *process, app *app) error {
	companies, err := app.store.Companies(p.ctx)
	if err != nil {
		return err
	}
	if len(companies) == 0 {
		if empty, err := isEmpty(p.ctx, app.store); err != nil || !empty {
			return cmp.Or(err, errors.New("there is a journal, but no company is listed any more; run assent audit verify"))
		}
		first := decision.Company{ID: "main", OdooID: 1, Currency: "EUR"}
		fmt.Fprintln(p.stderr, "New installation: company main with currency EUR; change it with assent company add.")
		if err := app.store.PutCompany(p.ctx, first); err != nil {
			return err
		}
		companies = []decision.Company{first}
	}
	if err := app.ensurePolicies(p.ctx); err != nil || c.Policy == "" {
		return err
	}
	bundle, err := policy.LoadDir(c.Policy)
	if err != nil {
		return err
	}
	return app.putInForce(p, bundle, companies)
}

// putInForce gives companies a policy that has passed its gate: assent policy
// check and test, in child processes, as a draft may be wrong in ways that must
// not take the service with it.
func (a *app) putInForce(p *process, b policy.Bundle, companies []decision.Company) error {
	checked := false
	for _, company := range companies {
		head, err := a.store.Head(p.ctx, company.ID)
		if err != nil {
			return err
		}
		if head.Policy == b.Revision() {
			continue
		}
		if !checked {
			if err := p.passes(b); err != nil {
				return err
			}
			checked = true
		}
		if err := a.activate(p.ctx, b, company.ID, "cli"); err != nil {
			return fmt.Errorf("--policy: %w", err)
		}
	}
	return nil
}

// passes says what is wrong with a policy; any finding or failed test refuses it.
func (p *process) passes(b policy.Bundle) error {
	findings, err := draft.Runner{}.Gate(p.ctx, b)
	if err != nil {
		return fmt.Errorf("--policy: %w", err)
	}
	if len(findings) == 0 {
		return nil
	}
	for _, f := range findings {
		fmt.Fprintln(p.stderr, f)
	}
	fmt.Fprintf(p.stderr, "--policy: %d findings; the policy is not put in force\n", len(findings))
	return exit(exitInvalid)
}

// firstRun prints a link for each company that has no people yet.
func (a *app) firstRun(p *process) error {
	companies, err := a.store.Companies(p.ctx)
	if err != nil {
		return err
	}
	for _, c := range companies {
		users, err := a.store.Users(p.ctx, c.ID)
		if err != nil {
			return err
		}
		if len(users) > 0 {
			continue
		}
		path, err := console.NewFirstRun(p.ctx, a.store, a.keyring.Random, c.ID, a.now(), signInFor)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "First run of company %s: become its first user at %s%s\n", c.ID, a.base, path)
	}
	return nil
}

// handler is the API with the console beside it.
func (a *app) handler() http.Handler {
	pages := console.New(console.Config{
		Reader: a.store, Directory: a.store, Decisions: a.decisions, Approvals: a.approvals, Exceptions: a.approvals,
		Log: a.log, Now: a.now, Reason: a.sentence, Rule: a.rule, BaseURL: a.base,
	})
	return api.New(api.Config{
		Decisions: a.decisions, Tasks: a.approvals, Store: a.store, Sentence: a.sentence, Ready: a.checks,
		Metrics: a.metrics, Log: a.log, Now: a.now, NewID: newID, Version: moduleVersion(),
		DecisionPage: func(id string) string { return a.base + "/decisions/" + id }, Console: pages,
	})
}

// drainFor is how long requests under way get to finish when the service is
// told to stop.
const drainFor = 20 * time.Second

// serve answers, does what commands ask for at the desk, and works in the
// background until ctx ends. Then requests and commands end first, so that what
// they start is still in hand; then the background, which records what it has
// done.
func (a *app) serve(ctx context.Context, listener net.Listener, desk *desk, checkpoints string) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		runner{a, checkpoints}.run(background)
	}()
	asking, closeDesk := context.WithCancel(ctx)
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		desk.serve(asking)
	}()
	err := api.Serve(ctx, api.NewServer(a.handler(), a.log), listener, drainFor)
	closeDesk()
	<-closed
	stop()
	<-finished
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("some requests were still open and were cut off")
	}
	return err
}

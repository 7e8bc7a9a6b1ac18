package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"assent/decision"
	"assent/internal/simulator"
	"assent/odoo/odootest"
)

// demoVersion is the version of the demo's Odoo.
const demoVersion = 18

// inboxEvery is how often the simulated people look into their inbox.
const inboxEvery = 30 * time.Minute

// clock is simulated until it is released.
type clock struct {
	wall     func() time.Time
	mu       sync.Mutex
	at       time.Time
	released bool
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.released {
		return c.wall().UTC()
	}
	return c.at
}

// advance never goes back: entries are in order of time.
func (c *clock) advance(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if to.After(c.at) {
		c.at = to
	}
}

func (c *clock) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.released = true
}

// day is the retailer's day as it is lived.
type day struct {
	app      *app
	clock    *clock
	end      time.Time
	inbox    time.Time // when people look into it next
	retailer *simulator.Retailer
	fake     *odootest.Server
	company  decision.Company
	people   []decision.User
	manners  map[string]simulator.Approver // by user id
	executor *decision.Executor
}

// prepare sets the company up: policy, people, Odoo, every kind live.
func (d *day) prepare(ctx context.Context) error {
	if err := d.app.store.PutCompany(ctx, d.company); err != nil {
		return err
	}
	if err := d.app.ensurePolicies(ctx); err != nil {
		return err
	}
	if err := d.connectFake(); err != nil {
		return err
	}
	d.manners = map[string]simulator.Approver{}
	for _, a := range d.retailer.Approvers() {
		u := a.User
		u.ID, u.Company = newID(), d.company.ID
		if err := d.app.store.PutUser(ctx, u); err != nil {
			return err
		}
		d.people = append(d.people, u)
		d.manners[u.ID] = a
	}
	live := map[string]decision.Mode{}
	for _, k := range decision.Kinds() {
		live[k.Name] = decision.Live
	}
	_, err := d.app.decisions.Switch(ctx, d.company.ID, decision.AnyEpoch, decision.Switches{Modes: live}, decision.System, "go_live")
	d.executor = d.app.executor()
	return err
}

// fill loads the retailer's records into the fake Odoo.
func fill(server *odootest.Server, records []simulator.Record) {
	server.Demo(0) // company, bot, journals, taxes: what every shop has
	for _, r := range records {
		server.Seed(r.Model, r.Values)
	}
}

// live goes through the day: each event is decided at its time, what may be
// executed is, and people look into their inbox now and then.
func (d *day) live(ctx context.Context, bar *progressbar.ProgressBar) error {
	d.inbox = d.clock.now().Add(inboxEvery)
	for _, e := range d.retailer.Events() {
		if err := d.pass(ctx, e.At); err != nil {
			return err
		}
		if _, err := d.app.decisions.Decide(ctx, e.Request); err != nil {
			return fmt.Errorf("%s %d: %w", e.Request.Subject.Model, e.Request.Subject.ID, err)
		}
		if err := d.execute(ctx); err != nil {
			return err
		}
		_ = bar.Add(1) // a terminal that is gone is no reason to stop
	}
	_ = bar.Finish()
	if err := d.pass(ctx, d.end); err != nil {
		return err
	}
	return d.work(ctx)
}

// pass lets time go by; people look into their inbox meanwhile.
func (d *day) pass(ctx context.Context, until time.Time) error {
	for ; until.After(d.inbox); d.inbox = d.inbox.Add(inboxEvery) {
		d.clock.advance(d.inbox)
		if err := d.work(ctx); err != nil {
			return err
		}
	}
	d.clock.advance(until)
	return nil
}

// work lets people act, expires what is too late, and executes what follows.
func (d *day) work(ctx context.Context) error {
	if err := d.sign(ctx); err != nil {
		return err
	}
	if _, err := d.app.approvals.Expire(ctx, d.company.ID, d.clock.now()); err != nil {
		return err
	}
	return d.execute(ctx)
}

// sign lets every person decide on the open approvals they may decide on.
func (d *day) sign(ctx context.Context) error {
	for _, u := range d.people {
		open, _, err := decision.PageOf[decision.Approval](ctx, d.app.store, d.company.ID, decision.Approvals, decision.Filter{
			Where: map[string][]string{"status": {string(decision.AwaitingApproval)}}, Limit: 500,
		})
		if err != nil {
			return err
		}
		for _, a := range open {
			if err := d.decideOn(ctx, u, a); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *day) decideOn(ctx context.Context, u decision.User, a decision.Approval) error {
	if _, err := a.MayDecide(u); err != nil {
		return nil // not hers, her own, or signed already
	}
	manner := d.manners[u.ID]
	manner.User = u
	answer := manner.Decide(a)
	var err error
	switch answer.Choice {
	case simulator.Approve:
		_, err = d.app.approvals.Approve(ctx, d.company.ID, a.ID, u, answer.Comment)
	case simulator.Decline:
		_, err = d.app.approvals.Decline(ctx, d.company.ID, a.ID, u, answer.Comment)
	}
	if decision.CodeOf(err) == decision.CodeConflict {
		return nil // the record changed, or the deadline passed: that is how it ended
	}
	return err
}

// execute applies what is due until nothing is.
func (d *day) execute(ctx context.Context) error {
	for {
		n, err := d.executor.Step(ctx, d.company, d.clock.now())
		if err != nil || n == 0 {
			return err
		}
	}
}

// newProgress draws a bar on a terminal, and nothing into a file.
func newProgress(w io.Writer, steps int) *progressbar.ProgressBar {
	return progressbar.NewOptions(steps,
		progressbar.OptionSetWriter(w), progressbar.OptionSetVisibility(isTerminal(w)),
		progressbar.OptionSetDescription("One day of decisions"), progressbar.OptionThrottle(50*time.Millisecond),
		progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false), progressbar.OptionSetWidth(30),
		progressbar.OptionOnCompletion(func() { fmt.Fprintln(w) }),
	)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

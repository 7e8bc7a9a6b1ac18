package main

import (
	"context"
	"sync"
	"time"

	"assent/decision"
)

// Rhythm of the background work.
const (
	executeEvery    = 100 * time.Millisecond
	expireEvery     = 10 * time.Second
	checkpointEvery = time.Minute
	cleanEvery      = time.Hour
)

// executors is how many steps run at once, so that one slow call does not hold
// up the others. Leases keep them apart.
const executors = 4

// runner does what nobody asks for: it executes, expires, signs checkpoints and
// forgets sessions that are over, until its context ends.
type runner struct {
	*app
	checkpoints string // file that signed checkpoints are appended to; "" only logs them
}

// run blocks until ctx ends and all work in hand is recorded.
func (r runner) run(ctx context.Context) {
	var wg sync.WaitGroup
	if r.actuator != nil {
		executor := r.executor()
		for range executors {
			wg.Go(func() {
				r.loop(ctx, executeEvery, func(c decision.Company) bool { return r.execute(ctx, executor, c) })
			})
		}
	}
	wg.Go(func() { r.loop(ctx, expireEvery, func(c decision.Company) bool { r.expire(ctx, c); return false }) })
	wg.Go(func() {
		r.loop(ctx, checkpointEvery, func(c decision.Company) bool { r.checkpoint(ctx, c); return false })
	})
	wg.Go(func() { again(ctx, cleanEvery, func() bool { r.clean(ctx); return false }) })
	wg.Wait()
	r.last()
}

// loop visits every company, again at once while any has more to do.
func (r runner) loop(ctx context.Context, every time.Duration, visit func(decision.Company) (more bool)) {
	again(ctx, every, func() (more bool) {
		companies, err := r.store.Companies(ctx)
		if err != nil && ctx.Err() == nil {
			r.log.Error("companies not readable", "error", err)
		}
		for _, c := range companies {
			more = visit(c) || more
		}
		return more
	})
}

// again does something until ctx ends, at once while there is more to do.
func again(ctx context.Context, every time.Duration, do func() (more bool)) {
	for {
		wait := every
		if do() {
			wait = 0
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// unfinished selects the executions that a step may find due.
var unfinished = decision.Filter{
	Where: map[string][]string{"status": {string(decision.ExecutionWaiting), string(decision.ExecutionRunning), string(decision.ExecutionParked)}},
	Limit: 1,
}

// execute looks before it locks: who has nothing to do must not commit ten
// times a second.
func (r runner) execute(ctx context.Context, x *decision.Executor, c decision.Company) (more bool) {
	n := 0
	page, err := r.store.List(ctx, c.ID, decision.Executions, unfinished)
	if err == nil && len(page.Rows) > 0 {
		n, err = x.Step(ctx, c, r.now())
	}
	if err != nil && ctx.Err() == nil {
		r.log.Error("executor", "company", c.ID, "error", err)
		return false
	}
	return n > 0
}

func (r runner) clean(ctx context.Context) {
	if err := r.store.DeleteLapsed(ctx, r.now()); err != nil && ctx.Err() == nil {
		r.log.Error("sessions that are over not deleted", "error", err)
	}
}

func (r runner) expire(ctx context.Context, c decision.Company) {
	n, err := r.approvals.Expire(ctx, c.ID, r.now())
	if err != nil && ctx.Err() == nil {
		r.log.Error("expiry", "company", c.ID, "error", err)
	}
	if n > 0 {
		r.log.Info("approvals expired", "company", c.ID, "count", n)
	}
}

// checkpoint signs how long the chain is, and lets it leave the process.
func (r runner) checkpoint(ctx context.Context, c decision.Company) {
	head, err := r.store.Head(ctx, c.ID)
	if err != nil || head.Seq == 0 {
		return
	}
	signed := r.keyring.Audit.Sign(decision.Checkpoint{Company: c.ID, Seq: head.Seq, Hash: head.Hash, At: r.now().UTC()})
	r.log.Info("checkpoint", "company", c.ID, "seq", signed.Seq, "hash", signed.Hash, "at", signed.At, "mac", signed.MAC)
	if r.checkpoints == "" {
		return
	}
	if err := appendCheckpoint(r.checkpoints, signed); err != nil {
		r.log.Error("checkpoint not written", "error", err)
	}
}

// last signs a checkpoint when the service stops.
func (r runner) last() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	companies, _ := r.store.Companies(ctx)
	for _, c := range companies {
		r.checkpoint(ctx, c)
	}
}

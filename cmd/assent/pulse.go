package main

import (
	"context"
	"sync"
	"time"

	"assent/decision"
)

// pulseFor is how long a write that succeeded says that the next one will.
const pulseFor = 10 * time.Second

// pulse knows whether the store can be written: a full disk or a standby
// answers every read.
type pulse struct {
	store decision.Directory
	now   func() time.Time

	mu     sync.Mutex
	wrote  time.Time // when the last write succeeded; zero since one failed
	failed time.Time // when the last commit failed
}

var errLastFailed = decision.Errorf(decision.CodeUnavailable, "The last commit has failed.")

// note takes how a commit ended. Only a fault of the store counts; should it
// have been the caller who gave up, check finds that out.
func (p *pulse) note(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil:
		p.wrote = p.now()
	case decision.CodeOf(err) == decision.CodeUnavailable:
		p.wrote, p.failed = time.Time{}, p.now()
	}
}

// check believes a commit of just now, and else writes: a session that lapsed
// before it was made. Nobody can use it, and the next cleaning takes it away.
// It is so small that it may fit a disk on which no decision does: one that has
// just failed counts for more.
func (p *pulse) check(ctx context.Context) error {
	p.mu.Lock()
	fresh, failing := p.now().Sub(p.wrote) < pulseFor, p.now().Sub(p.failed) < pulseFor
	p.mu.Unlock()
	if fresh {
		return nil
	}
	err := p.store.PutSession(ctx, "pulse", nil, p.now().Add(-time.Hour))
	if err == nil && failing {
		return errLastFailed
	}
	p.note(err)
	return err
}

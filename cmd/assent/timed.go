package main

import (
	"context"
	"time"

	"assent/decision"
	"assent/internal/api"
)

// timed is a store whose commits are measured, and tell whether it can be
// written.
type timed struct {
	decision.Store
	pulse   *pulse
	name    string // of the engine, for the label
	metrics *api.Metrics
}

// Do measures from the call until the work is durable.
func (t timed) Do(ctx context.Context, w decision.Work) error {
	started := time.Now()
	err := t.Store.Do(ctx, w)
	t.metrics.Commit(t.name, time.Since(started))
	if err != nil || w.Lane == decision.Foreground { // background work often finds nothing to write
		t.pulse.note(err)
	}
	return err
}

package main

import (
	"context"
	"time"

	"assent/decision"
	"assent/internal/api"
)

// timed is a store whose commits are measured.
type timed struct {
	decision.Store
	name    string // of the engine, for the label
	metrics *api.Metrics
}

// Do measures from the call until the work is durable.
func (t timed) Do(ctx context.Context, w decision.Work) error {
	started := time.Now()
	err := t.Store.Do(ctx, w)
	t.metrics.Commit(t.name, time.Since(started))
	return err
}

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
	metrics *api.Metrics
}

// Do measures from the call until the work is durable.
func (t timed) Do(ctx context.Context, w decision.Work) error {
	started := time.Now()
	err := t.Store.Do(ctx, w)
	t.metrics.Commit("store", time.Since(started))
	return err
}

package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"assent/bench/house"
	"assent/decision"
)

// runOwn loads a service that it starts for the purpose.
func runOwn(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "assent-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	h, err := house.Open(ctx, house.Options{Dir: dir, Store: o.Own, Orders: max(1000, o.Backlog), OdooRate: o.OdooRate})
	if err != nil {
		return err
	}
	defer h.Close()
	o.URL, o.Key, o.Company = h.URL, h.Key, house.Company
	draining := o.Backlog > 0
	if draining && o.Existing == 0 {
		o.Existing = int64(h.Orders) // so that what the load starts can be applied, too
	}
	if err := pileUp(ctx, h, o); err != nil {
		return fmt.Errorf("backlog: %w", err)
	}
	if err := launch(ctx, h, draining); err != nil {
		return err
	}
	before, err := unfinished(ctx, h)
	if err != nil {
		return err
	}
	if err := load(ctx, o); err != nil {
		return err
	}
	after, err := unfinished(ctx, h)
	fmt.Printf("  executions that wait: %d when the load began, %d when it ended\n", before, after)
	return err
}

func launch(ctx context.Context, h *house.House, odoo bool) error {
	if err := h.Launch(odoo); err != nil {
		return err
	}
	return h.AwaitReady(ctx)
}

// pileUp decides on orders so large that each is held for a person, while
// there is no Odoo to hold them in.
func pileUp(ctx context.Context, h *house.House, o options) error {
	if o.Backlog == 0 {
		return nil
	}
	if err := launch(ctx, h, false); err != nil {
		return err
	}
	const rate = 400 // a second
	o.Kind, o.Apply, o.Existing, o.Offset, o.least = "order", "service", int64(o.Backlog), 1_000_000_000, 2000
	o.Rate, o.Warmup, o.Duration = rate, 0, time.Duration(o.Backlog)*time.Second/rate
	r := newReport()
	fire(ctx, o, r)
	if n := r.failed(); n > 0 {
		return fmt.Errorf("%d requests failed", n)
	}
	return h.Stop()
}

// unfinished counts the executions that have not ended.
func unfinished(ctx context.Context, h *house.House) (int, error) {
	store, err := h.OpenStore(ctx)
	if err != nil {
		return 0, err
	}
	defer store.Close()
	return store.Count(ctx, house.Company, decision.Executions, decision.Filter{
		Where: map[string][]string{"status": {string(decision.ExecutionWaiting), string(decision.ExecutionRunning)}},
	})
}

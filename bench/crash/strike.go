package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"assent/bench/house"
	"assent/decision"
	"assent/odoo/odootest"
)

// strike lets the service work under load, and kills it: every other time
// right after an effect in Odoo, else at random.
func (h *siege) strike(ctx context.Context, load *load, n int) error {
	if err := h.Launch(true); err != nil {
		return err
	}
	loading, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan struct{})
	go func() { defer close(ended); load.run(loading) }()
	await := h.awaitAnyMoment
	if n%2 == 0 {
		await = h.awaitEffect
	}
	err := await(ctx)
	h.Kill()
	stop()
	<-ended
	if err != nil {
		return err
	}
	return h.countDoubt(ctx)
}

// awaitAnyMoment returns while the service starts, takes up what it finds, or
// works: each moment of the first seconds is as likely.
func (h *siege) awaitAnyMoment(ctx context.Context) error {
	const longest = 2 * time.Second
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(h.random.Int64N(int64(longest)))):
		return nil
	}
}

// awaitEffect lets the service get to work, and returns as soon as the write
// log grows.
func (h *siege) awaitEffect(ctx context.Context) error {
	if err := h.AwaitReady(ctx); err != nil {
		return err
	}
	if err := h.awaitAnyMoment(ctx); err != nil {
		return err
	}
	size := func() int64 {
		info, err := os.Stat(h.Log)
		if err != nil {
			return 0
		}
		return info.Size()
	}
	const patience = 20 * time.Second
	before := size()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(time.Millisecond) {
		if size() > before {
			return nil
		}
	}
	return fmt.Errorf("no effect in Odoo within %v", patience)
}

// countDoubt counts effects that Odoo has and our journal does not know the
// end of: those the kill fell between.
func (h *siege) countDoubt(ctx context.Context) error {
	effects, err := odootest.ReadLog(h.Log)
	if err != nil {
		return err
	}
	store, err := h.OpenStore(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	open := map[string]bool{} // by marker
	err = decision.EachRow(ctx, store, house.Company, decision.Executions, func(id string, x decision.Execution) error {
		open["assent:"+id] = x.Status == decision.ExecutionRunning
		return nil
	})
	if err != nil {
		return err
	}
	doubt := 0
	for _, e := range effects {
		if open[e.Key] && !h.counted[e.Seq] { // else an earlier kill's, still waiting for its lease to end
			h.counted[e.Seq] = true
			doubt++
		}
	}
	if doubt > 0 {
		h.between++
		h.doubted += doubt
	}
	return nil
}

// drain lets the service finish without being disturbed, and stops it in
// order.
func (h *siege) drain(ctx context.Context, load *load) error {
	if err := h.Launch(true); err != nil {
		return err
	}
	if err := h.AwaitReady(ctx); err != nil {
		return err
	}
	if err := load.repeatUnanswered(ctx); err != nil {
		return err
	}
	for deadline := time.Now().Add(h.Drain); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(500 * time.Millisecond) {
		left, err := h.unfinished(ctx)
		if err != nil {
			return err
		}
		if left == 0 {
			return h.Stop()
		}
	}
	return fmt.Errorf("executions are unfinished after %v", h.Drain)
}

func (h *siege) unfinished(ctx context.Context) (int, error) {
	store, err := h.OpenStore(ctx)
	if err != nil {
		return 0, err
	}
	defer store.Close()
	return store.Count(ctx, house.Company, decision.Executions, decision.Filter{
		Where: map[string][]string{"status": {string(decision.ExecutionWaiting), string(decision.ExecutionRunning)}},
	})
}

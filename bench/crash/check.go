package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"assent/bench/house"
	"assent/decision"
	"assent/odoo/odootest"
)

// checker reads the write log against the journal.
type checker struct {
	executions map[string]decision.Execution   // by id
	decisions  map[string]decision.DecisionRow // by id
	approvals  map[string]decision.Approval    // by id
	problems   []string
}

func (c *checker) problem(format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf(format, args...))
}

// check proves what must hold whenever the service is killed: nothing
// acknowledged is lost, nothing is applied twice, nothing effective happens
// without assent, the journal is whole, and every decision replays.
func (h *siege) check(ctx context.Context, promised promises) error {
	store, err := h.OpenStore(ctx)
	if err != nil {
		return err
	}
	defer store.Close()
	c := &checker{executions: map[string]decision.Execution{}, decisions: map[string]decision.DecisionRow{}, approvals: map[string]decision.Approval{}, problems: promised.broken}
	if err := c.load(ctx, store); err != nil {
		return err
	}
	if err := c.kept(ctx, store, promised); err != nil {
		return err
	}
	effects, err := odootest.ReadLog(h.Log)
	if err != nil {
		return err
	}
	c.effects(effects)
	audit, err := h.Assent(ctx, "audit", "verify")
	fmt.Print(audit)
	if err != nil {
		c.problem("audit verify: %v", err)
	}
	replay, err := h.Assent(ctx, "replay")
	fmt.Print(replay)
	if err != nil {
		c.problem("replay: %v", err)
	}
	fmt.Printf("%d decisions and %d grants acknowledged, %d decisions in the journal, %d executions, %d effects in Odoo\n",
		len(promised.acked), len(promised.granted), len(c.decisions), len(c.executions), len(effects))
	for _, p := range c.problems[:min(20, len(c.problems))] {
		fmt.Println("BROKEN:", p)
	}
	if n := len(c.problems); n > 0 {
		return fmt.Errorf("%d promises broken", n)
	}
	fmt.Println("nothing acknowledged lost, nothing executed twice, nothing effective without assent")
	return nil
}

func (c *checker) load(ctx context.Context, r decision.Reader) error {
	if err := rows(ctx, r, decision.Executions, c.executions); err != nil {
		return err
	}
	if err := rows(ctx, r, decision.Approvals, c.approvals); err != nil {
		return err
	}
	return rows(ctx, r, decision.Decisions, c.decisions)
}

// rows reads a table into a map by id.
func rows[T any](ctx context.Context, r decision.Reader, table decision.Table, into map[string]T) error {
	return decision.EachRow(ctx, r, house.Company, table, func(id string, row T) error {
		into[id] = row
		return nil
	})
}

// kept checks that every answer given is still true, and that every
// execution has ended.
func (c *checker) kept(ctx context.Context, r decision.Reader, promised promises) error {
	for key, id := range promised.acked {
		bound, found, err := r.Binding(ctx, house.Company, key)
		if err != nil {
			return err
		}
		if _, journalled := c.decisions[id]; !journalled || !found || bound.Decision != id {
			c.problem("acknowledged decision %s of key %s is lost", id, key)
		}
	}
	for id := range promised.granted {
		if a := c.approvals[id]; a.Status != decision.Executing || len(a.Signatures) < max(1, a.People) {
			c.problem("acknowledged grant of approval %s is lost", id)
		}
	}
	for id, x := range c.executions {
		if x.Status != decision.ExecutionDone {
			c.problem("execution %s ended as %s (%s)", id, x.Status, x.Code)
		}
	}
	return nil
}

// effects checks that each effect was allowed and happened once, and that
// each execution that says it is done has its effect.
func (c *checker) effects(log []odootest.Entry) {
	times := map[string]int{}
	seen := map[string]bool{}
	for _, e := range log {
		id, known := c.cause(e)
		if !known {
			c.problem("effect %d (%s on %s) belongs to no execution", e.Seq, e.Effect, e.Record)
			continue
		}
		c.allowed(e, id)
		seen[id] = true
		if times[id+" "+e.Effect]++; times[id+" "+e.Effect] == 2 {
			c.problem("execution %s had its effect %s twice", id, e.Effect)
		}
	}
	for id, x := range c.executions {
		if x.Status == decision.ExecutionDone && !seen[id] {
			c.problem("execution %s says done, and Odoo knows nothing of it", id)
		}
	}
}

// cause finds the execution behind an effect by the marker that every call
// carries.
func (c *checker) cause(e odootest.Entry) (string, bool) {
	id, marked := strings.CutPrefix(e.Key, "assent:")
	_, known := c.executions[id]
	return id, marked && known
}

// allowed checks that an effective action had a verdict of execute or a
// granted approval.
func (c *checker) allowed(e odootest.Entry, id string) {
	x := c.executions[id]
	if x.Action.Class() != decision.Effective && !slices.Contains([]string{"confirm", "cancel", "post", "credit_note", "write"}, e.Effect) {
		return
	}
	d := c.decisions[x.Decision]
	a, granted := c.approvals[x.Approval]
	if d.Outcome != decision.Execute && (!granted || len(a.Signatures) < a.People) {
		c.problem("effect %d (%s on %s) had no assent", e.Seq, e.Effect, e.Record)
	}
}

package main

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"assent/decision"
)

type replayCmd struct {
	ofCompany
	ID   []string `arg:"" optional:"" help:"Decisions; default all of the company."`
	Diff bool     `help:"Print what was and what is for each that differs."`
}

// Run replays; exit 5 when any decision differs. One that this release cannot
// evaluate is listed and counted, and no reason to stop.
func (c *replayCmd) Run(p *process) error {
	app, err := p.read(&c.ofCompany)
	if err != nil {
		return err
	}
	defer app.store.Close()
	tally, err := app.replay(p, c.Company, c.ID, c.say(p.stdout))
	if err != nil {
		return err
	}
	tally.print(p.stdout, app.decisions.Code)
	if tally.differ() > 0 {
		return exit(exitBroken)
	}
	return nil
}

// say prints what is not the same.
func (c *replayCmd) say(w io.Writer) func(decision.Replayed, error) {
	return func(r decision.Replayed, err error) {
		by := ""
		if r.Code != "" {
			by = ", made by code " + r.Code
		}
		if err != nil {
			fmt.Fprintf(w, "%s not replayed%s: %v\n", r.ID, by, err)
			return
		}
		fmt.Fprintf(w, "%s differs%s\n", r.ID, by)
		if c.Diff {
			fmt.Fprintf(w, "  was %s\n  is  %s\n", r.Want, r.Have)
		}
	}
}

// tally counts replays.
type tally struct {
	all, same, erased int
	foreign           int            // made with a kind, model or policy that this release has not
	codes             map[string]int // by the code that made them, where it is another
}

func (t tally) differ() int { return t.all - t.same - t.erased - t.foreign }

func (t tally) print(w io.Writer, code string) {
	fmt.Fprintf(w, "%d decisions: %d the same byte for byte, %d erased", t.all, t.same, t.erased)
	if t.foreign > 0 {
		fmt.Fprintf(w, ", %d made with what this release has not", t.foreign)
	}
	fmt.Fprintln(w)
	for _, other := range slices.Sorted(maps.Keys(t.codes)) {
		fmt.Fprintf(w, "%d of them made by code %s; this is %s\n", t.codes[other], other, code)
	}
}

// replay evaluates decisions again; no ids means all of the company. What
// differs, or cannot be told, is handed to other.
func (a *app) replay(p *process, company string, ids []string, other func(decision.Replayed, error)) (tally, error) {
	t := tally{codes: map[string]int{}}
	one := func(id string) error {
		r, err := a.decisions.Replay(p.ctx, company, id)
		if err != nil && decision.CodeOf(err) != decision.CodeConflict {
			return fmt.Errorf("replay %s: %w", id, err)
		}
		if t.count(r, err); !r.Same && !r.Erased {
			other(r, err)
		}
		return nil
	}
	if len(ids) == 0 {
		return t, a.eachDecision(p, company, func(row decision.DecisionRow) error { return one(row.ID) })
	}
	for _, id := range ids {
		if err := one(id); err != nil {
			return t, err
		}
	}
	return t, nil
}

func (t *tally) count(r decision.Replayed, err error) {
	t.all++
	if r.Code != "" {
		t.codes[r.Code]++
	}
	switch {
	case err != nil:
		t.foreign++
	case r.Erased:
		t.erased++
	case r.Same:
		t.same++
	}
}

// eachDecision visits every decision of a company, newest first.
func (a *app) eachDecision(p *process, company string, visit func(decision.DecisionRow) error) error {
	filter := decision.Filter{Limit: 500}
	for {
		rows, next, err := decision.PageOf[decision.DecisionRow](p.ctx, a.store, company, decision.Decisions, filter)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := visit(row); err != nil {
				return err
			}
		}
		if filter.Cursor = next; next == "" {
			return nil
		}
	}
}

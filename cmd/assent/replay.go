package main

import (
	"encoding/json"
	"fmt"

	"assent/decision"
)

type replayCmd struct {
	Company string   `default:"main" help:"Company."`
	ID      []string `arg:"" optional:"" help:"Decisions; default all of the company."`
	Diff    bool     `help:"Print what was and what is for each that differs."`
}

// Run replays; exit 5 when any decision differs.
func (c *replayCmd) Run(p *process) error {
	app, err := p.openFor(c.Company, readOnly)
	if err != nil {
		return err
	}
	defer app.store.Close()
	tally, err := app.replay(p, c.Company, c.ID, func(r decision.Replayed) {
		fmt.Fprintf(p.stdout, "%s differs\n", r.ID)
		if c.Diff {
			fmt.Fprintf(p.stdout, "  was %s\n  is  %s\n", r.Want, r.Have)
		}
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%d decisions: %d the same byte for byte, %d erased\n", tally.all, tally.same, tally.erased)
	if tally.same+tally.erased < tally.all {
		return exit(exitBroken)
	}
	return nil
}

// tally counts replays.
type tally struct{ all, same, erased int }

// replay evaluates decisions again; no ids means all of the company.
func (a *app) replay(p *process, company string, ids []string, differs func(decision.Replayed)) (tally, error) {
	var t tally
	one := func(id string) error {
		r, err := a.decisions.Replay(p.ctx, company, id)
		if err != nil {
			return fmt.Errorf("replay %s: %w", id, err)
		}
		t.all++
		switch {
		case r.Erased:
			t.erased++
		case r.Same:
			t.same++
		default:
			differs(r)
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

// eachDecision visits every decision of a company, newest first.
func (a *app) eachDecision(p *process, company string, visit func(decision.DecisionRow) error) error {
	filter := decision.Filter{Limit: 500}
	for {
		page, err := a.store.List(p.ctx, company, decision.Decisions, filter)
		if err != nil {
			return err
		}
		for _, body := range page.Rows {
			var row decision.DecisionRow
			if err := json.Unmarshal(body, &row); err != nil {
				return err
			}
			if err := visit(row); err != nil {
				return err
			}
		}
		if filter.Cursor = page.Next; page.Next == "" {
			return nil
		}
	}
}

package main

import (
	"encoding/json"

	"assent/decision"
)

type switchCmd struct {
	Company string            `default:"main" help:"Company."`
	Kill    string            `enum:"on,off," default:"" help:"on stops all execution, off releases it."`
	Mode    map[string]string `placeholder:"order=live" help:"shadow, suggest or live, by kind."`
	Pause   map[string]string `placeholder:"refund=reason" help:"Pause auto-execution of a kind; an empty reason ends the pause."`
	Reason  string            `help:"Why, a code for the journal."`
}

// Run prints the controls, after changing those that were named.
func (c *switchCmd) Run(p *process) error {
	change := c.Kill != "" || len(c.Mode) > 0 || len(c.Pause) > 0
	level := readOnly
	if change {
		level = readWrite
	}
	app, err := p.openFor(c.Company, level)
	if err != nil {
		return err
	}
	defer app.store.Close()
	head, err := app.store.Head(p.ctx, c.Company)
	if err != nil {
		return err
	}
	if change {
		head, err = app.decisions.Switch(p.ctx, c.Company, head.Epoch, c.apply(head.Switches), "cli", c.Reason)
		if err != nil {
			return err
		}
	}
	out := json.NewEncoder(p.stdout)
	out.SetIndent("", "  ")
	return out.Encode(head.Switches)
}

func (c *switchCmd) apply(s decision.Switches) decision.Switches {
	if c.Kill != "" {
		s.Kill = c.Kill == "on"
	}
	modes, paused := map[string]decision.Mode{}, map[string]string{}
	for kind, mode := range s.Modes {
		modes[kind] = mode
	}
	for kind, mode := range c.Mode {
		modes[kind] = decision.Mode(mode)
	}
	for kind, why := range s.Paused {
		paused[kind] = why
	}
	for kind, why := range c.Pause {
		if paused[kind] = why; why == "" {
			delete(paused, kind)
		}
	}
	s.Modes, s.Paused = modes, paused
	return s
}

package main

import (
	"encoding/json"
	"slices"
	"strings"

	"assent/decision"
)

type switchCmd struct {
	ofCompany
	Kill   string                   `enum:"on,off," default:"" help:"on stops all execution, off releases it."`
	Mode   map[string]decision.Mode `placeholder:"order=live" help:"shadow, suggest or live, by kind."`
	Pause  []string                 `placeholder:"KIND" help:"Let these kinds execute nothing by themselves."`
	Resume []string                 `placeholder:"KIND" help:"End the pause of these kinds."`
	Reason string                   `help:"Why, for the journal; every change needs one of ${switch_reasons}."`
}

// Run prints the controls, after changing those that were named.
func (c *switchCmd) Run(p *process) error {
	if c.changes() {
		return p.apply(c)
	}
	app, err := p.read(&c.ofCompany)
	if err != nil {
		return err
	}
	defer app.store.Close()
	return c.do(p, app)
}

func (c *switchCmd) check() error {
	if !slices.Contains(decision.SwitchReasons, c.Reason) {
		return wrongUse("--reason", "every change needs one of "+strings.Join(decision.SwitchReasons, ", "))
	}
	return nil
}

func (c *switchCmd) changes() bool { return c.Kill != "" || len(c.Mode)+len(c.Pause)+len(c.Resume) > 0 }

func (c *switchCmd) do(p *process, a *app) error {
	head, err := a.store.Head(p.ctx, c.Company)
	if err == nil && c.changes() {
		head, err = a.decisions.Amend(p.ctx, c.Company, decision.AnyEpoch, c.patch(), "cli", c.Reason)
	}
	if err != nil {
		return err
	}
	out := json.NewEncoder(p.stdout)
	out.SetIndent("", "  ")
	return out.Encode(head.Switches)
}

func (c *switchCmd) patch() decision.SwitchPatch {
	patch := decision.SwitchPatch{Modes: c.Mode, Paused: map[string]bool{}}
	if c.Kill != "" {
		kill := c.Kill == "on"
		patch.Kill = &kill
	}
	for _, kind := range c.Resume {
		patch.Paused[kind] = false
	}
	for _, kind := range c.Pause { // of both, the careful one
		patch.Paused[kind] = true
	}
	return patch
}

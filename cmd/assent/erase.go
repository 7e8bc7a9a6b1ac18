package main

import "fmt"

type eraseCmd struct {
	Company string   `default:"main" help:"Company."`
	ID      []string `arg:"" help:"Decisions."`
}

// Run destroys what each decision knew about people: the keys of its snapshot
// and of every comment on its approval and its exceptions. The decision itself stays, and the chain still
// verifies; nobody can bring the content back.
func (c *eraseCmd) Run(p *process) error {
	app, err := p.openFor(c.Company, readWrite)
	if err != nil {
		return err
	}
	defer app.store.Close()
	for _, id := range c.ID {
		n, err := app.decisions.EraseDecision(p.ctx, c.Company, id, "cli")
		if err != nil {
			return fmt.Errorf("erase %s: %w", id, err)
		}
		fmt.Fprintf(p.stdout, "%s: %d erased\n", id, n)
	}
	return nil
}

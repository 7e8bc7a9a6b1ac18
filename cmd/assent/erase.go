package main

import "fmt"

type eraseCmd struct {
	ofCompany
	ID []string `arg:"" help:"Decisions."`
}

// Run destroys what each decision knew about people: the keys of its snapshot
// and of every comment on its approval and its exceptions. The decision itself stays, and the chain still
// verifies; nobody can bring the content back.
func (c *eraseCmd) Run(p *process) error { return p.apply(c) }

func (c *eraseCmd) do(p *process, a *app) error {
	for _, id := range c.ID {
		n, err := a.decisions.EraseDecision(p.ctx, c.Company, id, "cli")
		if err != nil {
			return fmt.Errorf("erase %s: %w", id, err)
		}
		fmt.Fprintf(p.stdout, "%s: %d erased\n", id, n)
	}
	return nil
}

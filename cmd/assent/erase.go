package main

import (
	"fmt"

	"assent/decision"
)

type eraseCmd struct {
	Company string   `default:"main" help:"Company."`
	ID      []string `arg:"" help:"Decisions."`
}

// Run destroys what each decision knew about people: the keys of its snapshot
// and of the comments on it. The decision itself stays, and the chain still
// verifies; nobody can bring the content back.
func (c *eraseCmd) Run(p *process) error {
	app, err := p.openFor(c.Company, readWrite)
	if err != nil {
		return err
	}
	defer app.store.Close()
	for _, id := range c.ID {
		n, err := app.erase(p, c.Company, id)
		if err != nil {
			return fmt.Errorf("erase %s: %w", id, err)
		}
		fmt.Fprintf(p.stdout, "%s: %d erased\n", id, n)
	}
	return nil
}

// erase counts what it erased; what was erased before is no error.
func (a *app) erase(p *process, company, id string) (int, error) {
	story, err := a.decisions.Story(p.ctx, company, id)
	if err != nil {
		return 0, err
	}
	sealed := []string{story.Decision.Snapshot}
	if story.Approval != nil && story.Approval.Comment != "" {
		sealed = append(sealed, story.Approval.Comment)
	}
	erased := 0
	for _, s := range sealed {
		if _, err := a.store.Sealed(p.ctx, company, s); decision.CodeOf(err) == decision.CodeErased {
			continue
		}
		if err := a.decisions.Erase(p.ctx, company, s, "cli"); err != nil {
			return erased, err
		}
		erased++
	}
	return erased, nil
}

package main

import "assent/policy/draft"

type policyCmd struct {
	Check      policyCheckCmd `cmd:"" help:"Compile and lint a policy, and delete every field once. Exit 3 when anything is found."`
	Test       policyTestCmd  `cmd:"" help:"Run a policy's own tests, with coverage. Exit 4 when one fails."`
	DraftChild draftChildCmd  `cmd:"" hidden:"" help:"Works on a draft within limits; started by check and test."`
}

type policyCheckCmd struct {
	Dir  string `arg:"" optional:"" help:"Folder with the policy; default is the one in this binary."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run checks the draft in a child process: a draft may be wrong in ways that
// must not take the service with it.
func (c *policyCheckCmd) Run(p *process) error {
	return ended(draft.Runner{}.CheckCommand(p.ctx, c.Dir, c.JSON, p.stdout))
}

type policyTestCmd struct {
	Dir  string `arg:"" optional:"" help:"Folder with the policy; default is the one in this binary."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run tests the draft in a child process.
func (c *policyTestCmd) Run(p *process) error {
	return ended(draft.Runner{}.TestCommand(p.ctx, c.Dir, c.JSON, p.stdout))
}

// ended turns an exit code that was said already into the end of the process.
func ended(status int, err error) error {
	if err != nil || status == exitOK {
		return err
	}
	return exit(status)
}

type draftChildCmd struct{}

// Run does the one job that the parent sends.
func (c *draftChildCmd) Run(p *process) error { return draft.Child(p.stdin, p.stdout) }

package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"assent/policy"
	"assent/policy/draft"
)

type policyCmd struct {
	Check      policyCheckCmd  `cmd:"" help:"Compile and lint a policy, and delete every field once. Exit 3 when anything is found."`
	Test       policyTestCmd   `cmd:"" help:"Run a policy's own tests, with coverage. Exit 4 when one fails."`
	Export     policyExportCmd `cmd:"" help:"Write the policy in this binary into a folder, to be edited there."`
	DraftChild draftChildCmd   `cmd:"" hidden:"" help:"Works on a draft within limits; started by check and test."`
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

type policyExportCmd struct {
	Dir string `arg:"" help:"Folder; what is there already is not written over."`
}

// Run writes what check and test take, and nothing else of the sources.
func (c *policyExportCmd) Run(p *process) error {
	b, err := policy.Embedded()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(b.Files)) {
		if err := writeNew(filepath.Join(c.Dir, filepath.FromSlash(name)), b.Files[name]); err != nil {
			return err
		}
	}
	fmt.Fprintf(p.stdout, "%s holds policy %s\n", c.Dir, b.Revision())
	return nil
}

func writeNew(path, content string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	return errors.Join(err, f.Close())
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

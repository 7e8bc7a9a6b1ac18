package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"assent/decision"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Recompute the chain, rebuild every table from it, compare. Exit 5 when anything differs."`
}

type auditVerifyCmd struct {
	Company     string `help:"Only this company."`
	Checkpoints string `placeholder:"FILE" help:"Signed checkpoints kept elsewhere; default is checkpoints.ndjson in --dir."`
	JSON        bool   `name:"json" help:"Print JSON."`
}

// Run verifies; it may run beside the service.
func (c *auditVerifyCmd) Run(p *process) error {
	app, err := p.open(readOnly)
	if err != nil {
		return err
	}
	defer app.store.Close()
	kept, err := c.read(p.config)
	if err != nil {
		return err
	}
	report, err := app.audit(p, c.Company, kept.points)
	if err != nil {
		return err
	}
	report.Database = append(report.Database, kept.wrong...)
	c.print(p, kept, report)
	if report.Broken() {
		return exit(exitBroken)
	}
	return nil
}

// audit verifies one company, or all, on one consistent view.
func (a *app) audit(p *process, company string, checkpoints []decision.Checkpoint) (report decision.Report, err error) {
	err = a.store.View(p.ctx, func(r decision.Reader) (err error) {
		report, err = decision.VerifyAll(p.ctx, r, a.keyring, company, checkpoints)
		return err
	})
	return report, err
}

// read loads the checkpoints. Without a file named there may be none yet.
func (c *auditVerifyCmd) read(config *Config) (kept, error) {
	file := c.Checkpoints
	if file == "" {
		file = config.checkpointsFile()
	}
	k, err := readCheckpoints(file)
	if c.Checkpoints == "" && errors.Is(err, fs.ErrNotExist) {
		return kept{}, nil
	}
	return k, err
}

func (c *auditVerifyCmd) print(p *process, k kept, r decision.Report) {
	for _, line := range k.torn {
		fmt.Fprintf(p.stderr, "%s: line %d was cut short, as by a process that died while it wrote; the others are compared.\n", k.file, line)
	}
	if c.JSON {
		c.printJSON(p, r)
		return
	}
	for _, problem := range r.Database {
		fmt.Fprintf(p.stdout, "%s %s\n", problem.Where, problem.What)
	}
	for _, a := range r.Companies {
		printAudit(p.stdout, a)
	}
	if len(r.Companies) == 0 {
		fmt.Fprintln(p.stdout, "There is no company: nothing was verified.")
	}
}

// printJSON prints an object a line: what is wrong with the database itself,
// if anything is, then the companies.
func (c *auditVerifyCmd) printJSON(p *process, r decision.Report) {
	out := json.NewEncoder(p.stdout)
	if len(r.Database) > 0 {
		out.Encode(map[string]any{"database": r.Database})
	}
	for _, a := range r.Companies {
		out.Encode(a)
	}
}

func printAudit(w io.Writer, a decision.Audit) {
	for _, problem := range a.Problems {
		fmt.Fprintf(w, "%s: %s %s\n", a.Company, problem.Where, problem.What)
	}
	verdict := "verified"
	if len(a.Problems) > 0 {
		verdict = fmt.Sprintf("%d problems", len(a.Problems))
	}
	fmt.Fprintf(w, "%s: %d entries, %d checkpoints, %d erased: %s\n", a.Company, a.Entries, a.Checkpoints, a.Erased, verdict)
}

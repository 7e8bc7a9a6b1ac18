package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

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
	checkpoints, err := c.read(p.config)
	if err != nil {
		return err
	}
	audits, err := app.audit(p, c.Company, checkpoints)
	if err != nil {
		return err
	}
	broken := false
	for _, a := range audits {
		broken = broken || len(a.Problems) > 0
		c.print(p, a)
	}
	if broken {
		return exit(exitBroken)
	}
	return nil
}

// audit verifies one company, or all, on one consistent view.
func (a *app) audit(p *process, company string, checkpoints []decision.Checkpoint) ([]decision.Audit, error) {
	companies, err := a.audited(p, checkpoints)
	if err != nil {
		return nil, err
	}
	if company != "" {
		if !slices.Contains(companies, company) {
			return nil, decision.Errorf(decision.CodeNotFound, "There is no such company.")
		}
		companies = []string{company}
	}
	var audits []decision.Audit
	err = a.store.View(p.ctx, func(r decision.Reader) error {
		audits = nil
		for _, id := range companies {
			audit, err := decision.Verify(p.ctx, r, a.keyring, id, checkpoints)
			if err != nil {
				return err
			}
			audits = append(audits, audit)
		}
		return nil
	})
	return audits, err
}

// audited lists the companies there are, and those that a checkpoint says
// there were: one that was cut off whole must be missed.
func (a *app) audited(p *process, checkpoints []decision.Checkpoint) ([]string, error) {
	companies, err := a.store.Companies(p.ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, c := range companies {
		ids = append(ids, c.ID)
	}
	for _, c := range checkpoints {
		ids = append(ids, c.Company)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// read loads the checkpoints. Without a file named there may be none yet. What
// is no checkpoint is an error: it may have been the one that tells.
func (c *auditVerifyCmd) read(config *Config) ([]decision.Checkpoint, error) {
	file := c.Checkpoints
	if file == "" {
		file = config.checkpointsFile()
	}
	f, err := os.Open(file)
	if c.Checkpoints == "" && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []decision.Checkpoint
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var point decision.Checkpoint
		if err := json.Unmarshal(lines.Bytes(), &point); err != nil || point.Company == "" || point.MAC == "" {
			return nil, fmt.Errorf("%s: line %d is no checkpoint", file, len(all)+1)
		}
		all = append(all, point)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: line %d: %w", file, len(all)+1, err)
	}
	return all, nil
}

func (c *auditVerifyCmd) print(p *process, a decision.Audit) {
	if c.JSON {
		json.NewEncoder(p.stdout).Encode(a)
		return
	}
	for _, problem := range a.Problems {
		fmt.Fprintf(p.stdout, "%s: %s %s\n", a.Company, problem.Where, problem.What)
	}
	verdict := "verified"
	if len(a.Problems) > 0 {
		verdict = fmt.Sprintf("%d problems", len(a.Problems))
	}
	fmt.Fprintf(p.stdout, "%s: %d entries, %d checkpoints, %d erased: %s\n", a.Company, a.Entries, a.Checkpoints, a.Erased, verdict)
}

package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"assent/decision"
	"assent/internal/export"
)

type importCmd struct {
	Export   importExportCmd   `cmd:"" default:"withargs" help:"Turn a shop's export into requests, or add it to history."`
	Disputes importDisputesCmd `cmd:"" help:"Tell how payers' disputes of orders began and ended."`
}

type importExportCmd struct {
	Mapping string `arg:"" type:"existingfile" help:"JSON mapping of columns to fields; see docs/imports/README.md."`
	Folder  string `arg:"" type:"existingdir" help:"Folder with the CSV files."`
	ofCompany
	Limit       int  `help:"At most so many rows; 0 is all."`
	History     bool `help:"Add the rows to history, without deciding on them; otherwise print requests for POST /v1/decisions/batch."`
	SkipInvalid bool `help:"Exit with 0 although rows were left out."`
}

// requestLine is one line of POST /v1/decisions/batch.
type requestLine struct {
	Key     string          `json:"key"`
	Kind    string          `json:"kind"`
	Company string          `json:"company,omitempty"`
	Channel string          `json:"channel,omitempty"`
	Subject subjectLine     `json:"subject"`
	Fields  json.RawMessage `json:"fields"`
}

type subjectLine struct {
	Model string `json:"model"`
	ID    int64  `json:"id"`
}

// Run reads the export. Rows that lack a required field, or hold what is no
// value of one, are named on standard error and left out; nothing is guessed.
// Exit 3 says that there were some.
func (c *importExportCmd) Run(p *process) error {
	data, err := os.ReadFile(c.Mapping)
	if err != nil {
		return err
	}
	mapping, err := export.Parse(data)
	if err != nil {
		return err
	}
	skipped := 0
	rows, err := mapping.Read(os.DirFS(c.Folder), c.Limit, func(key, why string) {
		skipped++
		fmt.Fprintf(p.stderr, "left out %s: %s\n", key, why)
	})
	if err != nil {
		return err
	}
	if c.History {
		err = p.apply(newHistoryJob(c.ofCompany, mapping, rows, data))
	} else {
		err = c.print(p, mapping, rows)
	}
	fmt.Fprintf(p.stderr, "%d rows, %d left out\n", len(rows), skipped)
	if err == nil && skipped > 0 && !c.SkipInvalid {
		err = exit(exitInvalid)
	}
	return err
}

func (c *importExportCmd) print(p *process, m export.Mapping, rows []export.Row) error {
	out := bufio.NewWriter(p.stdout)
	lines := json.NewEncoder(out)
	for _, r := range rows {
		line := requestLine{
			Key: "import:" + m.Kind + ":" + r.Key, Kind: m.Kind, Company: c.Company, Channel: m.Channel,
			Subject: subjectLine{r.Model, r.ID}, Fields: r.Fields,
		}
		if err := lines.Encode(line); err != nil {
			return err
		}
	}
	return out.Flush()
}

// historyJob adds rows to a company's history.
type historyJob struct {
	ofCompany
	Kind, Channel string
	File          string // hash of the mapping and the rows, for the journal
	Rows          []export.Row
}

func newHistoryJob(of ofCompany, m export.Mapping, rows []export.Row, mapping []byte) *historyJob {
	digest := sha256.New()
	digest.Write(mapping)
	for _, r := range rows {
		digest.Write(r.Fields)
	}
	return &historyJob{of, m.Kind, m.Channel, hex.EncodeToString(digest.Sum(nil)), rows}
}

func (j *historyJob) do(p *process, a *app) error {
	requests, at := make([]decision.Request, len(j.Rows)), make([]time.Time, len(j.Rows))
	for i, r := range j.Rows {
		requests[i] = decision.Request{
			Company: j.Company, Kind: j.Kind, Channel: j.Channel, Apply: decision.ByService,
			Subject: decision.Subject{Model: r.Model, ID: r.ID}, Fields: r.Fields,
		}
		at[i] = r.At
	}
	_, err := a.decisions.ImportHistory(p.ctx, requests, at, decision.ImportRecord{File: j.File, Kind: j.Kind, By: "cli"})
	return err
}

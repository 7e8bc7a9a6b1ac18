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
	Mapping string `arg:"" type:"existingfile" help:"JSON mapping of columns to fields; see docs/imports."`
	Folder  string `arg:"" type:"existingdir" help:"Folder with the CSV files."`
	Company string `default:"main" help:"Company."`
	Limit   int    `help:"At most so many rows; 0 is all."`
	History bool   `help:"Add the rows to history, without deciding on them; otherwise print requests for POST /v1/decisions/batch."`
}

// requestLine is one line of POST /v1/decisions/batch.
type requestLine struct {
	Key     string          `json:"key"`
	Kind    string          `json:"kind"`
	Company string          `json:"company"`
	Channel string          `json:"channel,omitempty"`
	Subject subjectLine     `json:"subject"`
	Fields  json.RawMessage `json:"fields"`
}

type subjectLine struct {
	Model string `json:"model"`
	ID    int64  `json:"id"`
}

// Run reads the export. Rows that lack a required field are named on
// standard error and left out; nothing is guessed.
func (c *importCmd) Run(p *process) error {
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
		err = c.addHistory(p, mapping, rows, data)
	} else {
		err = c.print(p, mapping, rows)
	}
	fmt.Fprintf(p.stderr, "%d rows, %d left out\n", len(rows), skipped)
	return err
}

func (c *importCmd) print(p *process, m export.Mapping, rows []export.Row) error {
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

func (c *importCmd) addHistory(p *process, m export.Mapping, rows []export.Row, mapping []byte) error {
	app, err := p.openFor(c.Company, readWrite)
	if err != nil {
		return err
	}
	defer app.store.Close()
	requests, at, digest := make([]decision.Request, len(rows)), make([]time.Time, len(rows)), sha256.New()
	digest.Write(mapping)
	for i, r := range rows {
		requests[i] = decision.Request{
			Company: c.Company, Kind: m.Kind, Channel: m.Channel, Apply: decision.ByService,
			Subject: decision.Subject{Model: r.Model, ID: r.ID}, Fields: r.Fields,
		}
		at[i] = r.At
		digest.Write(r.Fields)
	}
	record := decision.ImportRecord{File: hex.EncodeToString(digest.Sum(nil)), Kind: m.Kind, By: "cli"}
	_, err = app.decisions.ImportHistory(p.ctx, requests, at, record)
	return err
}

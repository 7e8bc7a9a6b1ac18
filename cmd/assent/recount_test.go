package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	_ "modernc.org/sqlite"
)

// The recount reads a store as an outsider would: SQL, the bodies of the
// journal's entries, and nothing that the demo's summary is made with.

// line is one journal entry's body, whatever its type.
type line struct {
	Type string `json:"-"`

	// decision
	ID        string `json:"id"`
	Kind      string
	Apply     string
	Outcome   string
	Status    string
	Approval  string
	Execution string
	Subject   struct {
		Model string
		ID    int64
	}
	Recommendation struct {
		Action  action
		AtStake *struct{ Amount decimal.Decimal } `json:"at_stake"`
	}
	Verdict    struct{ Roles []string }
	Protective []struct {
		Execution string
		Action    action
	}

	// approval, receipt, exception
	Decision  string
	Step      string
	Complete  bool
	Result    string
	Code      string
	Exception string
	Opened    *struct{ Type string }
}

type action struct {
	Name   string
	Params map[string]any
}

// recount is what the journal says about a day.
type recount struct {
	entries    int
	decisions  []*told
	executions map[string]*execution // by id
	exceptions map[string]string     // id: type, of those that are open

	activations int
}

// told is a decision with what became of it.
type told struct {
	line
	state string
}

type execution struct {
	id, action string
	params     map[string]any
	of         *told
	result     string // of the last receipt, "" before the first
	code       string
}

func readJournal(t *testing.T, dir string) recount {
	t.Helper()
	db := openRaw(t, dir)
	rows, err := db.Query(`SELECT type, body FROM journal WHERE company = 'main' ORDER BY seq`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	c := recount{executions: map[string]*execution{}, exceptions: map[string]string{}}
	decisions := map[string]*told{}
	for rows.Next() {
		var body string
		var l line
		if err := rows.Scan(&l.Type, &body); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(body), &l); err != nil {
			t.Fatal(err)
		}
		c.entries++
		c.add(l, decisions)
	}
	if rows.Err() != nil || c.entries == 0 {
		t.Fatalf("%d entries, %v", c.entries, rows.Err())
	}
	return c
}

func openRaw(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "assent.db"))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

func (c *recount) add(l line, decisions map[string]*told) {
	switch l.Type {
	case "decision":
		d := &told{l, l.Status}
		decisions[l.ID] = d
		c.decisions = append(c.decisions, d)
		if l.Execution != "" {
			c.executions[l.Execution] = &execution{id: l.Execution, action: l.Recommendation.Action.Name, params: l.Recommendation.Action.Params, of: d}
		}
		for _, p := range l.Protective {
			c.executions[p.Execution] = &execution{id: p.Execution, action: p.Action.Name, params: p.Action.Params, of: d}
		}
	case "approval":
		if l.Complete {
			d := decisions[l.Decision]
			d.state = map[string]string{"grant": "granted", "decline": "declined", "withdraw": "withdrawn", "expire": "expired", "stale": "stale"}[l.Step]
			if d.state == "granted" && d.Recommendation.Action.Name == "none" {
				d.state = "done"
			}
		}
	case "receipt":
		x := c.executions[l.Execution]
		x.result, x.code = l.Result, l.Code
		if x.id == x.of.Execution && l.Result != "retry" {
			x.of.state = l.Result
		}
	case "activation":
		c.activations++
	case "exception":
		switch l.Step {
		case "open":
			c.exceptions[l.Exception] = l.Opened.Type
		case "close", "resolve", "claim", "snooze":
			delete(c.exceptions, l.Exception)
		}
	}
}

// sum counts decisions and adds their money up, as the summary prints it.
type sum struct {
	count  int
	amount decimal.Decimal
}

func (s sum) String() string {
	if s.count == 0 {
		return "-"
	}
	return fmt.Sprintf("%s EUR (%d)", s.amount.StringFixed(2), s.count)
}

// table is the summary's table of verdicts and money, line by line.
func (c recount) table() []string {
	outcomes, money := map[string]map[string]int{}, map[string]map[string]sum{}
	for _, d := range c.decisions {
		if outcomes[d.Kind] == nil {
			outcomes[d.Kind], money[d.Kind] = map[string]int{}, map[string]sum{}
		}
		outcomes[d.Kind][d.Outcome]++
		s := money[d.Kind][d.bucket()]
		s.count++
		if d.Recommendation.AtStake != nil {
			s.amount = s.amount.Add(d.Recommendation.AtStake.Amount)
		}
		money[d.Kind][d.bucket()] = s
	}
	var lines []string
	for _, kind := range slices.Sorted(maps.Keys(outcomes)) {
		o, m := outcomes[kind], money[kind]
		lines = append(lines, fmt.Sprintf("%s|%d|%d|%d|%s|%s|%s|%s", kind, o["execute"], o["approve"], o["reject"],
			m["executed"], m["released"], m["held"], m["refused"]))
	}
	return lines
}

// bucket says where a decision's money went.
func (d *told) bucket() string {
	switch {
	case d.state == "awaiting_approval":
		return "held"
	case slices.Contains([]string{"refused", "declined", "withdrawn", "expired", "stale", "void", "fail"}, d.state):
		return "refused"
	case d.Approval != "" && (d.state == "done" || d.state == "granted" && d.Apply == "caller"):
		return "released"
	case d.Outcome == "execute" && d.Recommendation.Action.Name != "none" && (d.state == "done" || d.state == "awaiting_receipt"):
		return "executed"
	case d.Recommendation.Action.Name == "none":
		return "nothing to do"
	}
	return d.state
}

func (c recount) applied() string {
	n := map[string]int{}
	for _, x := range c.executions {
		if x.result == "done" && x.of.Apply == "service" {
			n[x.action]++
		}
	}
	return countsText(n)
}

func (c recount) open() string {
	n := map[string]int{}
	for _, typ := range c.exceptions {
		n[typ]++
	}
	return countsText(n)
}

func (c recount) waiting() string {
	n, all := map[string]int{}, 0
	for _, d := range c.decisions {
		if d.state != "awaiting_approval" {
			continue
		}
		all++
		roles := strings.Join(d.Verdict.Roles, " or ")
		if roles == "" {
			roles = "operations"
		}
		n[roles]++
	}
	return fmt.Sprintf("%d (%s)", all, countsText(n))
}

func countsText(n map[string]int) string {
	if len(n) == 0 {
		return "none"
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(n)) {
		parts = append(parts, fmt.Sprintf("%d %s", n[name], name))
	}
	return strings.Join(parts, ", ")
}

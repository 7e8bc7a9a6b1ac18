package decision

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// company is a company whose entries come in any legal order: decisions,
// people, executor, callers, switches and time, all at random. Beside the
// tables it keeps what was journalled, from which it judges them.
type company struct {
	*memory
	now       time.Time
	ids       int
	caps      Caps
	svc       *Service
	exec      *Executor
	users     []User
	journal   []Entry
	decisions []Decision
	steps     []ApprovalStep
	ended     map[string]Status
}

func newCompany(t *rapid.T) *company {
	c := &company{memory: newMemory(t), now: noon.Add(50 * time.Minute), ended: map[string]Status{}}
	c.caps = Caps{Count: rapid.IntRange(0, 4).Draw(t, "cap"), Amount: decimal.NewFromInt(rapid.Int64Range(0, 40).Draw(t, "most"))}
	c.svc = &Service{NewID: c.id}
	c.exec = &Executor{Worker: "w", Attempts: 3, Jitter: func() float64 { return 0 }}
	c.users = []User{person("ada", RoleFinance, RoleOperations), person("bob", RoleFinance), person("eve", RoleAnalyst)}
	return c
}

func (c *company) id() string { c.ids++; return fmt.Sprintf("id%03d", c.ids) }

func (c *company) add(typ EntryType, body any) {
	c.t.Helper()
	c.journal = append(c.journal, Entry{Company: "main", Seq: c.head.Seq + 1, Type: typ, At: c.now, Body: mustCanonical(body)})
	c.fold(typ, c.now, body)
}

func (c *company) decide(t *rapid.T) {
	kind := DrawKind(t)
	amount := euro(rapid.Int64Range(0, 20).Draw(t, "amount"))
	d := Decision{
		ID: c.id(), Kind: kind.Name, Subject: Subject{Model: kind.Models[0], ID: rapid.Int64Range(1, 3).Draw(t, "record")},
		Apply:       rapid.SampledFrom(Appliers).Draw(t, "apply"),
		RequestedBy: rapid.SampledFrom([]string{"", "ada", "odoo:9"}).Draw(t, "asked by"),
		Recommendation: Recommendation{
			Action:  Action{Name: rapid.SampledFrom(kind.Actions).Draw(t, "action")},
			AtStake: rapid.SampledFrom([]*Money{amount, amount, nil}).Draw(t, "at stake"),
		},
		Verdict: Verdict{
			Outcome: rapid.SampledFrom([]Outcome{Approve, Execute, Execute, Reject}).Draw(t, "verdict"),
			People:  rapid.IntRange(0, 2).Draw(t, "people"), Hours: rapid.IntRange(0, 2).Draw(t, "hours"),
			Roles:   rapid.SampledFrom([][]string{nil, {RoleFinance}, {RoleFinance, RoleOperations}}).Draw(t, "roles"),
			Each:    rapid.Bool().Draw(t, "each"),
			Failure: rapid.SampledFrom([]string{"", "", PolicyTimeout}).Draw(t, "failure"),
			Protect: rapid.SliceOfN(rapid.Just(Action{Name: "note"}), 0, 2).Draw(t, "protect"),
		},
	}
	if d.Verdict.Failure != "" {
		d.Verdict = FallbackVerdict(d.Verdict.Failure)
	}
	d.ActionHash = d.Recommendation.Action.Hash()
	p := prepared{head: c.head, caps: c.caps, snapshot: Snapshot{Now: c.now}}
	p.head.Epoch -= int64(rapid.IntRange(0, 9).Draw(t, "epoch moved") / 9)
	d = c.svc.settle(question{}, p, d, c.head, "")
	c.decisions = append(c.decisions, d)
	c.add(EntryDecision, d)
}

func (c *company) act(t *rapid.T) {
	a, ok := drawRow[Approval](t, c, Approvals)
	if !ok {
		return
	}
	u := rapid.SampledFrom(c.users).Draw(t, "who")
	var step ApprovalStep
	var err error
	switch rapid.SampledFrom([]string{"sign", "sign", "sign", "decline", "withdraw", "expire", "stale"}).Draw(t, "act") {
	case "sign":
		step, err = a.Sign(u, c.now)
	case "decline":
		step, err = a.Decline(u, c.now)
	case "withdraw":
		step, err = a.Withdraw(u, c.now)
	case "expire":
		step, err = a.End(StepExpire, c.now)
	case "stale":
		step, err = a.End(StepStale, c.now)
	}
	if err == nil {
		c.steps = append(c.steps, step)
		c.add(EntryApproval, step)
	}
}

// lease does what the executor does under the lock.
func (c *company) lease(t *rapid.T) {
	x, ok := drawRow[Execution](t, c, Executions)
	live := c.head.Switches
	if !ok || !slices.Contains([]ExecutionStatus{ExecutionWaiting, ExecutionRunning, ExecutionParked}, x.Status) || x.Status == ExecutionParked && live.holds(x) != "" {
		return
	}
	refusal, err := c.exec.refuse(context.Background(), c.rows, x, live)
	if err != nil {
		t.Fatal(err)
	}
	if refusal == nil {
		c.add(EntryAttempt, Attempt{Execution: x.ID, Number: x.Attempts + 1, Worker: "w", Until: c.now.Add(time.Minute)})
		return
	}
	if refusal.Result != ResultPark {
		t.Fatalf("%+v is refused: %+v", x, refusal)
	}
	c.add(EntryReceipt, *refusal)
}

func (c *company) receipt(t *rapid.T) {
	x, ok := drawRow[Execution](t, c, Executions)
	if !ok || x.Status != ExecutionRunning {
		return
	}
	result := rapid.SampledFrom([]Result{ResultDone, ResultRetry, ResultFail, ResultStale, ResultVoid, ""}).Draw(t, "result")
	c.add(EntryReceipt, c.exec.receipt(x, Applied{Result: result}, c.now))
}

func (c *company) callerReceipt(t *rapid.T) {
	d, ok := drawRow[DecisionRow](t, c, Decisions)
	result := rapid.SampledFrom([]Result{ResultDone, ResultFail, ResultStale}).Draw(t, "result")
	if !ok || d.Apply != ByCaller || d.Status != AwaitingReceipt {
		return
	}
	c.add(EntryReceipt, Receipt{Execution: d.Execution, Decision: d.ID, Result: result})
}

func (c *company) change(t *rapid.T) {
	s := Switches{Kill: rapid.IntRange(0, 3).Draw(t, "kill") == 0, Modes: map[string]Mode{}}
	for _, k := range Kinds() {
		s.Modes[k.Name] = rapid.SampledFrom([]Mode{Live, Live, Suggest, Shadow}).Draw(t, k.Name)
	}
	c.add(EntrySwitch, SwitchChange{Switches: s})
}

func (c *company) promote(t *rapid.T) {
	c.add(EntryPromotion, Promotion{
		Step: rapid.SampledFrom([]string{StepPromote, StepRollback, StepChallenge}).Draw(t, "step"),
		Kind: DrawKind(t).Name, Model: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "model"),
	})
}

func (c *company) pass(t *rapid.T) {
	c.now = c.now.Add(time.Duration(rapid.IntRange(-1, 40).Draw(t, "minutes")) * time.Minute)
}

// drawRow draws any row of a table.
func drawRow[T any](t *rapid.T, c *company, table Table) (T, bool) {
	ids := sortedKeys(c.rows[table])
	if len(ids) == 0 {
		var none T
		return none, false
	}
	return load[T](c.memory, table, rapid.SampledFrom(ids).Draw(t, string(table))), true
}

func TestFoldModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newCompany(t)
		c.change(t)
		t.Repeat(map[string]func(*rapid.T){
			"": c.check, "decide": c.decide, "act": c.act, "lease": c.lease, "receipt": c.receipt,
			"caller's receipt": c.callerReceipt, "switch": c.change, "promote": c.promote, "time": c.pass,
		})
		c.refold(t)
	})
}

// check holds the tables to what the journal allows.
func (c *company) check(t *rapid.T) {
	for _, d := range c.decisions {
		row := load[DecisionRow](c.memory, Decisions, d.ID)
		if was, ended := c.ended[d.ID]; ended && was != row.Status {
			t.Fatalf("decision %s was %s and is %s", d.ID, was, row.Status)
		}
		if row.Status.Final() {
			c.ended[d.ID] = row.Status
		}
		assented := d.Outcome == Execute || c.granted(t, d)
		for id, body := range c.rows[Executions] {
			var x Execution
			if err := json.Unmarshal(body, &x); err != nil {
				t.Fatal(err)
			}
			if x.Decision == d.ID && (d.Apply == ByCaller || x.Class == Effective && !assented || id != x.ID || d.Status == Recorded) {
				t.Fatalf("%s without assent of %+v", body, d)
			}
		}
		if row.Status == Done && d.Recommendation.Action.Class() == Effective && !assented {
			t.Fatalf("%+v is done without assent", d)
		}
	}
	c.checkSpent(t)
}

// granted counts the people who signed, and their roles, by the journal alone.
func (c *company) granted(t *rapid.T, d Decision) bool {
	signed, roles, refused := map[string]bool{}, map[string]bool{}, false
	for _, s := range c.steps {
		if s.Decision == d.ID && s.Step == StepGrant {
			if s.By == d.RequestedBy || s.By == "eve" || s.By == System || signed[s.By] {
				t.Fatalf("%+v may not sign", s)
			}
			signed[s.By], roles[s.Role] = true, true
		}
		refused = refused || s.Decision == d.ID && s.Step != StepGrant
	}
	missing := d.Verdict.Each && slices.ContainsFunc(d.Verdict.Roles, func(role string) bool { return !roles[role] })
	return d.Approval != "" && !refused && !missing && len(signed) >= max(1, d.Verdict.People)
}

// checkSpent counts again what was executed by verdict alone, by hour; late
// decisions count against the newer hour.
func (c *company) checkSpent(t *rapid.T) {
	want := map[string]Spent{}
	for i, e := range c.journal {
		if e.Type != EntryDecision {
			continue
		}
		var d Decision
		if err := json.Unmarshal(c.journal[i].Body, &d); err != nil {
			t.Fatal(err)
		}
		if d.Outcome != Execute || d.Recommendation.Action.Class() == Protective {
			continue
		}
		s := want[d.Kind]
		if hour := e.At.Truncate(time.Hour); hour.After(s.Hour) {
			s = Spent{Hour: hour}
		}
		s.Count++
		s.Amount = s.Amount.Add(d.Recommendation.AtStake.Amount)
		if s.Count > c.caps.Count || s.Amount.GreaterThan(c.caps.Amount) {
			t.Fatalf("%s spent %+v of %+v", d.Kind, s, c.caps)
		}
		want[d.Kind] = s
	}
	if len(want) > 0 && !bytes.Equal(mustCanonical(want), mustCanonical(c.head.Spent)) {
		t.Fatalf("spent %s, want %s", mustCanonical(c.head.Spent), mustCanonical(want))
	}
}

// refold folds the journal into empty tables: the same bytes everywhere.
func (c *company) refold(t *rapid.T) {
	rows, head := MemoryRows{}, Head{}
	for _, e := range c.journal {
		if err := Fold(context.Background(), rows, &head, e); err != nil {
			t.Fatal(err)
		}
	}
	head.Company, head.Hash = c.head.Company, c.head.Hash
	if !bytes.Equal(mustCanonical(head), mustCanonical(c.head)) {
		t.Fatalf("head %s, want %s", mustCanonical(head), mustCanonical(c.head))
	}
	for _, table := range Tables {
		if len(rows[table]) != len(c.rows[table]) {
			t.Fatalf("%s: %d rows, want %d", table, len(rows[table]), len(c.rows[table]))
		}
		for id, body := range rows[table] {
			if !bytes.Equal(body, c.rows[table][id]) {
				t.Fatalf("%s %s: have %s, want %s", table, id, body, c.rows[table][id])
			}
		}
	}
}

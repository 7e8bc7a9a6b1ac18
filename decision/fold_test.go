package decision

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// memory folds entries in memory, as an audit does.
type memory struct {
	t    rapidOrTest
	rows MemoryRows
	head Head
}

// rapidOrTest is what *testing.T and *rapid.T have in common here.
type rapidOrTest interface {
	Helper()
	Fatalf(string, ...any)
}

func newMemory(t rapidOrTest) *memory { return &memory{t: t, rows: MemoryRows{}} }

func (m *memory) try(typ EntryType, at time.Time, body any) error {
	e := Entry{Company: "main", Seq: m.head.Seq + 1, Type: typ, At: at, Body: mustCanonical(body)}
	return Fold(context.Background(), m.rows, &m.head, e)
}

func (m *memory) fold(typ EntryType, at time.Time, body any) {
	m.t.Helper()
	if err := m.try(typ, at, body); err != nil {
		m.t.Fatalf("fold %s: %v", typ, err)
	}
}

func load[T any](m *memory, table Table, id string) T {
	m.t.Helper()
	row, err := Load[T](context.Background(), m.rows, table, id)
	if err != nil {
		m.t.Fatalf("%v", err)
	}
	return row
}

// refundDecision waits for an approval of two people.
func refundDecision() Decision {
	action := Action{Name: "credit_note", Params: Record{"amount": decimal.RequireFromString("25.10")}}
	return Decision{
		ID: "d1", Company: "main", Kind: "refund", Subject: Subject{Model: "account.move", ID: 7}, Apply: ByService, Correlation: "c", RequestedBy: "odoo:7",
		Fingerprint: "print", ActionHash: action.Hash(), Currency: "USD",
		Recommendation: Recommendation{Action: action, AtStake: euro(23)},
		Verdict:        Verdict{Roles: []string{RoleFinance}, People: 2, Hours: 4, Reasons: []string{"REFUND_LARGE"}},
		Outcome:        Approve, Status: AwaitingApproval, Approval: "a1", Execution: "d1-0",
		Protective: []PlannedStep{{"d1-1", Action{Name: "note", Params: Record{"code": "WAITS"}}}},
	}
}

func grant(by string, signed int, complete bool) ApprovalStep {
	return ApprovalStep{Approval: "a1", Decision: "d1", Step: StepGrant, By: by, Role: RoleFinance, At: noon, Signed: signed, Complete: complete}
}

// From the question to the receipt: what each table says after each entry.
func TestFoldGranted(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.fold(EntryDecision, noon, refundDecision())
	a := load[Approval](m, Approvals, "a1")
	if a.Status != AwaitingApproval || a.People != 2 || !a.Deadline.Equal(noon.Add(4*time.Hour)) || a.RequestedBy != "odoo:7" || a.Fingerprint != "print" {
		t.Errorf("approval %+v", a)
	}
	note := load[Execution](m, Executions, "d1-1")
	if note.Class != Protective || note.Fingerprint != "" || note.Order != 101 || note.Status != ExecutionWaiting {
		t.Errorf("protective execution %+v", note)
	}
	m.fold(EntryApproval, noon, grant("ada", 1, false))
	if _, early := m.rows[Executions]["d1-0"]; early {
		t.Error("one of two signatures executes")
	}
	m.fold(EntryApproval, noon, grant("bob", 2, true))
	x := load[Execution](m, Executions, "d1-0")
	if x.Class != Effective || x.Approval != "a1" || x.Fingerprint != "print" || x.Currency != "USD" || x.Order != 300 || x.Record != "/account.move/7" ||
		x.Action.Hash() != refundDecision().ActionHash || x.Reasons[0] != "REFUND_LARGE" || x.Correlation != "c" {
		t.Errorf("execution %+v", x)
	}
	m.fold(EntryAttempt, noon, Attempt{Execution: "d1-0", Number: 1, Until: noon.Add(time.Minute)})
	if x := load[Execution](m, Executions, "d1-0"); x.Status != ExecutionRunning || x.Attempts != 1 || !x.LeaseUntil.Equal(noon.Add(time.Minute)) {
		t.Errorf("running %+v", x)
	}
	m.fold(EntryReceipt, noon, Receipt{Execution: "d1-1", Result: ResultDone})
	if d := load[DecisionRow](m, Decisions, "d1"); d.Status != Executing {
		t.Errorf("a protective receipt made the decision %s", d.Status)
	}
	m.fold(EntryReceipt, noon, Receipt{Execution: "d1-0", Result: ResultDone, Ref: "account.move:8"})
	d := load[DecisionRow](m, Decisions, "d1")
	if x := load[Execution](m, Executions, "d1-0"); x.Status != ExecutionDone || x.Ref != "account.move:8" || !x.LeaseUntil.IsZero() || d.Status != Done || d.UpdatedSeq != 6 {
		t.Errorf("done %+v, %+v", x, d)
	}
	if a := load[Approval](m, Approvals, "a1"); a.Status != Executing || len(a.Signatures) != 2 || a.ClosedBy != "bob" {
		t.Errorf("approval %+v", a)
	}
}

// What the verdict of a guarded decision does not say gets its default: a
// task that is nobody's could never be done. Whoever gets it is told why.
func TestFoldDefaults(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	d := refundDecision()
	d.Verdict = Verdict{Outcome: Execute}
	d.Guard.Code = GuardSuggest
	m.fold(EntryDecision, noon, d)
	a := load[Approval](m, Approvals, "a1")
	for place, reasons := range map[string][]string{
		"the approval": a.Reasons, "the decision's row": load[DecisionRow](m, Decisions, "d1").Reasons, "the execution": load[Execution](m, Executions, "d1-1").Reasons,
	} {
		if len(reasons) != 1 || reasons[0] != GuardSuggest {
			t.Errorf("%s gives the reasons %q", place, reasons)
		}
	}
	if len(a.Roles) != 1 || a.Roles[0] != FallbackRole || a.People != 1 || !a.Deadline.Equal(noon.Add(DefaultHours*time.Hour)) {
		t.Errorf("have %+v", a)
	}
}

// Where each role must sign there are as many people.
func TestFoldEachRole(t *testing.T) {
	t.Parallel()
	for people, want := range map[int]int{0: 2, 2: 2, 3: 3} {
		m := newMemory(t)
		d := refundDecision()
		d.Verdict.Roles, d.Verdict.Each, d.Verdict.People = []string{RoleCompliance, RoleFinance}, true, people
		m.fold(EntryDecision, noon, d)
		if a := load[Approval](m, Approvals, "a1"); !a.Each || a.People != want {
			t.Errorf("of %d: %+v", people, a)
		}
	}
}

// Assent to doing nothing is done at once, whoever applies.
func TestFoldGrantedNothing(t *testing.T) {
	t.Parallel()
	for _, by := range Appliers {
		m := newMemory(t)
		d := refundDecision()
		d.Recommendation.Action, d.Execution, d.Apply = Action{Name: NoAction}, "", by
		m.fold(EntryDecision, noon, d)
		m.fold(EntryApproval, noon, grant("ada", 2, true))
		if d := load[DecisionRow](m, Decisions, "d1"); d.Status != Done {
			t.Errorf("by %s: %s", by, d.Status)
		}
		for id, body := range m.rows[Executions] {
			if id != "d1-1" {
				t.Errorf("by %s: execution %s", by, body)
			}
		}
	}
}

// A caller applies by itself: nothing enters the executions, and its receipt
// ends the decision. Receipts of protective actions end nothing.
func TestFoldByCaller(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	d := refundDecision()
	d.Apply = ByCaller
	m.fold(EntryDecision, noon, d)
	m.fold(EntryApproval, noon, grant("ada", 2, true))
	m.fold(EntryReceipt, noon, Receipt{Execution: "d1-1", Decision: "d1", Result: ResultFail})
	if row := load[DecisionRow](m, Decisions, "d1"); row.Status != AwaitingReceipt {
		t.Errorf("after a protective receipt: %s", row.Status)
	}
	m.fold(EntryReceipt, noon, Receipt{Execution: "d1-0", Decision: "d1", Result: ResultDone})
	if row := load[DecisionRow](m, Decisions, "d1"); row.Status != Done {
		t.Errorf("after the receipt: %s", row.Status)
	}
	if len(m.rows[Executions]) != 0 {
		t.Errorf("executions %v", m.rows[Executions])
	}
}

// A protective action that was itself the recommendation ends its decision,
// and parks with it.
func TestFoldProtectiveRecommended(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	d := refundDecision()
	d.Recommendation.Action, d.Outcome, d.Status, d.Approval = Action{Name: "activity"}, Execute, Executing, ""
	m.fold(EntryDecision, noon, d)
	m.fold(EntryReceipt, noon, Receipt{Execution: "d1-0", Result: ResultPark})
	if row := load[DecisionRow](m, Decisions, "d1"); row.Status != Parked {
		t.Errorf("parked: %s", row.Status)
	}
	m.fold(EntryAttempt, noon, Attempt{Execution: "d1-0", Number: 1})
	m.fold(EntryReceipt, noon, Receipt{Execution: "d1-0", Result: ResultDone})
	if row := load[DecisionRow](m, Decisions, "d1"); row.Status != Done {
		t.Errorf("done: %s", row.Status)
	}
	if m.head.Spent["refund"].Count != 0 {
		t.Error("a protective action costs budget")
	}
}

func TestFoldReceipts(t *testing.T) {
	t.Parallel()
	due := noon.Add(time.Minute)
	tests := map[Result]struct {
		execution ExecutionStatus
		decision  Status
	}{
		ResultDone: {ExecutionDone, Done}, ResultRetry: {ExecutionWaiting, Executing}, ResultFail: {ExecutionFailed, Failed},
		ResultStale: {ExecutionStale, Stale}, ResultVoid: {ExecutionVoid, Void}, ResultPark: {ExecutionParked, Parked},
	}
	for result, want := range tests {
		m := newMemory(t)
		d := refundDecision()
		d.Outcome, d.Status, d.Approval = Execute, Executing, ""
		m.fold(EntryDecision, noon, d)
		m.fold(EntryAttempt, noon, Attempt{Execution: "d1-0", Number: 1, Until: due})
		m.fold(EntryReceipt, noon, Receipt{Execution: "d1-0", Result: result, Code: "why", Due: due})
		x, row := load[Execution](m, Executions, "d1-0"), load[DecisionRow](m, Decisions, "d1")
		if x.Status != want.execution || row.Status != want.decision || x.Code != "why" {
			t.Errorf("%s: %s and %s", result, x.Status, row.Status)
		}
		if x.Due.Equal(due) != (result == ResultRetry) {
			t.Errorf("%s: due %s", result, x.Due)
		}
	}
}

func TestFoldControls(t *testing.T) {
	t.Parallel()
	m := newMemory(t)
	m.fold(EntryActivation, noon, Activation{Policy: "p1"})
	m.fold(EntrySwitch, noon, SwitchChange{Switches: Switches{Kill: true}})
	m.fold(EntryErasure, noon, Erasure{Sealed: "s"})
	m.fold(EntryImport, noon, ImportRecord{})
	if h := m.head; h.Seq != 4 || h.Epoch != 2 || h.Policy != "p1" || !h.Switches.Kill || len(m.rows) != 0 {
		t.Errorf("head %+v, rows %v", h, m.rows)
	}
	m.fold(EntryOutcome, noon, OutcomeRecord{ID: "o1", Type: "chargeback"})
	if o := load[OutcomeRow](m, Outcomes, "o1"); o.Type != "chargeback" || !o.KnownAt.Equal(noon) {
		t.Errorf("outcome %+v", o)
	}
}

// What an entry cannot mean is an error, and never a panic: an audit folds
// what somebody may have written into the database.
func TestFoldRefuses(t *testing.T) {
	t.Parallel()
	withDecision := func(m *memory) { m.fold(EntryDecision, noon, refundDecision()) }
	tests := map[string]struct {
		before func(*memory)
		typ    EntryType
		body   string
	}{
		"unknown type":                {nil, "prophecy", `{}`},
		"not JSON":                    {nil, EntryDecision, `{`},
		"a list":                      {nil, EntryAttempt, `[]`},
		"null action parameters":      {nil, EntryDecision, `{"recommendation":{"action":{"name":"credit_note","params":{"amount":null}}}}`},
		"approval of nothing":         {nil, EntryApproval, `{"approval":"a9","step":"grant"}`},
		"attempt at nothing":          {nil, EntryAttempt, `{"execution":"d9-0"}`},
		"receipt for nothing":         {nil, EntryReceipt, `{"execution":"d9-0","result":"done"}`},
		"caller's for nothing":        {nil, EntryReceipt, `{"execution":"d9-0","decision":"d9","result":"done"}`},
		"receipt without a result":    {withDecision, EntryReceipt, `{"execution":"d1-1"}`},
		"receipt before the approval": {withDecision, EntryReceipt, `{"execution":"d1-0","decision":"d1","result":"done"}`},
		"a step that is none":         {withDecision, EntryApproval, `{"approval":"a1","step":"bless","complete":true}`},
		"exception without cause":     {nil, EntryException, `{"exception":"x1","step":"open"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(t)
			if test.before != nil {
				test.before(m)
			}
			e := Entry{Company: "main", Seq: m.head.Seq + 1, Type: test.typ, At: noon, Body: json.RawMessage(test.body)}
			if err := Fold(t.Context(), m.rows, &m.head, e); err == nil {
				t.Errorf("is folded into %v", m.rows)
			}
		})
	}
}

// The same entries give the same bytes: an audit compares them.
func TestFoldIsDeterministic(t *testing.T) {
	t.Parallel()
	run := func() (string, MemoryRows) {
		m := newMemory(t)
		m.fold(EntryDecision, noon, refundDecision())
		m.fold(EntryApproval, noon, grant("ada", 1, false))
		m.fold(EntryApproval, noon, grant("bob", 2, true))
		return string(mustCanonical(m.head)), m.rows
	}
	headA, a := run()
	headB, b := run()
	if headA != headB {
		t.Errorf("heads %s and %s", headA, headB)
	}
	for table, rows := range a {
		for id, body := range rows {
			if !bytes.Equal(body, b[table][id]) || strings.ContainsAny(string(body), "\n") {
				t.Errorf("%s %s: %s and %s", table, id, body, b[table][id])
			}
		}
	}
}

// breaking is Rows that break after some calls, as a database does.
type breaking struct {
	Rows
	left int
}

var errBroken = errors.New("broken")

func (b *breaking) Get(ctx context.Context, table Table, id string) (json.RawMessage, bool, error) {
	if b.left--; b.left < 0 {
		return nil, false, errBroken
	}
	return b.Rows.Get(ctx, table, id)
}

func (b *breaking) Put(ctx context.Context, table Table, id string, body json.RawMessage) error {
	if b.left--; b.left < 0 {
		return errBroken
	}
	return b.Rows.Put(ctx, table, id, body)
}

// Wherever the database breaks, the entry is not folded: no call's error is
// lost.
func TestFoldBroken(t *testing.T) {
	t.Parallel()
	executing := refundDecision()
	executing.Outcome, executing.Status, executing.Approval = Execute, Executing, ""
	nothing := refundDecision()
	nothing.Recommendation.Action = Action{Name: NoAction}
	tests := map[string]struct {
		decided Decision
		typ     EntryType
		body    any
		calls   int
	}{
		"decision":    {refundDecision(), EntryDecision, refundDecision(), 3},
		"execution":   {refundDecision(), EntryDecision, executing, 3},
		"signature":   {refundDecision(), EntryApproval, grant("ada", 1, false), 2},
		"grant":       {refundDecision(), EntryApproval, grant("ada", 2, true), 6},
		"empty grant": {nothing, EntryApproval, grant("ada", 2, true), 6},
		"attempt":     {executing, EntryAttempt, Attempt{Execution: "d1-0"}, 2},
		"receipt":     {executing, EntryReceipt, Receipt{Execution: "d1-0", Result: ResultDone}, 4},
		"exception":   {executing, EntryException, ExceptionStep{Exception: "x", Step: ExceptionOpen, Opened: &NewException{}}, 2},
		"outcome":     {executing, EntryOutcome, OutcomeRecord{ID: "o"}, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for calls := 0; ; calls++ {
				m := newMemory(t)
				m.fold(EntryDecision, noon, test.decided)
				e := Entry{Company: "main", Seq: 2, Type: test.typ, At: noon, Body: mustCanonical(test.body)}
				err := Fold(t.Context(), &breaking{m.rows, calls}, &m.head, e)
				if err == nil {
					if calls != test.calls {
						t.Errorf("folded with %d calls, want %d", calls, test.calls)
					}
					return
				}
				if !errors.Is(err, errBroken) {
					t.Fatalf("after %d calls: %v", calls, err)
				}
			}
		})
	}
}

package decision

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// Fold applies one entry to the projections and the head. The live tables
// and an audit's rebuilt ones come from this same function, so whatever it
// does not say cannot be in them.
func Fold(ctx context.Context, rows Rows, head *Head, e Entry) error {
	head.Seq, head.Hash = e.Seq, e.Hash
	f := folder{rows, head, e}
	switch e.Type {
	case EntryDecision:
		return fold(ctx, f, f.decision)
	case EntryApproval:
		return fold(ctx, f, f.approval)
	case EntryAttempt:
		return fold(ctx, f, f.attempt)
	case EntryReceipt:
		return fold(ctx, f, f.receipt)
	case EntryOutcome:
		return fold(ctx, f, f.outcome)
	case EntryException:
		return fold(ctx, f, f.exception)
	case EntryActivation:
		return fold(ctx, f, f.activation)
	case EntryPromotion:
		return fold(ctx, f, f.promotion)
	case EntrySwitch:
		return fold(ctx, f, f.switches)
	case EntryErasure, EntryImport:
		return nil // facts of their own: no projection shows them
	}
	return fmt.Errorf("decision: entry %d has the unknown type %q", e.Seq, e.Type)
}

type folder struct {
	rows  Rows
	head  *Head
	entry Entry
}

func fold[T any](ctx context.Context, f folder, apply func(context.Context, T) error) error {
	var body T
	if err := json.Unmarshal(f.entry.Body, &body); err != nil {
		return fmt.Errorf("decision: body of entry %d: %w", f.entry.Seq, err)
	}
	return apply(ctx, body)
}

func (f folder) put(ctx context.Context, table Table, id string, row any) error {
	return put(ctx, f.rows, table, id, row)
}

func (f folder) decision(ctx context.Context, d Decision) error {
	row := DecisionRow{
		ID: d.ID, Seq: f.entry.Seq, At: f.entry.At, Kind: d.Kind, Channel: d.Channel,
		DB: d.Subject.DB, Model: d.Subject.Model, RecordID: d.Subject.ID, Correlation: d.Correlation, Outcome: d.Outcome, Status: d.Status, Apply: d.Apply,
		Action: d.Recommendation.Action, Approval: d.Approval, Execution: d.Execution, Snapshot: d.Snapshot,
		Currency: d.Currency, AtStake: d.Recommendation.AtStake, Reasons: d.Reasons(), Policy: d.Revisions.Policy, UpdatedSeq: f.entry.Seq,
	}
	if err := f.put(ctx, Decisions, d.ID, row); err != nil {
		return err
	}
	if d.Approval != "" {
		if err := f.put(ctx, Approvals, d.Approval, openApproval(d, f.entry.At)); err != nil {
			return err
		}
	}
	f.spend(d)
	if d.Apply == ByCaller {
		return nil // the caller applies; nothing enters the executions
	}
	for i, step := range d.Protective {
		if err := f.execution(ctx, d, step, "", i+1); err != nil {
			return err
		}
	}
	if d.Status == Executing {
		return f.execution(ctx, d, PlannedStep{d.Execution, d.Recommendation.Action}, "", 0)
	}
	return nil
}

// spend counts what the policy executed by itself against the hour's budget.
func (f folder) spend(d Decision) {
	if d.Outcome != Execute || d.Recommendation.Action.Class() != Effective {
		return
	}
	spent := f.head.Spent[d.Kind].In(f.entry.At)
	spent.Count++
	if d.Recommendation.AtStake != nil {
		spent.Amount = spent.Amount.Add(d.Recommendation.AtStake.Amount)
	}
	next := map[string]Spent{d.Kind: spent}
	for kind, other := range f.head.Spent {
		if kind != d.Kind {
			next[kind] = other
		}
	}
	f.head.Spent = next
}

// openApproval fills in what a verdict of execute, which the guard turned into
// approve, does not say: a task without roles would be nobody's.
func openApproval(d Decision, at time.Time) Approval {
	roles, hours := d.Verdict.Roles, d.Verdict.Hours
	if len(roles) == 0 {
		roles = []string{FallbackRole}
	}
	if hours < 1 {
		hours = DefaultHours
	}
	people := max(1, d.Verdict.People)
	if d.Verdict.Each {
		people = max(people, len(roles))
	}
	return Approval{
		ID: d.Approval, Decision: d.ID, Kind: d.Kind, DB: d.Subject.DB, Model: d.Subject.Model, RecordID: d.Subject.ID,
		Status: AwaitingApproval, Roles: roles, People: people, Each: d.Verdict.Each,
		RequestedBy: d.RequestedBy, Action: d.Recommendation.Action, ActionHash: d.ActionHash, Fingerprint: d.Fingerprint,
		AtStake: d.Recommendation.AtStake, Reasons: d.Reasons(), Policy: d.Revisions.Policy,
		OpenedAt: at, Deadline: at.Add(time.Duration(hours) * time.Hour),
	}
}

// executionsPerEntry bounds the executions one entry creates, so that Order
// stays unique and in decision order.
const executionsPerEntry = 100

func (f folder) execution(ctx context.Context, d Decision, step PlannedStep, approval string, index int) error {
	x := Execution{
		ID: step.Execution, Decision: d.ID, Approval: approval, Kind: d.Kind, Subject: d.Subject,
		Record: d.Subject.Record(), Action: step.Action, Class: step.Action.Class(), Correlation: d.Correlation,
		Reasons: d.Reasons(), Policy: d.Revisions.Policy, Status: ExecutionWaiting, Order: f.entry.Seq*executionsPerEntry + int64(index), Due: f.entry.At,
		Currency: d.Currency,
	}
	if x.Class == Effective {
		x.Fingerprint = d.Fingerprint
	}
	return f.put(ctx, Executions, x.ID, x)
}

func (f folder) approval(ctx context.Context, s ApprovalStep) error {
	a, err := Load[Approval](ctx, f.rows, Approvals, s.Approval)
	if err != nil {
		return err
	}
	if s.Step == StepGrant {
		a = a.Without(s.Lapsed)
		a.Signatures = append(a.Signatures, Signature{By: s.By, Role: s.Role, At: s.At, Comment: s.Comment})
	}
	if !s.Complete {
		return f.put(ctx, Approvals, a.ID, a)
	}
	status, err := f.move(ctx, a.Decision, s.Step)
	if err != nil {
		return err
	}
	a.Status, a.ClosedBy, a.ClosedAt, a.Comment = status, s.By, s.At, s.Comment
	if err := f.put(ctx, Approvals, a.ID, a); err != nil {
		return err
	}
	if s.Step != StepGrant {
		return nil
	}
	return f.granted(ctx, a)
}

// granted inserts the execution that a complete approval allows. Everything
// it needs is in the approval and the decision's row. Where nothing is to be
// applied, the grant is the end; a caller applies its decisions itself.
func (f folder) granted(ctx context.Context, a Approval) error {
	if a.Action.Name == NoAction {
		_, err := f.move(ctx, a.Decision, StepApply)
		return err
	}
	if a.Status != Executing {
		return nil
	}
	row, err := Load[DecisionRow](ctx, f.rows, Decisions, a.Decision)
	if err != nil {
		return err
	}
	d := Decision{
		ID: a.Decision, Kind: a.Kind, Subject: Subject{DB: a.DB, Model: a.Model, ID: a.RecordID}, Fingerprint: a.Fingerprint,
		Currency: row.Currency, Correlation: row.Correlation, Recommendation: Recommendation{Action: a.Action, AtStake: a.AtStake},
		Verdict: Verdict{Reasons: a.Reasons}, Revisions: Revisions{Policy: a.Policy},
	}
	return f.execution(ctx, d, PlannedStep{row.Execution, a.Action}, a.ID, 0)
}

// move changes a decision's status by the lifecycle table.
func (f folder) move(ctx context.Context, decision string, step Step) (Status, error) {
	row, err := Load[DecisionRow](ctx, f.rows, Decisions, decision)
	if err != nil {
		return "", err
	}
	status, err := Next(row.Status, step, row.Apply)
	if err != nil {
		return "", err
	}
	row.Status, row.UpdatedSeq = status, f.entry.Seq
	return status, f.put(ctx, Decisions, row.ID, row)
}

func (f folder) attempt(ctx context.Context, a Attempt) error {
	x, err := Load[Execution](ctx, f.rows, Executions, a.Execution)
	if err != nil {
		return err
	}
	if x.Status == ExecutionParked && x.ends() {
		if _, err := f.move(ctx, x.Decision, StepResume); err != nil {
			return err
		}
	}
	x.Status, x.Attempts, x.LeaseUntil = ExecutionRunning, a.Number, a.Until
	return f.put(ctx, Executions, x.ID, x)
}

// receiptSteps maps a result to the execution's status and the decision's step.
var receiptSteps = map[Result]struct {
	status ExecutionStatus
	step   Step
}{
	ResultDone:  {ExecutionDone, StepApply},
	ResultRetry: {ExecutionWaiting, ""},
	ResultFail:  {ExecutionFailed, StepFail},
	ResultStale: {ExecutionStale, StepStale},
	ResultVoid:  {ExecutionVoid, StepVoid},
	ResultPark:  {ExecutionParked, StepPark},
}

func (f folder) receipt(ctx context.Context, r Receipt) error {
	to, known := receiptSteps[r.Result]
	if !known {
		return fmt.Errorf("decision: receipt with the unknown result %q", r.Result)
	}
	if r.Decision != "" { // the caller applied it: there is no execution row
		return f.callerReceipt(ctx, r, to.step)
	}
	x, err := Load[Execution](ctx, f.rows, Executions, r.Execution)
	if err != nil {
		return err
	}
	x.Status, x.Code, x.Ref, x.LeaseUntil = to.status, r.Code, r.Ref, time.Time{}
	if r.Result == ResultRetry {
		x.Due = r.Due
	}
	if err := f.put(ctx, Executions, x.ID, x); err != nil {
		return err
	}
	if !x.ends() || to.step == "" {
		return nil
	}
	_, err = f.move(ctx, x.Decision, to.step)
	return err
}

// callerReceipt moves a decision that its caller applied. Receipts of
// protective actions are recorded, and move nothing.
func (f folder) callerReceipt(ctx context.Context, r Receipt, step Step) error {
	if r.Execution != ExecutionID(r.Decision, 0) {
		return nil
	}
	_, err := f.move(ctx, r.Decision, step)
	return err
}

func (f folder) outcome(ctx context.Context, o OutcomeRecord) error {
	return f.put(ctx, Outcomes, o.ID, OutcomeRow{OutcomeRecord: o, KnownAt: f.entry.At})
}

func (f folder) activation(_ context.Context, a Activation) error {
	f.head.Policy = a.Policy
	f.head.Epoch++
	return nil
}

func (f folder) promotion(_ context.Context, p Promotion) error {
	models := maps.Clone(f.head.Models)
	if models == nil {
		models = map[string]KindModels{}
	}
	models[p.Kind] = models[p.Kind].after(p)
	f.head.Models = models
	f.head.Epoch++
	return nil
}

// switches sets the controls. Releasing the kill switch resumes nothing by
// itself: the executor leases parked executions again and journals that.
func (f folder) switches(_ context.Context, s SwitchChange) error {
	f.head.Switches = s.Switches
	f.head.Epoch++
	return nil
}

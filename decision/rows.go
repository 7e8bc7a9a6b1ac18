package decision

import (
	"context"
	"encoding/json"
	"time"
)

// Table names a projection: a table that audit rebuilds from the journal.
type Table string

// The projections, each with the Go type of its rows.
const (
	Decisions  Table = "decisions"  // DecisionRow
	Approvals  Table = "approvals"  // Approval
	Executions Table = "executions" // Execution
	Exceptions Table = "exceptions" // Exception
	Outcomes   Table = "outcomes"   // OutcomeRow
)

// Tables lists the projections.
var Tables = []Table{Decisions, Approvals, Executions, Exceptions, Outcomes}

// DecisionRow is a decision as lists and filters see it, with its live status.
type DecisionRow struct {
	ID          string    `json:"id"`
	Seq         int64     `json:"seq"`
	At          time.Time `json:"at"`
	Kind        string    `json:"kind"`
	Channel     string    `json:"channel,omitempty"`
	DB          string    `json:"db,omitempty"`
	Model       string    `json:"model"`
	RecordID    int64     `json:"record_id"`
	Correlation string    `json:"correlation"`
	Outcome     Outcome   `json:"outcome"`
	Status      Status    `json:"status"`
	Apply       Applier   `json:"apply"`
	Action      Action    `json:"action"`
	Approval    string    `json:"approval,omitempty"`
	Execution   string    `json:"execution,omitempty"`
	Snapshot    string    `json:"snapshot"`
	Currency    string    `json:"currency,omitempty"` // of the amounts in Action; AtStake has its own
	AtStake     *Money    `json:"at_stake,omitempty"`
	Reasons     []string  `json:"reasons,omitempty"`
	Policy      string    `json:"policy,omitempty"` // revision whose words explain Reasons
	UpdatedSeq  int64     `json:"updated_seq"`      // entry that last changed Status
}

// Under is the row as it stands under the live switches: what they hold is
// parked for a caller too, who must not apply it before it is released.
func (r DecisionRow) Under(live Switches) DecisionRow {
	held := live.holds(Execution{Kind: r.Kind, Class: r.Action.Class(), Approval: r.Approval})
	if r.Status == AwaitingReceipt && held != "" {
		r.Status = Parked
	}
	return r
}

// Signature is one person's assent.
type Signature struct {
	By      string    `json:"by"` // user id
	Role    string    `json:"role"`
	At      time.Time `json:"at"`
	Comment string    `json:"comment,omitempty"` // id of the sealed text
}

// Approval is the human task of a verdict of approve.
type Approval struct {
	ID          string      `json:"id"`
	Decision    string      `json:"decision"`
	Kind        string      `json:"kind"`
	DB          string      `json:"db,omitempty"`
	Model       string      `json:"model"`
	RecordID    int64       `json:"record_id"`
	Status      Status      `json:"status"` // AwaitingApproval, or how it ended: Executing, AwaitingReceipt, Declined, …
	Roles       []string    `json:"roles"`
	People      int         `json:"people"`
	Each        bool        `json:"each,omitempty"` // every role must sign, not any of them
	RequestedBy string      `json:"requested_by,omitempty"`
	Action      Action      `json:"action"`
	ActionHash  string      `json:"action_hash"`
	Fingerprint string      `json:"fingerprint"`
	AtStake     *Money      `json:"at_stake,omitempty"`
	Reasons     []string    `json:"reasons,omitempty"`
	Policy      string      `json:"policy,omitempty"` // revision whose words explain Reasons
	OpenedAt    time.Time   `json:"opened_at"`
	Deadline    time.Time   `json:"deadline"`
	Signatures  []Signature `json:"signatures,omitempty"`
	ClosedBy    string      `json:"closed_by,omitempty"`
	ClosedAt    time.Time   `json:"closed_at,omitzero"`
	Comment     string      `json:"comment,omitempty"` // id of the sealed text of the closing step
}

// Result is how an attempt ended.
type Result string

// The results of an attempt.
const (
	ResultDone  Result = "done"  // applied, and read back
	ResultRetry Result = "retry" // not applied or unknown; try again at Due, reading first
	ResultFail  Result = "fail"  // gave up: dead letter
	ResultStale Result = "stale" // the record changed since the decision
	ResultVoid  Result = "void"  // the record cannot be seen
	ResultPark  Result = "park"  // the switches hold it
)

// CallerResults are those that a caller may report who applied an action itself.
var CallerResults = []Result{ResultDone, ResultFail, ResultStale}

// ExecutionStatus is the state of one execution.
type ExecutionStatus string

// The statuses of an execution.
const (
	ExecutionWaiting ExecutionStatus = "waiting"
	ExecutionRunning ExecutionStatus = "running" // leased; past LeaseUntil its effect is unknown
	ExecutionParked  ExecutionStatus = "parked"
	ExecutionDone    ExecutionStatus = "done"
	ExecutionFailed  ExecutionStatus = "failed"
	ExecutionStale   ExecutionStatus = "stale"
	ExecutionVoid    ExecutionStatus = "void"
)

// ExecutionStatuses lists every status of an execution.
var ExecutionStatuses = []ExecutionStatus{
	ExecutionWaiting, ExecutionRunning, ExecutionParked, ExecutionDone, ExecutionFailed, ExecutionStale, ExecutionVoid,
}

// Execution is one action that our executor applies in Odoo, exactly once as
// seen from Odoo. At most one is in flight a record, in Order.
type Execution struct {
	ID          string          `json:"id"` // the marker left in Odoo
	Decision    string          `json:"decision"`
	Approval    string          `json:"approval,omitempty"` // granted approval that allowed it
	Kind        string          `json:"kind"`
	Subject     Subject         `json:"subject"`
	Record      string          `json:"record"` // "db/model/id": what "one in flight" is about
	Action      Action          `json:"action"`
	Class       Class           `json:"class"`
	Fingerprint string          `json:"fingerprint,omitempty"` // empty for protective actions
	Currency    string          `json:"currency"`              // of the amounts in Action
	Correlation string          `json:"correlation"`
	Reasons     []string        `json:"reasons,omitempty"` // for the note a person reads
	Policy      string          `json:"policy,omitempty"`  // revision whose words explain Reasons
	Status      ExecutionStatus `json:"status"`
	Order       int64           `json:"order"` // seq of the entry that created it, then its index: seq*100+index
	Due         time.Time       `json:"due"`
	Attempts    int             `json:"attempts"`
	LeaseUntil  time.Time       `json:"lease_until,omitzero"`
	Code        string          `json:"code,omitempty"` // of the last receipt
	Ref         string          `json:"ref,omitempty"`  // of the last receipt
}

// ends says whether the execution is of the recommended action, whose end is
// the decision's. Protective actions beside it do not end a decision.
func (x Execution) ends() bool { return x.ID == ExecutionID(x.Decision, 0) }

// ExceptionType says what a person must resolve.
type ExceptionType string

// The exceptions that are opened.
const (
	DeadLetter      ExceptionType = "dead_letter"      // an execution gave up
	IntegrationDown ExceptionType = "integration_down" // Odoo cannot be reached
	PromiseAtRisk   ExceptionType = "promise_at_risk"  // a delivery will probably be late
)

// ExceptionTypes lists every type.
var ExceptionTypes = []ExceptionType{DeadLetter, IntegrationDown, PromiseAtRisk}

// NewException is what opens an exception.
type NewException struct {
	Type     ExceptionType     `json:"type"`
	Cause    string            `json:"cause"` // one open exception a cause, e.g. "delivery:stock.picking:7"
	Subject  *Subject          `json:"subject,omitempty"`
	Decision string            `json:"decision,omitempty"`
	AtRisk   *Money            `json:"at_risk,omitempty"`
	Evidence map[string]string `json:"evidence,omitempty"` // codes and numbers
	Role     string            `json:"role"`               // owner
	Deadline time.Time         `json:"deadline"`
	Proposed string            `json:"proposed,omitempty"` // code of the proposed action
}

// Exception is something a person must resolve that is no approval.
type Exception struct {
	ID           string    `json:"id"` // derived from type and cause
	NewException           // what opened it last
	State        string    `json:"state"` // open, claimed, snoozed, resolved, closed
	Times        int       `json:"times"` // how often the cause was seen
	OpenedAt     time.Time `json:"opened_at"`
	Owner        string    `json:"owner,omitempty"` // user id of who claimed it
	SnoozedUntil time.Time `json:"snoozed_until,omitzero"`
	ClosedAt     time.Time `json:"closed_at,omitzero"`
	ClosedBy     string    `json:"closed_by,omitempty"`
	Comment      string    `json:"comment,omitempty"` // id of the sealed text of the last step
}

// OutcomeRow is a recorded outcome.
type OutcomeRow struct {
	OutcomeRecord
	KnownAt time.Time `json:"known_at"` // when we learnt it
}

// Rows is keyed access to one company's projections, inside a transaction.
type Rows interface {
	Get(ctx context.Context, table Table, id string) (json.RawMessage, bool, error)
	Put(ctx context.Context, table Table, id string, body json.RawMessage) error
}

// Load reads one row; a missing one is a CodeNotFound error.
func Load[T any](ctx context.Context, rows Rows, table Table, id string) (T, error) {
	row, found, err := Find[T](ctx, rows, table, id)
	if err == nil && !found {
		err = table.missing()
	}
	return row, err
}

// Find reads one row, and says whether it is there.
func Find[T any](ctx context.Context, rows Rows, table Table, id string) (T, bool, error) {
	var row T
	body, found, err := rows.Get(ctx, table, id)
	if err != nil || !found {
		return row, false, err
	}
	if err := table.decode(body, &row); err != nil {
		return row, false, err
	}
	return row, true, nil
}

func put(ctx context.Context, rows Rows, table Table, id string, row any) error {
	body, err := canonical(row)
	if err != nil {
		return err
	}
	return rows.Put(ctx, table, id, body)
}

package decision

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Decision is the body of a decision's entry: what was asked, said, decided
// and started. It never changes; see DecisionRow for its live status.
type Decision struct {
	ID             string         `json:"id"` // UUIDv7
	Company        string         `json:"company"`
	Kind           string         `json:"kind"`
	Channel        string         `json:"channel,omitempty"`
	Subject        Subject        `json:"subject"`
	Key            string         `json:"key"`         // idempotency key
	Request        string         `json:"request"`     // fingerprint of the canonical request, hex SHA-256
	Correlation    string         `json:"correlation"` // correlation id
	RequestedBy    string         `json:"requested_by,omitempty"`
	Via            string         `json:"via,omitempty"`
	Apply          Applier        `json:"apply"`
	Snapshot       string         `json:"snapshot"`           // id of the sealed snapshot
	SnapshotHash   string         `json:"snapshot_hash"`      // hex SHA-256 of its canonical bytes
	Fingerprint    string         `json:"fingerprint"`        // of the subject's fields the action depends on
	Currency       string         `json:"currency,omitempty"` // of the amounts in the action, as asked; "" is unknown
	ActionHash     string         `json:"action_hash"`
	Assessment     Assessment     `json:"assessment"`
	Challenger     *Challenge     `json:"challenger,omitempty"` // what another model said, without a say
	Recommendation Recommendation `json:"recommendation"`
	Verdict        Verdict        `json:"verdict"` // the policy's
	Guard          GuardResult    `json:"guard"`
	Outcome        Outcome        `json:"outcome"` // after the guard
	Status         Status         `json:"status"`  // the first one
	Approval       string         `json:"approval,omitempty"`
	Execution      string         `json:"execution,omitempty"` // of the recommended action, reserved even while approval is open
	Protective     []PlannedStep  `json:"protective,omitempty"`
	Revisions      Revisions      `json:"revisions"`
}

// Reasons are the codes of why it was not simply executed: the policy's, then
// the guard's.
func (d Decision) Reasons() []string {
	if d.Guard.Code == "" {
		return d.Verdict.Reasons
	}
	return append(slices.Clone(d.Verdict.Reasons), d.Guard.Code)
}

// PlannedStep is an action with the id its execution has or will have.
type PlannedStep struct {
	Execution string `json:"execution"`
	Action    Action `json:"action"`
}

// GuardResult journals what the guard saw and did.
type GuardResult struct {
	Epoch  int64           `json:"epoch"`
	Mode   Mode            `json:"mode"`
	Kill   bool            `json:"kill,omitempty"`
	Paused bool            `json:"paused,omitempty"`
	Count  int             `json:"count"`  // executed this hour before this decision
	Amount decimal.Decimal `json:"amount"` // likewise, company currency
	Caps   Caps            `json:"caps"`
	Code   string          `json:"code,omitempty"` // why execute became approve; "" when it did not
}

// ApprovalStep is the body of an approval entry: one thing a person, or the
// clock, did to an approval.
type ApprovalStep struct {
	Approval string    `json:"approval"`
	Decision string    `json:"decision"`
	Step     Step      `json:"step"` // grant is journalled per signature; see Signed
	By       string    `json:"by"`   // user id, or "system"
	Role     string    `json:"role,omitempty"`
	Comment  string    `json:"comment,omitempty"` // id of the sealed text
	At       time.Time `json:"at"`
	Signed   int       `json:"signed"`           // signatures after this step
	Lapsed   []string  `json:"lapsed,omitempty"` // user ids of earlier signers who may not sign any more: they do not count
	Complete bool      `json:"complete"`
}

// Attempt is the body written before the executor touches Odoo: from here
// until its receipt the effect is unknown.
type Attempt struct {
	Execution string    `json:"execution"`
	Number    int       `json:"number"` // from 1
	Worker    string    `json:"worker"`
	Until     time.Time `json:"until"` // the lease; lapsed means unknown: read before any retry
}

// Receipt is the body written after an attempt, by us or by the caller.
type Receipt struct {
	Execution string    `json:"execution"`
	Decision  string    `json:"decision,omitempty"` // set only when the caller applied it
	Result    Result    `json:"result"`
	Code      string    `json:"code,omitempty"` // e.g. "already_applied", the error's class
	Ref       string    `json:"ref,omitempty"`  // what was created, e.g. "account.move:17"
	By        string    `json:"by"`             // worker, or id of the caller's key
	Due       time.Time `json:"due,omitzero"`   // next try, for ResultRetry
}

// OutcomeRecord is the body of an outcome entry: the truth learnt later.
type OutcomeRecord struct {
	ID       string    `json:"id"`
	Decision string    `json:"decision"`
	Type     string    `json:"type"`  // of the kind's OutcomeTypes
	Value    string    `json:"value"` // of the type's Values
	Amount   *Money    `json:"amount,omitempty"`
	At       time.Time `json:"at"`              // when it happened
	Source   string    `json:"source"`          // id of the key that told
	Event    string    `json:"event,omitempty"` // id of the event that told it
}

// ExceptionStep is the body of an exception entry.
type ExceptionStep struct {
	Exception string        `json:"exception"`
	Step      string        `json:"step"` // open, claim, resolve, snooze, close
	By        string        `json:"by"`   // user id, or "system"
	Comment   string        `json:"comment,omitempty"`
	Until     time.Time     `json:"until,omitzero"` // snooze
	Opened    *NewException `json:"opened,omitempty"`
}

// Activation is the body of an entry that puts a policy revision in force.
type Activation struct {
	Policy string `json:"policy"`
	By     string `json:"by"`
}

// Promotion is the body of an entry that changes which models a kind's
// decisions are made with.
type Promotion struct {
	Step   string `json:"step"` // StepPromote, StepRollback or StepChallenge
	Kind   string `json:"kind"`
	Model  string `json:"model,omitempty"` // revision; "" is what the kind starts with, or no challenger
	By     string `json:"by"`              // user id
	Role   string `json:"role"`            // that let them
	Reason string `json:"reason"`          // of PromotionReasons
	Eval   string `json:"eval,omitempty"`  // hash of the evaluation that StepPromote rests on
}

// SwitchChange is the body of an entry that changes the company's controls.
type SwitchChange struct {
	Switches Switches `json:"switches"` // all of them, after the change
	By       string   `json:"by"`
	Reason   string   `json:"reason,omitempty"` // code
}

// Erasure is the body of an entry that says a sealed object's key was
// destroyed.
type Erasure struct {
	Sealed string `json:"sealed"`
	By     string `json:"by"`
}

// ImportRecord is the body of an entry about history loaded from a file.
type ImportRecord struct {
	File string `json:"file"` // hex SHA-256 of its content
	Kind string `json:"kind"`
	Rows int    `json:"rows"`
	By   string `json:"by"`
}

package decision

// Status is the live part of a decision; everything else about it is fixed.
type Status string

// The statuses of a decision.
const (
	AwaitingApproval Status = "awaiting_approval" // people must assent
	AwaitingReceipt  Status = "awaiting_receipt"  // the caller applies it and will tell
	Executing        Status = "executing"         // our executor applies it
	Parked           Status = "parked"            // kill switch, pause or mode came first; goes on when they allow it
	Done             Status = "done"              // applied and read back, or nothing to apply
	Recorded         Status = "recorded"          // shadow mode: nothing happens
	Refused          Status = "refused"           // by policy
	Declined         Status = "declined"          // by a person
	Withdrawn        Status = "withdrawn"         // by who asked
	Expired          Status = "expired"           // nobody assented in time
	Stale            Status = "stale"             // the record changed since
	Void             Status = "void"              // the record was never visible
	Failed           Status = "failed"            // gave up; a dead letter exception is open
)

// Statuses lists every status.
var Statuses = []Status{
	AwaitingApproval, AwaitingReceipt, Executing, Parked, Done, Recorded, Refused, Declined, Withdrawn, Expired, Stale, Void, Failed,
}

// Step is what can happen to a decision.
type Step string

// The steps.
const (
	StepGrant    Step = "grant"    // enough people assented
	StepDecline  Step = "decline"  // one person refused
	StepWithdraw Step = "withdraw" // who asked took it back
	StepExpire   Step = "expire"   // the deadline passed
	StepStale    Step = "stale"    // the fingerprint no longer matches
	StepVoid     Step = "void"     // the record cannot be seen
	StepApply    Step = "apply"    // applied and read back, by us or by the caller
	StepFail     Step = "fail"     // gave up
	StepPark     Step = "park"     // the switches hold it
	StepResume   Step = "resume"   // they allow it again
)

// transition is one legal change of status.
type transition struct {
	from Status
	step Step
	by   Applier // "" means either
	to   Status
}

// transitions is the whole lifecycle: what is not here cannot happen.
var transitions = []transition{
	{AwaitingApproval, StepGrant, ByService, Executing},
	{AwaitingApproval, StepGrant, ByCaller, AwaitingReceipt},
	{AwaitingApproval, StepDecline, "", Declined},
	{AwaitingApproval, StepWithdraw, "", Withdrawn},
	{AwaitingApproval, StepExpire, "", Expired},
	{AwaitingApproval, StepStale, "", Stale},
	{AwaitingReceipt, StepApply, ByCaller, Done},
	{AwaitingReceipt, StepFail, ByCaller, Failed},
	{AwaitingReceipt, StepStale, ByCaller, Stale},
	{Executing, StepApply, ByService, Done},
	{Executing, StepFail, ByService, Failed},
	{Executing, StepStale, ByService, Stale},
	{Executing, StepVoid, ByService, Void},
	{Executing, StepPark, ByService, Parked},
	{Parked, StepResume, ByService, Executing},
}

// Next gives the status after a step, or a CodeConflict error that names the
// present status.
func Next(from Status, step Step, by Applier) (Status, error) {
	for _, t := range transitions {
		if t.from == from && t.step == step && (t.by == "" || t.by == by) {
			return t.to, nil
		}
	}
	return from, Conflict(string(from), "A decision that is %s cannot take the step %s.", from, step)
}

// Final says that nothing can happen to the decision any more.
func (s Status) Final() bool {
	for _, t := range transitions {
		if t.from == s {
			return false
		}
	}
	return true
}

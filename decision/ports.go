package decision

import (
	"context"
	"encoding/json"
)

// Assessor is a model of one kind. Assess is pure: it reads the snapshot and
// nothing else.
type Assessor interface {
	Assess(Snapshot) (Assessment, error)
	Revision() string // content hash of the model
}

// Estimator is an Assessor that can leave base and reasons out, which take
// most of its time. The rest is as Assess gives it, to the bit.
type Estimator interface {
	Estimate(Snapshot) (Assessment, error)
}

// Policy is one compiled policy revision.
type Policy interface {
	Revision() string
	// Govern never fails open: whatever goes wrong gives FallbackVerdict with
	// the failure's code in Verdict.Failure.
	Govern(ctx context.Context, s Snapshot, a Assessment, r Recommendation) Verdict
	// Caps bound what the kind may execute by itself in an hour; a kind
	// without caps has the zero Caps, which allow nothing.
	Caps(kind string) Caps
}

// Policies finds compiled policies. CodeNotFound for an unknown revision.
type Policies interface {
	Policy(ctx context.Context, revision string) (Policy, error)
}

// Records reads a subject from Odoo as the "fields" object of its kind:
// nested JSON, null where the record has nothing, and without what was not
// looked at. CodeNotFound when it cannot be seen,
// CodeUnavailable when Odoo cannot be reached.
type Records interface {
	ReadRecord(ctx context.Context, c Company, kind Kind, s Subject) (json.RawMessage, error)
}

// Applied is what an Actuator reports about one attempt.
type Applied struct {
	Result Result // ResultDone only after reading the effect back
	Code   string // why, e.g. "already_applied", "user_error"; never Odoo's text
	Ref    string // what was created, "model:id"
	// InDoubt says that a request was handed over and its effect was not seen:
	// Odoo may still be working on it, so that nothing is tried again before
	// half a lease has passed.
	InDoubt bool
}

// Actuator applies one execution outside: read the precondition, act, read
// back. An earlier attempt may have taken effect, whatever is known of it, so
// its own effect is looked for before it acts.
type Actuator interface {
	Apply(ctx context.Context, c Company, x Execution) Applied
}

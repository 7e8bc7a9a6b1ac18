package decision

import (
	"context"
	"time"
)

// Retrace goes once more through what was asked and told, in the order in
// which it became known, and gives each request the features that serving
// would have given it then: training reads an export through it. It keeps the
// past in memory. Its steps must come in order of time.
type Retrace struct {
	Company Company
	Hash    Hash

	past MemoryHistory
	told map[string][]OutcomeRow // by decision
	asks map[string]Snapshot     // by decision; without features
}

// NewRetrace begins with no past. Which hash names the entities does not
// matter to the features, as long as it is one.
func NewRetrace(company Company, hash Hash) *Retrace {
	return &Retrace{Company: company, Hash: hash, told: map[string][]OutcomeRow{}, asks: map[string]Snapshot{}}
}

// Ask is a request at its time, which must bring its fields: it gives the
// snapshot that serving would evaluate, and adds the decision to the past.
// decision names it for Tell; "" if nothing will be told. Errors: CodeInvalid.
func (r *Retrace) Ask(ctx context.Context, decision string, req Request, at time.Time) (Snapshot, error) {
	req.Company = r.Company.ID
	if req.CorrelationID == "" {
		req.CorrelationID = "retrace"
	}
	q, err := ask(req, r.Company, at.UTC().Truncate(time.Microsecond), req.Subject.DB)
	if err != nil {
		return Snapshot{}, err
	}
	if q.fields == nil {
		return Snapshot{}, Invalid("/fields", "required", "required: the past is not read from Odoo")
	}
	snap := q.snapshot()
	if decision != "" {
		r.asks[decision] = snap
	}
	if err := Gather(ctx, &r.past, r.Hash, &snap); err != nil {
		return snap, err
	}
	return snap, r.past.AddHistory(ctx, r.Company.ID, Remember(snap, r.Hash))
}

// Tell is an outcome at the time it became known. An outcome of a decision
// that was not asked is a CodeNotFound error, one that its kind does not know
// CodeInvalid.
func (r *Retrace) Tell(ctx context.Context, o OutcomeRecord, at time.Time) error {
	snap, known := r.asks[o.Decision]
	if !known {
		return Decisions.missing()
	}
	kind, _ := KindNamed(snap.Kind)
	if err := kind.checkOutcome(o); err != nil {
		return err
	}
	row := OutcomeRow{OutcomeRecord: o.at(at), KnownAt: at.UTC().Truncate(time.Microsecond)}
	for _, t := range r.told[o.Decision] {
		if t.ID == row.ID {
			return nil // told before
		}
	}
	r.told[o.Decision] = inOrder(r.told[o.Decision], row)
	return r.past.AddHistory(ctx, r.Company.ID, Learn(snap, r.told[o.Decision], r.Hash))
}

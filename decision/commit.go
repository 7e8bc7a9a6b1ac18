package decision

import (
	"context"
	"fmt"
	"slices"
)

// commit writes the decision with its effects in one transaction: key,
// journal, approval or executions, snapshot, history, head. moved says that
// what it was governed by or has seen is no longer so: evaluate again, or, in
// the last round, let a person decide.
func (s *Service) commit(ctx context.Context, q question, p prepared, round int) (answer Answer, moved bool, err error) {
	d := s.draft(q, p)
	var winner *Binding
	err = s.Ledger.Do(ctx, q.Company, Foreground, []string{q.Key}, func(ctx context.Context, w *Writer) error {
		winner, moved = nil, false
		if bound, found, err := w.Binding(ctx, q.Key); err != nil || found {
			winner = &bound
			return err
		}
		head := w.Head()
		change, err := p.changed(ctx, w, q, head)
		if err != nil {
			return err
		}
		if moved = change != "" && round < rounds[change]; moved {
			return nil
		}
		d = s.settle(q, p, d, head, change)
		if err := s.write(ctx, w, q, p, d); err != nil {
			return err
		}
		answer.Decision = d
		if answer.Row, err = Load[DecisionRow](ctx, w, Decisions, d.ID); err != nil || d.Approval == "" {
			return err
		}
		approval, err := Load[Approval](ctx, w, Approvals, d.Approval)
		answer.Approval = &approval
		return err
	})
	switch {
	case err != nil || moved:
		return Answer{}, moved, err
	case winner != nil:
		answer, err = s.earlier(ctx, q, *winner, nil)
	}
	return answer, false, err
}

// rounds is how often a decision is evaluated before a person decides,
// because the world would not stand still.
var rounds = map[string]int{EpochMoved: 2, HistoryMoved: 5}

// changed says, under the lock, what the evaluation rests on that is no
// longer so: EpochMoved, HistoryMoved, RecordBusy or "". But for the epoch it
// only matters to what would execute.
func (p prepared) changed(ctx context.Context, w *Writer, q question, head Head) (string, error) {
	if head.Epoch != p.head.Epoch {
		return EpochMoved, nil
	}
	if p.Verdict.Outcome != Execute || p.Recommendation.Action.Class() != Effective {
		return "", nil
	}
	if grown, err := p.past.grown(ctx, w); err != nil || grown {
		return HistoryMoved, err
	}
	if busy, err := q.busy(ctx, w); err != nil || busy {
		return RecordBusy, err
	}
	return "", nil
}

// busy says that a caller applies, or will, what would be applied beside this.
// Our own executor takes a record's decisions one after the other and looks at
// the record before each; a caller has no such order.
func (q *question) busy(ctx context.Context, w *Writer) (bool, error) {
	pending, err := w.Pending(ctx, q.Subject.Model, q.Subject.ID)
	return slices.ContainsFunc(pending, func(d DecisionRow) bool {
		return d.Action.Class() == Effective && (q.Apply == ByCaller || d.Apply == ByCaller)
	}), err
}

// draft is the decision as far as it is known before the lock.
func (s *Service) draft(q question, p prepared) Decision {
	action := p.Recommendation.Action
	spec, _ := ActionNamed(action.Name)
	currency, _ := q.fields.Text("currency")
	return Decision{
		ID: p.id, Company: q.Company, Kind: q.Kind, Channel: q.Channel, Subject: q.Subject,
		Key: q.Key, Request: q.fingerprint, Correlation: q.CorrelationID, RequestedBy: q.RequestedBy, Via: q.Via, Apply: q.Apply,
		Snapshot: p.sealed.ID, SnapshotHash: p.hash,
		Fingerprint: SubjectFingerprint(spec.Fingerprint, q.kind.Fields, q.fields, currency), Currency: currency, ActionHash: action.Hash(),
		Assessment: p.Assessment, Challenger: p.challenger, Recommendation: p.Recommendation, Verdict: p.Verdict, Revisions: p.snapshot.Revisions,
	}
}

// settle applies the guard under the lock and plans what follows.
func (s *Service) settle(q question, p prepared, d Decision, head Head, change string) Decision {
	d.Guard, d.Outcome = Guard(head, p.caps, d.Kind, d.Recommendation, d.Verdict.Outcome, p.snapshot.Now)
	if change != "" && d.Outcome != Reject {
		d.Outcome, d.Guard.Code = Approve, change
	}
	d.Approval, d.Execution, d.Protective = "", "", nil
	d.Status = firstStatus(d)
	if d.Status == Recorded {
		return d
	}
	if d.Status == AwaitingApproval {
		d.Approval = s.NewID()
	}
	if d.Recommendation.Action.Name != NoAction && d.Outcome != Reject {
		d.Execution = ExecutionID(d.ID, 0)
	}
	for i, action := range d.Verdict.Protect {
		d.Protective = append(d.Protective, PlannedStep{ExecutionID(d.ID, i+1), action})
	}
	return d
}

// firstStatus is where a decision starts.
func firstStatus(d Decision) Status {
	none := d.Recommendation.Action.Name == NoAction
	switch {
	case d.Guard.Mode == Shadow:
		return Recorded
	case d.Outcome == Reject:
		return Refused
	case none && d.Verdict.Failure == "" && d.Guard.Code == "":
		return Done // there is nothing to assent to
	case d.Outcome == Approve:
		return AwaitingApproval
	case none:
		return Done
	case d.Apply == ByCaller:
		return AwaitingReceipt
	}
	return Executing
}

// ExecutionID names an execution of a decision: 0 is the recommended action,
// the protective ones follow. It is the marker left in Odoo.
func ExecutionID(decision string, index int) string {
	return fmt.Sprintf("%s-%d", decision, index)
}

// write appends the entry and everything that belongs to it.
func (s *Service) write(ctx context.Context, w *Writer, q question, p prepared, d Decision) error {
	if err := w.Bind(ctx, Binding{Key: q.Key, Request: q.fingerprint, Decision: d.ID}); err != nil {
		return err
	}
	if err := w.Seal(ctx, p.sealed); err != nil {
		return err
	}
	if _, err := w.Append(ctx, d.ID, EntryDecision, p.snapshot.Now, d); err != nil {
		return err
	}
	if q.kind.Opens != nil && d.Status != Recorded {
		for _, x := range q.kind.Opens(p.snapshot, p.Evaluation) {
			x.Decision = d.ID
			if err := w.OpenException(ctx, s.NewID(), p.snapshot.Now, x); err != nil {
				return err
			}
		}
	}
	return w.AddHistory(ctx, Remember(p.snapshot, s.Keyring.HashIdentifier))
}

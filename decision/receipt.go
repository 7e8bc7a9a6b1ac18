package decision

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Receive records a receipt of a caller that applied an action itself.
// Errors: CodeInvalid, CodeNotFound, CodeConflict when the decision waits
// for none.
func (s *Service) Receive(ctx context.Context, company, execution string, r Receipt) (DecisionRow, error) {
	id, ok := DecisionOf(execution)
	if !ok {
		return DecisionRow{}, Errorf(CodeNotFound, "There is no such execution.")
	}
	if !slices.Contains(CallerResults, r.Result) {
		return DecisionRow{}, Invalid("/result", "enum", "must be one of "+listed(CallerResults))
	}
	for pointer, v := range map[string]string{"/code": r.Code, "/ref": r.Ref} {
		if v != "" && !IsCode(v, MaxCode) {
			return DecisionRow{}, Invalid(pointer, "pattern", "must be "+CodeRule(MaxCode))
		}
	}
	answer, err := s.Decision(ctx, company, id)
	switch {
	case CodeOf(err) == CodeNotFound, err == nil && !answer.Decision.plans(execution):
		return DecisionRow{}, Errorf(CodeNotFound, "There is no such execution.")
	case err != nil:
		return DecisionRow{}, err
	case answer.Decision.Apply != ByCaller:
		return DecisionRow{}, Conflict(string(answer.Row.Status), "The service applies this decision itself; it takes no receipt.")
	}
	r.Execution, r.Decision, r.Due = execution, id, time.Time{}
	if row, told, err := s.told(ctx, company, r); told || err != nil {
		return row, err
	}
	var row DecisionRow
	err = s.Ledger.Do(ctx, company, Foreground, nil, func(ctx context.Context, w *Writer) error {
		var err error
		row, err = s.receive(ctx, w, answer.Decision, r)
		return err
	})
	if CodeOf(err) == CodeConflict { // somebody may have told it in between
		if row, told, err := s.told(ctx, company, r); told || err != nil {
			return row, err
		}
	}
	return row, err
}

// receiptID names the entry of a caller's receipt: an execution has one, and
// the journal takes an id once.
func receiptID(execution string) string { return "receipt:" + execution }

// told answers a receipt that another one came before. The same told twice is
// once, since at least once is all that callers can promise; another one is a
// conflict.
func (s *Service) told(ctx context.Context, company string, r Receipt) (row DecisionRow, told bool, err error) {
	entry, err := s.Store.Entry(ctx, company, receiptID(r.Execution))
	if CodeOf(err) == CodeNotFound {
		return row, false, nil
	}
	if err != nil {
		return row, false, err
	}
	var first Receipt
	if err := json.Unmarshal(entry.Body, &first); err != nil {
		return row, true, err
	}
	if first.Result != r.Result || first.Code != r.Code || first.Ref != r.Ref {
		return row, true, Conflict(string(first.Result), "Another receipt of this execution was first.")
	}
	row, err = RowOf[DecisionRow](ctx, s.Store, company, Decisions, r.Decision)
	return row, true, err
}

// plans says whether an execution id is one of the decision's.
func (d Decision) plans(execution string) bool {
	return execution != "" && (execution == d.Execution ||
		slices.ContainsFunc(d.Protective, func(p PlannedStep) bool { return p.Execution == execution }))
}

// receive journals a caller's receipt.
func (s *Service) receive(ctx context.Context, w *Writer, d Decision, r Receipt) (DecisionRow, error) {
	now := s.now()
	if _, err := w.Append(ctx, receiptID(r.Execution), EntryReceipt, now, r); err != nil {
		return DecisionRow{}, err
	}
	if r.Execution == d.Execution && r.Result == ResultFail {
		e := Execution{ID: r.Execution, Decision: d.ID, Subject: d.Subject, Action: d.Recommendation.Action}
		if err := w.openOnce(ctx, s.NewID(), now, deadLetter(e, r.Code, now)); err != nil {
			return DecisionRow{}, err
		}
	}
	return Load[DecisionRow](ctx, w, Decisions, d.ID)
}

// DecisionOf is the decision that an execution belongs to, by the form of
// ExecutionID; ok is false for what has another form.
func DecisionOf(execution string) (id string, ok bool) {
	i := strings.LastIndexByte(execution, '-')
	if i <= 0 {
		return "", false
	}
	return execution[:i], true
}

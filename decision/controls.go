package decision

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// AnyEpoch changes what is in force, whatever that is by now.
const AnyEpoch int64 = -1

// Switch changes the company's live controls: all of them. epoch is of the
// head that the change was thought out on; with another one in force it is a
// CodeConflict error, since what somebody else has changed would be lost.
// reason is a code.
func (s *Service) Switch(ctx context.Context, company string, epoch int64, sw Switches, by, reason string) (Head, error) {
	if err := sw.check(reason); err != nil {
		return Head{}, err
	}
	return s.change(ctx, company, epoch, EntrySwitch, SwitchChange{Switches: sw, By: by, Reason: reason})
}

// check refuses modes and kinds that do not exist: a typing error must not
// silently become the careful default.
func (s Switches) check(reason string) error {
	for kind, mode := range s.Modes {
		if _, ok := KindNamed(kind); !ok {
			return Invalid("/modes", "unknown", "must name kinds out of "+strings.Join(KindNames(), ", "))
		}
		if !slices.Contains(Modes, mode) {
			return Invalid("/modes/"+kind, "enum", "must be one of "+listed(Modes))
		}
	}
	for kind, why := range s.Paused {
		if _, ok := KindNamed(kind); !ok {
			return Invalid("/paused", "unknown", "must name kinds out of "+strings.Join(KindNames(), ", "))
		}
		if !IsCode(why, MaxCode) {
			return Invalid("/paused/"+kind, "pattern", "must be "+CodeRule(MaxCode))
		}
	}
	if reason != "" && !IsCode(reason, MaxCode) {
		return Invalid("/reason", "pattern", "must be "+CodeRule(MaxCode))
	}
	return nil
}

// Activate puts a policy revision in force. The caller has stored its
// artefact and compiled it.
func (s *Service) Activate(ctx context.Context, company, revision, by string) (Head, error) {
	return s.change(ctx, company, AnyEpoch, EntryActivation, Activation{Policy: revision, By: by})
}

func (s *Service) change(ctx context.Context, company string, epoch int64, typ EntryType, body any) (Head, error) {
	if _, err := s.company(ctx, company); err != nil {
		return Head{}, err // a head of its own for a typing error would look like a company
	}
	var head Head
	err := s.Ledger.Do(ctx, company, Foreground, nil, func(ctx context.Context, w *Writer) error {
		if now := w.Head().Epoch; epoch != AnyEpoch && epoch != now {
			return Conflict(fmt.Sprint(now), "The switches or the policies were changed in between.")
		}
		_, err := w.Append(ctx, s.NewID(), typ, s.Now(), body)
		head = w.Head()
		return err
	})
	return head, err
}

// MaxOutcomeType bounds the type of an outcome, in bytes.
const MaxOutcomeType = 64

// RecordOutcome journals the truth learnt later. Errors: CodeInvalid,
// CodeNotFound (no such decision). Telling the same twice records it once.
func (s *Service) RecordOutcome(ctx context.Context, company string, o OutcomeRecord) (OutcomeRow, error) {
	now := s.Now().UTC().Truncate(time.Microsecond)
	switch {
	case !IsCode(o.Type, MaxOutcomeType):
		return OutcomeRow{}, Invalid("/type", "pattern", "must be "+CodeRule(MaxOutcomeType))
	case !IsCode(o.Value, MaxCode):
		return OutcomeRow{}, Invalid("/value", "pattern", "must be "+CodeRule(MaxCode))
	case o.At.After(now.Add(ClockSkew)):
		return OutcomeRow{}, Invalid("/at", "future", "must not lie in the future")
	}
	o.At = o.At.UTC().Truncate(time.Microsecond)
	// The id is of what was told, so that telling twice records once.
	o.ID = "out-" + hashOf([]any{o.Decision, o.Type, o.Value, o.At})[:24]
	if o.At.IsZero() {
		o.At = now
	}
	row := OutcomeRow{OutcomeRecord: o, KnownAt: now}
	err := s.Ledger.Do(ctx, company, Foreground, nil, func(ctx context.Context, w *Writer) error {
		if _, err := Load[DecisionRow](ctx, w, Decisions, o.Decision); err != nil {
			return err
		}
		known, found, err := Find[OutcomeRow](ctx, w, Outcomes, o.ID)
		if err != nil || found {
			row = known
			return err
		}
		_, err = w.Append(ctx, s.NewID(), EntryOutcome, now, o)
		return err
	})
	return row, err
}

// Receive records a receipt of a caller that applied an action itself.
// Errors: CodeInvalid, CodeNotFound, CodeConflict when the decision waits
// for none.
func (s *Service) Receive(ctx context.Context, company, execution string, r Receipt) (DecisionRow, error) {
	id, _, ok := cutLast(execution, '-')
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
	var row DecisionRow
	err = s.Ledger.Do(ctx, company, Foreground, nil, func(ctx context.Context, w *Writer) error {
		var err error
		row, err = s.receive(ctx, w, answer.Decision, r)
		return err
	})
	return row, err
}

// plans says whether an execution id is one of the decision's.
func (d Decision) plans(execution string) bool {
	return execution != "" && (execution == d.Execution ||
		slices.ContainsFunc(d.Protective, func(p PlannedStep) bool { return p.Execution == execution }))
}

// receive journals a caller's receipt. Told twice is once: at least once is
// all that callers can promise.
func (s *Service) receive(ctx context.Context, w *Writer, d Decision, r Receipt) (DecisionRow, error) {
	row, err := Load[DecisionRow](ctx, w, Decisions, d.ID)
	if err != nil {
		return row, err
	}
	main := r.Execution == d.Execution
	said, _ := Next(AwaitingReceipt, receiptSteps[r.Result].step, ByCaller)
	if main && row.Status == said {
		return row, nil
	}
	now := s.Now().UTC().Truncate(time.Microsecond)
	if _, err := w.Append(ctx, s.NewID(), EntryReceipt, now, r); err != nil {
		return row, err
	}
	if main && r.Result == ResultFail {
		e := Execution{ID: r.Execution, Decision: d.ID, Subject: d.Subject, Action: d.Recommendation.Action}
		if err := w.openOnce(ctx, s.NewID(), now, deadLetter(e, r.Code, now)); err != nil {
			return row, err
		}
	}
	return Load[DecisionRow](ctx, w, Decisions, d.ID)
}

func cutLast(s string, sep byte) (before, after string, found bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

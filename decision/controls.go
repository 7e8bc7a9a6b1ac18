package decision

import (
	"context"
	"strings"
	"time"
)

// Switch changes the company's live controls. reason is a code.
func (s *Service) Switch(ctx context.Context, company string, sw Switches, by, reason string) (Head, error) {
	if _, err := s.company(ctx, company); err != nil {
		return Head{}, err
	}
	if err := sw.check(reason); err != nil {
		return Head{}, err
	}
	return s.change(ctx, company, EntrySwitch, SwitchChange{Switches: sw, By: by, Reason: reason})
}

// check refuses modes and kinds that do not exist: a typing error must not
// silently become the careful default.
func (s Switches) check(reason string) error {
	for kind, mode := range s.Modes {
		if _, ok := KindNamed(kind); !ok {
			return Invalid("/modes", "unknown", "must name kinds out of "+strings.Join(kindNames(), ", "))
		}
		if mode != Shadow && mode != Suggest && mode != Live {
			return Invalid("/modes/"+kind, "enum", "must be one of shadow, suggest, live")
		}
	}
	for kind, why := range s.Paused {
		if _, ok := KindNamed(kind); !ok {
			return Invalid("/paused", "unknown", "must name kinds out of "+strings.Join(kindNames(), ", "))
		}
		if !IsCode(why, 128) {
			return Invalid("/paused/"+kind, "pattern", "must be a code of letters, digits and . _ : / + -")
		}
	}
	if reason != "" && !IsCode(reason, 128) {
		return Invalid("/reason", "pattern", "must be a code of letters, digits and . _ : / + -")
	}
	return nil
}

// Activate puts a policy revision in force. The caller has stored its
// artefact and compiled it.
func (s *Service) Activate(ctx context.Context, company, revision, by string) (Head, error) {
	return s.change(ctx, company, EntryActivation, Activation{Policy: revision, By: by})
}

func (s *Service) change(ctx context.Context, company string, typ EntryType, body any) (Head, error) {
	var head Head
	err := s.Ledger.Do(ctx, company, Foreground, nil, func(ctx context.Context, w *Writer) error {
		_, err := w.Append(ctx, s.NewID(), typ, s.Now(), body)
		head = w.Head()
		return err
	})
	return head, err
}

// Erase destroys a sealed object's key. The chain still verifies, and replay
// says erased.
func (s *Service) Erase(ctx context.Context, company, sealed, by string) error {
	return s.Ledger.Do(ctx, company, Foreground, nil, func(ctx context.Context, w *Writer) error {
		if err := w.EraseSealed(ctx, sealed); err != nil {
			return err
		}
		_, err := w.Append(ctx, s.NewID(), EntryErasure, s.Now(), Erasure{Sealed: sealed, By: by})
		return err
	})
}

// RecordOutcome journals the truth learnt later. Errors: CodeInvalid,
// CodeNotFound (no such decision), CodeConflict (the same outcome is known).
func (s *Service) RecordOutcome(ctx context.Context, company string, o OutcomeRecord) (OutcomeRow, error) {
	now := s.Now().UTC().Truncate(time.Microsecond)
	switch {
	case !IsCode(o.Type, 64):
		return OutcomeRow{}, Invalid("/type", "pattern", "must be a code of letters, digits and . _ : / + -")
	case !IsCode(o.Value, 128):
		return OutcomeRow{}, Invalid("/value", "pattern", "must be a code of letters, digits and . _ : / + -")
	case o.At.After(now.Add(ClockSkew)):
		return OutcomeRow{}, Invalid("/at", "future", "must not lie in the future")
	}
	if o.At.IsZero() {
		o.At = now
	}
	o.At = o.At.UTC().Truncate(time.Microsecond)
	// The id is the content's, so that telling twice records once.
	o.ID = "out-" + hashOf([]any{o.Decision, o.Type, o.Value, o.At})[:24]
	err := s.Ledger.Do(ctx, company, Foreground, nil, func(ctx context.Context, w *Writer) error {
		if _, err := Load[DecisionRow](ctx, w, Decisions, o.Decision); err != nil {
			return err
		}
		if _, found, err := Find[OutcomeRow](ctx, w, Outcomes, o.ID); err != nil || found {
			return err
		}
		_, err := w.Append(ctx, s.NewID(), EntryOutcome, now, o)
		return err
	})
	return OutcomeRow{OutcomeRecord: o, KnownAt: now}, err
}

// Receive records a receipt of a caller that applied an action itself.
// Errors: CodeInvalid, CodeNotFound, CodeConflict when the decision waits
// for none.
func (s *Service) Receive(ctx context.Context, company, execution string, r Receipt) (DecisionRow, error) {
	id, _, ok := cutLast(execution, '-')
	if !ok {
		return DecisionRow{}, Errorf(CodeNotFound, "There is no such execution.")
	}
	switch r.Result {
	case ResultDone, ResultFail, ResultStale:
	default:
		return DecisionRow{}, Invalid("/result", "enum", "must be one of done, fail, stale")
	}
	for pointer, v := range map[string]string{"/code": r.Code, "/ref": r.Ref} {
		if v != "" && !IsCode(v, 128) {
			return DecisionRow{}, Invalid(pointer, "pattern", "must be letters, digits and . _ : / + -")
		}
	}
	r.Execution, r.Decision, r.Due = execution, id, time.Time{}
	var row DecisionRow
	err := s.Ledger.Do(ctx, company, Foreground, nil, func(ctx context.Context, w *Writer) error {
		d, err := s.awaited(ctx, w, id, execution)
		if err != nil {
			return err
		}
		if d.Status == Done && r.Result == ResultDone && execution == d.Execution {
			row = d
			return nil // told twice: at least once is all that callers can promise
		}
		if _, err := w.Append(ctx, s.NewID(), EntryReceipt, s.Now(), r); err != nil {
			return err
		}
		row, err = Load[DecisionRow](ctx, w, Decisions, id)
		return err
	})
	return row, err
}

// awaited finds the decision whose execution a caller reports on.
func (s *Service) awaited(ctx context.Context, rows Rows, id, execution string) (DecisionRow, error) {
	d, found, err := Find[DecisionRow](ctx, rows, Decisions, id)
	switch {
	case err != nil:
		return d, err
	case !found:
		return d, Errorf(CodeNotFound, "There is no such execution.")
	case d.Apply != ByCaller:
		e := Errorf(CodeConflict, "The service applies this decision itself; it takes no receipt.")
		e.Winner = string(d.Status)
		return d, e
	case execution != d.Execution && !strings.HasPrefix(execution, id+"-"):
		return d, Errorf(CodeNotFound, "There is no such execution.")
	}
	return d, nil
}

func cutLast(s string, sep byte) (before, after string, found bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

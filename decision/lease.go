package decision

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// lease journals an attempt for each execution that may run. What the kill
// switch or a missing assent stops gets its receipt here.
func (x *Executor) lease(ctx context.Context, c Company, now time.Time, n int) (leased []Execution, settled int, err error) {
	var due []Execution
	var exhausted bool
	epoch := int64(0)
	err = x.Ledger.Do(ctx, c.ID, Background, nil, func(ctx context.Context, w *Writer) error {
		leased, settled, epoch = nil, 0, w.Head().Epoch
		var err error
		due, exhausted, err = x.due(ctx, w, now, n)
		if err != nil {
			return err
		}
		for _, e := range due {
			refusal, err := x.refuse(ctx, w, e, w.Head().Switches)
			if err != nil {
				return err
			}
			if refusal != nil {
				settled++
				if err := x.stop(ctx, w, e, *refusal, now); err != nil {
					return err
				}
				continue
			}
			e.Attempts++
			e.LeaseUntil = now.Add(x.Lease)
			a := Attempt{Execution: e.ID, Number: e.Attempts, Worker: x.Worker, Until: e.LeaseUntil}
			if _, err := w.Append(ctx, x.NewID(), EntryAttempt, now, a); err != nil {
				return err
			}
			leased = append(leased, e)
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	if exhausted {
		x.setResumed(c.ID, epoch)
	}
	return leased, settled, nil
}

// parkedFirst is how many parked executions are looked at first, and how
// many more, by parkedMore, as long as too few of them may run.
const (
	parkedFirst = 256
	parkedMore  = 8
)

// due lists what may be leased: what waits, and after a change of the
// switches what was parked and need not be any more. exhausted says that
// nothing is left to resume until they change again.
func (x *Executor) due(ctx context.Context, w *Writer, now time.Time, n int) (due []Execution, exhausted bool, err error) {
	head := w.Head()
	due, err = w.Due(ctx, now, n, false)
	if err != nil || len(due) >= n || head.Switches.Kill || x.hasResumed(head) {
		return due, false, err
	}
	for most := parkedFirst; ; most *= parkedMore {
		all, err := w.Due(ctx, now, most, true)
		if err != nil {
			return nil, false, err
		}
		seenAll := len(all) < most
		free := slices.DeleteFunc(all, func(e Execution) bool { return e.Status != ExecutionParked || head.Switches.holds(e) != "" })
		if room := n - len(due); len(free) > room {
			return append(due, free[:room]...), false, nil
		}
		if seenAll {
			return append(due, free...), true, nil
		}
	}
}

func (x *Executor) hasResumed(head Head) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	epoch, known := x.resumed[head.Company]
	return known && epoch == head.Epoch
}

func (x *Executor) setResumed(company string, epoch int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.resumed == nil {
		x.resumed = map[string]int64{}
	}
	x.resumed[company] = epoch
}

// holds says why the switches keep an execution from running, or "". A pause
// or another mode than live stops what the policy executed by itself; what
// people assented to goes on.
func (s Switches) holds(e Execution) string {
	_, paused := s.Paused[e.Kind]
	switch {
	case s.Kill:
		return CodeKilled
	case e.Class == Effective && e.Approval == "" && (paused || s.Mode(e.Kind) != Live):
		return CodeHeld
	}
	return ""
}

// refuse gives the receipt of an execution that must not touch Odoo now. It
// reads the switches under the lock, and never trusts the row alone: an
// effective action needs its decision's verdict or its approval's grant.
func (x *Executor) refuse(ctx context.Context, rows Rows, e Execution, live Switches) (*Receipt, error) {
	receipt := func(r Result, code string) *Receipt {
		return &Receipt{Execution: e.ID, Result: r, Code: code, By: x.Worker}
	}
	if e.ends() || e.Action.Class() == Effective {
		allowed, err := assented(ctx, rows, e)
		if err != nil {
			return nil, err
		}
		if !allowed {
			return receipt(ResultFail, CodeUnallowed), nil
		}
	}
	if why := live.holds(e); why != "" {
		return receipt(ResultPark, why), nil
	}
	return nil, nil
}

// recheck looks once more right before Odoo is touched, since leases wait in
// line for it: the switches may have changed, and a row that no decision
// planned must not act, whatever it says of itself.
func (x *Executor) recheck(ctx context.Context, c Company, e Execution) (end Applied, stop bool) {
	planned, err := x.planned(ctx, c, e)
	if err != nil {
		return Applied{Result: ResultRetry, Code: CodeUnchecked}, true
	}
	if !planned {
		return Applied{Result: ResultFail, Code: CodeUnallowed}, true
	}
	head, err := x.Ledger.Store.Head(ctx, c.ID)
	if err != nil {
		return Applied{Result: ResultRetry, Code: CodeUnchecked}, true
	}
	why := head.Switches.holds(e)
	return Applied{Result: ResultPark, Code: why}, why != ""
}

// planned says whether the journal's decision names this execution with this
// action on this record. Its hash is checked: who can write the database must
// not be able to make Odoo act.
func (x *Executor) planned(ctx context.Context, c Company, e Execution) (bool, error) {
	entry, err := x.Ledger.Store.Entry(ctx, c.ID, e.Decision)
	if CodeOf(err) == CodeNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var d Decision
	if entry.Type != EntryDecision || x.Ledger.Key.Hash(entry) != entry.Hash || json.Unmarshal(entry.Body, &d) != nil {
		return false, nil
	}
	if d.Subject != e.Subject || d.Kind != e.Kind {
		return false, nil
	}
	if e.ID == d.Execution {
		return d.ActionHash == e.Action.Hash() && (e.Fingerprint == d.Fingerprint || e.Class != Effective), nil
	}
	for _, step := range d.Protective {
		if step.Execution == e.ID {
			return step.Action.Hash() == e.Action.Hash(), nil
		}
	}
	return false, nil
}

package decision

import (
	"context"
	"sync"
	"time"
)

// Executor applies executions in Odoo. It is driven by Step, so that a
// simulation can drive it as well as a loop.
//
// Before Odoo is touched the attempt is journalled; after, its receipt. What
// has an attempt without a receipt is unknown, and the next attempt is told
// to look for its effect first.
type Executor struct {
	Ledger   *Ledger
	Actuator Actuator
	Now      func() time.Time // read again for receipts, since calls take time
	NewID    func() string
	Jitter   func() float64 // 0 to 1
	Worker   string         // names this process in attempts
	Batch    int            // executions leased at once
	Lease    time.Duration  // twice as long as an attempt may take: the rest is for Odoo to finish what was handed over
	Attempts int            // after so many refusals it is a dead letter

	mu      sync.Mutex
	down    map[string]outage // by company
	resumed map[string]int64  // by company: epoch in which nothing parked was left to resume
}

// outage remembers that Odoo could not be reached, so that a backlog does
// not journal an attempt an entry while nothing can succeed.
type outage struct {
	until time.Time
	tries int
}

// Codes of receipts that the executor itself gives.
const (
	CodeDown      = "odoo_down"      // Odoo cannot be reached: nothing was tried, or the answer is lost
	CodeUnallowed = "not_allowed"    // an effective action without verdict or grant; never applied
	CodeKilled    = "kill_switch"    // parked
	CodeHeld      = "kind_held"      // parked: its kind is paused or no longer live, and no person assented
	CodeUnchecked = "not_checked"    // the journal could not be read; tried again
	CodeNotSeen   = "not_visible"    // the record cannot be seen
	voidAfter     = 5                // attempts until a record that is never visible is void
	backoffBase   = 2 * time.Second  //
	backoffMost   = 10 * time.Minute //
)

// Step leases what is due at now, applies it, and journals the receipts. It
// returns how many executions it ended or moved on.
func (x *Executor) Step(ctx context.Context, c Company, now time.Time) (int, error) {
	now = now.UTC().Truncate(time.Microsecond)
	n, resting := x.batch(c.ID, now)
	if resting {
		return 0, nil
	}
	leased, settled, err := x.lease(ctx, c, now, n)
	if err != nil || len(leased) == 0 {
		return settled, err
	}
	applied := make([]Applied, len(leased))
	var wg sync.WaitGroup
	for i, l := range leased {
		wg.Go(func() { applied[i] = x.apply(ctx, c, l) })
	}
	wg.Wait()
	x.note(c.ID, applied)
	// What Odoo did must be recorded even when we are told to stop.
	return settled + len(leased), x.record(context.WithoutCancel(ctx), c, leased, applied)
}

// apply leaves half the lease for a request that is under way when time is
// up: cancelling it does not stop Odoo.
func (x *Executor) apply(ctx context.Context, c Company, e Execution) Applied {
	ctx, cancel := context.WithTimeout(ctx, x.Lease/2)
	defer cancel()
	if end, stop := x.recheck(ctx, c, e); stop {
		return end
	}
	return x.Actuator.Apply(ctx, c, e)
}

// batch says how many to lease; while Odoo is down one probe at a time.
func (x *Executor) batch(company string, now time.Time) (n int, resting bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	o, down := x.down[company]
	switch {
	case !down:
		return x.Batch, false
	case now.Before(o.until):
		return 0, true
	}
	return 1, false
}

// note remembers whether Odoo could be reached.
func (x *Executor) note(company string, applied []Applied) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, a := range applied {
		if a.Code != CodeDown {
			delete(x.down, company)
			return
		}
	}
	if x.down == nil {
		x.down = map[string]outage{}
	}
	o := x.down[company]
	o.tries++
	o.until = x.Now().Add(x.backoff(o.tries, time.Minute))
	x.down[company] = o
}

// backoff doubles from backoffBase up to most, with half of it as jitter.
func (x *Executor) backoff(tries int, most time.Duration) time.Duration {
	d := backoffBase << min(tries-1, 12)
	d = min(d, most)
	return d/2 + time.Duration(x.Jitter()*float64(d/2))
}

// assented says whether this very action was decided on and is still to be
// applied, by the decision's verdict or by its approval's grant.
func assented(ctx context.Context, rows Rows, e Execution) (bool, error) {
	d, found, err := Find[DecisionRow](ctx, rows, Decisions, e.Decision)
	switch {
	case err != nil || !found:
		return false, err
	case d.Execution != e.ID, d.Action.Hash() != e.Action.Hash(), d.Status != Executing && d.Status != Parked:
		return false, nil
	case e.Approval == "":
		return d.Outcome == Execute, nil
	}
	a, found, err := Find[Approval](ctx, rows, Approvals, e.Approval)
	return found && a.Decision == d.ID && a.Status == Executing &&
		a.Assented() && a.ActionHash == e.Action.Hash(), err
}

// stop journals why an execution does not run. A row that no decision
// explains has nothing in the journal to end: then the exception alone says
// so, once, and the audit will find the row.
func (x *Executor) stop(ctx context.Context, w *Writer, e Execution, r Receipt, now time.Time) error {
	explained := r.Result == ResultPark && !e.ends()
	if e.ends() {
		d, found, err := Find[DecisionRow](ctx, w, Decisions, e.Decision)
		if err != nil {
			return err
		}
		explained = found && d.Execution == e.ID && d.Status == Executing
	}
	if explained {
		if _, err := w.Append(ctx, x.NewID(), EntryReceipt, now, r); err != nil {
			return err
		}
	}
	if r.Result != ResultFail {
		return nil
	}
	return w.openOnce(ctx, x.NewID(), now, deadLetter(e, r.Code, now))
}

// deadLetter is the exception of an execution that ended without effect.
func deadLetter(e Execution, code string, now time.Time) NewException {
	return NewException{
		Type: DeadLetter, Cause: "execution:" + e.ID, Subject: &e.Subject, Decision: e.Decision,
		Evidence: map[string]string{"action": e.Action.Name, "code": code},
		Role:     RoleOperations, Deadline: now.Add(DefaultHours * time.Hour), Proposed: "apply_by_hand",
	}
}

// record journals the receipts, and the exceptions that follow from them.
func (x *Executor) record(ctx context.Context, c Company, leased []Execution, applied []Applied) error {
	now := x.Now().UTC().Truncate(time.Microsecond)
	receipts := make([]Receipt, len(leased))
	for i, e := range leased {
		receipts[i] = x.receipt(e, applied[i], now)
	}
	return x.Ledger.Do(ctx, c.ID, Background, nil, func(ctx context.Context, w *Writer) error {
		for i, r := range receipts {
			// Another worker may have taken over after our lease lapsed, and
			// have its own receipt by now.
			e, err := Load[Execution](ctx, w, Executions, r.Execution)
			if err != nil {
				return err
			}
			if e.Status != ExecutionRunning || e.Attempts != leased[i].Attempts {
				continue
			}
			if _, err := w.Append(ctx, x.NewID(), EntryReceipt, now, r); err != nil {
				return err
			}
			if err := x.exceptions(ctx, w, c, e, r, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// receipt turns what the actuator reports into what happens next.
func (x *Executor) receipt(e Execution, a Applied, now time.Time) Receipt {
	r := Receipt{Execution: e.ID, Result: a.Result, Code: a.Code, Ref: a.Ref, By: x.Worker}
	switch a.Result {
	case ResultDone, ResultFail, ResultStale, ResultVoid, ResultRetry:
	default:
		r.Result, r.Code = ResultRetry, "no_result"
	}
	switch {
	case r.Result == ResultVoid && e.Attempts < voidAfter:
		r.Result = ResultRetry
	case r.Result == ResultRetry && r.Code != CodeDown && e.Attempts >= x.Attempts:
		r.Result = ResultFail
	}
	if r.Result == ResultRetry {
		wait := x.backoff(e.Attempts, backoffMost)
		if a.InDoubt {
			wait = max(wait, x.Lease/2)
		}
		r.Due = now.Add(wait).Truncate(time.Microsecond)
	}
	return r
}

// exceptions opens a dead letter or an outage, and closes the outage once
// Odoo answers again.
func (x *Executor) exceptions(ctx context.Context, w *Writer, c Company, e Execution, r Receipt, now time.Time) error {
	outage := NewException{Type: IntegrationDown, Cause: "odoo:" + c.ID, Role: RoleOperations, Deadline: now.Add(time.Hour), Proposed: "check_odoo"}
	switch {
	case r.Result == ResultFail:
		return w.openOnce(ctx, x.NewID(), now, deadLetter(e, r.Code, now))
	case r.Code == CodeDown:
		return w.openOnce(ctx, x.NewID(), now, outage)
	}
	return w.CloseException(ctx, x.NewID(), now, ExceptionID(outage.Type, outage.Cause))
}

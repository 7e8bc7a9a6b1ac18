package decision_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	. "assent/decision"
)

func (s *shop) one(t *testing.T) (Execution, DecisionRow) {
	t.Helper()
	x := rows[Execution](t, s, Executions)[0]
	return x, row[DecisionRow](t, s, Decisions, x.Decision)
}

func TestStepDone(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.decide(t, order(1, "5"))
	n, err := s.exec.Step(t.Context(), mainCompany, s.clock.Now())
	noError(t, err)
	x, d := s.one(t)
	if n != 1 || x.Status != ExecutionDone || x.Ref != "sale.order:1" || x.Attempts != 1 || d.Status != Done || s.odoo.calls[0].Attempts != 1 {
		t.Errorf("%d moved on: %+v, decision %s", n, x, d.Status)
	}
	if n, err := s.exec.Step(t.Context(), mainCompany, s.clock.Now()); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
	s.wantClean(t)
}

// How an attempt ends decides what follows. The action codes of receipts go
// to the execution, the status to the decision.
func TestStepResults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		says      Applied
		execution ExecutionStatus
		decision  Status
		code      string
		exception ExceptionType
	}{
		"stale":          {Applied{Result: ResultStale, Code: "changed"}, ExecutionStale, Stale, "changed", ""},
		"refused":        {Applied{Result: ResultFail, Code: "user_error"}, ExecutionFailed, Failed, "user_error", DeadLetter},
		"not now":        {Applied{Result: ResultRetry, Code: "busy"}, ExecutionWaiting, Executing, "busy", ""},
		"not seen yet":   {Applied{Result: ResultVoid, Code: CodeNotSeen}, ExecutionWaiting, Executing, CodeNotSeen, ""},
		"down":           {Applied{Result: ResultRetry, Code: CodeDown}, ExecutionWaiting, Executing, CodeDown, IntegrationDown},
		"says nothing":   {Applied{}, ExecutionWaiting, Executing, "no_result", ""},
		"says park":      {Applied{Result: ResultPark}, ExecutionWaiting, Executing, "no_result", ""},
		"says who knows": {Applied{Result: "perhaps", Code: "x"}, ExecutionWaiting, Executing, "no_result", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			s.decide(t, order(1, "5"))
			s.odoo.says(test.says)
			s.step(t)
			x, d := s.one(t)
			if x.Status != test.execution || d.Status != test.decision || x.Code != test.code {
				t.Errorf("have %s (%s), decision %s", x.Status, x.Code, d.Status)
			}
			var opened []ExceptionType
			for _, e := range rows[Exception](t, s, Exceptions) {
				opened = append(opened, e.Type)
			}
			if want := []ExceptionType{test.exception}; test.exception == "" && len(opened) > 0 || test.exception != "" && !slices.Equal(opened, want) {
				t.Errorf("exceptions %v", opened)
			}
			s.wantClean(t)
		})
	}
}

// Retries wait longer each time, and end as a dead letter with its exception.
func TestStepRetries(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.exec.Attempts = 4
	s.exec.Jitter = func() float64 { return 1 }
	s.decide(t, order(1, "5"))
	s.odoo.says(Applied{Result: ResultRetry, Code: "busy"})
	for _, wait := range []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second} {
		s.step(t)
		if x, _ := s.one(t); !x.Due.Equal(s.clock.Now().Add(wait)) {
			t.Errorf("attempt %d: due after %s, want %s", x.Attempts, x.Due.Sub(s.clock.Now()), wait)
		}
		s.clock.pass(wait - 1)
		s.step(t)
		s.clock.pass(1)
	}
	s.step(t)
	x, d := s.one(t)
	if x.Status != ExecutionFailed || d.Status != Failed || len(s.odoo.calls) != 4 {
		t.Errorf("%s, decision %s after %d calls", x.Status, d.Status, len(s.odoo.calls))
	}
	letter := rows[Exception](t, s, Exceptions)[0]
	if letter.Type != DeadLetter || letter.Decision != d.ID || letter.Evidence["code"] != "busy" || letter.Evidence["action"] != "confirm" || letter.Role != RoleOperations {
		t.Errorf("dead letter %+v", letter)
	}
	attempts := []int{}
	for _, c := range s.odoo.calls {
		attempts = append(attempts, c.Attempts)
	}
	if !slices.Equal(attempts, []int{1, 2, 3, 4}) {
		t.Errorf("attempts %v", attempts)
	}
}

// Backoff has a limit, and what is in doubt leaves Odoo half a lease.
func TestStepBackoffBounds(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.exec.Attempts = 100
	s.decide(t, order(1, "5"))
	s.odoo.says(Applied{Result: ResultRetry, InDoubt: true})
	s.step(t)
	if x, _ := s.one(t); !x.Due.Equal(s.clock.Now().Add(s.exec.Lease / 2)) {
		t.Errorf("in doubt: due after %s", x.Due.Sub(s.clock.Now()))
	}
	for range 30 {
		s.clock.pass(time.Hour)
		s.step(t)
	}
	if x, _ := s.one(t); x.Attempts != 31 || !x.Due.Equal(s.clock.Now().Add(5*time.Minute)) { // half of ten, without jitter
		t.Errorf("attempt %d: due after %s", x.Attempts, x.Due.Sub(s.clock.Now()))
	}
}

// A record that is never visible is void after five looks; nothing happened,
// and nobody has to do anything.
func TestStepVoid(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.decide(t, order(1, "5"))
	s.odoo.says(Applied{Result: ResultVoid, Code: CodeNotSeen})
	for range 5 {
		if x, _ := s.one(t); x.Status != ExecutionWaiting {
			t.Fatalf("attempt %d: %s", x.Attempts, x.Status)
		}
		s.step(t)
		s.clock.pass(time.Hour)
	}
	if x, d := s.one(t); x.Status != ExecutionVoid || d.Status != Void || len(rows[Exception](t, s, Exceptions)) != 0 {
		t.Errorf("%s, decision %s", x.Status, d.Status)
	}
}

// While Odoo is down one execution probes, the others wait without an entry;
// the exception opens once and closes by itself.
func TestStepOutage(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for id := range 5 {
		s.decide(t, order(int64(id+1), "5"))
	}
	s.odoo.says(Applied{Result: ResultRetry, Code: CodeDown})
	s.step(t)
	if len(s.odoo.calls) != 5 {
		t.Fatalf("%d calls before anybody knew", len(s.odoo.calls))
	}
	seq := s.seq(t)
	s.step(t)
	if s.seq(t) != seq || len(s.odoo.calls) != 5 {
		t.Error("it is tried at once again")
	}
	for probe := range 4 {
		s.clock.pass(2 * time.Minute)
		s.step(t)
		if len(s.odoo.calls) != 6+probe {
			t.Errorf("probe %d: %d calls", probe, len(s.odoo.calls))
		}
	}
	down := rows[Exception](t, s, Exceptions)
	if len(down) != 1 || down[0].Type != IntegrationDown || down[0].State != StateOpen || down[0].Times != 1 {
		t.Errorf("exceptions %+v", down)
	}
	s.odoo.apply = s.odoo.once
	s.clock.pass(time.Hour)
	s.step(t)
	if down := rows[Exception](t, s, Exceptions); len(down) != 1 || down[0].State != StateClosed || down[0].ClosedBy != System {
		t.Errorf("afterwards %+v", down)
	}
	if effects := s.odoo.happened(); len(effects) != 5 {
		t.Errorf("effects %v", effects)
	}
	s.wantClean(t)
}

// Being down never makes a dead letter: it says nothing about the action.
func TestStepDownIsPatient(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.decide(t, order(1, "5"))
	s.odoo.says(Applied{Result: ResultRetry, Code: CodeDown})
	for range 20 {
		s.step(t)
		s.clock.pass(time.Hour)
	}
	if x, d := s.one(t); x.Status != ExecutionWaiting || d.Status != Executing || x.Attempts != 20 {
		t.Errorf("%s after %d attempts, decision %s", x.Status, x.Attempts, d.Status)
	}
}

// A worker that dies in the middle leaves its lease: the next one is told to
// look for the effect first, and finds it.
func TestStepLapsedLease(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.decide(t, order(1, "5"))
	dying, cancel := context.WithCancel(t.Context())
	next := &Executor{
		Ledger: s.exec.Ledger, Actuator: s.odoo, Now: s.clock.Now, NewID: s.NewID, Jitter: s.exec.Jitter,
		Worker: "w2", Batch: 10, Lease: time.Minute, Attempts: 3,
	}
	s.odoo.apply = func(x Execution) Applied {
		s.odoo.apply = s.odoo.once
		applied := s.odoo.once(x)
		// The effect is there, the receipt is not: another worker comes, first
		// too early, then after the lease.
		for _, wait := range []time.Duration{time.Minute, time.Second} {
			s.clock.pass(wait)
			if _, err := next.Step(t.Context(), mainCompany, s.clock.Now()); err != nil {
				t.Error(err)
			}
		}
		cancel()
		return applied
	}
	_, err := s.exec.Step(dying, mainCompany, s.clock.Now())
	noError(t, err) // its late receipt is no longer wanted
	x, d := s.one(t)
	if x.Status != ExecutionDone || x.Code != "already_applied" || x.Attempts != 2 || d.Status != Done {
		t.Errorf("%+v, decision %s", x, d.Status)
	}
	if len(s.odoo.calls) != 2 || s.odoo.calls[1].Attempts != 2 || s.odoo.happened()[x.ID] != 1 {
		t.Errorf("calls %v, effects %v", s.odoo.calls, s.odoo.happened())
	}
	s.wantClean(t)
}

// Told to stop, the executor still records what Odoo has done.
func TestStepCancelled(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.decide(t, order(1, "5"))
	ctx, cancel := context.WithCancel(t.Context())
	s.odoo.apply = func(x Execution) Applied { cancel(); return s.odoo.once(x) }
	_, err := s.exec.Step(ctx, mainCompany, s.clock.Now())
	noError(t, err)
	if x, _ := s.one(t); x.Status != ExecutionDone {
		t.Errorf("have %s", x.Status)
	}
}

// However many workers there are, each effect happens once, and the actions
// on one record in the order of their decisions.
func TestStepManyWorkers(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for i := range 30 {
		s.decide(t, order(int64(i%10+1), fmt.Sprint(i/10+1)))
	}
	var wg sync.WaitGroup
	for range 4 {
		worker := &Executor{
			Ledger: s.exec.Ledger, Actuator: s.odoo, Now: s.clock.Now, NewID: s.NewID, Jitter: s.exec.Jitter,
			Worker: "w", Batch: 3, Lease: time.Minute, Attempts: 3,
		}
		wg.Go(func() {
			for n := 1; n > 0; {
				var err error
				if n, err = worker.Step(t.Context(), mainCompany, s.clock.Now()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	s.step(t) // a worker that found its records taken has stopped early
	last := map[string]int64{}
	for _, c := range s.odoo.calls {
		if c.Attempts != 1 || c.Order <= last[c.Record] {
			t.Errorf("%s: order %d after %d, attempt %d", c.Record, c.Order, last[c.Record], c.Attempts)
		}
		last[c.Record] = c.Order
	}
	effects := s.odoo.happened()
	for id, n := range effects {
		if n != 1 {
			t.Errorf("%s happened %d times", id, n)
		}
	}
	if len(effects) != 30 {
		t.Errorf("%d effects", len(effects))
	}
	s.wantClean(t)
}

// The kill switch parks what waits, protective actions included; released, it
// is applied, and nothing is lost.
func TestKillSwitch(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.decide(t, order(1, "5"))
	waits := s.decide(t, order(2, "500")) // with a note
	head, err := s.store.Head(t.Context(), "main")
	noError(t, err)
	killed := head.Switches
	killed.Kill = true
	_, err = s.Switch(t.Context(), "main", AnyEpoch, killed, "ops", "incident")
	noError(t, err)
	s.step(t)
	for _, x := range rows[Execution](t, s, Executions) {
		if x.Status != ExecutionParked || x.Code != CodeKilled || x.Attempts != 0 {
			t.Errorf("%+v", x)
		}
	}
	if _, d := s.one(t); d.Status != Parked {
		t.Errorf("decision %s", d.Status)
	}
	s.sign(t, waits.Decision.Approval, "ada")
	s.step(t)
	if len(s.odoo.calls) != 0 {
		t.Errorf("calls %v", s.odoo.calls)
	}
	_, err = s.Switch(t.Context(), "main", AnyEpoch, head.Switches, "ops", "incident")
	noError(t, err)
	s.step(t)
	for _, d := range rows[DecisionRow](t, s, Decisions) {
		if d.Status != Done {
			t.Errorf("%s is %s", d.ID, d.Status)
		}
	}
	if len(s.odoo.happened()) != 3 || len(rows[Exception](t, s, Exceptions)) != 0 {
		t.Errorf("effects %v", s.odoo.happened())
	}
	s.wantClean(t)
}

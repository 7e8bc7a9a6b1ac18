package decision_test

import (
	"errors"
	"testing"
	"time"

	. "assent/decision"
)

// brokenEverywhere runs do against a store that breaks at its first call,
// then at its second, and so on until do gets through. Each time the error
// must come out as CodeUnavailable with nothing half-done: the audit stays
// clean, and what the journal holds is what it held before. prepare makes the
// shop; do gets it with the flaky store in place.
func brokenEverywhere(t *testing.T, prepare func(*shop), do func(*shop) error, afterwards func(*shop)) {
	t.Helper()
	for calls := 0; ; calls++ {
		s := setup(t)
		prepare(s)
		gone := &flaky{Store: s.store, left: calls}
		s.Store, s.Ledger.Store = gone, gone
		before := s.seq(t)
		err := do(s)
		s.wantClean(t)
		if err == nil {
			if gone.left < 0 {
				t.Fatalf("call %d broke and nobody noticed", calls+1)
			}
			if calls < 2 {
				t.Fatalf("got through with only %d calls", calls)
			}
			afterwards(s)
			return
		}
		if CodeOf(err) != CodeUnavailable || !errors.Is(err, errGone) {
			t.Fatalf("call %d: %v", calls+1, err)
		}
		if s.seq(t) != before {
			t.Fatalf("call %d: something is journalled", calls+1)
		}
		noError(t, do(s)) // the store is back: the same thing works now
		s.wantClean(t)
		afterwards(s)
	}
}

func TestGoneWhileDeciding(t *testing.T) {
	t.Parallel()
	for name, req := range map[string]Request{"executed": order(1, "5"), "asked": order(1, "500"), "promise at risk": delivery(1, "90")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			brokenEverywhere(t, func(*shop) {},
				func(s *shop) error { return second(s.Decide(t.Context(), req)) },
				func(s *shop) {
					if n := len(rows[DecisionRow](t, s, Decisions)); n != 1 {
						t.Errorf("%d decisions", n)
					}
				})
		})
	}
}

func TestGoneWhileAssessing(t *testing.T) {
	t.Parallel()
	brokenEverywhere(t, func(*shop) {},
		func(s *shop) error { return second(s.Assess(t.Context(), order(1, "5"))) },
		func(s *shop) {})
}

func TestGoneWhileReceiving(t *testing.T) {
	t.Parallel()
	for _, result := range []Result{ResultDone, ResultFail} {
		brokenEverywhere(t, func(s *shop) { s.decide(t, byCaller(order(1, "5"))) },
			func(s *shop) error {
				return second(s.Receive(t.Context(), "main", rows[DecisionRow](t, s, Decisions)[0].Execution, Receipt{Result: result}))
			},
			func(s *shop) {
				if d := rows[DecisionRow](t, s, Decisions)[0]; !d.Status.Final() {
					t.Errorf("have %s", d.Status)
				}
			})
	}
}

func TestGoneElsewhere(t *testing.T) {
	t.Parallel()
	decided := func(s *shop) { s.decide(t, order(1, "500")) }
	id := func(s *shop) string { return rows[DecisionRow](t, s, Decisions)[0].ID }
	tests := map[string]func(*shop) error{
		"switch": func(s *shop) error {
			return second(s.Switch(t.Context(), "main", AnyEpoch, Switches{}, "ops", "drill"))
		},
		"activate": func(s *shop) error { return second(s.Activate(t.Context(), "main", p2, "ops")) },
		"erase":    func(s *shop) error { return s.Erase(t.Context(), "main", id(s), "dpo") },
		"outcome": func(s *shop) error {
			return second(s.RecordOutcome(t.Context(), "main", OutcomeRecord{Decision: id(s), Type: "chargeback", Value: "fraud"}))
		},
		"story":  func(s *shop) error { return second(s.Story(t.Context(), "main", id(s))) },
		"replay": func(s *shop) error { return second(s.Replay(t.Context(), "main", id(s))) },
		"import": func(s *shop) error {
			return second(s.ImportHistory(t.Context(), []Request{order(9, "5")}, []time.Time{noon}, ImportRecord{}))
		},
	}
	for name, do := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			brokenEverywhere(t, decided, do, func(*shop) {})
		})
	}
}

// An audit that cannot read says so; it does not pass what it has not seen.
func TestGoneWhileVerifying(t *testing.T) {
	t.Parallel()
	s, _, _, _ := busy(t)
	for calls := 0; ; calls++ {
		gone := &flaky{Store: s.store, left: calls}
		var audit Audit
		err := s.store.View(t.Context(), func(r Reader) (err error) {
			audit, err = Verify(t.Context(), flakyReader{r, gone}, s.Keyring, "main", nil)
			return err
		})
		if err == nil {
			if gone.left < 0 || calls < 10 || len(audit.Problems) > 0 {
				t.Errorf("passed after %d calls, %d left: %v", calls, gone.left, audit.Problems)
			}
			return
		}
		if !errors.Is(err, errGone) {
			t.Fatalf("call %d: %v", calls+1, err)
		}
	}
}

// Wherever the store breaks while executions are leased or recorded, each
// effect still happens once, and is recorded in the end.
func TestGoneWhileExecuting(t *testing.T) {
	t.Parallel()
	tests := map[string]Applied{
		"done": {Result: ResultDone}, "fails": {Result: ResultFail, Code: "user_error"}, "down": {Result: ResultRetry, Code: CodeDown},
	}
	for name, first := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for calls := 0; ; calls++ {
				s := setup(t)
				s.decide(t, order(1, "5"))
				s.sign(t, s.decide(t, order(2, "500")).Decision.Approval, "ada")
				gone := &flaky{Store: s.store, left: calls}
				s.Ledger.Store = gone
				if first.Result != ResultDone {
					s.odoo.apply = func(Execution) Applied { s.odoo.apply = s.odoo.once; return first }
				}
				s.exec.Batch = 1
				_, err := s.exec.Step(t.Context(), mainCompany, s.clock.Now())
				through := err == nil && gone.left >= 0
				if err != nil && !errors.Is(err, errGone) {
					t.Fatalf("call %d: %v", calls+1, err)
				}
				gone.left = 1 << 30
				for range 4 {
					s.clock.pass(time.Hour)
					s.step(t)
				}
				for id, n := range s.odoo.happened() {
					if n != 1 {
						t.Errorf("call %d: %s happened %d times", calls+1, id, n)
					}
				}
				for _, x := range rows[Execution](t, s, Executions) {
					if x.Status != ExecutionDone && x.Status != ExecutionFailed {
						t.Errorf("call %d: %s is %s", calls+1, x.ID, x.Status)
					}
				}
				s.wantClean(t)
				if through {
					return
				}
			}
		})
	}
}

// A closed store is no crash.
func TestClosedStore(t *testing.T) {
	t.Parallel()
	s := setup(t)
	noError(t, s.store.Close())
	if err := second(s.Decide(t.Context(), order(1, "5"))); CodeOf(err) != CodeUnavailable {
		t.Errorf("have %v", err)
	}
}

package decision_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	. "assent/decision"
)

// A pause, or a mode that is no longer live, stops what the policy executed
// by itself and has not been applied; what people assented to goes on.
func TestHeldAndReleased(t *testing.T) {
	t.Parallel()
	for name, hold := range map[string]Switches{
		"paused":  {Modes: map[string]Mode{"order": Live}, Paused: map[string]string{"order": "drill"}},
		"suggest": {Modes: map[string]Mode{"order": Suggest}},
		"unset":   {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			auto := s.decide(t, order(1, "5")).Decision
			asked := s.decide(t, order(2, "500")).Decision
			s.sign(t, asked.Approval, "ada")
			_, err := s.Switch(t.Context(), "main", AnyEpoch, hold, "ops", "drill")
			noError(t, err)
			s.step(t)
			want := map[string]Status{auto.ID: Parked, asked.ID: Done}
			for _, d := range rows[DecisionRow](t, s, Decisions) {
				if d.Status != want[d.ID] {
					t.Errorf("%s is %s, want %s", d.ID, d.Status, want[d.ID])
				}
			}
			before := s.seq(t)
			s.step(t)
			if s.seq(t) != before {
				t.Error("what is parked is journalled again and again")
			}
			s.setModes(t, Live)
			s.step(t)
			for _, d := range rows[DecisionRow](t, s, Decisions) {
				if d.Status != Done {
					t.Errorf("released, %s is %s", d.ID, d.Status)
				}
			}
			s.wantClean(t)
		})
	}
}

// What may run again is found behind however many that may not.
func TestReleasedBehindManyHeld(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.exec.Batch = 100
	const held = 300
	for i := range held {
		s.decide(t, order(int64(i+1), "5"))
	}
	s.clock.pass(time.Second)
	last := s.decide(t, refund(1, "5", "EUR")).Decision
	live := map[string]Mode{"order": Live, "refund": Live}
	change := func(paused ...string) {
		t.Helper()
		sw := Switches{Modes: live, Paused: map[string]string{}}
		for _, kind := range paused {
			sw.Paused[kind] = "drill"
		}
		_, err := s.Switch(t.Context(), "main", AnyEpoch, sw, "ops", "drill")
		noError(t, err)
		s.step(t)
	}
	count := func(status Status) int {
		t.Helper()
		n, err := s.store.Count(t.Context(), "main", Decisions, Filter{Where: map[string][]string{"status": {string(status)}}})
		noError(t, err)
		return n
	}
	change("order", "refund")
	if n := count(Parked); n != held+1 {
		t.Fatalf("%d are parked", n)
	}
	change("order")
	if status := row[DecisionRow](t, s, Decisions, last.ID).Status; status != Done || count(Parked) != held {
		t.Errorf("released, it is %s; %d are parked", status, count(Parked))
	}
	change()
	if n := count(Done); n != held+1 {
		t.Errorf("%d are done", n)
	}
}

// A row that no decision planned does not act, whatever it says of itself.
func TestForgedExecution(t *testing.T) {
	t.Parallel()
	forge := func(change func(x *Execution)) func(x Execution) Execution {
		return func(x Execution) Execution { change(&x); return x }
	}
	for name, forged := range map[string]func(Execution) Execution{
		"another record":   forge(func(x *Execution) { x.Subject.ID = 9; x.Record = x.Subject.Record() }),
		"another action":   forge(func(x *Execution) { x.Action = Action{Name: "cancel"} }),
		"called a note":    forge(func(x *Execution) { x.Action, x.Class = Action{Name: "note", Params: Record{"code": "X"}}, Protective }),
		"no decision":      forge(func(x *Execution) { x.Decision = "01900000-0000-7000-8000-ffffffffffff" }),
		"another's":        forge(func(x *Execution) { x.Fingerprint = "" }),
		"an id of its own": forge(func(x *Execution) { x.ID += "0" }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			s.decide(t, order(1, "5"))
			x := rows[Execution](t, s, Executions)[0]
			body, err := json.Marshal(forged(x))
			noError(t, err)
			s.attack(t, `UPDATE executions SET id = '`+forged(x).ID+`', body = '`+strings.ReplaceAll(string(body), "'", "''")+`' WHERE id = '`+x.ID+`'`)
			_, err = s.exec.Step(t.Context(), mainCompany, s.clock.Now())
			if len(s.odoo.calls) > 0 {
				t.Errorf("it acted: %v (%v)", s.odoo.calls, err)
			}
		})
	}
}

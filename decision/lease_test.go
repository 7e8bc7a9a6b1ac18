package decision_test

import (
	"encoding/json"
	"strings"
	"testing"

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

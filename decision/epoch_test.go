package decision_test

import (
	"testing"

	. "assent/decision"
)

// during makes a policy come into force while the first n decisions think.
func (s *shop) activateDuring(t *testing.T, n int) {
	t.Helper()
	s.rules.during = func() {
		if n--; n >= 0 {
			if _, err := s.Activate(t.Context(), "main", p2, "tests"); err != nil {
				t.Error(err)
			}
		}
	}
}

// A decision whose policy is no longer in force is governed once more, by
// the new one.
func TestEpochMovesOnce(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.activateDuring(t, 1)
	a := s.decide(t, order(1, "5"))
	if d := a.Decision; d.Outcome != Execute || d.Revisions.Policy != p2 || d.Verdict.Rules[0] != "p2" || d.Guard.Code != "" {
		t.Errorf("have %s by %s, %q", d.Outcome, d.Revisions.Policy, d.Guard.Code)
	}
	if all := rows[DecisionRow](t, s, Decisions); len(all) != 1 {
		t.Errorf("%d decisions", len(all))
	}
}

// When the policies move again, a person decides.
func TestEpochMovesTwice(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.activateDuring(t, 2)
	a := s.decide(t, order(1, "5"))
	if d := a.Decision; d.Outcome != Approve || d.Guard.Code != EpochMoved || a.Row.Status != AwaitingApproval || d.Verdict.Outcome != Execute {
		t.Fatalf("have %s, %s, %q", d.Outcome, a.Row.Status, d.Guard.Code)
	}
	s.step(t)
	if happened := s.odoo.happened(); len(happened) != 0 {
		t.Errorf("executed %v", happened)
	}
	s.sign(t, a.Decision.Approval, "ada")
	s.step(t)
	if after := row[DecisionRow](t, s, Decisions, a.Decision.ID); after.Status != Done {
		t.Errorf("after assent: %s", after.Status)
	}
	s.wantClean(t)
}

// What was refused by an older policy stays refused: no one is asked.
func TestEpochMovesReject(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.activateDuring(t, 2)
	if a := s.decide(t, order(1, "10000")); a.Row.Status != Refused || a.Decision.Guard.Code != "" {
		t.Errorf("have %s, %q", a.Row.Status, a.Decision.Guard.Code)
	}
}

// With nothing to do, a person sees that nobody up to date has looked; the
// assent ends it, and nothing is executed.
func TestEpochMovesNothingToDo(t *testing.T) {
	t.Parallel()
	for _, by := range []Applier{ByService, ByCaller} {
		s := setup(t)
		s.activateDuring(t, 2)
		req := delivery(1, "10")
		req.Apply = by
		a := s.decide(t, req)
		if a.Row.Status != AwaitingApproval || a.Decision.Execution != "" {
			t.Fatalf("have %s, execution %q", a.Row.Status, a.Decision.Execution)
		}
		s.sign(t, a.Decision.Approval, "ada")
		s.step(t)
		if after := row[DecisionRow](t, s, Decisions, a.Decision.ID); after.Status != Done || len(s.odoo.happened()) != 0 {
			t.Errorf("%s, executed %v", after.Status, s.odoo.happened())
		}
		s.wantClean(t)
	}
}

// A switch moves the epoch as a policy does: the kill switch that comes while
// a decision is made counts.
func TestKillDuring(t *testing.T) {
	t.Parallel()
	s := setup(t)
	first := true
	s.rules.during = func() {
		if first {
			first = false
			if _, err := s.Switch(t.Context(), "main", AnyEpoch, Switches{Kill: true, Modes: map[string]Mode{"order": Live}}, "tests", "drill"); err != nil {
				t.Error(err)
			}
		}
	}
	if a := s.decide(t, order(1, "5")); a.Decision.Outcome != Approve || a.Decision.Guard.Code != GuardKill {
		t.Errorf("have %s, %q", a.Decision.Outcome, a.Decision.Guard.Code)
	}
}

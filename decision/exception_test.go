package decision

import (
	"testing"
	"time"
)

func TestExceptionID(t *testing.T) {
	t.Parallel()
	id := ExceptionID(DeadLetter, "execution:1")
	if id != ExceptionID(DeadLetter, "execution:1") || len(id) != 28 {
		t.Errorf("have %s", id)
	}
	for _, other := range []string{ExceptionID(IntegrationDown, "execution:1"), ExceptionID(DeadLetter, "execution:2"), ExceptionID(DeadLetter+"e", "xecution:1")} {
		if other == id {
			t.Error("another cause is the same exception")
		}
	}
}

// steps folds exception steps an hour apart, and gives the last row.
func steps(t *testing.T, all ...ExceptionStep) (Exception, error) {
	t.Helper()
	rows, head := MemoryRows{}, Head{}
	var err error
	for i, s := range all {
		s.Exception = "x1"
		e := Entry{Seq: int64(i + 1), Type: EntryException, At: noon.Add(time.Duration(i) * time.Hour), Body: mustCanonical(s)}
		if err = Fold(t.Context(), rows, &head, e); err != nil {
			break
		}
	}
	x, _, loadErr := Find[Exception](t.Context(), rows, Exceptions, "x1")
	if loadErr != nil {
		t.Fatal(loadErr)
	}
	return x, err
}

func TestExceptionFold(t *testing.T) {
	t.Parallel()
	cause := NewException{Type: PromiseAtRisk, Cause: "delivery:7", Role: RoleWarehouseLead}
	worse := cause
	worse.Evidence = map[string]string{"probability": "0.9"}
	open, again := ExceptionStep{Step: ExceptionOpen, By: System, Opened: &cause}, ExceptionStep{Step: ExceptionOpen, By: System, Opened: &worse}
	claim := ExceptionStep{Step: ExceptionClaim, By: "ada"}
	snooze := ExceptionStep{Step: ExceptionSnooze, By: "ada", Until: noon.Add(99 * time.Hour)}
	resolve := ExceptionStep{Step: ExceptionResolve, By: "ada", Comment: "c1"}
	closed := ExceptionStep{Step: ExceptionClose, By: System}
	tests := map[string]struct {
		steps []ExceptionStep
		want  Exception
	}{
		"open":              {[]ExceptionStep{open}, Exception{State: StateOpen, Times: 1, OpenedAt: noon}},
		"seen again":        {[]ExceptionStep{open, again}, Exception{State: StateOpen, Times: 2, OpenedAt: noon}},
		"claimed":           {[]ExceptionStep{open, claim}, Exception{State: StateClaimed, Times: 1, OpenedAt: noon, Owner: "ada"}},
		"seen while owned":  {[]ExceptionStep{open, claim, again}, Exception{State: StateClaimed, Times: 2, OpenedAt: noon, Owner: "ada"}},
		"snoozed":           {[]ExceptionStep{open, snooze}, Exception{State: StateSnoozed, Times: 1, OpenedAt: noon, SnoozedUntil: noon.Add(99 * time.Hour)}},
		"resolved":          {[]ExceptionStep{open, resolve}, Exception{State: StateResolved, Times: 1, OpenedAt: noon, ClosedAt: noon.Add(time.Hour), ClosedBy: "ada", Comment: "c1"}},
		"closed by itself":  {[]ExceptionStep{open, closed}, Exception{State: StateClosed, Times: 1, OpenedAt: noon, ClosedAt: noon.Add(time.Hour), ClosedBy: System}},
		"once more":         {[]ExceptionStep{open, claim, resolve, again}, Exception{State: StateOpen, Times: 2, OpenedAt: noon.Add(3 * time.Hour)}},
		"closed, then more": {[]ExceptionStep{open, closed, again}, Exception{State: StateOpen, Times: 2, OpenedAt: noon.Add(2 * time.Hour)}},
	}
	for name, test := range tests {
		have, err := steps(t, test.steps...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		test.want.ID, test.want.NewException = "x1", have.NewException
		if h, w := mustCanonical(have), mustCanonical(test.want); string(h) != string(w) {
			t.Errorf("%s: have %s\nwant %s", name, h, w)
		}
		if last := test.steps[len(test.steps)-1].Opened; last != nil && len(have.Evidence) != len(last.Evidence) {
			t.Errorf("%s: the newest evidence is lost: %v", name, have.Evidence)
		}
	}
}

func TestExceptionFoldRefuses(t *testing.T) {
	t.Parallel()
	cause := NewException{Type: PromiseAtRisk, Cause: "delivery:7"}
	open := ExceptionStep{Step: ExceptionOpen, Opened: &cause}
	for name, all := range map[string][]ExceptionStep{
		"a claim of nothing": {{Step: ExceptionClaim}}, "an unknown step": {open, {Step: "burn"}}, "opened by nothing": {{Step: ExceptionOpen}},
	} {
		if x, err := steps(t, all...); err == nil {
			t.Errorf("%s gives %+v", name, x)
		}
	}
}

func TestMayAct(t *testing.T) {
	t.Parallel()
	open := Exception{NewException: NewException{Role: RoleWarehouseLead}, State: StateOpen}
	owned, resolved, snoozed := open, open, open
	owned.State, owned.Owner = StateClaimed, "ada"
	resolved.State, snoozed.State = StateResolved, StateSnoozed
	disabled := person("ada", RoleWarehouseLead)
	disabled.Disabled = true
	tests := map[string]struct {
		x      Exception
		u      User
		code   Code
		winner string
	}{
		"the owner's role": {open, person("ada", RoleWarehouseLead), "", ""},
		"operations":       {open, person("ops", RoleOperations), "", ""},
		"snoozed":          {snoozed, person("ada", RoleWarehouseLead), "", ""},
		"another role":     {open, person("fin", RoleFinance), CodeForbidden, ""},
		"disabled":         {open, disabled, CodeForbidden, ""},
		"her own":          {owned, person("ada", RoleWarehouseLead), "", ""},
		"somebody else's":  {owned, person("ops", RoleOperations), CodeConflict, "ada"},
		"ended":            {resolved, person("ada", RoleWarehouseLead), CodeConflict, StateResolved},
	}
	for name, test := range tests {
		err := test.x.MayAct(test.u)
		if CodeOf(err) != test.code {
			t.Errorf("%s: %v", name, err)
		}
		if e, ok := err.(*Error); ok && e.Winner != test.winner {
			t.Errorf("%s: winner %q", name, e.Winner)
		}
	}
}

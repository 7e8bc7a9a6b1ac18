package approvals_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"assent/decision"
)

var late = decision.NewException{
	Type: decision.PromiseAtRisk, Cause: "delivery:/stock.picking/7", Role: decision.RoleWarehouseLead, Deadline: noon.Add(time.Hour),
}

func lead(id string) decision.User {
	return decision.User{ID: id, Company: "main", Roles: []string{decision.RoleWarehouseLead}}
}

// One exception a cause, from its opening to its end and back.
func TestException(t *testing.T) {
	t.Parallel()
	d := setup(t)
	x, err := d.Open(t.Context(), "main", late)
	if err != nil || x.State != decision.StateOpen || x.Times != 1 || !x.OpenedAt.Equal(noon) {
		t.Fatalf("opened %+v, %v", x, err)
	}
	if again, err := d.Open(t.Context(), "main", late); err != nil || again.ID != x.ID || again.Times != 2 {
		t.Errorf("again %+v, %v", again, err)
	}
	if x, err = d.Claim(t.Context(), "main", x.ID, lead("wim")); err != nil || x.Owner != "wim" || x.State != decision.StateClaimed {
		t.Errorf("claimed %+v, %v", x, err)
	}
	_, err = d.Claim(t.Context(), "main", x.ID, lead("xia"))
	wantCode(t, err, decision.CodeConflict, "wim")
	until := late.Deadline.Add(-time.Minute)
	if x, err = d.Snooze(t.Context(), "main", x.ID, lead("wim"), until); err != nil || x.State != decision.StateSnoozed || !x.SnoozedUntil.Equal(until) || x.Owner != "wim" {
		t.Errorf("snoozed %+v, %v", x, err)
	}
	if x, err = d.Resolve(t.Context(), "main", x.ID, lead("wim"), "Sent by courier."); err != nil || x.State != decision.StateResolved || x.ClosedBy != "wim" {
		t.Errorf("resolved %+v, %v", x, err)
	}
	if said, err := d.Comment(t.Context(), "main", x.Comment); err != nil || said != "Sent by courier." {
		t.Errorf("comment %q, %v", said, err)
	}
	_, err = d.Resolve(t.Context(), "main", x.ID, lead("wim"), "Once more.")
	wantCode(t, err, decision.CodeConflict, decision.StateResolved)
	if x, err = d.Open(t.Context(), "main", late); err != nil || x.State != decision.StateOpen || x.Owner != "" || x.Times != 3 {
		t.Errorf("seen once more %+v, %v", x, err)
	}
	noError(t, d.CloseCause(t.Context(), "main", late.Type, late.Cause))
	if x = row[decision.Exception](t, d, decision.Exceptions, x.ID); x.State != decision.StateClosed || x.ClosedBy != decision.System {
		t.Errorf("closed %+v", x)
	}
	before := d.seq(t)
	noError(t, d.CloseCause(t.Context(), "main", late.Type, late.Cause))
	noError(t, d.CloseCause(t.Context(), "main", late.Type, "delivery:/stock.picking/8"))
	if d.seq(t) != before {
		t.Error("closing what is not open is journalled")
	}
	d.settle(t)
}

func TestExceptionRefuses(t *testing.T) {
	t.Parallel()
	d := setup(t)
	x, err := d.Open(t.Context(), "main", late)
	noError(t, err)
	far := late
	far.Cause, far.Deadline = "delivery:/stock.picking/8", noon.Add(1000*time.Hour)
	y, err := d.Open(t.Context(), "main", far)
	noError(t, err)
	before := d.seq(t)
	stranger := lead("max")
	stranger.Company = "other"
	month := 30 * 24 * time.Hour
	act := func(_ decision.Exception, err error) error { return err }
	for name, test := range map[string]struct {
		err  error
		code decision.Code
		says string
	}{
		"claim by another role":    {act(d.Claim(t.Context(), "main", x.ID, finance("ada"))), decision.CodeForbidden, "role"},
		"claim from elsewhere":     {act(d.Claim(t.Context(), "main", x.ID, stranger)), decision.CodeForbidden, "company"},
		"claim nothing":            {act(d.Claim(t.Context(), "main", "none", lead("wim"))), decision.CodeNotFound, ""},
		"resolve without a word":   {act(d.Resolve(t.Context(), "main", x.ID, lead("wim"), "")), decision.CodeInvalid, "/comment"},
		"resolve with a blank":     {act(d.Resolve(t.Context(), "main", x.ID, lead("wim"), " ")), decision.CodeInvalid, "/comment"},
		"resolve with a book":      {act(d.Resolve(t.Context(), "main", x.ID, lead("wim"), strings.Repeat("x", 2001))), decision.CodeInvalid, "/comment"},
		"snooze until now":         {act(d.Snooze(t.Context(), "main", x.ID, lead("wim"), noon)), decision.CodeInvalid, "/until"},
		"snooze for too long":      {act(d.Snooze(t.Context(), "main", y.ID, lead("wim"), noon.Add(month+time.Microsecond))), decision.CodeInvalid, "/until must lie in the next 30 days"},
		"snooze past the deadline": {act(d.Snooze(t.Context(), "main", x.ID, lead("wim"), late.Deadline)), decision.CodeInvalid, "/until must lie before the deadline of the exception, 2026-11-24T13:00:00Z"},
		"snooze until 1970":        {act(d.Snooze(t.Context(), "main", x.ID, lead("wim"), time.Unix(0, 0))), decision.CodeInvalid, "/until"},
		"snooze by another's role": {act(d.Snooze(t.Context(), "main", x.ID, finance("ada"), noon.Add(time.Hour))), decision.CodeForbidden, ""},
	} {
		if decision.CodeOf(test.err) != test.code || !strings.Contains(test.err.Error(), test.says) {
			t.Errorf("%s: %v", name, test.err)
		}
	}
	if d.seq(t) != before {
		t.Error("something is journalled")
	}
}

// Of many who claim the same exception at once, one owns it, and the others
// learn who.
func TestClaimAtOnce(t *testing.T) {
	t.Parallel()
	d := setup(t)
	x, err := d.Open(t.Context(), "main", late)
	noError(t, err)
	errs := make([]error, 20)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = d.Claim(t.Context(), "main", x.ID, lead(string(rune('a'+i)))) })
	}
	wg.Wait()
	owner := row[decision.Exception](t, d, decision.Exceptions, x.ID).Owner
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		wantCode(t, err, decision.CodeConflict, owner)
	}
	if won != 1 {
		t.Errorf("%d own it", won)
	}
}

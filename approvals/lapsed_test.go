package approvals_test

import (
	"slices"
	"testing"

	"assent/decision"
)

// A signature counts if its signer may still sign when the last one comes. One
// that does not is journalled as lapsed, and another person stands in.
func TestLapsedSignature(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*decision.User)
		lapses bool
	}{
		"as before":          {func(*decision.User) {}, false},
		"renamed":            {func(u *decision.User) { u.Name = "Ada" }, false},
		"with another role":  {func(u *decision.User) { u.Roles = append(u.Roles, decision.RoleAnalyst) }, false},
		"disabled":           {func(u *decision.User) { u.Disabled = true }, true},
		"without the role":   {func(u *decision.User) { u.Roles = []string{decision.RoleCompliance} }, true},
		"known as who asked": {func(u *decision.User) { u.Aliases = []string{"odoo:7"} }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := setup(t)
			dec := d.ask(t, "1000", decision.ByService)
			_, err := d.Approve(t.Context(), "main", dec.Approval, finance("ada"), "Ada wrote this.")
			noError(t, err)
			ada := finance("ada")
			test.change(&ada)
			noError(t, d.enrol(t.Context(), ada))
			a, err := d.Approve(t.Context(), "main", dec.Approval, finance("bob"), "")
			noError(t, err)
			if !test.lapses {
				if a.Status != decision.Executing || len(a.Signatures) != 2 {
					t.Errorf("have %+v", a)
				}
				return
			}
			if a.Status != decision.AwaitingApproval || len(a.Signatures) != 1 || a.Signatures[0].By != "bob" {
				t.Fatalf("with a lapsed signature: %+v", a)
			}
			if applied := d.settle(t); len(applied) != 0 {
				t.Fatalf("applied %v", applied)
			}
			a, err = d.Approve(t.Context(), "main", dec.Approval, finance("eve"), "")
			if err != nil || a.Status != decision.Executing {
				t.Errorf("have %+v, %v", a, err)
			}
			if applied := d.settle(t); len(applied) != 1 {
				t.Errorf("applied %v", applied)
			}
			d.erasesEverything(t, dec.ID)
		})
	}
}

// erasesEverything finds the words of a signature that has lapsed, too.
func (d *desk) erasesEverything(t *testing.T, id string) {
	t.Helper()
	n, err := d.decisions.EraseDecision(t.Context(), "main", id, "dpo")
	if err != nil || n != 2 { // the snapshot, and what Ada wrote
		t.Errorf("%d erased, %v", n, err)
	}
}

// Where each role must sign, the role of a signature that has lapsed is
// missing again.
func TestLapsedRole(t *testing.T) {
	t.Parallel()
	d := setup(t)
	dec := d.ask(t, "5000", decision.ByService)
	_, err := d.Approve(t.Context(), "main", dec.Approval, finance("ada"), "")
	noError(t, err)
	ada := finance("ada")
	ada.Disabled = true
	noError(t, d.enrol(t.Context(), ada))
	cleo := finance("cleo")
	cleo.Roles = []string{decision.RoleCompliance}
	a, err := d.Approve(t.Context(), "main", dec.Approval, cleo, "")
	if err != nil || a.Status != decision.AwaitingApproval || !slices.Equal(a.MissingRoles(), []string{decision.RoleFinance}) {
		t.Errorf("have %+v, %v", a, err)
	}
	if a, err = d.Approve(t.Context(), "main", dec.Approval, finance("bob"), ""); err != nil || a.Status != decision.Executing {
		t.Errorf("have %+v, %v", a, err)
	}
	d.settle(t) // audits
}

// Who loses the right while Odoo is looked at does not sign any more.
func TestLapsedWhileLooking(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*decision.User){
		"disabled":         func(u *decision.User) { u.Disabled = true },
		"without the role": func(u *decision.User) { u.Roles = []string{decision.RoleAnalyst} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := setup(t)
			dec := d.ask(t, "500", decision.ByService)
			ada, before := finance("ada"), d.seq(t)
			d.odoo.looked = func() {
				left := ada
				change(&left)
				if err := d.enrol(t.Context(), left); err != nil {
					t.Error(err)
				}
			}
			_, err := d.Approve(t.Context(), "main", dec.Approval, ada, "")
			wantCode(t, err, decision.CodeForbidden, "")
			if d.seq(t) != before || d.status(t, dec.ID) != decision.AwaitingApproval {
				t.Errorf("the decision is %s", d.status(t, dec.ID))
			}
		})
	}
}

// Who is in no directory signs nothing, whatever a session says.
func TestStrangerSignsNothing(t *testing.T) {
	t.Parallel()
	d := setup(t)
	dec := d.ask(t, "500", decision.ByService)
	_, err := d.Service.Approve(t.Context(), "main", dec.Approval, finance("nobody"), "")
	wantCode(t, err, decision.CodeForbidden, "")
}

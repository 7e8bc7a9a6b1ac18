package approvals_test

import (
	"errors"
	"strings"
	"testing"

	"assent/decision"
)

// A record that is no longer what was decided on ends the approval: earlier
// signatures were for another one. Not knowing ends nothing.
func TestStale(t *testing.T) {
	t.Parallel()
	down := decision.Errorf(decision.CodeUnavailable, "Odoo cannot be reached.")
	tests := map[string]struct {
		change func(*odoo)
		stale  bool
	}{
		"as it was":         {func(*odoo) {}, false},
		"another amount":    {func(o *odoo) { o.order = strings.Replace(o.order, "1000", "1000.01", 1) }, true},
		"below a cent":      {func(o *odoo) { o.order = strings.Replace(o.order, "1000", "1000.001", 1) }, false},
		"another state":     {func(o *odoo) { o.order = strings.Replace(o.order, "draft", "sale", 1) }, true},
		"another customer":  {func(o *odoo) { o.order = strings.Replace(o.order, "14", "15", 1) }, true},
		"another date":      {func(o *odoo) { o.order = strings.Replace(o.order, "T11", "T10", 1) }, false},
		"amount is unknown": {func(o *odoo) { o.order = strings.Replace(o.order, `,"amount_total":1000`, "", 1) }, true},
		"Odoo is down":      {func(o *odoo) { o.err = down }, false},
		"not visible":       {func(o *odoo) { o.err = decision.Errorf(decision.CodeNotFound, "It cannot be seen.") }, false},
		"no answer to read": {func(o *odoo) { o.order = "<html>" }, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := setup(t)
			dec := d.ask(t, "1000", decision.ByService)
			_, err := d.Approve(t.Context(), "main", dec.Approval, finance("ada"), "")
			noError(t, err)
			test.change(d.odoo)
			_, err = d.Approve(t.Context(), "main", dec.Approval, finance("bob"), "")
			if !test.stale {
				noError(t, err)
				if have := d.status(t, dec.ID); have != decision.Executing {
					t.Errorf("the decision is %s", have)
				}
				return
			}
			wantCode(t, err, decision.CodeConflict, "stale")
			_, err = d.Approve(t.Context(), "main", dec.Approval, finance("eve"), "")
			wantCode(t, err, decision.CodeConflict, "stale")
			a := row[decision.Approval](t, d, decision.Approvals, dec.Approval)
			if applied := d.settle(t); len(applied) != 0 || a.ClosedBy != decision.System || d.status(t, dec.ID) != decision.Stale {
				t.Errorf("applied %v, closed by %s", applied, a.ClosedBy)
			}
		})
	}
}

// Without access to Odoo the executor alone compares.
func TestStaleWithoutRecords(t *testing.T) {
	t.Parallel()
	d := setup(t)
	dec := d.ask(t, "500", decision.ByService)
	d.Records = nil
	d.odoo.order = `{}`
	if _, err := d.Approve(t.Context(), "main", dec.Approval, finance("ada"), ""); err != nil {
		t.Error(err)
	}
}

// A store that is gone is said to be gone, by everything.
func TestClosedStore(t *testing.T) {
	t.Parallel()
	d := setup(t)
	dec := d.ask(t, "500", decision.ByService)
	noError(t, d.store.Close())
	u := finance("ada")
	for name, do := range map[string]func() error{
		"approve":  func() error { _, err := d.Approve(t.Context(), "main", dec.Approval, u, ""); return err },
		"decline":  func() error { _, err := d.Decline(t.Context(), "main", dec.Approval, u, "no"); return err },
		"withdraw": func() error { _, err := d.Withdraw(t.Context(), "main", dec.Approval, u); return err },
		"expire":   func() error { _, err := d.Expire(t.Context(), "main", noon); return err },
		"comment":  func() error { _, err := d.Comment(t.Context(), "main", "x"); return err },
		"claim":    func() error { _, err := d.Claim(t.Context(), "main", "x", u); return err },
		"open":     func() error { _, err := d.Open(t.Context(), "main", decision.NewException{}); return err },
		"close":    func() error { return d.CloseCause(t.Context(), "main", decision.DeadLetter, "x") },
	} {
		var e *decision.Error
		if err := do(); !errors.As(err, &e) || e.Code != decision.CodeUnavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package approvals_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assent/approvals"
	"assent/decision"
)

func TestApprove(t *testing.T) {
	t.Parallel()
	d := setup(t)
	dec := d.ask(t, "500", decision.ByService)
	before := d.seq(t)
	a, err := d.Approve(t.Context(), "main", dec.Approval, finance("ada"), "")
	noError(t, err)
	if a.Status != decision.Executing || len(a.Signatures) != 1 || a.Signatures[0].By != "ada" || a.ClosedBy != "ada" || d.seq(t) != before+1 {
		t.Errorf("have %+v", a)
	}
	// The execution came with the grant: there is no moment without it.
	if x := row[decision.Execution](t, d, decision.Executions, dec.Execution); x.Approval != dec.Approval || x.Status != decision.ExecutionWaiting {
		t.Errorf("execution %+v", x)
	}
	if applied := d.settle(t); !slices.Equal(applied, []string{dec.Execution}) || d.status(t, dec.ID) != decision.Done {
		t.Errorf("applied %v, decision %s", applied, d.status(t, dec.ID))
	}
}

func TestApproveTwoPeople(t *testing.T) {
	t.Parallel()
	d := setup(t)
	dec := d.ask(t, "1000", decision.ByService)
	first, err := d.Approve(t.Context(), "main", dec.Approval, finance("ada"), "looks right")
	if err != nil || first.Status != decision.AwaitingApproval || len(first.Signatures) != 1 || !first.ClosedAt.IsZero() {
		t.Fatalf("first %+v, %v", first, err)
	}
	_, err = d.Approve(t.Context(), "main", dec.Approval, finance("ada"), "")
	wantCode(t, err, decision.CodeForbidden, "")
	if applied := d.settle(t); len(applied) != 0 {
		t.Fatalf("one of two applied %v", applied)
	}
	second, err := d.Approve(t.Context(), "main", dec.Approval, finance("bob"), "")
	if err != nil || second.Status != decision.Executing || len(second.Signatures) != 2 {
		t.Fatalf("second %+v, %v", second, err)
	}
	if applied := d.settle(t); len(applied) != 1 {
		t.Errorf("applied %v", applied)
	}
}

func TestApproveOneOfEachRole(t *testing.T) {
	t.Parallel()
	d := setup(t)
	dec := d.ask(t, "5000", decision.ByService)
	_, err := d.Approve(t.Context(), "main", dec.Approval, finance("ada"), "")
	noError(t, err)
	_, err = d.Approve(t.Context(), "main", dec.Approval, finance("bob"), "")
	wantCode(t, err, decision.CodeForbidden, "")
	if applied := d.settle(t); len(applied) != 0 {
		t.Fatalf("without compliance applied %v", applied)
	}
	cleo := finance("cleo")
	cleo.Roles = append(cleo.Roles, decision.RoleCompliance)
	a, err := d.Approve(t.Context(), "main", dec.Approval, cleo, "")
	if err != nil || a.Status != decision.Executing || a.Signatures[0].Role != decision.RoleFinance || a.Signatures[1].Role != decision.RoleCompliance {
		t.Fatalf("have %+v, %v", a, err)
	}
	if applied := d.settle(t); len(applied) != 1 {
		t.Errorf("applied %v", applied)
	}
}

func TestApproveForCaller(t *testing.T) {
	t.Parallel()
	d := setup(t)
	dec := d.ask(t, "500", decision.ByCaller)
	a, err := d.Approve(t.Context(), "main", dec.Approval, finance("ada"), "")
	if err != nil || a.Status != decision.AwaitingReceipt {
		t.Errorf("have %s, %v", a.Status, err)
	}
	if applied := d.settle(t); len(applied) != 0 {
		t.Errorf("applied %v", applied)
	}
}

// Who may not decide changes nothing, whatever they try.
func TestMayNotDecide(t *testing.T) {
	t.Parallel()
	analyst, gone, stranger := finance("eve"), finance("gone"), finance("max")
	analyst.Roles, gone.Disabled, stranger.Company = []string{decision.RoleAnalyst}, true, "other"
	d := setup(t)
	dec := d.ask(t, "500", decision.ByService)
	before := d.seq(t)
	d.odoo.order = `{"state":"sale"}` // even a change in Odoo they must not act on
	for name, u := range map[string]decision.User{
		"wrong role": analyst, "disabled": gone, "of another company": stranger, "who asked": finance("ada", "odoo:7"),
	} {
		_, err := d.Approve(t.Context(), "main", dec.Approval, u, "yes")
		_, declined := d.Decline(t.Context(), "main", dec.Approval, u, "no")
		if decision.CodeOf(err) != decision.CodeForbidden || decision.CodeOf(declined) != decision.CodeForbidden {
			t.Errorf("%s: %v, %v", name, err, declined)
		}
	}
	if d.seq(t) != before || d.status(t, dec.ID) != decision.AwaitingApproval {
		t.Errorf("the decision is %s", d.status(t, dec.ID))
	}
	_, err := d.Approve(t.Context(), "main", "none", finance("ada"), "")
	wantCode(t, err, decision.CodeNotFound, "")
	_, err = d.Decline(t.Context(), "main", "none", finance("ada"), "no")
	wantCode(t, err, decision.CodeNotFound, "")
}

func TestDecline(t *testing.T) {
	t.Parallel()
	d := setup(t)
	dec := d.ask(t, "1000", decision.ByService)
	for _, nothing := range []string{"", " \n\t"} {
		_, err := d.Decline(t.Context(), "main", dec.Approval, finance("ada"), nothing)
		if decision.CodeOf(err) != decision.CodeInvalid || !strings.Contains(err.Error(), "/comment") {
			t.Errorf("with %q as a reason: %v", nothing, err)
		}
	}
	a, err := d.Decline(t.Context(), "main", dec.Approval, finance("ada"), " Wrong customer. ")
	if err != nil || a.Status != decision.Declined || a.ClosedBy != "ada" {
		t.Fatalf("have %+v, %v", a, err)
	}
	if why, err := d.Comment(t.Context(), "main", a.Comment); err != nil || why != "Wrong customer." {
		t.Errorf("comment %q, %v", why, err)
	}
	_, err = d.Approve(t.Context(), "main", dec.Approval, finance("bob"), "")
	wantCode(t, err, decision.CodeConflict, "declined")
	if applied := d.settle(t); len(applied) != 0 || d.status(t, dec.ID) != decision.Declined {
		t.Errorf("applied %v, decision %s", applied, d.status(t, dec.ID))
	}
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	d := setup(t)
	dec := d.ask(t, "500", decision.ByService)
	eve := finance("ada", "odoo:7") // of the same names, and another company
	eve.Company = "other"
	for _, u := range []decision.User{finance("ben", "odoo:8"), finance("odoo:8"), eve} {
		_, err := d.Withdraw(t.Context(), "main", dec.Approval, u)
		wantCode(t, err, decision.CodeForbidden, "")
	}
	a, err := d.Withdraw(t.Context(), "main", dec.Approval, finance("ada", "odoo:7"))
	if err != nil || a.Status != decision.Withdrawn || a.ClosedBy != "ada" {
		t.Errorf("have %+v, %v", a, err)
	}
	_, err = d.Withdraw(t.Context(), "main", dec.Approval, finance("ada", "odoo:7"))
	wantCode(t, err, decision.CodeConflict, "withdrawn")
	if applied := d.settle(t); len(applied) != 0 {
		t.Errorf("applied %v", applied)
	}
}

// The clock ends what nobody has signed in time; it never executes.
func TestExpire(t *testing.T) {
	t.Parallel()
	d := setup(t)
	early := d.ask(t, "1000", decision.ByService)
	_, err := d.Approve(t.Context(), "main", early.Approval, finance("ada"), "")
	noError(t, err)
	d.pass(time.Hour)
	late := d.ask(t, "500", decision.ByService)
	for _, step := range []struct {
		pass time.Duration
		want int
	}{{0, 0}, {7*time.Hour - time.Microsecond, 0}, {2 * time.Microsecond, 1}, {0, 0}} {
		d.pass(step.pass)
		n, err := d.Expire(t.Context(), "main", d.clock())
		if err != nil || n != step.want {
			t.Errorf("at %s: %d ended, %v, want %d", d.clock(), n, err, step.want)
		}
	}
	_, err = d.Approve(t.Context(), "main", early.Approval, finance("bob"), "")
	wantCode(t, err, decision.CodeConflict, "expired")
	// Past its deadline, but not yet ended: nobody can sign it any more either.
	d.pass(time.Hour)
	_, err = d.Approve(t.Context(), "main", late.Approval, finance("bob"), "")
	wantCode(t, err, decision.CodeConflict, "expired")
	if applied := d.settle(t); len(applied) != 0 || d.status(t, early.ID) != decision.Expired {
		t.Errorf("applied %v, decision %s", applied, d.status(t, early.ID))
	}
}

// Fifty people act on one task at once: exactly one outcome, one execution
// if it is a grant, and everybody else learns how it ended.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	d := setup(t)
	dec := d.ask(t, "500", decision.ByService)
	statuses, errs := make([]decision.Status, 50), make([]error, 50)
	var wg sync.WaitGroup
	for i := range 50 {
		u := finance(string(rune('A'+i%26)) + string(rune('a'+i/26)))
		wg.Go(func() {
			var a decision.Approval
			switch i % 3 {
			case 0, 1:
				a, errs[i] = d.Approve(t.Context(), "main", dec.Approval, u, "")
			case 2:
				a, errs[i] = d.Decline(t.Context(), "main", dec.Approval, u, "no")
			}
			statuses[i] = a.Status
		})
	}
	wg.Wait()
	end := d.status(t, dec.ID)
	won := 0
	for i, err := range errs {
		if err == nil {
			won++
			if statuses[i] != end {
				t.Errorf("won with %s, it ended as %s", statuses[i], end)
			}
			continue
		}
		wantCode(t, err, decision.CodeConflict, string(end))
	}
	want := 0
	if end == decision.Executing {
		want = 1
	}
	if applied := d.settle(t); won != 1 || len(applied) != want {
		t.Errorf("%d won, applied %v after %s", won, applied, end)
	}
}

func TestComments(t *testing.T) {
	t.Parallel()
	d := setup(t)
	dec := d.ask(t, "500", decision.ByService)
	before := d.seq(t)
	for name, comment := range map[string]string{
		"too long": strings.Repeat("x", approvals.MaxComment+1), "no text": "a\xffb", "with NUL": "a\x00b",
	} {
		_, err := d.Decline(t.Context(), "main", dec.Approval, finance("ada"), comment)
		if decision.CodeOf(err) != decision.CodeInvalid || !strings.Contains(err.Error(), "/comment") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if d.seq(t) != before {
		t.Error("something is journalled")
	}
	secret := strings.Repeat("ü", approvals.MaxComment/2)
	a, err := d.Approve(t.Context(), "main", dec.Approval, finance("ada"), secret)
	noError(t, err)
	entries, err := d.store.Entries(t.Context(), "main", before, 9)
	noError(t, err)
	if body := string(entries[0].Body); strings.Contains(body, "ü") || !strings.Contains(body, a.Comment) {
		t.Errorf("journalled %s", body)
	}
	if text, err := d.Comment(t.Context(), "main", a.Comment); err != nil || text != secret {
		t.Errorf("have %d bytes, %v", len(text), err)
	}
	noError(t, d.decisions.Erase(t.Context(), "main", a.Comment, "dpo"))
	_, err = d.Comment(t.Context(), "main", a.Comment)
	wantCode(t, err, decision.CodeErased, "")
	_, err = d.Comment(t.Context(), "main", "none")
	wantCode(t, err, decision.CodeNotFound, "")
	d.settle(t)
}

package simulator_test

import (
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/internal/simulator"
)

// open is a case that waits for finance.
func open(record int64) decision.Approval {
	return decision.Approval{
		Kind: "order", Model: "sale.order", RecordID: record, Status: decision.AwaitingApproval, Roles: []string{decision.RoleFinance}, People: 1,
		AtStake: &decision.Money{Amount: decimal.NewFromInt(900), Currency: "EUR"}, Reasons: []string{"FRAUD_RISK"},
	}
}

// approver finds one of the people by an alias.
func approver(t *testing.T, alias string) simulator.Approver {
	t.Helper()
	people := simulator.New(1, day, 10).Approvers()
	i := slices.IndexFunc(people, func(a simulator.Approver) bool { return a.User.Is(alias) })
	if i < 0 {
		t.Fatalf("nobody is %s", alias)
	}
	people[i].User.ID = "u-" + alias
	return people[i]
}

func TestApproverDecidesEveryWay(t *testing.T) {
	t.Parallel()
	frida := approver(t, "odoo:20")
	count := map[simulator.Choice]int{}
	for id := range int64(1000) {
		answer := frida.Decide(open(id))
		if again := frida.Decide(open(id)); again != answer {
			t.Fatalf("case %d got two answers", id)
		}
		if (answer.Choice == simulator.Ignore) != (answer.Comment == "") {
			t.Fatalf("case %d: an answer needs a comment, and only an answer", id)
		}
		count[answer.Choice]++
	}
	for choice, want := range map[simulator.Choice]int{simulator.Ignore: 200, simulator.Decline: 150, simulator.Approve: 650} {
		if got := count[choice]; got < want-60 || got > want+60 {
			t.Errorf("%q: %d of 1000, want about %d", choice, got, want)
		}
	}
}

func TestApproverLeavesWhatIsNotHers(t *testing.T) {
	t.Parallel()
	frida := approver(t, "odoo:20")
	var mine int64
	for frida.Decide(open(mine)).Choice != simulator.Approve {
		mine++
	}
	cases := map[string]struct {
		change func(*decision.Approval)
		want   simulator.Choice
	}{
		"as it is":           {func(*decision.Approval) {}, simulator.Approve},
		"another role":       {func(c *decision.Approval) { c.Roles = []string{decision.RoleWarehouseLead} }, simulator.Ignore},
		"she asked for it":   {func(c *decision.Approval) { c.RequestedBy = "odoo:20" }, simulator.Ignore},
		"she signed it":      {func(c *decision.Approval) { c.Signatures = []decision.Signature{{By: frida.User.ID}} }, simulator.Ignore},
		"somebody signed":    {func(c *decision.Approval) { c.Signatures = []decision.Signature{{By: "other"}} }, simulator.Approve},
		"it is closed":       {func(c *decision.Approval) { c.Status = decision.Declined }, simulator.Ignore},
		"above her limit":    {func(c *decision.Approval) { c.AtStake.Amount = decimal.NewFromInt(5001) }, simulator.Ignore},
		"at her limit":       {func(c *decision.Approval) { c.AtStake.Amount = decimal.NewFromInt(5000) }, simulator.Approve},
		"much speaks for no": {func(c *decision.Approval) { c.Reasons = []string{"A", "B", "C", "D"} }, simulator.Decline},
		"amount unknown":     {func(c *decision.Approval) { c.AtStake = nil }, simulator.Approve},
	}
	for name, c := range cases {
		one := open(mine)
		c.change(&one)
		if got := frida.Decide(one).Choice; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestStaffAskAndApprove: somebody asks for what she may approve for others,
// and every role has a person.
func TestStaffAskAndApprove(t *testing.T) {
	t.Parallel()
	r := simulator.New(2, day, 180)
	people := r.Approvers()
	own, roles := 0, map[string]int{}
	for _, a := range people {
		for _, role := range a.User.Roles {
			roles[role]++
		}
		for _, e := range r.Events() {
			if a.User.Is(e.Request.RequestedBy) {
				own++
			}
		}
	}
	if own == 0 {
		t.Error("no approver asks for anything")
	}
	for _, role := range decision.Roles {
		if roles[role] == 0 {
			t.Errorf("nobody is %s", role)
		}
	}
	for _, e := range r.Events() {
		if by := e.Request.RequestedBy; (e.Request.Kind == "refund" || e.Request.Kind == "change") && by == "" {
			t.Errorf("nobody asked for %s of %s", e.Request.Kind, e.Request.Subject.Record())
		}
	}
}

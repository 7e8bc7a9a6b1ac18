package decision

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func openTask(people int, requestedBy string) Approval {
	return Approval{
		ID: "a1", Decision: "d1", Status: AwaitingApproval, Roles: []string{RoleFinance, RoleCompliance}, People: people,
		RequestedBy: requestedBy, OpenedAt: noon, Deadline: noon.Add(time.Hour),
	}
}

func person(id string, roles ...string) User { return User{ID: id, Company: "main", Roles: roles} }

func TestSign(t *testing.T) {
	t.Parallel()
	ada := person("ada", RoleFinance)
	tests := map[string]struct {
		change func(*Approval, *User)
		now    time.Time
		code   Code
		winner string
	}{
		"may":                     {func(*Approval, *User) {}, noon, "", ""},
		"last moment":             {func(*Approval, *User) {}, noon.Add(time.Hour - time.Microsecond), "", ""},
		"deadline":                {func(*Approval, *User) {}, noon.Add(time.Hour), CodeConflict, "expired"},
		"another role of hers":    {func(_ *Approval, u *User) { u.Roles = []string{RoleAnalyst, RoleCompliance} }, noon, "", ""},
		"wrong role":              {func(_ *Approval, u *User) { u.Roles = []string{RoleAnalyst} }, noon, CodeForbidden, ""},
		"no role":                 {func(_ *Approval, u *User) { u.Roles = nil }, noon, CodeForbidden, ""},
		"nobody's task":           {func(a *Approval, _ *User) { a.Roles = nil }, noon, CodeForbidden, ""},
		"disabled":                {func(_ *Approval, u *User) { u.Disabled = true }, noon, CodeForbidden, ""},
		"own request by id":       {func(a *Approval, _ *User) { a.RequestedBy = "ada" }, noon, CodeForbidden, ""},
		"own request as user":     {func(a *Approval, _ *User) { a.RequestedBy = "user:ada" }, noon, CodeForbidden, ""},
		"own request in Odoo":     {func(a *Approval, u *User) { a.RequestedBy, u.Aliases = "odoo:7", []string{"odoo:7"} }, noon, CodeForbidden, ""},
		"somebody else's request": {func(a *Approval, u *User) { a.RequestedBy, u.Aliases = "odoo:8", []string{"odoo:7"} }, noon, "", ""},
		"second signature":        {func(a *Approval, _ *User) { a.Signatures = []Signature{{By: "ada"}} }, noon, CodeForbidden, ""},
		"declined before":         {func(a *Approval, _ *User) { a.Status = Declined }, noon, CodeConflict, "declined"},
		"granted before":          {func(a *Approval, _ *User) { a.Status = Executing }, noon, CodeConflict, "executing"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, u := openTask(1, ""), ada
			test.change(&a, &u)
			acts := map[Step]func(User, time.Time) (ApprovalStep, error){StepGrant: a.Sign, StepDecline: a.Decline}
			for want, act := range acts {
				step, err := act(u, test.now)
				if CodeOf(err) != test.code {
					t.Fatalf("%s: %v, want %q", want, err, test.code)
				}
				if e, ok := err.(*Error); ok {
					if e.Winner != test.winner || !reflect.DeepEqual(step, ApprovalStep{}) {
						t.Errorf("%s: winner %q, step %+v", want, e.Winner, step)
					}
					continue
				}
				if step.Step != want || step.By != "ada" || !step.Complete || step.Approval != "a1" || step.Decision != "d1" || !step.At.Equal(test.now) {
					t.Errorf("%s: %+v", want, step)
				}
			}
		})
	}
}

func TestSignTwoPeople(t *testing.T) {
	t.Parallel()
	a := openTask(2, "")
	first, err := a.Sign(person("ada", RoleFinance), noon)
	if err != nil || first.Complete || first.Signed != 1 || first.Role != RoleFinance {
		t.Fatalf("first %+v, %v", first, err)
	}
	a.Signatures = append(a.Signatures, Signature{By: first.By, Role: first.Role, At: first.At})
	second, err := a.Sign(person("bob", RoleCompliance), noon)
	if err != nil || !second.Complete || second.Signed != 2 || second.Role != RoleCompliance {
		t.Fatalf("second %+v, %v", second, err)
	}
}

// Where each role must sign, one person signs for one role.
func TestSignEachRole(t *testing.T) {
	t.Parallel()
	ada, bob, cleo := person("ada", RoleFinance), person("bob", RoleFinance), person("cleo", RoleFinance, RoleCompliance)
	tests := map[string]struct {
		people  int
		signers []User
		roles   []string // for which they sign, "" if they may not
		done    bool
	}{
		"one of each":                       {2, []User{ada, person("dan", RoleCompliance)}, []string{RoleFinance, RoleCompliance}, true},
		"two of one role":                   {2, []User{ada, bob}, []string{RoleFinance, ""}, false},
		"both roles in one person":          {2, []User{cleo}, []string{RoleFinance}, false},
		"twice by who has both":             {2, []User{cleo, cleo}, []string{RoleFinance, ""}, false},
		"who has both fills what is left":   {2, []User{ada, cleo}, []string{RoleFinance, RoleCompliance}, true},
		"more people than roles":            {3, []User{ada, cleo}, []string{RoleFinance, RoleCompliance}, false},
		"the third may be of any role":      {3, []User{ada, cleo, bob}, []string{RoleFinance, RoleCompliance, RoleFinance}, true},
		"fewer people than roles, edited":   {1, []User{ada}, []string{RoleFinance}, false},
		"somebody without one of the roles": {2, []User{person("eve", RoleAnalyst), ada}, []string{"", RoleFinance}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, complete := openTask(test.people, ""), false
			a.Each = true
			for i, u := range test.signers {
				step, err := a.Sign(u, noon)
				if CodeOf(err) != "" && CodeOf(err) != CodeForbidden || step.Role != test.roles[i] || (err != nil) != (test.roles[i] == "") {
					t.Fatalf("%s: %+v, %v", u.ID, step, err)
				}
				if err == nil {
					a.Signatures = append(a.Signatures, Signature{By: step.By, Role: step.Role})
				}
				complete = step.Complete
			}
			if complete != test.done || a.Assented() != test.done {
				t.Errorf("complete %t, assented %t with %+v; missing %v", complete, a.Assented(), a.Signatures, a.MissingRoles())
			}
		})
	}
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	ada := person("ada") // without a role: it takes none
	ada.Aliases = []string{"odoo:7"}
	for _, name := range []string{"odoo:7", "user:ada", "ada"} {
		if step, err := openTask(1, name).Withdraw(ada, noon); err != nil || step.Step != StepWithdraw || !step.Complete || step.By != "ada" {
			t.Errorf("who asked as %s: %+v, %v", name, step, err)
		}
	}
	left := ada
	left.Disabled = true
	for _, u := range []User{person("ben", RoleFinance), {}, left} {
		if _, err := openTask(1, "odoo:7").Withdraw(u, noon); CodeOf(err) != CodeForbidden {
			t.Errorf("%+v: %v", u, err)
		}
	}
	for _, u := range []User{ada, {}} {
		if _, err := openTask(1, "").Withdraw(u, noon); CodeOf(err) != CodeForbidden {
			t.Errorf("nobody asked, and nobody may withdraw: %v", err)
		}
	}
	if _, err := openTask(1, "odoo:7").Withdraw(ada, noon.Add(time.Hour)); CodeOf(err) != CodeConflict {
		t.Errorf("too late: %v", err)
	}
}

func TestEnd(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		step   Step
		status Status
		now    time.Time
		code   Code
	}{
		"expire too early":    {StepExpire, AwaitingApproval, noon, CodeConflict},
		"expire in time":      {StepExpire, AwaitingApproval, noon.Add(time.Hour), ""},
		"stale":               {StepStale, AwaitingApproval, noon, ""},
		"stale, but declined": {StepStale, Declined, noon, CodeConflict},
		"the system grants":   {StepGrant, AwaitingApproval, noon, CodeConflict},
		"the system declines": {StepDecline, AwaitingApproval, noon, CodeConflict},
	}
	for name, test := range tests {
		a := openTask(1, "")
		a.Status = test.status
		step, err := a.End(test.step, test.now)
		if CodeOf(err) != test.code {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && (step.By != System || !step.Complete || step.Step != test.step) {
			t.Errorf("%s: %+v", name, step)
		}
	}
}

// Whoever tries whatever in whatever order: an approval ends as granted only
// by as many different people with a role as it needs, none of whom asked, and
// of each role where each must sign; and never by the clock.
func TestApprovalRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.IntRange(1, 3).Draw(t, "people")
		users := []User{person("u0", RoleFinance), person("u1", RoleCompliance), person("u2", RoleAnalyst), person("u3", RoleFinance, RoleAnalyst), person("u4", RoleFinance)}
		asked := rapid.SampledFrom([]string{"", "u0", "user:u1", "odoo:3"}).Draw(t, "asked by")
		users[3].Aliases = []string{"odoo:3"}
		a, now := openTask(people, asked), noon
		a.Each = rapid.Bool().Draw(t, "each")
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 15).Draw(t, "minutes")) * time.Minute)
			u := rapid.SampledFrom(users).Draw(t, "who")
			act := rapid.SampledFrom([]func() (ApprovalStep, error){
				func() (ApprovalStep, error) { return a.Sign(u, now) },
				func() (ApprovalStep, error) { return a.Sign(u, now) },
				func() (ApprovalStep, error) { return a.Decline(u, now) },
				func() (ApprovalStep, error) { return a.Withdraw(u, now) },
				func() (ApprovalStep, error) { return a.End(StepExpire, now) },
			}).Draw(t, "act")
			step, err := act()
			if err != nil {
				continue
			}
			if a.Status != AwaitingApproval {
				t.Fatalf("%s after %s", step.Step, a.Status)
			}
			if step.Step == StepGrant {
				a.Signatures = append(a.Signatures, Signature{By: step.By, Role: step.Role, At: step.At})
			}
			if step.Complete {
				if a.Status, err = Next(a.Status, step.Step, ByService); err != nil {
					t.Fatal(err)
				}
			}
			checkSignatures(t, a, users)
		}
	})
}

func checkSignatures(t *rapid.T, a Approval, users []User) {
	t.Helper()
	signed, roles := map[string]bool{}, map[string]bool{}
	for _, s := range a.Signatures {
		roles[s.Role] = true
	}
	if (a.Status == Executing) != (len(a.Signatures) >= a.People && (!a.Each || len(roles) == len(a.Roles))) {
		t.Fatalf("%s with %+v of %d", a.Status, a.Signatures, a.People)
	}
	for _, s := range a.Signatures {
		u := users[slices.IndexFunc(users, func(u User) bool { return u.ID == s.By })]
		if signed[s.By] || u.Is(a.RequestedBy) || !slices.Contains(u.Roles, s.Role) || !slices.Contains(a.Roles, s.Role) || !s.At.Before(a.Deadline) {
			t.Fatalf("%+v may not have signed %+v", s, a)
		}
		signed[s.By] = true
	}
}

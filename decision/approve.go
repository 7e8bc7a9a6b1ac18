package decision

import (
	"slices"
	"time"
)

// Sign says whether a person may assent to an approval now, and gives the
// step to journal. The approval completes with the last signature it needs.
// Errors: CodeConflict when it is no longer open or too late, CodeForbidden
// for the wrong role, one's own request or a second signature.
func (a Approval) Sign(u User, now time.Time) (ApprovalStep, error) {
	if err := a.open(now); err != nil {
		return ApprovalStep{}, err
	}
	role, err := a.MayDecide(u)
	if err != nil {
		return ApprovalStep{}, err
	}
	step := a.step(StepGrant, u.ID, role, now)
	step.Signed++
	a.Signatures = append(slices.Clone(a.Signatures), Signature{By: u.ID, Role: role})
	step.Complete = a.Assented()
	return step, nil
}

// Lapsed are the ids of those who signed and could not any more, of people as
// they are now: gone, disabled, without the role they signed for, or known by
// now to be who asked. Assent is given by who may give it when it counts.
func (a Approval) Lapsed(people []User) []string {
	var lapsed []string
	for _, s := range a.Signatures {
		stands := slices.ContainsFunc(people, func(u User) bool {
			return u.ID == s.By && !u.Disabled && slices.Contains(u.Roles, s.Role) && !u.Is(a.RequestedBy)
		})
		if !stands {
			lapsed = append(lapsed, s.By)
		}
	}
	return lapsed
}

// Without is the approval without the signatures of some people.
func (a Approval) Without(signers []string) Approval {
	a.Signatures = slices.DeleteFunc(slices.Clone(a.Signatures), func(s Signature) bool { return slices.Contains(signers, s.By) })
	return a
}

// Assented says whether everybody signed whom the approval needs.
func (a Approval) Assented() bool {
	return len(a.Signatures) >= max(1, a.People) && len(a.MissingRoles()) == 0
}

// MissingRoles are the roles that must sign and have not, where each must.
func (a Approval) MissingRoles() []string {
	if !a.Each {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(a.Roles), func(role string) bool {
		return slices.ContainsFunc(a.Signatures, func(s Signature) bool { return s.Role == role })
	})
}

// Decline is Sign for refusing: one person with the role is enough.
func (a Approval) Decline(u User, now time.Time) (ApprovalStep, error) {
	if err := a.open(now); err != nil {
		return ApprovalStep{}, err
	}
	role, err := a.MayDecide(u)
	if err != nil {
		return ApprovalStep{}, err
	}
	step := a.step(StepDecline, u.ID, role, now)
	step.Complete = true
	return step, nil
}

// Withdraw takes a request back; only who asked may, under whichever of the
// person's names that was.
func (a Approval) Withdraw(u User, now time.Time) (ApprovalStep, error) {
	if err := a.open(now); err != nil {
		return ApprovalStep{}, err
	}
	if u.Disabled || !u.Is(a.RequestedBy) {
		return ApprovalStep{}, Errorf(CodeForbidden, "Only who asked may withdraw.")
	}
	step := a.step(StepWithdraw, u.ID, "", now)
	step.Complete = true
	return step, nil
}

// End closes an approval by the system: StepExpire once the deadline has
// passed, StepStale when the record changed. Neither ever executes.
func (a Approval) End(step Step, now time.Time) (ApprovalStep, error) {
	switch {
	case a.Status != AwaitingApproval:
		return ApprovalStep{}, a.taken()
	case step == StepExpire && now.Before(a.Deadline):
		return ApprovalStep{}, Errorf(CodeConflict, "The deadline has not passed.")
	case step != StepExpire && step != StepStale:
		return ApprovalStep{}, Errorf(CodeConflict, "The system may only expire an approval or find it stale.")
	}
	s := a.step(step, System, "", now)
	s.Complete = true
	return s, nil
}

// MayDecide says by which role a person may act on the approval; a
// CodeForbidden error says why not. Where each role must sign, that is the
// first of the person's roles that has not.
func (a Approval) MayDecide(u User) (role string, err error) {
	role, ok := u.HasRole(a.Roles)
	switch {
	case u.Disabled || !ok:
		return "", Errorf(CodeForbidden, "This approval needs one of the roles it names.")
	case u.Is(a.RequestedBy):
		return "", Errorf(CodeForbidden, "No one approves what they asked for.")
	case slices.ContainsFunc(a.Signatures, func(s Signature) bool { return s.By == u.ID }):
		return "", Errorf(CodeForbidden, "You have signed already; another person must.")
	}
	if missing := a.MissingRoles(); len(missing) > 0 {
		if role, ok = u.HasRole(missing); !ok {
			return "", Errorf(CodeForbidden, "Your role has signed already; another role must.")
		}
	}
	return role, nil
}

func (a Approval) open(now time.Time) error {
	if a.Status != AwaitingApproval {
		return a.taken()
	}
	if !now.Before(a.Deadline) {
		return Conflict(string(Expired), "The deadline has passed; the approval expires without effect.")
	}
	return nil
}

func (a Approval) taken() error { return Conflict(string(a.Status), "The approval is no longer open.") }

func (a Approval) step(step Step, by, role string, now time.Time) ApprovalStep {
	return ApprovalStep{
		Approval: a.ID, Decision: a.Decision, Step: step, By: by, Role: role,
		At: now.UTC().Truncate(time.Microsecond), Signed: len(a.Signatures),
	}
}

package console

import (
	"fmt"
	"strconv"

	"assent/decision"
)

// reason is the sentence for a code as a policy has it, or at least its words.
func (c *console) reason(policy, code string) string {
	if s := c.Reason(policy, code); s != "" {
		return s
	}
	return humanise(code)
}

// reasons are the sentences for codes, in the codes' order.
func (c *console) reasons(policy string, codes []string) []string {
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = c.reason(policy, code)
	}
	return out
}

// rule is the title of a rule, or its label.
func (c *console) rule(policy, label string) string {
	if s := c.Rule(policy, label); s != "" {
		return s
	}
	return humanise(label)
}

// approvers are the roles that may sign; a policy that named none left it to
// the fallback role.
func approvers(roles []string) []string {
	if len(roles) == 0 {
		return []string{decision.FallbackRole}
	}
	return roles
}

// roleWords lists roles: one of them is enough, unless each must sign.
func roleWords(roles []string, each bool) string {
	words := make([]string, len(roles))
	for i, role := range roles {
		words[i] = lower(role)
	}
	return joined(words, map[bool]string{true: "and", false: "or"}[each])
}

// signersWanted says who must sign: "2 people of finance", "one person each of
// compliance and finance".
func signersWanted(people int, roles []string, each bool) string {
	roles, people = approvers(roles), max(1, people)
	words := roleWords(roles, each)
	switch {
	case each && people > len(roles):
		return strconv.Itoa(people) + " people, at least one each of " + words
	case each:
		return "one person each of " + words
	case people == 1:
		return "one person of " + words
	}
	return strconv.Itoa(people) + " people of " + words
}

// closedSentence says how an approval ended.
func closedSentence(a decision.Approval, names people) string {
	by := names.name(a.ClosedBy)
	switch a.Status {
	case decision.AwaitingApproval:
		return fmt.Sprintf("Still open, with %d of %d signatures.", len(a.Signatures), max(1, a.People))
	case decision.Declined:
		return "Rejected by " + by + "."
	case decision.Withdrawn:
		return "Withdrawn by " + by + "."
	case decision.Expired:
		return "Expired: nobody approved in time, so nothing was done."
	case decision.Stale:
		return "Out of date: the record changed after the decision was made, so nothing was done."
	}
	return "Approved; the last signature is by " + by + "."
}

// grantedSentence says what follows from the last signature.
func grantedSentence(a decision.Approval, live decision.Switches) string {
	switch {
	case a.Status == decision.AwaitingReceipt && live.Kill:
		return "The kill switch holds it back. Once it is off, whoever asked applies it in Odoo."
	case a.Status == decision.AwaitingReceipt:
		return "Whoever asked applies it in Odoo."
	case a.Status == decision.Done:
		return "There is nothing to do in Odoo."
	case live.Kill:
		return "The kill switch holds it back. Once it is off, it goes on if the record is still the same."
	case a.Action.Name == decision.ManualAction:
		return "A person is being asked to make the change."
	}
	return "It is being applied in Odoo."
}

// statusSentence says what a decision's status means for the record.
func statusSentence(s decision.Story, live decision.Switches) string {
	manual := s.Row.Action.Name == decision.ManualAction
	switch {
	case s.Row.Status == decision.Parked:
		return heldSentence(s, live)
	case s.Row.Status == decision.Executing && live.Kill:
		return "The kill switch holds it back until operations turns it off."
	case s.Row.Status == decision.Executing && manual:
		return "A person is being asked to make the change."
	case s.Row.Status == decision.Done && manual && s.Row.Apply == decision.ByService:
		return "A person was asked, by an activity in Odoo, to make the change. Whether it was made is not known here."
	case s.Row.Status == decision.Failed && manual && s.Row.Apply == decision.ByService:
		return "Nobody could be asked in Odoo; an exception asks operations to see to it."
	case s.Row.Status == decision.Done && s.Row.Action.Name == decision.NoAction:
		return "There was nothing to apply."
	case s.Row.Status == decision.Done && s.Row.Apply == decision.ByCaller:
		return "The caller says that it is applied."
	}
	return statusSentences[s.Row.Status]
}

// heldSentence says what holds an execution back: the kill switch while it is
// on, else what its last receipt says. A caller's has none, but nothing else
// holds it then.
func heldSentence(s decision.Story, live decision.Switches) string {
	held := s.Row.Apply == decision.ByCaller
	for _, x := range s.Executions {
		held = held || x.ID == s.Row.Execution && x.Code == decision.CodeHeld
	}
	switch {
	case live.Kill:
		return "Held back by the kill switch until operations turns it off."
	case held:
		return "Held back: this kind is paused, or may not act by itself any more."
	}
	return "Held back by the switches: the kill switch, a pause, or a mode that is not live."
}

var statusSentences = map[decision.Status]string{
	decision.AwaitingApproval: "People must assent before anything changes.",
	decision.AwaitingReceipt:  "The caller applies it and has not told yet.",
	decision.Executing:        "Being applied in Odoo.",
	decision.Done:             "Applied and read back.",
	decision.Recorded:         "Shadow mode: recorded, nothing happens.",
	decision.Refused:          "Refused by policy.",
	decision.Declined:         "Rejected by a person.",
	decision.Withdrawn:        "Taken back by who asked.",
	decision.Expired:          "Nobody assented in time.",
	decision.Stale:            "The record changed since.",
	decision.Void:             "The record could not be seen.",
	decision.Failed:           "Gave up; an exception is open.",
}

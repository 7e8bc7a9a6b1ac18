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

// statusSentence says what a status means for the record.
func statusSentence(s decision.Status) string {
	return map[decision.Status]string{
		decision.AwaitingApproval: "People must assent before anything changes.",
		decision.AwaitingReceipt:  "The caller applies it and has not told yet.",
		decision.Executing:        "Being applied in Odoo.",
		decision.Parked:           "Held back by the kill switch.",
		decision.Done:             "Applied and read back, or nothing to apply.",
		decision.Recorded:         "Shadow mode: recorded, nothing happens.",
		decision.Refused:          "Refused by policy.",
		decision.Declined:         "Rejected by a person.",
		decision.Withdrawn:        "Taken back by who asked.",
		decision.Expired:          "Nobody assented in time.",
		decision.Stale:            "The record changed since.",
		decision.Void:             "The record could not be seen.",
		decision.Failed:           "Gave up; an exception is open.",
	}[s]
}

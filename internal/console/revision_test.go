package console

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"assent/decision"
)

// Inbox, list and story tell a decision in the words of the policy it was
// made with, also after another one came into force.
func TestWordsOfTheDecisionsRevision(t *testing.T) {
	t.Parallel()
	h := setup(t)
	made := h.policy.Revision()
	says := func(policy, code string) string {
		if policy == made {
			return "As the policy said then: " + code
		}
		return "As the policy says now: " + code
	}
	config := h.config("")
	config.Reason, config.Rule = says, says
	h.through(New(config))
	a := h.order(36, "1250", risky)
	_, err := h.decisions.Activate(context.Background(), company.ID, strings.Repeat("0", len(made)), decision.System)
	must(t, err)
	for _, path := range []string{"/", "/decisions", "/decisions/" + a.Row.ID} {
		h.as("ben").get(path).want(t, http.StatusOK, "As the policy said then: ", "!As the policy says now")
	}
}

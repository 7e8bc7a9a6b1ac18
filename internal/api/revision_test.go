package api_test

import (
	"net/http"
	"strings"
	"testing"

	"assent/decision"
	"assent/internal/api"
)

// A decision is told in the words of the policy it was made with, also after
// another one came into force.
func TestReasonsInTheWordsOfTheirRevision(t *testing.T) {
	t.Parallel()
	w := setup(t)
	const old, newer = "as the policy said then", "as the policy says now"
	made := engine().Revision()
	w.config.Sentence = func(policy, code string) string {
		if policy == made {
			return code + " " + old
		}
		return code + " " + newer
	}
	w.handler = api.New(w.config)
	w.decide(bigOrder)
	_, err := w.service.Activate(t.Context(), "main", strings.Repeat("0", len(made)), decision.System)
	w.ok(err)
	for _, path := range []string{"/v1/decisions/{decision}", "/v1/decisions/{decision}/explanation"} {
		answer := w.do(get(path, "all"))
		if body := answer.Body.String(); answer.Code != http.StatusOK || !strings.Contains(body, old) || strings.Contains(body, newer) {
			t.Errorf("%s: have %d: %s", path, answer.Code, body)
		}
	}
}

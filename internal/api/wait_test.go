package api_test

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"assent/internal/api"
)

// Prefer: wait=N holds the answer until the decision is final, or the time
// is up.
func TestWaitForAFinalStatus(t *testing.T) {
	for name, c := range map[string]struct {
		prefer  string
		applied string
		receipt time.Duration // when the caller reports; 0 is never
		final   bool
		took    time.Duration // at most, in the bubble's time
	}{
		"final while waiting":    {"wait=5", "wait=5", 2 * time.Second, true, 2*time.Second + 200*time.Millisecond},
		"not final in time":      {"wait=3", "wait=3", 0, false, 3 * time.Second},
		"no longer than allowed": {"wait=86400", "wait=10", 0, false, 10 * time.Second},
		"among other wishes":     {"respond-async, Wait=1", "wait=1", 0, false, time.Second},
		"no wish":                {"", "", 0, false, 0},
		"no number":              {"wait=canary", "", 0, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := setup(t)
				w.decide(orderWith(`"channel":"web"`, `"channel":"web","apply":"caller"`))
				if c.receipt > 0 {
					go func() {
						time.Sleep(c.receipt) // the bubble's clock jumps
						w.do(post("/v1/executions/{execution}/receipt", "all", `{"result":"done"}`))
					}()
				}
				start := time.Now()
				answer := w.do(get("/v1/decisions/{decision}", "reader").with(map[string]string{"Prefer": c.prefer}))
				if took := time.Since(start); took > c.took || c.receipt == 0 && took < c.took {
					t.Errorf("answered after %v, want %v", took, c.took)
				}
				assertFinal(t, answer, c.final)
				if have := answer.Header().Get("Preference-Applied"); have != c.applied {
					t.Errorf("have Preference-Applied %q, want %q", have, c.applied)
				}
			})
		})
	}
}

func assertFinal(t *testing.T, answer *httptest.ResponseRecorder, want bool) {
	t.Helper()
	var body api.Answer
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	if body.Final != want {
		t.Errorf("have final %t, want %t: %s", body.Final, want, answer.Body)
	}
}

package api_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"assent/decision"
	"assent/internal/api"
)

func TestNewKey(t *testing.T) {
	t.Parallel()
	one, hash, err := api.NewKey(bytes.NewReader(make([]byte, 32)))
	if err != nil || !strings.HasPrefix(one, "ask_") || hash != api.HashKey(one) || strings.Contains(hash, one) {
		t.Errorf("have %q, %q, %v", one, hash, err)
	}
	other, _, _ := api.NewKey(bytes.NewReader(bytes.Repeat([]byte{1}, 32)))
	if one == other {
		t.Error("two keys are the same")
	}
	if _, _, err := api.NewKey(bytes.NewReader(make([]byte, 31))); err == nil {
		t.Error("a key was made of too few bits")
	}
}

// A key that is taken away stops working within seconds, and a known one is
// not looked up for every request.
func TestKeysAreBelievedForSeconds(t *testing.T) {
	t.Parallel()
	w := setup(t)
	counting := &countingStore{Store: w.config.Store}
	w.config.Store = counting
	w.handler = api.New(w.config)
	list := func() int { return w.do(get("/v1/decisions", "reader")).Code }
	for range 5 {
		if code := list(); code != http.StatusOK {
			t.Fatalf("have %d", code)
		}
	}
	if counting.lookups != 1 {
		t.Errorf("looked the key up %d times, want once", counting.lookups)
	}
	w.ok(w.store.PutAPIKey(t.Context(), disabled(t, w, "reader")))
	w.now = w.now.Add(5 * time.Second)
	if code := list(); code != http.StatusUnauthorized {
		t.Errorf("a disabled key still answers %d after 5 s", code)
	}
}

// Who leaves is out with the next request, though the key was good just now.
func TestWhoLeftIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.decide(bigOrder)
	if code := w.do(get("/v1/decisions", "ada")).Code; code != http.StatusOK {
		t.Fatalf("have %d", code)
	}
	ada, err := w.store.User(t.Context(), "main", "ada")
	w.ok(err)
	ada.Disabled = true
	w.ok(w.store.PutUser(t.Context(), ada))
	for _, c := range []call{
		get("/v1/decisions", "ada"), post("/v1/decisions", "ada", goodOrder), post("/v1/decisions/batch", "ada", goodOrder),
		post("/v1/approvals/{approval}/approve", "ada", ""), {method: "PATCH", path: "/v1/switches", key: "ada", body: `{"kill":false,"reason":"drill"}`},
	} {
		if answer := w.do(c); answer.Code != http.StatusUnauthorized {
			t.Errorf("%s %s: have %d: %s", c.method, c.path, answer.Code, answer.Body)
		}
	}
	ada.Disabled = false
	w.ok(w.store.PutUser(t.Context(), ada))
	if code := w.do(get("/v1/decisions", "ada")).Code; code != http.StatusOK {
		t.Errorf("back again, have %d", code)
	}
}

func disabled(t *testing.T, w *world, name string) decision.APIKey {
	t.Helper()
	key, err := w.store.KeyByHash(t.Context(), api.HashKey(w.keys[name]))
	w.ok(err)
	key.Disabled = true
	return key
}

// Failed attempts from one address are answered 429 after a while. No good
// key is locked out by them, whether it was used before or is used for the
// first time amid the flood.
func TestFailedAttemptsAreLimited(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.do(get("/v1/decisions", "reader"))
	codes := map[int]int{}
	for n := range 100 {
		codes[w.do(get("/v1/decisions", "ask_"+fmt.Sprintf("%043d", n))).Code]++
	}
	if codes[http.StatusUnauthorized] != 20 || codes[http.StatusTooManyRequests] != 80 {
		t.Errorf("have %v, want 20 × 401 and 80 × 429", codes)
	}
	if code := w.do(get("/v1/decisions", "all")).Code; code != http.StatusOK {
		t.Errorf("a good key nobody used before was locked out with %d", code)
	}
	if code := w.do(get("/v1/decisions", "disabled")).Code; code != http.StatusUnauthorized {
		t.Errorf("a disabled key is answered %d, want 401", code)
	}
	limited := w.do(get("/v1/decisions", "ask_"+strings.Repeat("x", 43)))
	assertProblem(t, http.StatusTooManyRequests, limited.Header().Get("Content-Type"), limited.Body.Bytes())
	if limited.Header().Get("Retry-After") == "" {
		t.Error("a refused attempt is not told when to come again")
	}
	w.now = w.now.Add(6 * time.Second) // the known key must be looked up again
	if code := w.do(get("/v1/decisions", "reader")).Code; code != http.StatusOK {
		t.Errorf("a good key was locked out with %d", code)
	}
	w.now = w.now.Add(time.Minute)
	if code := w.do(get("/v1/decisions", "ask_"+strings.Repeat("x", 43))).Code; code != http.StatusUnauthorized {
		t.Errorf("a minute later have %d, want 401", code)
	}
}

// countingStore counts look-ups of keys.
type countingStore struct {
	api.Store
	lookups int
}

func (c *countingStore) KeyByHash(ctx context.Context, hash string) (decision.APIKey, error) {
	c.lookups++
	return c.Store.KeyByHash(ctx, hash)
}

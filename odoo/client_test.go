package odoo_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"assent/odoo"
	"assent/odoo/odootest"
)

var count = odoo.Call{Model: "sale.order", Method: "search_count", Args: odoo.Args{"domain": odoo.Domain{}}}

// TestBreaker: an instance that does not answer is left alone for a while,
// then tried once, then used again. Odoo saying no does not count.
func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, instance{18, odoo.JSONRPC}, func(c *odoo.Config) { c.Failures, c.OpenFor = 3, 15*time.Second })
		b.call(t, count, nil)
		missing := odoo.Call{Model: "sale.order", Method: "unlink", IDs: []int64{99999}}
		for range 5 {
			b.fails(t, missing, odoo.KindMissing, odoo.Refused)
		}
		b.fake.Inject(odootest.Fault{Kind: odootest.Refuse})
		for range 3 {
			b.fails(t, count, odoo.KindUnreachable, odoo.NotApplied)
		}
		if b.client.Healthy() {
			t.Error("the breaker is closed after three failures")
		}
		b.fails(t, count, odoo.KindOpen, odoo.NotApplied)

		time.Sleep(16 * time.Second)
		b.fails(t, count, odoo.KindUnreachable, odoo.NotApplied) // the one try
		b.fails(t, count, odoo.KindOpen, odoo.NotApplied)

		b.fake.ClearFaults()
		time.Sleep(16 * time.Second)
		b.call(t, count, nil)
		b.call(t, count, nil)
	})
}

// TestCallerLeaving is no failure of the instance.
func TestCallerLeaving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, instance{18, odoo.JSONRPC}, func(c *odoo.Config) { c.Failures = 1 })
		b.call(t, count, nil)
		release := make(chan struct{})
		b.fake.Inject(odootest.Fault{Kind: odootest.Hang, Until: release, Times: 1})
		ctx, cancel := context.WithCancel(b)
		go func() { synctest.Wait(); cancel() }()
		wantFailure(t, b.client.Call(ctx, count, nil), odoo.KindTransport, odoo.Unknown)
		if !b.client.Healthy() {
			t.Error("the breaker opened")
		}
		wantFailure(t, b.client.Call(ctx, count, nil), odoo.KindNotSent, odoo.NotApplied)
		close(release)
	})
}

// TestTimeout: a call that takes too long has an unknown outcome, because Odoo
// carries on with it.
func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, instance{19, odoo.JSON2})
		b.call(t, count, nil)
		b.fake.Inject(odootest.Fault{Kind: odootest.Delay, Wait: 100 * time.Second, Times: 1})
		start := time.Now()
		b.fails(t, odoo.Call{Model: "sale.order", Method: "action_confirm", IDs: []int64{1}}, odoo.KindTransport, odoo.Unknown)
		if waited := time.Since(start); waited != 90*time.Second {
			t.Errorf("waited %v, want the default of 90 s", waited)
		}
		time.Sleep(11 * time.Second)
		if state := b.order(t, 1).State; state != "sale" {
			t.Errorf("state: have %s, want sale", state)
		}
	})
}

// TestRateAndConcurrency: with two slots and five calls a second, eleven calls
// that take a second each need the time of six rounds.
func TestRateAndConcurrency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gauge := &concurrent{}
		b := setup(t, instance{18, odoo.JSONRPC}, func(c *odoo.Config) {
			c.Rate, c.Burst, c.Concurrency = 5, 1, 2
			gauge.next = c.Transport
			c.Transport = gauge
		})
		b.call(t, count, nil)
		time.Sleep(time.Minute)
		b.fake.Inject(odootest.Fault{Kind: odootest.Delay, Wait: time.Second})
		start := time.Now()
		var calls sync.WaitGroup
		for range 11 {
			calls.Go(func() { wantFailureAsync(t, b.client.Call(b, count, nil), "") })
		}
		calls.Wait()
		if took := time.Since(start); took < 6*time.Second {
			t.Errorf("took %v, want at least 6 s", took)
		}
		if gauge.peak != 2 {
			t.Errorf("calls in flight: have %d, want 2", gauge.peak)
		}
	})
}

// TestThrottledWithinDeadline: a caller that cannot wait for the rate is told
// so at once.
func TestThrottledWithinDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := setup(t, instance{18, odoo.JSONRPC}, func(c *odoo.Config) { c.Rate, c.Burst = 0.01, 3 })
		b.call(t, count, nil) // version, authenticate and the call use the burst
		ctx, cancel := context.WithTimeout(b, time.Second)
		defer cancel()
		wantFailure(t, b.client.Call(ctx, count, nil), odoo.KindThrottled, odoo.NotApplied)
	})
}

type concurrent struct {
	next http.RoundTripper
	mu   sync.Mutex
	now  int
	peak int
}

func (c *concurrent) RoundTrip(r *http.Request) (*http.Response, error) {
	c.add(1)
	defer c.add(-1)
	return c.next.RoundTrip(r)
}

func (c *concurrent) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += n
	c.peak = max(c.peak, c.now)
}

// TestDeniedOnce: many callers with a wrong key make one attempt, not many,
// and none for two minutes: five would lock the address out for everybody.
func TestDeniedOnce(t *testing.T) {
	t.Parallel()
	for _, i := range instances {
		t.Run(i.String(), func(t *testing.T) {
			t.Parallel()
			now := morning
			paths := &seen{}
			b := setup(t, i, func(c *odoo.Config) {
				c.Key, c.Now = "wrong", func() time.Time { return now }
				paths.next = c.Transport
				c.Transport = paths
			})
			var callers sync.WaitGroup
			for range 20 {
				callers.Go(func() { wantFailureAsync(t, b.client.Call(b, count, nil), odoo.KindDenied) })
			}
			callers.Wait()
			attempts := paths.count()
			now = now.Add(119 * time.Second)
			b.fails(t, count, odoo.KindDenied, odoo.Refused)
			if paths.count() != attempts || attempts > 2 { // a version probe and one attempt
				t.Errorf("requests: %d at first, %d later", attempts, paths.count())
			}
			now = now.Add(2 * time.Second)
			b.fails(t, count, odoo.KindDenied, odoo.Refused)
			if paths.count() == attempts {
				t.Error("the key is never tried again")
			}
		})
	}
}

func wantFailureAsync(t *testing.T, err error, kind odoo.Kind) {
	if odoo.KindOf(err) != kind {
		t.Errorf("have %v, want %s", err, kind)
	}
}

// seen counts requests.
type seen struct {
	next http.RoundTripper
	mu   sync.Mutex
	n    int
}

func (s *seen) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	return s.next.RoundTrip(r)
}

func (s *seen) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

// TestRevokedKey: a key that stops working ends the session; a working one
// starts a new one.
func TestRevokedKey(t *testing.T) {
	t.Parallel()
	now := morning
	b := setup(t, instance{18, odoo.JSONRPC}, func(c *odoo.Config) { c.Now = func() time.Time { return now } })
	b.call(t, count, nil)
	b.fake.Inject(odootest.Fault{Kind: odootest.Raise, Name: "odoo.exceptions.AccessDenied", Times: 1})
	b.fails(t, count, odoo.KindDenied, odoo.Refused)
	b.fails(t, count, odoo.KindDenied, odoo.Refused) // not tried
	now = now.Add(3 * time.Minute)
	b.call(t, count, nil)
}

// TestDownAtStart: making a client needs no Odoo, and a failed probe is not an
// unknown outcome of the call.
func TestDownAtStart(t *testing.T) {
	t.Parallel()
	for _, protocol := range []odoo.Protocol{odoo.Auto, odoo.JSONRPC, odoo.JSON2} {
		down := answering(502, "text/html", "bad gateway")
		b := setup(t, instance{19, protocol}, func(c *odoo.Config) { down.healthy, c.Transport = c.Transport, down })
		down.on = true
		err := b.client.Call(b, odoo.Call{Model: "sale.order", Method: "action_confirm", IDs: []int64{1}}, nil)
		wantFailure(t, err, odoo.KindUnreachable, odoo.NotApplied)
		down.on = false
		b.call(t, count, nil)
	}
}

// TestAutoProtocol picks the API by the version.
func TestAutoProtocol(t *testing.T) {
	t.Parallel()
	for version, want := range map[int]string{16: "/jsonrpc", 17: "/jsonrpc", 18: "/jsonrpc", 19: "/json/2/"} {
		var path string
		b := setup(t, instance{version, odoo.Auto}, func(c *odoo.Config) {
			next := c.Transport
			c.Transport = roundTrip(func(r *http.Request) (*http.Response, error) { path = r.URL.Path; return next.RoundTrip(r) })
		})
		b.call(t, count, nil)
		if !strings.HasPrefix(path, want) {
			t.Errorf("%d: have %s, want %s", version, path, want)
		}
		dialect, err := b.client.Dialect(b)
		if err != nil || dialect.ReversalMethod != odoo.Version(version).Dialect().ReversalMethod {
			t.Errorf("%d: dialect %+v, %v", version, dialect, err)
		}
	}
}

// TestIncompleteLogin never reaches the sign-in of a server that would count it.
func TestIncompleteLogin(t *testing.T) {
	t.Parallel()
	for _, change := range []func(*odoo.Config){
		func(c *odoo.Config) { c.Login = "" },
		func(c *odoo.Config) { c.Database = "" },
	} {
		b := setup(t, instance{18, odoo.Auto}, change)
		b.fails(t, count, odoo.KindRequest, odoo.Refused)
	}
	b := setup(t, instance{19, odoo.Auto}, func(c *odoo.Config) { c.Login, c.Database = "", "" })
	b.call(t, count, nil)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestConfig refuses settings by name, never by value.
func TestConfig(t *testing.T) {
	t.Parallel()
	good := odoo.Config{URL: "https://example.odoo.com", Key: "sesame"}
	cases := map[string]func(*odoo.Config){
		"url must be http":      func(c *odoo.Config) { c.URL = "ftp://example.com" },
		"url must hold no cred": func(c *odoo.Config) { c.URL = "https://user:sesame@example.com" },
		"key":                   func(c *odoo.Config) { c.Key = "" },
		"protocol":              func(c *odoo.Config) { c.Protocol = "xmlrpc" },
		"timeout":               func(c *odoo.Config) { c.Timeout = 59 * time.Second },
		"limits":                func(c *odoo.Config) { c.Concurrency = -1 },
	}
	if _, err := odoo.New(good); err != nil {
		t.Error(err)
	}
	for want, change := range cases {
		c := good
		change(&c)
		_, err := odoo.New(c)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("have %v, want an error about %q", err, want)
		}
	}
}

// TestSecretStaysSecret prints a configuration in every way there is.
func TestSecretStaysSecret(t *testing.T) {
	t.Parallel()
	c := odoo.Config{Key: "sesame"}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("", "config", c, "key", c.Key)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("", "key", c.Key)
	encoded, err := json.Marshal(map[string]any{"key": c.Key})
	if err != nil {
		t.Fatal(err)
	}
	printed := fmt.Sprintf("%v %+v %#v %s %q", c, c, c.Key, c.Key, c.Key) + log.String() + string(encoded)
	if strings.Contains(printed, "sesame") {
		t.Errorf("the key is in %s", printed)
	}
}

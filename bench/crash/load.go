package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"assent/bench/house"
	"assent/decision"
)

// load asks for decisions about the fake's orders, one after the other, and
// remembers every promise it was given.
type load struct {
	options
	url, key, approverKey string

	client *http.Client

	mu   sync.Mutex
	next int
	open map[int]bool // orders that have not got every answer yet
	promises
}

// promises are what the service has answered.
type promises struct {
	acked   map[string]string // decision by idempotency key
	granted map[string]bool   // approvals
	broken  []string          // answers that must not be
}

func newLoad(o options, url, key, approverKey string) *load {
	return &load{
		options: o, url: url, key: key, approverKey: approverKey, client: &http.Client{Timeout: 5 * time.Second},
		open: map[int]bool{}, promises: promises{acked: map[string]string{}, granted: map[string]bool{}},
	}
}

// wrong is an answer that must not be. Any other error is a cut connection, or
// a service that says it cannot just now: both are why one asks again.
type wrong struct{ error }

// run sends at the rate until ctx ends. What a kill left unanswered is asked
// again first, with the same key.
func (l *load) run(ctx context.Context) {
	tick := time.NewTicker(time.Second / time.Duration(l.Rate))
	defer tick.Stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, order := range l.unanswered() {
		wg.Go(func() { l.note(l.ask(ctx, order)) })
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if order, left := l.take(); left {
				wg.Go(func() { l.note(l.ask(ctx, order)) })
			}
		}
	}
}

// note keeps what was wrong about an answer.
func (l *load) note(err error) {
	var w wrong
	if !errors.As(err, &w) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = append(l.broken, err.Error())
}

func (l *load) take() (order int, left bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next >= l.Orders {
		return 0, false
	}
	l.next++
	l.open[l.next] = true
	return l.next, true
}

func (l *load) unanswered() []int {
	l.mu.Lock()
	defer l.mu.Unlock()
	var orders []int
	for order := range l.open {
		orders = append(orders, order)
	}
	return orders
}

// ask sends one request without fields: the service reads the order from
// Odoo, so that the fingerprint is the real one. What waits for a person gets
// its assent, so that effective actions are among what the kills interrupt.
func (l *load) ask(ctx context.Context, order int) error {
	key := fmt.Sprintf("crash:%d", order)
	body := fmt.Sprintf(`{"kind":"order","company":%q,"channel":"web","subject":{"model":"sale.order","id":%d}}`, house.Company, order)
	var d answer
	if err := l.post(ctx, "/v1/decisions", l.key, key, body, &d); err != nil {
		return fmt.Errorf("order %d: %w", order, err)
	}
	if err := l.acknowledge(key, d.ID); err != nil {
		return fmt.Errorf("order %d: %w", order, err)
	}
	if d.Approval.ID != "" && d.Status == string(decision.AwaitingApproval) {
		var a struct{}
		if err := l.post(ctx, "/v1/approvals/"+d.Approval.ID+"/approve", l.approverKey, "", `{}`, &a); err != nil {
			return fmt.Errorf("order %d: approve: %w", order, err)
		}
	}
	l.finish(order, d.Approval.ID)
	return nil
}

// answer is what we read of a decision.
type answer struct {
	ID       string `json:"id"`
	Status   string `json:"status"`
	Approval struct {
		ID string `json:"id"`
	} `json:"approval"`
}

func (l *load) post(ctx context.Context, path, bearer, key, body string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+bearer)
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := l.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	switch {
	case res.StatusCode == http.StatusServiceUnavailable:
		return errors.New(res.Status)
	case res.StatusCode >= 300:
		return wrong{fmt.Errorf("%s %s", res.Status, text)}
	}
	if err := json.Unmarshal(text, into); err != nil {
		return wrong{err}
	}
	return nil
}

// acknowledge remembers the decision as soon as it is answered, whatever
// becomes of its approval. The same key must never name another decision.
func (l *load) acknowledge(key, id string) error {
	if id == "" {
		return wrong{errors.New("the answer names no decision")}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if earlier := l.acked[key]; earlier != "" && earlier != id {
		return wrong{fmt.Errorf("the key %s names the decisions %s and %s", key, earlier, id)}
	}
	l.acked[key] = id
	return nil
}

// finish remembers that every answer came; with an approval, that it was
// granted.
func (l *load) finish(order int, approval string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, order)
	if approval != "" {
		l.granted[approval] = true
	}
}

// repeatUnanswered asks once more about everything that got no answer.
func (l *load) repeatUnanswered(ctx context.Context) error {
	for _, order := range l.unanswered() {
		if err := l.ask(ctx, order); err != nil {
			return err
		}
	}
	return nil
}

// promised is for when nothing is sent any more.
func (l *load) promised() promises {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.promises
}

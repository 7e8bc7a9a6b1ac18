package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"assent/decision"
)

// load asks for decisions about the fake's orders, one after the other, and
// remembers what was acknowledged.
type load struct {
	options
	url, key, approverKey string

	client *http.Client

	mu    sync.Mutex
	next  int
	acked map[string]string // decision by idempotency key
	open  map[int]bool      // orders asked about without an answer
}

func newLoad(o options, url, key, approverKey string) *load {
	return &load{options: o, url: url, key: key, approverKey: approverKey, client: &http.Client{Timeout: 5 * time.Second}, acked: map[string]string{}, open: map[int]bool{}}
}

// run sends at the rate until ctx ends. What a kill left unanswered is asked
// again first, with the same key.
func (l *load) run(ctx context.Context) {
	tick := time.NewTicker(time.Second / time.Duration(l.Rate))
	defer tick.Stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, order := range l.unanswered() {
		wg.Go(func() { l.ask(ctx, order) })
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if order, left := l.take(); left {
				wg.Go(func() { l.ask(ctx, order) })
			}
		}
	}
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
	body := fmt.Sprintf(`{"kind":"order","company":%q,"channel":"web","subject":{"model":"sale.order","id":%d}}`, company, order)
	var d answer
	if err := l.post(ctx, "/v1/decisions", l.key, key, body, &d); err != nil {
		return fmt.Errorf("order %d: %w", order, err)
	}
	if d.Approval.ID != "" && d.Status == string(decision.AwaitingApproval) {
		var a struct{}
		if err := l.post(ctx, "/v1/approvals/"+d.Approval.ID+"/approve", l.approverKey, "", `{}`, &a); err != nil {
			return fmt.Errorf("order %d: approve: %w", order, err)
		}
	}
	return l.acknowledge(order, key, d.ID)
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
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s", res.Status, text)
	}
	return json.Unmarshal(text, into)
}

// acknowledge remembers the decision. An answer is a promise: the same key
// must never name another decision.
func (l *load) acknowledge(order int, key, id string) error {
	if id == "" {
		return fmt.Errorf("order %d: the answer names no decision", order)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if earlier := l.acked[key]; earlier != "" && earlier != id {
		return fmt.Errorf("order %d: two decisions for one key", order)
	}
	l.acked[key] = id
	delete(l.open, order)
	return nil
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

func (l *load) acknowledged() map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acked
}

package odoo

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"
	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"
)

// Caller calls methods in one Odoo instance. It is what the executor, the
// intake and the reader need, and all that they need.
type Caller interface {
	// Call stores the method's result in into: a pointer for encoding/json
	// (numbers in untyped values are json.Number), *Action, *json.RawMessage,
	// or nil when the result says nothing. The error is an *Error.
	Call(ctx context.Context, q Call, into any) error

	// Dialect is the row of the version table for the instance.
	Dialect(ctx context.Context) (Dialect, error)
}

// Client is a Caller over the network. It is safe for concurrent use, holds
// the limits of its instance, and touches the network only when called: a
// service starts while Odoo is down.
type Client struct {
	config  Config
	wire    wire
	limiter *rate.Limiter
	slots   *semaphore.Weighted
	breaker *gobreaker.CircuitBreaker[json.RawMessage]
	session *session
	seq     atomic.Int64
}

// New makes a client. Errors name the setting at fault, never its value.
func New(config Config) (*Client, error) {
	config, base, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	limit := rate.Limit(config.Rate)
	if config.Rate < 0 {
		limit = rate.Inf
	}
	return &Client{
		config:  config,
		wire:    newWire(base, config.Transport, config.MaxBody),
		limiter: rate.NewLimiter(limit, config.Burst),
		slots:   semaphore.NewWeighted(int64(config.Concurrency)),
		breaker: gobreaker.NewCircuitBreaker[json.RawMessage](breakerSettings(config)),
		session: newSession(),
	}, nil
}

func breakerSettings(config Config) gobreaker.Settings {
	return gobreaker.Settings{
		Timeout:     config.OpenFor,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= config.Failures },
		// Odoo saying no is a healthy Odoo.
		IsSuccessful: func(err error) bool { return err == nil || !unhealthy(KindOf(err)) },
		IsExcluded:   func(err error) bool { return errors.Is(err, context.Canceled) },
	}
}

func unhealthy(kind Kind) bool {
	return kind == KindTransport || kind == KindUnreachable || kind == KindProtocol || kind == KindThrottled
}

// Call implements Caller. The first call probes the version and, for JSON-RPC,
// authenticates.
func (c *Client) Call(ctx context.Context, q Call, into any) error {
	if err := q.check(); err != nil {
		return err
	}
	s, err := c.open(ctx, q)
	if err != nil {
		return err
	}
	result, err := c.guarded(ctx, q, func(ctx context.Context) (json.RawMessage, error) {
		return s.protocol.do(ctx, q, c.config.Context.With(q.Context))
	})
	if err != nil {
		return c.noteDenied(err)
	}
	return q.decode(result, into)
}

// Dialect implements Caller.
func (c *Client) Dialect(ctx context.Context) (Dialect, error) {
	v, err := c.Version(ctx)
	return v.Dialect(), err
}

// Version is the server's major version, probed once.
func (c *Client) Version(ctx context.Context) (Version, error) {
	s, err := c.open(ctx, Call{Method: "version"})
	return s.version, err
}

// UID is the id of the bot user.
func (c *Client) UID(ctx context.Context) (int64, error) {
	s, err := c.open(ctx, Call{Method: "authenticate"})
	return s.uid, err
}

// Ping asks Odoo for something that needs working credentials, for readiness
// checks. Like every call it counts against the limits.
func (c *Client) Ping(ctx context.Context) error {
	return c.Call(ctx, Call{Model: "res.users", Method: "context_get"}, nil)
}

// Healthy is false while the breaker keeps calls back, without a call.
func (c *Client) Healthy() bool { return c.breaker.State() != gobreaker.StateOpen }

// guarded sends one request within the limits of the instance. Whatever is
// held back here certainly changed nothing.
func (c *Client) guarded(ctx context.Context, q Call, send func(context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	if !c.Healthy() {
		return nil, q.fail(KindOpen, 0, "too many failures; waiting before the next try", nil)
	}
	if err := c.slots.Acquire(ctx, 1); err != nil {
		return nil, q.fail(KindNotSent, 0, "given up while waiting for a free slot", plain(err))
	}
	defer c.slots.Release(1)
	if err := c.limiter.Wait(ctx); err != nil {
		return nil, q.fail(KindThrottled, 0, "given up while waiting for the rate limit", plain(err))
	}
	if err := ctx.Err(); err != nil {
		return nil, q.fail(KindNotSent, 0, "given up before it was sent", plain(err))
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	result, err := c.breaker.Execute(func() (json.RawMessage, error) { return send(ctx) })
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return nil, q.fail(KindOpen, 0, "too many failures; waiting before the next try", nil)
	}
	return result, err
}

// noteDenied remembers refused credentials: repeating them would lock every
// other integration on this address out as well.
func (c *Client) noteDenied(err error) error {
	if KindOf(err) == KindDenied {
		c.session.deny(c.config.Now().Add(c.config.DeniedFor))
	}
	return err
}

// denied is the answer while refused credentials are not tried again.
func (c *Client) denied(q Call, now time.Time) error {
	if !now.Before(c.session.deniedUntil()) {
		return nil
	}
	return q.fail(KindDenied, 0, "the credentials were refused a moment ago; not tried again yet", nil)
}

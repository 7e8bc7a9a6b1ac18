package odoo

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"
)

// protocol is one of the two APIs.
type protocol interface {
	do(ctx context.Context, q Call, cx Context) (json.RawMessage, error)
}

// connection is what the first call finds out about an instance.
type connection struct {
	version  Version
	uid      int64
	protocol protocol
}

// session holds the connection once it is known.
type session struct {
	opening chan struct{} // held by the one call that finds out

	mu     sync.Mutex
	open   *connection
	denied time.Time // no calls before, after refused credentials
}

func newSession() *session { return &session{opening: make(chan struct{}, 1)} }

func (s *session) current() *connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

func (s *session) set(c connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = &c
}

// deny forgets the connection: the key may belong to another user when it
// works again.
func (s *session) deny(until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open, s.denied = nil, until
}

func (s *session) deniedUntil() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.denied
}

// open returns the connection, finding it out if this is the first call.
// Other calls wait, so that a wrong key is tried once and not by all of them.
func (c *Client) open(ctx context.Context, q Call) (connection, error) {
	if err := c.denied(q, c.config.Now()); err != nil {
		return connection{}, err
	}
	if open := c.session.current(); open != nil {
		return *open, nil
	}
	select {
	case c.session.opening <- struct{}{}:
		defer func() { <-c.session.opening }()
	case <-ctx.Done():
		return connection{}, q.fail(KindNotSent, 0, "given up while connecting", ctx.Err())
	}
	if open := c.session.current(); open != nil {
		return *open, nil
	}
	if err := c.denied(q, c.config.Now()); err != nil {
		return connection{}, err
	}
	found, err := c.connect(ctx)
	if err != nil {
		return connection{}, c.noteDenied(notSent(q, err))
	}
	c.session.set(found)
	return found, nil
}

// notSent keeps the kinds that say why and that certainly changed nothing in
// the call's name; a failed probe is not a failed call, so an unknown outcome
// of the probe is not one of the call.
func notSent(q Call, err error) error {
	var probe *Error
	if !errors.As(err, &probe) {
		return q.fail(KindNotSent, 0, "the connection could not be opened", nil)
	}
	e := *probe
	e.Model, e.Method = q.Model, q.Method
	e.Detail = "while connecting: " + probe.Error()
	if e.Outcome() == Unknown {
		e.Kind = KindUnreachable
	}
	return &e
}

// connect probes the version, chooses the API and authenticates.
func (c *Client) connect(ctx context.Context) (connection, error) {
	v, err := c.probe(ctx)
	if err != nil {
		return connection{}, err
	}
	useJSON2 := c.config.Protocol == JSON2 || c.config.Protocol == Auto && v.Dialect().JSON2
	if useJSON2 {
		p := c.json2()
		uid, err := ask(ctx, c, p.whoami)
		return connection{version: v, uid: uid, protocol: p}, err
	}
	if c.config.Database == "" || c.config.Login == "" {
		// Trying would count as a failed sign-in.
		return connection{}, Call{Method: "authenticate"}.bad("JSON-RPC needs the settings database and login")
	}
	p := c.jsonrpc()
	if p.uid, err = ask(ctx, c, p.authenticate); err != nil {
		return connection{}, err
	}
	return connection{version: v, uid: p.uid, protocol: p}, nil
}

// probe tries the path of 19 and later first: it needs no credentials and
// logs no deprecation warning. Older servers answer it with a page.
func (c *Client) probe(ctx context.Context) (Version, error) {
	if c.config.Protocol != JSONRPC {
		v, err := ask(ctx, c, c.json2().version)
		if err == nil || c.config.Protocol == JSON2 || KindOf(err) != KindNotFound {
			return v, err
		}
	}
	return ask(ctx, c, c.jsonrpc().version)
}

func (c *Client) json2() json2 {
	return json2{wire: c.wire, database: c.config.Database, key: c.config.Key}
}

func (c *Client) jsonrpc() jsonrpc {
	return jsonrpc{wire: c.wire, database: c.config.Database, login: c.config.Login, key: c.config.Key, seq: &c.seq}
}

// ask runs one question about the instance within its limits.
func ask[T any](ctx context.Context, c *Client, question func(context.Context) (T, error)) (T, error) {
	var found T
	_, err := c.guarded(ctx, Call{Method: "connect"}, func(ctx context.Context) (json.RawMessage, error) {
		var err error
		found, err = question(ctx)
		return nil, err
	})
	return found, err
}

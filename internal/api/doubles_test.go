package api_test

import (
	"context"
	"net"
	"sync/atomic"

	"assent/decision"
	"assent/internal/api"
)

// countingDecisions counts what is asked.
type countingDecisions struct {
	api.Decisions
	asked atomic.Int64
}

func (c *countingDecisions) Assess(ctx context.Context, req decision.Request) (decision.Answer, error) {
	c.asked.Add(1)
	return c.Decisions.Assess(ctx, req)
}

func (c *countingDecisions) count() int { return int(c.asked.Load()) }

// panicking fails as no code of ours should, with a value in its words.
type panicking struct{ api.Decisions }

func (panicking) Decide(context.Context, decision.Request) (decision.Answer, error) {
	panic("cannot handle " + canary)
}

// pipeListener hands out connections in memory, which a bubble of synctest
// can see through and whose writes wait for their reader.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipeListener) dial() net.Conn {
	client, server := net.Pipe()
	l.conns <- server
	return client
}

// Accept waits for dial.
func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (l *pipeListener) Close() error {
	close(l.closed)
	return nil
}

// Addr is no address.
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

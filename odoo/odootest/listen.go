package odootest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// ServeHTTP makes the server an http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := s.handle(r)
	if answer.cut || answer.refused {
		hangUp(w)
		return
	}
	w.Header().Set("Content-Type", answer.contentType)
	w.WriteHeader(answer.status)
	_, _ = w.Write(answer.body) // a client that left does not matter
}

// hangUp breaks the connection with a reset, so that not even an end of
// stream arrives in order.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// Transport answers requests without a socket, for simulations. A request
// whose context ends returns at once, while the server carries on with it, as
// Odoo does.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ s *Server }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	inner := r.Clone(context.WithoutCancel(r.Context()))
	inner.Body = io.NopCloser(bytes.NewReader(body))
	answered := make(chan reply, 1)
	go func() { answered <- t.s.handle(inner) }()
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case answer := <-answered:
		return answer.response(r)
	}
}

func (a reply) response(r *http.Request) (*http.Response, error) {
	switch {
	case a.refused:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	case a.cut:
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	return &http.Response{
		Status: http.StatusText(a.status), StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {a.contentType}},
		Body:          io.NopCloser(bytes.NewReader(a.body)),
		ContentLength: int64(len(a.body)), Request: r,
	}, nil
}

// listener is the server's socket.
type listener struct {
	mu   sync.Mutex
	addr string
	http *http.Server
}

// T is what Start needs of *testing.T; a program that embeds the fake does not
// import package testing.
type T interface {
	Helper()
	Fatal(args ...any)
	Cleanup(func())
}

// Start listens on loopback until the test ends and returns the base URL.
func (s *Server) Start(t T) string {
	t.Helper()
	if err := s.Up("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Down)
	return s.URL()
}

// URL is the base URL of the socket.
func (s *Server) URL() string {
	s.listener.mu.Lock()
	defer s.listener.mu.Unlock()
	return "http://" + s.listener.addr
}

// Up opens the socket; an empty address reopens the last one. The address must
// be on loopback.
func (s *Server) Up(addr string) error {
	s.listener.mu.Lock()
	defer s.listener.mu.Unlock()
	if addr == "" {
		addr = s.listener.addr
	}
	if s.listener.http != nil {
		return errors.New("odootest: already up")
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("odootest: the address must be on loopback")
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	s.listener.addr, s.listener.http = l.Addr().String(), server
	go func() { _ = server.Serve(l) }()
	return nil
}

// Down closes the socket and its connections: from now on connecting is
// refused. Records stay.
func (s *Server) Down() {
	s.listener.mu.Lock()
	defer s.listener.mu.Unlock()
	if s.listener.http != nil {
		_ = s.listener.http.Close()
		s.listener.http = nil
	}
}

package api

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"assent/decision"
	"assent/internal/panics"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

// CorrelationHeader carries the correlation id, in both directions.
const CorrelationHeader = "X-Correlation-ID"

// trace is what the outermost layer keeps about a request. Inner layers fill
// in the key once they know it.
type trace struct {
	correlation string
	key         string // id of the API key
}

type traceKey struct{}

// traceOf finds the request's trace; there is one, empty outside of requests.
func traceOf(ctx context.Context) *trace {
	if t, ok := ctx.Value(traceKey{}).(*trace); ok {
		return t
	}
	return &trace{}
}

// traced gives the request its correlation id, logs and measures it, and
// turns a panic into a problem. The log has the route's pattern, not the
// path, and never a header or a body.
func (a *api) traced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := a.Now()
		t := &trace{correlation: r.Header.Get(CorrelationHeader)}
		valid := decision.IsCode(t.correlation, decision.MaxCorrelation)
		if !valid {
			t.correlation = a.NewID()
		}
		given := len(r.Header.Values(CorrelationHeader))
		r = r.WithContext(context.WithValue(r.Context(), traceKey{}, t))
		w.Header().Set(CorrelationHeader, t.correlation)
		answer := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		defer func() { a.finish(r, answer, start, recover()) }()
		switch {
		case given > 1:
			writeProblem(answer, r, repeatedHeader(CorrelationHeader))
		case given == 1 && !valid:
			writeProblem(answer, r, invalidParameter(CorrelationHeader, "pattern", "must be "+decision.CodeRule(decision.MaxCorrelation)))
		default:
			next.ServeHTTP(answer, r)
		}
	})
}

// finish answers a panic if nothing was sent yet, and writes the log line.
func (a *api) finish(r *http.Request, w middleware.WrapResponseWriter, start time.Time, panicked any) {
	if panicked == http.ErrAbortHandler {
		panic(panicked) // the way to cut a connection, not a fault
	}
	started := w.Status() != 0
	if panicked != nil {
		a.logPanic(r.Context(), panicked)
		if !started {
			writeProblem(w, r, newProblem(decision.CodeInternal, "Something went wrong on our side."))
		}
	}
	route := cmp.Or(chi.RouteContext(r.Context()).RoutePattern(), "unmatched")
	status := cmp.Or(w.Status(), http.StatusOK)
	if status >= http.StatusBadRequest {
		drain(w, r)
	}
	took := a.Now().Sub(start)
	a.Metrics.request(r.Method, route, status, took)
	a.Log.LogAttrs(r.Context(), levelOf(status), "request",
		slog.String("method", knownMethod(r.Method)), slog.String("route", route), slog.Int("status", status),
		slog.Duration("took", took), slog.Int("bytes", w.BytesWritten()),
		slog.String("correlation", traceOf(r.Context()).correlation), slog.String("key", traceOf(r.Context()).key))
	if panicked != nil && started {
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	}
}

func (a *api) logPanic(ctx context.Context, panicked any) {
	a.Log.LogAttrs(ctx, slog.LevelError, "panic", append(panics.Attrs(panicked), slog.String("correlation", traceOf(ctx).correlation))...)
}

func levelOf(status int) slog.Level {
	switch {
	case status == http.StatusServiceUnavailable:
		return slog.LevelWarn // said by the part that is down, once
	case status >= http.StatusInternalServerError:
		return slog.LevelError
	}
	return slog.LevelInfo
}

// logged notes the cause of an error that its reader only sees as a code.
func (a *api) logged(ctx context.Context, err error) *Problem {
	p := problemOf(err)
	p.Instance = traceOf(ctx).correlation
	if p.Status >= http.StatusInternalServerError && ctx.Err() == nil {
		a.Log.LogAttrs(ctx, levelOf(p.Status), "failed", slog.String("code", string(p.Code)),
			slog.String("cause", causeOf(err)), slog.String("correlation", p.Instance))
	}
	return p
}

// causeOf is the text of an error with what it wraps.
func causeOf(err error) string {
	text := err.Error()
	for e := (*decision.Error)(nil); errors.As(err, &e) && e.Err != nil; err = e.Err {
		text += ": " + e.Err.Error()
	}
	return text
}

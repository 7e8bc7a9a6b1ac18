package api

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are the process's figures, in a registry of their own so that two
// servers in one process do not share them.
type Metrics struct {
	Registry  *prometheus.Registry
	requests  *prometheus.HistogramVec
	decisions *prometheus.CounterVec
	commits   *prometheus.HistogramVec
}

// buckets reach from a fast answer to the longest wait that is allowed.
var buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// NewMetrics registers everything, with the figures of Go and the process.
func NewMetrics() *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "assent_http_request_duration_seconds", Help: "Time to answer a request.", Buckets: buckets,
		}, []string{"method", "route", "status"}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "assent_decisions_total", Help: "Decisions made, repeated answers not counted.",
		}, []string{"kind", "verdict"}),
		commits: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "assent_commit_duration_seconds", Help: "Time of one transaction of the store, from its start until it is durable.", Buckets: buckets,
		}, []string{"store"}),
	}
	m.Registry.MustRegister(m.requests, m.decisions, m.commits,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Commit notes how long a transaction of a store ("sqlite", "postgres") took.
func (m *Metrics) Commit(store string, took time.Duration) {
	m.commits.WithLabelValues(store).Observe(took.Seconds())
}

func (m *Metrics) request(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(knownMethod(method), route, strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *Metrics) decision(kind, verdict string) {
	m.decisions.WithLabelValues(kind, verdict).Inc()
}

// knownMethod keeps a caller from making up label values.
func knownMethod(method string) string {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return method
	}
	return "other"
}

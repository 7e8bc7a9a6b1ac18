package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"assent/decision"
)

// gauge is one figure that is counted in the store when it is asked for: what
// waits is a state of the database, which many replicas share.
type gauge struct {
	desc  *prometheus.Desc
	table decision.Table
	where map[string][]string
	label string // value of the last label
}

// gauges count what waits for Odoo, for people, and for whoever is on call.
var gauges = makeGauges()

func makeGauges() []gauge {
	executions := prometheus.NewDesc("assent_executions", "Executions that have not ended.", []string{"company", "status"}, nil)
	decisions := prometheus.NewDesc("assent_decisions_waiting", "Decisions whose caller has sent no receipt, or which the switches hold.", []string{"company", "status"}, nil)
	approvals := prometheus.NewDesc("assent_approvals", "Approvals that are open.", []string{"company", "status"}, nil)
	exceptions := prometheus.NewDesc("assent_exceptions", "Exceptions that have not ended.", []string{"company", "type"}, nil)
	waiting := string(decision.AwaitingApproval)
	all := []gauge{{approvals, decision.Approvals, map[string][]string{"status": {waiting}}, waiting}}
	for _, s := range []decision.Status{decision.AwaitingReceipt, decision.Parked} {
		all = append(all, gauge{decisions, decision.Decisions, map[string][]string{"status": {string(s)}}, string(s)})
	}
	for _, s := range []decision.ExecutionStatus{decision.ExecutionWaiting, decision.ExecutionRunning, decision.ExecutionParked} {
		all = append(all, gauge{executions, decision.Executions, map[string][]string{"status": {string(s)}}, string(s)})
	}
	for _, t := range decision.ExceptionTypes {
		all = append(all, gauge{exceptions, decision.Exceptions, map[string][]string{"state": decision.OpenStates, "type": {string(t)}}, string(t)})
	}
	return all
}

// inForce tells which models a company's decisions are made with: a change of
// the figures beside it at the same moment has a name then.
var inForce = prometheus.NewDesc("assent_models", "Models that were put in force, or are asked beside those, by revision; always 1.", []string{"company", "kind", "state", "revision"}, nil)

// countFor bounds how long a scrape waits for the database.
const countFor = 2 * time.Second

// waiting is a prometheus.Collector of the gauges of every company.
type waiting struct {
	store decision.Store
	log   *slog.Logger
}

// Describe names the figures.
func (w waiting) Describe(descs chan<- *prometheus.Desc) {
	for _, g := range gauges {
		descs <- g.desc
	}
	descs <- inForce
}

// Collect counts. Without the database there are no figures rather than zeros,
// and the others are still told.
func (w waiting) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), countFor)
	defer cancel()
	companies, err := w.store.Companies(ctx)
	for _, c := range companies {
		for _, g := range gauges {
			var n int
			if n, err = w.store.Count(ctx, c.ID, g.table, decision.Filter{Where: g.where}); err != nil {
				break
			}
			metrics <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, float64(n), c.ID, g.label)
		}
		var head decision.Head
		if head, err = w.store.Head(ctx, c.ID); err != nil {
			break
		}
		models(metrics, head)
	}
	if err != nil {
		w.log.Warn("what waits cannot be counted", "error", err)
	}
}

// models tells of those that were promoted; what a kind starts with is the
// release's.
func models(metrics chan<- prometheus.Metric, head decision.Head) {
	for kind, m := range head.Models {
		for state, revision := range map[string]string{champion: m.Champion, challenger: m.Challenger} {
			if revision != "" {
				metrics <- prometheus.MustNewConstMetric(inForce, prometheus.GaugeValue, 1, head.Company, kind, state, revision)
			}
		}
	}
}

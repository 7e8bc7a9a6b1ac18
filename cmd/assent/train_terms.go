package main

import (
	"bytes"
	"fmt"
	"math"

	"github.com/shopspring/decimal"

	"assent/decision"
	"assent/scoring/cases"
	"assent/scoring/cost"
	"assent/scoring/logistic"
	"assent/scoring/train"
)

// termsOf say what mistakes cost, for suggested limits. Without a review's cost
// nothing is suggested.
type termsOf struct {
	Review   decimal.Decimal `placeholder:"MONEY" help:"What a person's look at one case costs; with it, limits are suggested that would have cost least."`
	Margin   decimal.Decimal `default:"0.3" placeholder:"SHARE" help:"Share of a good case's money that is earned."`
	Loss     decimal.Decimal `default:"1" placeholder:"SHARE" help:"Share of a bad case's money that is lost when it passes."`
	Fee      decimal.Decimal `default:"0" placeholder:"MONEY" help:"Money lost besides with each bad case that passes."`
	Caught   decimal.Decimal `default:"0.8" placeholder:"SHARE" help:"Share of bad cases that people find when they look."`
	Deterred decimal.Decimal `default:"0.02" placeholder:"SHARE" help:"Share of good cases that are lost by being held."`
	Capacity int             `placeholder:"N" help:"Most of the judged cases that people could have looked at; 0 is as many as pay."`
}

func (t termsOf) asked() bool { return !t.Review.IsZero() }

func (t termsOf) terms(currency string) cost.Terms {
	return cost.Terms{Currency: currency, Margin: t.Margin, Loss: t.Loss, Fee: t.Fee, Review: t.Review, Caught: t.Caught, Deterred: t.Deterred}
}

// check says what is out of range before the work is done.
func (t termsOf) check() error {
	if !t.asked() {
		return nil
	}
	return t.terms("EUR").Check()
}

// limitOf is the policy's limit that a kind's cut-off is suggested for.
var limitOf = map[string]cost.Names{
	"order":    {Hold: "fraud_probability", Owner: decision.RoleFinance},
	"delivery": {Hold: "late_probability", Owner: decision.RoleWarehouseLead},
	"refund":   {Hold: "abuse_probability", Owner: decision.RoleFinance},
}

// plan finds the cut-off that would have cost least over cases that the model
// had not learnt from. A case whose money is unknown does not count.
func (t termsOf) plan(kind, currency string, past *cases.Cases, h train.HeldOut) (*cost.Plan, error) {
	if !t.asked() {
		return nil, nil
	}
	k, _ := decision.KindNamed(kind)
	values := past.Numbers(k.Amount)
	var scored []cost.Case
	for i, row := range h.Rows {
		if value := values[row]; !math.IsNaN(value) {
			scored = append(scored, cost.Case{
				Probability: logistic.Sigmoid(h.LogOdds[i]), Value: decimal.NewFromFloat(value), Known: true, Bad: h.Positive[i],
			})
		}
	}
	plan, err := cost.Choose(t.terms(currency), scored, t.Capacity)
	return &plan, err
}

// suggest writes limits beside the model, for compliance to take or leave.
func (t termsOf) suggest(p *process, kind, base string, plan *cost.Plan) error {
	if plan == nil {
		return nil
	}
	limits := plan.Suggest(limitOf[kind])
	if len(limits) == 0 {
		fmt.Fprintln(p.stdout, "no limit is suggested: holding nothing would have cost least")
		return nil
	}
	for name, limit := range limits {
		fmt.Fprintf(p.stdout, "suggested limit %s: %s. %s\n", name, limit.Value, limit.Reason)
	}
	var content bytes.Buffer
	if err := cost.Write(&content, limits); err != nil {
		return err
	}
	path := base + ".limits.json"
	fmt.Fprintf(p.stdout, "wrote %s, which nothing applies: compliance takes it or leaves it\n", path)
	return writeWhole(path, content.Bytes())
}

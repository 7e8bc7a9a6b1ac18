package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"assent/decision"
	"assent/scoring/feature"
	"assent/scoring/metric"
)

type modelCompareCmd struct {
	ofCompany
	Kind string `required:"" help:"Kind whose models are compared."`
	Seed uint64 `default:"1" help:"Of the bootstrap."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// pair is what both models said of one decision, and what came of it.
type pair struct {
	champion, challenger float64
	positive             bool
}

// comparison is the figures of the two, with 95 % intervals.
type comparison struct {
	Champion   string                        `json:"champion"`
	Challenger string                        `json:"challenger"`
	Decisions  int                           `json:"decisions"`
	Positive   int                           `json:"positive"`
	Figures    map[string][3]metric.Interval `json:"figures"` // champion, challenger, difference
}

// Run compares the models in force now, on the decisions that asked both and
// whose truth is known.
func (c *modelCompareCmd) Run(p *process) error {
	app, err := p.read(&c.ofCompany)
	if err != nil {
		return err
	}
	defer app.store.Close()
	head, err := app.store.Head(p.ctx, c.Company)
	if err != nil {
		return err
	}
	models := head.Models[c.Kind]
	if models.Challenger == "" {
		return decision.Errorf(decision.CodeConflict, "No challenger is asked for this kind; see assent model shadow.")
	}
	pairs, err := c.pairs(p, app, models)
	if err != nil {
		return err
	}
	out := comparison{Champion: models.Champion, Challenger: models.Challenger, Decisions: len(pairs), Figures: figures(pairs, c.Seed)}
	for _, x := range pairs {
		if x.positive {
			out.Positive++
		}
	}
	if c.JSON {
		return json.NewEncoder(p.stdout).Encode(out)
	}
	fmt.Fprintf(p.stdout, "%d decisions of which %d turned out positive\n", out.Decisions, out.Positive)
	for _, name := range figureNames {
		f := out.Figures[name]
		fmt.Fprintf(p.stdout, "%-8s in force %s  challenger %s  difference %s\n", name, interval(f[0]), interval(f[1]), interval(f[2]))
	}
	return nil
}

func interval(i metric.Interval) string {
	if math.IsNaN(i.Value) {
		return "unknown"
	}
	return fmt.Sprintf("%.4f (%.4f to %.4f)", i.Value, i.Low, i.High)
}

func (c *modelCompareCmd) pairs(p *process, a *app, models decision.KindModels) ([]pair, error) {
	told, err := a.toldBy(p.ctx, c.Company)
	if err != nil {
		return nil, err
	}
	var out []pair
	err = a.eachDecision(p, c.Company, func(row decision.DecisionRow) error {
		label, known := feature.LabelOf(row.Kind, row.At, told[row.ID], p.now().UTC())
		if row.Kind != c.Kind || !known {
			return nil
		}
		answer, err := a.decisions.Decision(p.ctx, c.Company, row.ID)
		if err != nil {
			return err
		}
		d := answer.Decision
		if d.Challenger == nil || d.Challenger.Revision != models.Challenger || d.Challenger.Probability == nil || d.Assessment.Probability == nil {
			return nil
		}
		if models.Champion != "" && d.Revisions.Model != models.Champion {
			return nil
		}
		out = append(out, pair{*d.Assessment.Probability, *d.Challenger.Probability, label.Positive})
		return nil
	})
	return out, err
}

// toldBy reads every outcome of a company, by decision.
func (a *app) toldBy(ctx context.Context, company string) (map[string][]decision.OutcomeRow, error) {
	told := map[string][]decision.OutcomeRow{}
	err := decision.EachRow(ctx, a.store, company, decision.Outcomes, func(_ string, o decision.OutcomeRow) error {
		told[o.Decision] = append(told[o.Decision], o)
		return nil
	})
	return told, err
}

var figureNames = []string{"auc", "ap", "brier", "ece"}

// figures are of both models on the same draws, so that their difference has
// an interval of its own.
func figures(pairs []pair, seed uint64) map[string][3]metric.Interval {
	intervals := metric.Bootstrap(len(pairs), seed, func(weights []float64) []float64 {
		var a, b []float64
		var positive []bool
		for i, x := range pairs {
			n := 1
			if weights != nil {
				n = int(weights[i])
			}
			for range n {
				a, b, positive = append(a, x.champion), append(b, x.challenger), append(positive, x.positive)
			}
		}
		one, two := figuresOf(a, positive), figuresOf(b, positive)
		difference := make([]float64, len(one))
		for i := range one {
			difference[i] = two[i] - one[i]
		}
		return append(append(one, two...), difference...)
	})
	out := map[string][3]metric.Interval{}
	for i, name := range figureNames {
		n := len(figureNames)
		out[name] = [3]metric.Interval{intervals[i], intervals[n+i], intervals[2*n+i]}
	}
	return out
}

func figuresOf(probabilities []float64, positive []bool) []float64 {
	c := metric.Rank(probabilities, positive).Curve(nil)
	return []float64{c.AUC(), c.AP(), metric.Brier(probabilities, positive), metric.ECE(probabilities, positive)}
}

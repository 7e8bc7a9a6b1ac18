package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"assent/decision"
	"assent/scoring/feature"
	"assent/scoring/metric"
)

type modelCompareCmd struct {
	ofCompany
	A    string `arg:"" optional:"" help:"Revision, its beginning, or start for what the kind starts with; default is the model in force."`
	B    string `arg:"" optional:"" help:"Likewise; default is its challenger."`
	Kind string `required:"" help:"Kind whose models are compared."`
	Seed uint64 `default:"1" help:"Of the bootstrap: the same cases and seed give the same intervals."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// comparison is the figures of two models on the same cases, with 95 %
// intervals. A figure that the cases give no meaning, such as an AUC without
// positives, is not there.
type comparison struct {
	Kind        string                       `json:"kind"`
	A           string                       `json:"a"`
	B           string                       `json:"b"`
	Decisions   int                          `json:"decisions"`
	Positive    int                          `json:"positive"`
	Unknown     int                          `json:"unknown"` // asked both, and the truth is not known yet
	OfA         map[string]metric.Interval   `json:"of_a"`
	OfB         map[string]metric.Interval   `json:"of_b"`
	Differences map[string]metric.Difference `json:"differences"` // B's above A's, on the same draws
}

// Run compares what two models said of the same decisions with what came of
// them.
func (c *modelCompareCmd) Run(p *process) error {
	app, err := p.read(&c.ofCompany)
	if err != nil {
		return err
	}
	defer app.store.Close()
	out := comparison{Kind: c.Kind}
	if out.A, out.B, err = c.two(p.ctx, app); err != nil {
		return err
	}
	pairs, err := out.pairs(p, app, c.Company)
	if err != nil {
		return err
	}
	if err := out.measure(pairs, c.Seed); err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(p.stdout).Encode(out)
	}
	return out.print(p.stdout)
}

// two finds the revisions that are meant.
func (c *modelCompareCmd) two(ctx context.Context, a *app) (one, other string, err error) {
	head, err := a.store.Head(ctx, c.Company)
	if err != nil {
		return "", "", err
	}
	inForce := head.Models[c.Kind]
	if c.B == "" && inForce.Challenger == "" {
		return "", "", decision.Errorf(decision.CodeConflict, "No challenger is asked for this kind: see assent model shadow, or name both models.")
	}
	if one, err = a.asked(ctx, c.Kind, cmp.Or(c.A, inForce.Champion, start)); err != nil {
		return "", "", err
	}
	if other, err = a.asked(ctx, c.Kind, cmp.Or(c.B, inForce.Challenger)); err == nil && one == other {
		err = wrongUse("A, B", "must be two models")
	}
	return one, other, err
}

// asked is the revision that decisions name, of what the kind starts with too.
func (a *app) asked(ctx context.Context, kind, name string) (string, error) {
	if name != start {
		return a.modelRevision(ctx, name)
	}
	model, err := a.decisions.Models.Model(ctx, kind, "")
	if err == nil && model == nil {
		err = wrongUse("--kind", "the kind starts without a model")
	}
	if err != nil {
		return "", err
	}
	return model.Revision(), nil
}

// pairs are what both models said of one decision after the other, whichever
// of them was in force, and what came of it.
type pairs struct {
	a, b     []float64
	positive []bool
}

func (c *comparison) pairs(p *process, a *app, company string) (pairs, error) {
	told, err := a.toldBy(p.ctx, company)
	if err != nil {
		return pairs{}, err
	}
	var out pairs
	err = a.eachDecision(p, company, func(row decision.DecisionRow) error {
		if row.Kind != c.Kind {
			return nil
		}
		answer, err := a.decisions.Decision(p.ctx, company, row.ID)
		if err != nil {
			return err
		}
		ofA, ofB := c.said(answer.Decision)
		if ofA == nil || ofB == nil {
			return nil
		}
		label, known := feature.LabelOf(row.Kind, row.At, told[row.ID], p.now().UTC())
		if !known {
			c.Unknown++
			return nil
		}
		out.a, out.b, out.positive = append(out.a, *ofA), append(out.b, *ofB), append(out.positive, label.Positive)
		return nil
	})
	return out, err
}

// said is what each of the two said of a decision, nil for one that was not
// asked or did not know.
func (c *comparison) said(d decision.Decision) (ofA, ofB *float64) {
	if d.Challenger == nil {
		return nil, nil
	}
	switch [2]string{c.A, c.B} {
	case [2]string{d.Revisions.Model, d.Challenger.Revision}:
		return d.Assessment.Probability, d.Challenger.Probability
	case [2]string{d.Challenger.Revision, d.Revisions.Model}:
		return d.Challenger.Probability, d.Assessment.Probability
	}
	return nil, nil
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

func (c *comparison) measure(p pairs, seed uint64) error {
	c.Decisions = len(p.positive)
	if c.Decisions == 0 {
		return decision.Errorf(decision.CodeConflict, "No decision asked both models and has a known truth yet; of %d that asked both it is unknown.", c.Unknown)
	}
	for _, positive := range p.positive {
		if positive {
			c.Positive++
		}
	}
	a, err := metric.NewSample(p.a, p.positive)
	if err != nil {
		return err
	}
	b, err := metric.NewSample(p.b, p.positive)
	if err != nil {
		return err
	}
	c.OfA, c.OfB = meaning(a.Intervals(seed), itself), meaning(b.Intervals(seed), itself)
	differences, err := metric.Compare(a, b, seed)
	c.Differences = meaning(differences, func(d metric.Difference) metric.Interval { return d.Interval })
	return err
}

func itself(i metric.Interval) metric.Interval { return i }

// meaning leaves out what is no number, which JSON has no word for.
func meaning[T any](figures map[string]T, of func(T) metric.Interval) map[string]T {
	out := map[string]T{}
	for name, x := range figures {
		if i := of(x); !math.IsNaN(i.Value) && !math.IsNaN(i.Low) && !math.IsNaN(i.High) {
			out[name] = x
		}
	}
	return out
}

func (c *comparison) print(out io.Writer) error {
	fmt.Fprintf(out, "%s: %d decisions of which %d turned out positive; of %d more the truth is not known yet\nA %s\nB %s\n",
		c.Kind, c.Decisions, c.Positive, c.Unknown, c.A, c.B)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FIGURE\tA\tB\tB ABOVE A\tB IS BETTER IN")
	for _, f := range metric.Figures() {
		d, ok := c.Differences[f.Name]
		if !ok {
			fmt.Fprintf(w, "%s\tunknown\n", f.Name)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%.1f%% of draws\n", f.Name, interval(c.OfA[f.Name]), interval(c.OfB[f.Name]), interval(d.Interval), 100*d.Better)
	}
	return w.Flush()
}

func interval(i metric.Interval) string {
	return fmt.Sprintf("%.4f (%.4f to %.4f)", i.Value, i.Low, i.High)
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"assent/decision"
	"assent/scoring/feature"
	"assent/scoring/metric"
	"assent/scoring/model"
)

// ofWatch is which model is held to which decisions.
type ofWatch struct {
	ofCompany
	Revision string `arg:"" optional:"" help:"Revision, or its beginning; default is the model in force."`
	Kind     string `required:"" help:"Kind of the decisions."`
	Days     int    `default:"${default}" help:"Decisions of so many last days, whichever model made them."`
}

// watch reads the decisions, oldest first. Erased ones are left out.
func (c *ofWatch) watch(p *process, a *app) (*model.Model, *model.Watch, error) {
	m, err := c.model(p.ctx, a)
	if err != nil {
		return nil, nil, err
	}
	told, err := a.toldBy(p.ctx, c.Company)
	if err != nil {
		return nil, nil, err
	}
	now := p.now().UTC()
	rows, err := a.since(p, c.Company, c.Kind, now.AddDate(0, 0, -c.Days))
	if err != nil {
		return nil, nil, err
	}
	w := m.NewWatch()
	for _, row := range rows {
		snap, err := a.snapshotOf(p.ctx, c.Company, row.ID)
		if decision.CodeOf(err) == decision.CodeErased {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		var positive *bool
		if label, known := feature.LabelOf(c.Kind, row.At, told[row.ID], now); known {
			positive = &label.Positive
		}
		if err := w.Add(snap, positive); err != nil {
			return nil, nil, err
		}
	}
	return m, w, nil
}

// since lists a kind's decisions from then on, oldest first.
func (a *app) since(p *process, company, kind string, then time.Time) ([]decision.DecisionRow, error) {
	var rows []decision.DecisionRow
	err := a.eachDecision(p, company, func(row decision.DecisionRow) error {
		if row.Kind == kind && !row.At.Before(then) {
			rows = append(rows, row)
		}
		return nil
	})
	slices.Reverse(rows)
	return rows, err
}

func (c *ofWatch) model(ctx context.Context, a *app) (*model.Model, error) {
	head, err := a.store.Head(ctx, c.Company)
	if err != nil {
		return nil, err
	}
	revision := head.Models[c.Kind].Champion
	if c.Revision != "" {
		if revision, err = a.modelRevision(ctx, c.Revision); err != nil {
			return nil, err
		}
	}
	if revision == "" {
		return nil, decision.Errorf(decision.CodeConflict, "The kind has what it starts with, which was trained on nothing that decisions could be held to. Promote a model, or name one.")
	}
	found, err := a.decisions.Models.Model(ctx, c.Kind, revision)
	if err != nil {
		return nil, err
	}
	m, ok := found.(*model.Model)
	if !ok || m.Card().Kind != c.Kind {
		return nil, wrongUse("REVISION, --kind", "must be a trained model of the kind")
	}
	return m, nil
}

type modelDriftCmd struct {
	ofWatch `set:"default=30"`
	JSON    bool `name:"json" help:"Print JSON."`
}

// driftBars are what a model in use is held to: beyond them it sees other cases
// than it was trained on, or its probabilities do not come true.
var driftBars = map[string]string{"score_psi": "<= 0.25", "ece": "<= 0.03"}

// leastTruths is how many positives and negatives say something of calibration.
const leastTruths = 20

// drifted is what the command finds.
type drifted struct {
	Kind     string        `json:"kind"`
	Model    string        `json:"model"` // revision
	Days     int           `json:"days"`
	Cases    int           `json:"cases"`
	Held     *model.Held   `json:"held,omitempty"` // of the cases whose truth is known; nil where they are too few
	Features []model.Drift `json:"features"`       // the score first, then the most moved first
	Gates    []metric.Gate `json:"gates"`
}

// Run holds decisions of late to what the model was trained on.
func (c *modelDriftCmd) Run(p *process) error {
	app, err := p.read(&c.ofCompany)
	if err != nil {
		return err
	}
	defer app.store.Close()
	m, w, err := c.watch(p, app)
	if err != nil {
		return err
	}
	out := drifted{Kind: c.Kind, Model: m.Revision(), Days: c.Days, Cases: w.Len(), Features: w.Drift()}
	if out.Cases == 0 {
		return decision.Errorf(decision.CodeConflict, "No decision of the kind was made in these days.")
	}
	out.measure(w.Held())
	if c.JSON {
		if err := json.NewEncoder(p.stdout).Encode(out); err != nil {
			return err
		}
	} else if err := out.print(p.stdout, m.Card()); err != nil {
		return err
	}
	if slices.ContainsFunc(out.Gates, func(g metric.Gate) bool { return !g.Pass }) {
		return exit(exitTests)
	}
	return nil
}

// measure holds what can be measured to the bars; what cannot is no bar broken.
func (d *drifted) measure(held model.Held) {
	figures, bars := map[string]float64{}, map[string]string{}
	if len(d.Features) > 0 {
		figures["score_psi"] = d.Features[0].PSI
	}
	if min(held.Positive, held.Cases-held.Positive) >= leastTruths {
		d.Held = &held
		figures["ece"] = held.Metrics["ece"]
	}
	for name := range figures {
		bars[name] = driftBars[name]
	}
	d.Gates = metric.Hold(figures, bars)
}

func (d *drifted) print(out io.Writer, card model.Card) error {
	fmt.Fprintf(out, "%s: %d decisions of %d days, held to what %s (%.12s) was trained on\n", d.Kind, d.Cases, d.Days, card.Name, d.Model)
	if d.Held == nil {
		fmt.Fprintf(out, "truths: fewer than %d positive or negative ones are known, too few to say anything of its probabilities\n", leastTruths)
	} else {
		fmt.Fprintf(out, "truths: %d known, %d positive where %.1f were expected; auc %.4f (%s in training), expected calibration error %.4f (%s)\n",
			d.Held.Cases, d.Held.Positive, d.Held.Expected, d.Held.Metrics["auc"], figure(card.Metrics, "auc"), d.Held.Metrics["ece"], figure(card.Metrics, "ece"))
	}
	if len(d.Features) == 0 {
		fmt.Fprintln(out, "features: the model was stored without how they were in training")
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FEATURE\tPSI\t\tMISSING THEN\tNOW")
	const most = 15
	for _, f := range d.Features[:min(len(d.Features), most)] {
		fmt.Fprintf(w, "%s\t%.3f\t%s\t%.1f%%\t%.1f%%\n", f.Feature, f.PSI, moved(f.PSI), 100*f.Missing[0], 100*f.Missing[1])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, g := range d.Gates {
		fmt.Fprintln(out, gateLine(g))
	}
	return nil
}

// moved puts a population stability index in words.
func moved(psi float64) string {
	const look, shift = 0.1, 0.25
	switch {
	case psi >= shift:
		return "shifted"
	case psi >= look:
		return "look"
	}
	return "steady"
}

type modelRecalibrateCmd struct {
	ofWatch `set:"default=180"`
	Out     string `type:"path" default:"." help:"Folder for the model file."`
	Keep    bool   `help:"Store the model if it passes its gates, as assent model add does."`
}

// recalibrationBars are what the renewed calibration must reach on time that it
// had not seen.
var recalibrationBars = map[string]string{"ece": "<= 0.03", model.SavedOverPresent: ">= 0.0001"}

// Run writes the same model with its calibration renewed by what came of its
// cases. Nothing is in force by it.
func (c *modelRecalibrateCmd) Run(p *process) error {
	content, err := c.renew(p)
	if err != nil {
		return err
	}
	card := content.Card
	fmt.Fprintf(p.stdout, "%s: calibration %s, renewed on %d cases of which %d positive, %s to %s\n", card.Name, card.Calibration.Method,
		card.Recalibrated.Data.Rows, card.Recalibrated.Data.Positives, card.Recalibrated.Data.From.Format(time.DateOnly), card.Recalibrated.Data.To.Format(time.DateOnly))
	fmt.Fprintf(p.stdout, "expected calibration error on time that it had not seen: %.4f before and %.4f after\n", card.Calibration.Before, card.Calibration.After)
	for _, g := range card.Gates {
		fmt.Fprintln(p.stdout, gateLine(g))
	}
	encoded, err := content.Encode()
	if err != nil {
		return err
	}
	if err := writeModel(p, filepath.Join(c.Out, c.Kind+"-recalibrated"), encoded); err != nil {
		return err
	}
	if c.Keep && card.Passes() {
		return p.apply(&modelAddCmd{Content: encoded})
	}
	return nil
}

func (c *modelRecalibrateCmd) renew(p *process) (model.Content, error) {
	app, err := p.read(&c.ofCompany)
	if err != nil {
		return model.Content{}, err
	}
	defer app.store.Close()
	_, w, err := c.watch(p, app)
	if err != nil {
		return model.Content{}, err
	}
	return w.Recalibrate(recalibrationBars)
}

// gateLine says how a gate ended.
func gateLine(g metric.Gate) string {
	verdict := "short"
	if g.Pass {
		verdict = "pass"
	}
	if math.IsNaN(g.Have) {
		return fmt.Sprintf("gate %s %s: unknown, %s", g.Metric, g.Want, verdict)
	}
	return fmt.Sprintf("gate %s %s: %.4f, %s", g.Metric, g.Want, g.Have, verdict)
}

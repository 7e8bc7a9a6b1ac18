package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"assent/decision"
	"assent/scoring"
	"assent/scoring/blend"
	"assent/scoring/boost"
	"assent/scoring/boost/lightgbm"
	"assent/scoring/cases"
	"assent/scoring/cost"
	"assent/scoring/feature"
	"assent/scoring/frame"
	"assent/scoring/metric"
	"assent/scoring/model"
	"assent/scoring/train"
)

type trainCmd struct {
	ofCompany
	Kind     string   `arg:"" enum:"order,delivery,refund" help:"What to learn about: order (fraud), delivery (late), refund (abuse)."`
	Mapping  string   `arg:"" optional:"" type:"existingfile" help:"Mapping of a shop's export, with outcomes; see docs/imports/README.md. Default: the company's own decisions and their outcomes."`
	Folder   string   `arg:"" optional:"" type:"existingdir" help:"Folder with the export's CSV files."`
	Out      string   `type:"path" default:"." help:"Folder for the model files."`
	Set      []string `default:"odoo,enriched" help:"Feature sets to train apart: odoo needs nothing but Odoo, enriched also the shop's signals."`
	Currency string   `default:"EUR" help:"Currency of the company, for an export."`
	Seed     uint64   `default:"1" help:"The same cases, seed and code give the same model."`
	LightGBM string   `name:"lightgbm" type:"existingfile" placeholder:"FILE" help:"A LightGBM text model of one of the sets' features, by their names, to be judged, calibrated and kept instead of learning one."`
	Table    bool     `help:"Write the cases as CSV too, for a model to be learnt elsewhere."`
	Terms    termsOf  `embed:""`
	Keep     bool     `help:"Store the models that pass their gates, as assent model add does."`

	currency string // of the cases' money
}

// Run gathers cases, trains a model for each feature set, and says how good
// each is. A file is written whole or not at all.
func (c *trainCmd) Run(p *process) error {
	if (c.Mapping == "") != (c.Folder == "") {
		return wrongUse("MAPPING, FOLDER", "an export needs both")
	}
	if err := c.Terms.check(); err != nil {
		return err
	}
	sets, err := c.sets()
	if err != nil {
		return err
	}
	past, err := c.cases(p, sets)
	if err != nil {
		return err
	}
	var trained []outcomeOfTraining
	for _, cs := range past {
		if c.silent(cs) {
			fmt.Fprintf(p.stdout, "%s: no case holds a signal, so that there is nothing to train apart\n", cs.Set.Name)
			continue
		}
		t, err := c.train(p, cs)
		if err != nil {
			return fmt.Errorf("%s: %w", cs.Set.Name, err)
		}
		trained = append(trained, t)
		t.print(p)
	}
	printGap(p, trained)
	return c.keep(p, trained)
}

// silent says that a set is enriched and the cases are not: whatever it has
// over the plain set tells nothing.
func (c *trainCmd) silent(past *cases.Cases) bool {
	plain, _ := feature.Named(c.Kind + "/" + decision.SetOdoo)
	if past.Set.Name == plain.Name {
		return false
	}
	for i, f := range past.Set.Features {
		isPlain := slices.ContainsFunc(plain.Features, func(p feature.Feature) bool { return p.Name == f.Name })
		if !isPlain && !past.Constant(i) {
			return false
		}
	}
	return true
}

func (c *trainCmd) sets() ([]feature.Set, error) {
	var sets []feature.Set
	for _, name := range c.Set {
		if name != decision.SetOdoo && name != decision.SetEnriched {
			return nil, wrongUse("--set", "must be of odoo, enriched")
		}
		if s, ok := feature.Named(c.Kind + "/" + name); ok {
			sets = append(sets, s)
		}
	}
	if len(sets) == 0 {
		return nil, wrongUse("--set", "the kind has no such feature set; odoo is one of every kind")
	}
	return sets, nil
}

// outcomeOfTraining is one set's model.
type outcomeOfTraining struct {
	set       string
	content   []byte
	card      model.Card
	challenge []byte     // content of the runner-up; nil without one
	table     []byte     // the cases as CSV, if that is asked for
	plan      *cost.Plan // nil where nobody said what mistakes cost
}

func (c *trainCmd) train(p *process, past *cases.Cases) (outcomeOfTraining, error) {
	f, err := frame.Build(past.Set.Columns(), past.Source(), frame.Options{})
	if err != nil {
		return outcomeOfTraining{}, err
	}
	if f.Rows() == 0 {
		return outcomeOfTraining{}, errors.New("no case has a known outcome yet")
	}
	task := train.Task{Seed: c.Seed, Prior: past.Prior()}
	if task.Given, err = c.given(past.Set.Columns()); err != nil {
		return outcomeOfTraining{}, err
	}
	fitted, err := task.Run(f)
	if err != nil {
		return outcomeOfTraining{}, err
	}
	task.Boost = fitted.Boost
	steps, err := task.ColdStart(f, fitted.Blend.Shares)
	if err != nil {
		return outcomeOfTraining{}, err
	}
	card := c.card(past, f, fitted, steps)
	content, err := c.content(past, card, fitted)
	if err != nil {
		return outcomeOfTraining{}, err
	}
	out := outcomeOfTraining{set: past.Set.Name, content: content, card: card}
	if c.Table {
		var table bytes.Buffer
		if err := frame.WriteCSV(&table, past.Set.Columns(), past.Source()); err != nil {
			return out, err
		}
		out.table = table.Bytes()
	}
	if out.plan, err = c.Terms.plan(c.Kind, c.currency, past, fitted.HeldOut()); err != nil {
		return out, err
	}
	if fitted.Challenger != nil {
		out.challenge, err = c.content(past, c.card(past, f, fitted.Challenger, nil), fitted.Challenger)
	}
	return out, err
}

// base is where the files of a set begin.
func (c *trainCmd) base(set string) string {
	return filepath.Join(c.Out, strings.ReplaceAll(set, "/", "-"))
}

// given reads a model that was learnt elsewhere; nil without one.
func (c *trainCmd) given(columns []frame.Column) (*boost.Model, error) {
	if c.LightGBM == "" {
		return nil, nil
	}
	f, err := os.Open(c.LightGBM)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := lightgbm.Read(f)
	if err == nil {
		m, err = m.Onto(columns)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.LightGBM, err)
	}
	return m, nil
}

func (c *trainCmd) content(past *cases.Cases, card model.Card, fitted *train.Fitted) ([]byte, error) {
	content := model.Content{
		Card: card, Set: past.Set.Name, Columns: past.Set.Columns(), Blend: fitted.Blend,
		Calibration: fitted.Calibration, Importance: fitted.Importance,
		References: past.References(), Scores: metric.FreezeNumbers(fitted.HeldOut().Raw),
	}
	if fitted.Blend.Shares[blend.Scorecard] > 0 {
		content.Scorecard = scoring.CardOf(c.Kind).Revision()
	}
	return content.Encode()
}

// card fills in what is known of a training. Nothing in it is of this run
// alone, so that training again gives the same bytes.
func (c *trainCmd) card(past *cases.Cases, f *frame.Frame, fitted *train.Fitted, steps []train.Step) model.Card {
	metrics := fitted.Metrics()
	card := model.Card{
		Name: "trained/" + past.Set.Name, Kind: c.Kind, Champion: fitted.Blend.Shares.String(), Code: codeRevision(), Seed: c.Seed,
		Trained:  time.UnixMicro(f.At[f.Rows()-1]).UTC(),
		Data:     model.Data{SHA256: past.SHA256(), Rows: f.Rows(), From: time.UnixMicro(f.At[0]).UTC(), To: time.UnixMicro(f.At[f.Rows()-1]).UTC()},
		Backtest: fitted.Backtest.Origins, Metrics: metrics,
		Calibration: model.Calibration{Method: string(fitted.Calibration.Method), Before: metrics["ece_before"], After: metrics["ece"]},
		ColdStart:   steps, Gates: gates(fitted, metrics),
	}
	for _, positive := range f.Positive {
		if positive {
			card.Data.Positives++
		}
	}
	for _, name := range f.Constant() {
		card.Notes = append(card.Notes, "constant: "+name)
	}
	return card
}

// savedOverScorecard is how much less log-loss the model has than what the kind
// starts with.
const savedOverScorecard = "loss_saved_over_scorecard"

// gates are what a model must reach before a person may promote it: it orders
// better than chance and the scorecard, and its probabilities hold.
func gates(fitted *train.Fitted, metrics map[string]float64) []metric.Gate {
	bars := map[string]string{"auc": ">= 0.55", "ece": "<= 0.03"}
	if fitted.Backtest.Scores[blend.Scorecard] != nil {
		metrics[savedOverScorecard] = fitted.Backtest.Loss(blend.Shares{blend.Scorecard: 1}) - fitted.Backtest.Loss(fitted.Blend.Shares)
		bars[savedOverScorecard] = ">= 0.0001" // less is nothing
	}
	return metric.Hold(metrics, bars)
}

// keep writes the files, each whole or not at all, and stores what passes.
func (c *trainCmd) keep(p *process, trained []outcomeOfTraining) error {
	for _, t := range trained {
		contents := [][]byte{t.content}
		if t.challenge != nil {
			contents = append(contents, t.challenge)
		}
		for _, content := range contents {
			if err := writeModel(p, c.base(t.set), content); err != nil {
				return err
			}
		}
		if t.table != nil {
			if err := c.write(p, c.base(t.set)+".cases.csv", t.table); err != nil {
				return err
			}
		}
		if err := c.Terms.suggest(p, c.Kind, c.base(t.set), t.plan); err != nil {
			return err
		}
		if c.Keep && t.card.Passes() {
			if err := p.apply(&modelAddCmd{Content: t.content}); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeModel writes a model into a file whose name begins with base.
func writeModel(p *process, base string, content []byte) error {
	revision := model.Revision(content)
	path := base + "-" + revision[:12] + ".model.json"
	if err := writeWhole(path, content); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "wrote %s, revision %s\n", path, revision)
	return nil
}

func (c *trainCmd) write(p *process, path string, content []byte) error {
	fmt.Fprintf(p.stdout, "wrote %s\n", path)
	return writeWhole(path, content)
}

// writeWhole writes beside the file and renames: whoever finds it finds all of
// it.
func writeWhole(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".assent-*")
	if err != nil {
		return err
	}
	const readable = 0o644 // for colleagues; a temporary file is its maker's alone
	_, err = f.Write(content)
	if err = errors.Join(err, f.Chmod(readable), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}

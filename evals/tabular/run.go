package tabular

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"assent/evals"
	"assent/scoring/boost"
	"assent/scoring/calibrate"
	"assent/scoring/frame"
	"assent/scoring/linear"
	"assent/scoring/logistic"
	"assent/scoring/metric"
	"assent/scoring/train"
)

// Eval is the spec as assent eval knows it.
func (s Spec) Eval() evals.Eval {
	return evals.Eval{Name: s.Name, Task: s.Task, Bars: s.Bars, Run: s.Run, Tables: s.WriteTables}
}

// Run learns and judges. Errors name file, line and column where one is at
// fault.
func (s Spec) Run(_ context.Context, o evals.Options) (evals.Result, error) {
	p, err := s.prepare(o)
	if err != nil {
		return evals.Result{}, err
	}
	began := o.Now()
	fitted, err := p.learn(o.Seed)
	if err != nil {
		return evals.Result{}, fmt.Errorf("%s: %w", s.Name, err)
	}
	learnt := o.Now()
	j := p.judge(fitted)
	predicted := o.Now()
	r, err := p.result(fitted, j, o.Seed)
	r.Seconds = evals.Seconds{Train: learnt.Sub(began).Seconds(), Predict: predicted.Sub(learnt).Seconds()}
	return r, err
}

// prepared is a spec with its data, ready to learn.
type prepared struct {
	spec    Spec
	data    *data
	columns []frame.Column
	numbers [][]float64 // by column; nil for categories
	levels  [][]string  // by column; nil for numbers
	train   []int       // rows learnt from
	test    []int       // rows judged by
	frame   *frame.Frame
}

func (s Spec) prepare(o evals.Options) (*prepared, error) {
	d, err := s.load(o.Data, o.HeldOut)
	if err != nil {
		return nil, err
	}
	if err := d.history(s); err != nil {
		return nil, err
	}
	if compute := computers[s.Assemble]; compute != nil {
		if err := compute(d); err != nil {
			return nil, err
		}
	}
	p := &prepared{spec: s, data: d}
	if err := p.read(); err != nil {
		return nil, err
	}
	if err := p.shown(); err != nil {
		return nil, err
	}
	p.choose()
	p.frame, err = frame.Build(p.columns, p.source(p.train), frame.Options{Bins: s.Learn.Bins})
	return p, err
}

// shown refuses columns that only the report reads and that are not there.
func (p *prepared) shown() error {
	names := slices.Clone(p.spec.Slices)
	if p.spec.Money != nil {
		names = append(names, p.spec.Money.Value)
	}
	for _, name := range names {
		if _, err := p.data.table.text(name); err != nil {
			return err
		}
	}
	return nil
}

// read gathers the features' values.
func (p *prepared) read() error {
	for _, f := range p.spec.Features {
		c := frame.Column{Name: f.Name, Type: frame.Number, Monotone: f.Monotone}
		if f.Type == "category" {
			levels, err := p.data.table.text(f.Name)
			if err != nil {
				return err
			}
			c.Type = frame.Category
			p.columns, p.numbers, p.levels = append(p.columns, c), append(p.numbers, nil), append(p.levels, levels)
			continue
		}
		values, err := p.data.numbers(f.Name)
		if err != nil {
			return err
		}
		p.columns, p.numbers, p.levels = append(p.columns, c), append(p.numbers, values), append(p.levels, nil)
	}
	return nil
}

// choose takes the rows with a label, after the warm-up.
func (p *prepared) choose() {
	d, first, seen := p.data, p.data.firstTest(), 0
	for i, l := range d.label {
		switch {
		case !d.training[i]:
			if l != unknown {
				p.test = append(p.test, i)
			}
		case l == unknown || d.aside[i] || p.spec.Embargo && d.known[i] >= first:
		default:
			if seen++; seen > p.spec.Warmup {
				p.train = append(p.train, i)
			}
		}
	}
}

func (p *prepared) source(rows []int) frame.Source {
	return func(yield func(*frame.Row) error) error {
		row := frame.Row{Values: make([]frame.Value, len(p.columns))}
		for _, i := range rows {
			p.fill(&row, i)
			if err := yield(&row); err != nil {
				return err
			}
		}
		return nil
	}
}

func (p *prepared) fill(row *frame.Row, i int) {
	d := p.data
	row.ID, row.Group, row.Positive = d.ids[i], d.groups[i], d.label[i] == 1
	row.At, row.KnownAt = time.Time{}, time.Time{}
	if d.at[i] != frame.NoTime {
		row.At, row.KnownAt = time.UnixMicro(d.at[i]).UTC(), time.UnixMicro(d.known[i]).UTC()
	}
	p.values(i, row.Values)
}

func (p *prepared) values(i int, out []frame.Value) {
	for c := range out {
		out[c] = p.value(c, i)
	}
}

func (p *prepared) value(c, i int) frame.Value {
	if p.levels[c] != nil {
		if v := p.levels[c][i]; v != "" {
			return frame.Level(v)
		}
		return frame.Value{}
	}
	if x := p.numbers[c][i]; !math.IsNaN(x) {
		return frame.Of(x)
	}
	return frame.Value{}
}

// learn runs the backtest and the training.
func (p *prepared) learn(seed uint64) (*train.Fitted, error) {
	l := p.spec.Learn
	task := train.Task{
		Seed: seed, Only: l.Only, Hidden: l.Hidden, Rounds: l.Boost.Rounds, Shares: l.Shares, Raw: l.Raw,
		Linear: linear.Params{Penalties: l.Penalty},
		Boost: boost.Params{
			Leaves: l.Boost.Leaves, MinRows: l.Boost.MinRows, MinHessian: l.Boost.MinHessian, L2: l.Boost.L2, Rate: l.Boost.Rate,
			ColumnShare: l.Boost.ColumnShare, RowShare: l.Boost.RowShare, Bags: l.Boost.Bags,
		},
	}
	if r := l.Rolling; r != nil {
		task.Rolling = calibrate.Rolling{Window: time.Duration(r.Window).Microseconds(), Prior: r.Prior, Trust: r.Trust}
	}
	return task.Run(p.frame)
}

// judged is what a model said of the test rows.
type judged struct {
	raw          []float64 // the model's own log-odds
	evals.Judged           // calibrated
}

// judge scores the test in order of time. The base rate is followed by what
// the backtest's cases and earlier test rows have taught by then.
func (p *prepared) judge(f *train.Fitted) judged {
	j := judged{}
	var cases []calibrate.Case
	mixed := f.Backtest.Mixed(f.Blend.Shares)
	for k, row := range f.Backtest.Rows {
		cases = append(cases, p.asCase(p.train[row], f.Calibration.LogOdds(mixed[k])))
	}
	before := len(cases)
	values := make([]frame.Value, len(p.columns))
	for _, i := range p.test {
		p.values(i, values)
		x := f.Blend.LogOdds(values)
		j.raw, j.IDs, j.Positive = append(j.raw, x), append(j.IDs, p.data.ids[i]), append(j.Positive, p.data.label[i] == 1)
		cases = append(cases, p.asCase(i, f.Calibration.LogOdds(x)))
	}
	shifts := f.Rolling.Shifts(cases)
	for k, c := range cases[before:] {
		j.Probability = append(j.Probability, logistic.Sigmoid(c.LogOdds+shifts[before+k]))
	}
	return j
}

// asCase is a row as the base rate is followed by. What is not known once it
// is due is known to be late then.
func (p *prepared) asCase(i int, logOdds float64) calibrate.Case {
	d := p.data
	c := calibrate.Case{At: d.at[i], KnownAt: d.known[i], DueAt: d.due[i], LogOdds: logOdds, Positive: d.label[i] == 1}
	if c.DueAt != 0 {
		c.KnownAt = min(c.KnownAt, max(c.DueAt, c.At))
	}
	return c
}

// result turns what was said into figures.
func (p *prepared) result(f *train.Fitted, j judged, seed uint64) (evals.Result, error) {
	sample, err := metric.NewSample(j.Probability, j.Positive)
	if err != nil {
		return evals.Result{}, err
	}
	content, err := json.Marshal(f.Blend)
	if err != nil {
		return evals.Result{}, err
	}
	sum := sha256.Sum256(content)
	s := p.spec
	r := evals.Result{
		Spec: s.Name, Task: s.Task, Rows: evals.Rows{Train: len(p.train), Test: len(p.test)}, Metrics: sample.Intervals(seed), Baselines: s.Peers,
		Model: evals.Model{Name: f.Blend.Shares.String(), Revision: hex.EncodeToString(sum[:])}, Data: p.data.hash, Notes: slices.Clone(s.Notes),
	}
	if !p.data.held {
		r.Notes = append(r.Notes, "Judged by a part of its own data that was kept from training, not by held-out files.")
	}
	r.Gates = evals.Hold(r.Metrics, s.Bars)
	r.Report, err = p.report(f, j, sample, seed)
	return r, err
}

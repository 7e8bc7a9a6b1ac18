package linear

import (
	"fmt"
	"math"
	"slices"

	"assent/scoring/frame"
	"assent/scoring/logistic"
)

// Train learns from rows and valid, with the strength of the penalty that does
// best on valid when only rows are learnt from. Errors: no rows, or one label
// only.
func Train(f *frame.Frame, rows, valid []int32, p Params) (*Model, error) {
	p = p.orDefault()
	if positives := f.Positives(rows); positives == 0 || positives == len(rows) {
		return nil, fmt.Errorf("linear: rows of both labels are needed; %d of %d are positive", positives, len(rows))
	}
	penalty := p.Penalties[len(p.Penalties)/2]
	if len(valid) > 0 && len(p.Penalties) > 1 {
		penalty = best(f, rows, valid, p)
	}
	all := slices.Concat(rows, valid)
	slices.Sort(all)
	s := newSolver(f, all, p)
	s.solve(penalty)
	return s.model(f), nil
}

// best is the penalty with the least loss on valid. Strongest first: each
// solution is where the next begins, and the weakest, which take longest, are
// not tried once two in a row were worse.
func best(f *frame.Frame, rows, valid []int32, p Params) (penalty float64) {
	s, least, worse := newSolver(f, rows, p), math.Inf(1), 0
	for i := len(p.Penalties) - 1; i >= 0 && worse < 2; i-- {
		s.solve(p.Penalties[i])
		worse++
		if loss := lossOn(f, valid, s.model(f)); loss < least {
			penalty, least, worse = p.Penalties[i], loss, 0
		}
	}
	return penalty
}

// lossOn is after the best shift: the base rate of a later time says nothing
// about a penalty.
func lossOn(f *frame.Frame, rows []int32, m *Model) float64 {
	logOdds, positive := make([]float64, len(rows)), make([]bool, len(rows))
	for i, row := range rows {
		logOdds[i], positive[i] = m.LogOddsOf(f, row), f.Positive[row]
	}
	return logistic.ShiftedLoss(logOdds, positive)
}

// solver minimises the penalised loss by Newton's method, whose weighted least
// squares it solves column by column (backfitting: Buja, Hastie and Tibshirani
// 1989).
type solver struct {
	rows    []int32
	label   []float64
	designs []*design
	codes   [][]uint8   // by column, then row of rows
	weights [][]float64 // by column, then group
	base    float64
	logOdds []float64 // by row
	curve   []float64 // second derivative of the loss, by row
	rest    []float64 // what the working response still lacks, by row
}

func newSolver(f *frame.Frame, rows []int32, p Params) *solver {
	n := len(rows)
	s := &solver{rows: rows, label: make([]float64, n), logOdds: make([]float64, n), curve: make([]float64, n), rest: make([]float64, n)}
	for i, row := range rows {
		if f.Positive[row] {
			s.label[i] = 1
		}
	}
	for c := range f.Columns {
		d := newDesign(f, c, rows, p)
		codes := make([]uint8, n)
		for i, row := range rows {
			codes[i] = d.codes[row]
		}
		s.designs, s.codes, s.weights = append(s.designs, d), append(s.codes, codes), append(s.weights, make([]float64, d.groups))
	}
	s.base = logistic.Logit(float64(f.Positives(rows)) / float64(n))
	for i := range s.logOdds {
		s.logOdds[i] = s.base
	}
	return s
}

// Bounds of the search: it ends once a round gains next to nothing.
const (
	mostRounds = 25
	mostPasses = 8
	enough     = 1e-7 // of the loss
	still      = 1e-5 // largest move of a weight in a pass
	flat       = 1e-6 // least curvature, so that a certain row does not divide by nothing
)

func (s *solver) solve(penalty float64) {
	before := s.objective(penalty)
	for range mostRounds {
		base, weights := s.base, clone(s.weights)
		s.linearise()
		for range mostPasses {
			if s.pass(penalty) < still {
				break
			}
		}
		s.refresh()
		after := s.objective(penalty)
		// Newton may go too far: half the way is downhill some time.
		for halves := 0; after > before && halves < 20; halves++ {
			s.halve(base, weights)
			after = s.objective(penalty)
		}
		if before-after < enough*before {
			return
		}
		before = after
	}
}

func clone(weights [][]float64) [][]float64 {
	out := make([][]float64, len(weights))
	for i, w := range weights {
		out[i] = append([]float64(nil), w...)
	}
	return out
}

// linearise makes the working response of the log-odds as they are.
func (s *solver) linearise() {
	for i, x := range s.logOdds {
		p := logistic.Sigmoid(x)
		s.curve[i] = max(float64(p*(1-p)), flat)
		s.rest[i] = (s.label[i] - p) / s.curve[i]
	}
}

// refresh computes the log-odds of the weights.
func (s *solver) refresh() {
	for i := range s.logOdds {
		s.logOdds[i] = s.base
	}
	for c, d := range s.designs {
		table := d.table(s.weights[c])
		for i, code := range s.codes[c] {
			s.logOdds[i] += table[code]
		}
	}
}

func (s *solver) halve(base float64, weights [][]float64) {
	s.base = (s.base + base) / 2
	for c := range weights {
		for g := range weights[c] {
			s.weights[c][g] = (s.weights[c][g] + weights[c][g]) / 2
		}
	}
	s.refresh()
}

func (s *solver) objective(penalty float64) float64 {
	sum := 0.0
	for i, x := range s.logOdds {
		sum += logistic.Loss(x, s.label[i] == 1)
	}
	squares := 0.0
	for c, d := range s.designs {
		for g, w := range s.weights[c] {
			squares += float64(w * w)
			if g > 0 && g < d.ordered {
				jump := w - s.weights[c][g-1]
				squares += float64(jump * jump)
			}
		}
	}
	return sum + float64(penalty/2*squares)
}

// pass solves for the base and for each column in turn, and gives the largest
// move.
func (s *solver) pass(penalty float64) float64 {
	sum, all := 0.0, 0.0
	for i, h := range s.curve {
		sum += float64(h * s.rest[i])
		all += h
	}
	move := sum / all
	s.base += move
	for i := range s.rest {
		s.rest[i] -= move
	}
	largest := math.Abs(move)
	for c, d := range s.designs {
		largest = max(largest, s.column(c, d, penalty))
	}
	return largest
}

// column solves for one column's weights.
func (s *solver) column(c int, d *design, penalty float64) float64 {
	curve, pull := make([]float64, d.groups), make([]float64, d.groups)
	sums := [256][2]float64{}
	for i, code := range s.codes[c] {
		h := s.curve[i]
		sums[code][0] += h
		sums[code][1] += float64(h * s.rest[i])
	}
	for code := range sums {
		h, e := sums[code][0], sums[code][1]
		if h == 0 {
			continue
		}
		g, z := d.group[code], 1.0
		if d.line && code != int(frame.Missing) {
			g, z = 0, d.z[code]
		}
		curve[g] += float64(h * float64(z*z))
		pull[g] += float64(e * z)
	}
	old := s.weights[c]
	for g := range pull {
		pull[g] += float64(curve[g] * old[g])
	}
	next := d.solve(curve, pull, penalty, old)
	before, after, largest := d.table(old), d.table(next), 0.0
	for g := range next {
		largest = max(largest, math.Abs(next[g]-old[g]))
	}
	for code := range after {
		after[code] -= before[code]
	}
	for i, code := range s.codes[c] {
		s.rest[i] -= after[code]
	}
	s.weights[c] = next
	return largest
}

// model centres the terms over the rows and says them in values.
func (s *solver) model(f *frame.Frame) *Model {
	m := &Model{Base: s.base, Terms: make([]Term, len(s.designs))}
	for c, d := range s.designs {
		table := d.table(s.weights[c])
		mean := 0.0
		for _, code := range s.codes[c] {
			mean += table[code]
		}
		mean /= float64(len(s.rows))
		if constant(s.codes[c]) {
			m.Base += mean
			continue
		}
		m.Base += mean
		m.Terms[c] = d.term(f, c, s.weights[c], mean)
	}
	return m
}

func constant(codes []uint8) bool {
	for _, code := range codes {
		if code != codes[0] {
			return false
		}
	}
	return true
}

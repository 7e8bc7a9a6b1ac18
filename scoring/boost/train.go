package boost

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"assent/scoring/frame"
	"assent/scoring/logistic"
)

// Train learns from rows of a frame. Each bag stops once the loss on the rows
// of valid has not fallen for Patience trees, and keeps the trees up to its
// least; with no such rows it grows all of Trees. The loss is after a shift of
// all log-odds: that the base rate is another one by then is no reason to stop. Neither list may hold a row
// twice. Errors say which parameter is out of bounds, or what the rows lack.
func Train(f *frame.Frame, rows, valid []int32, p Params) (*Model, error) {
	p = p.orDefault()
	if err := p.check(); err != nil {
		return nil, err
	}
	if err := learnable(f, rows); err != nil {
		return nil, err
	}
	c := newCrew()
	defer c.home()
	l := newLearner(c, f, rows, valid, p)
	var trees []Tree
	for bag := range p.Bags {
		trees = append(trees, l.bag(uint64(bag))...)
	}
	m, err := New(columnsOf(f), l.base, trees)
	if err != nil {
		return nil, err
	}
	m.rounds = (2*len(trees) + p.Bags) / (2 * p.Bags)
	return m, nil
}

func learnable(f *frame.Frame, rows []int32) error {
	switch positive := f.Positives(rows); {
	case len(f.Columns) == 0:
		return errors.New("boost: the frame has no columns to learn from")
	case len(rows) == 0:
		return errors.New("boost: there are no rows to learn from")
	case len(rows) > mostRows:
		return fmt.Errorf("boost: there must be at most %d rows to learn from", mostRows)
	case positive == 0 || positive == len(rows):
		return errors.New("boost: all rows have the same label: learning needs both")
	}
	return nil
}

func columnsOf(f *frame.Frame) []Column {
	out := make([]Column, len(f.Columns))
	for c := range out {
		out[c] = Column{Column: f.Columns[c], Levels: slices.Clone(f.Binnings[c].Levels)}
	}
	return out
}

// part is rows with what is known about them while learning.
type part struct {
	matrix   *matrix
	positive []bool
	scores   []float64
}

func newPart(c *crew, f *frame.Frame, rows []int32, slots []slot) part {
	p := part{newMatrix(c, f, rows, slots), make([]bool, len(rows)), make([]float64, len(rows))}
	for i, row := range rows {
		p.positive[i] = f.Positive[row]
	}
	return p
}

func (p *part) reset(base float64) {
	for i := range p.scores {
		p.scores[i] = base
	}
}

// learner holds what all bags share.
type learner struct {
	crew         *crew
	params       Params
	frame        *frame.Frame
	fixed        fixed
	base         float64
	train, valid part
	grower       *grower
	random       *rand.Rand
}

func newLearner(c *crew, f *frame.Frame, rows, valid []int32, p Params) *learner {
	slots := slotsOf(f, rows)
	l := &learner{crew: c, params: p, frame: f, fixed: fixedFor(len(rows))}
	l.base = logistic.Logit(float64(f.Positives(rows)) / float64(len(rows)))
	l.train, l.valid = newPart(l.crew, f, rows, slots), newPart(l.crew, f, valid, slots)
	l.grower = newGrower(l.crew, &l.params, &l.fixed, l.train.matrix)
	return l
}

// firstSteps is how many find the shift before there are trees.
const firstSteps = 8

// bag grows the trees of one seed.
func (l *learner) bag(number uint64) []Tree {
	l.random = rand.New(rand.NewPCG(l.params.Seed, number))
	l.train.reset(l.base)
	l.valid.reset(l.base)
	stopping := len(l.valid.scores) > 0
	best, least, shift := 0, math.Inf(1), 0.0
	// The shift follows the trees by a step for each; at first by several.
	loss := func() (x float64) {
		x, move := l.crew.loss(l.valid.scores, l.valid.positive, shift)
		shift += move
		return x
	}
	for range firstSteps {
		if stopping {
			least = loss()
		}
	}
	var trees []Tree
	for len(trees) < l.params.Trees {
		if !l.round() {
			break
		}
		trees = append(trees, l.tree())
		if !stopping {
			best = len(trees)
		} else if x := loss(); x < least {
			best, least = len(trees), x
		} else if len(trees)-best >= l.params.Patience {
			break
		}
	}
	return trees[:best:best]
}

// round grows a tree and adds it to the scores. It is false when there is
// nothing more to split.
func (l *learner) round() bool {
	g := l.grower
	l.draw()
	l.crew.chunks(len(g.cells), func(_, from, to int) {
		for i := from; i < to; i++ {
			g.cells[i] = l.fixed.at(l.train.scores[i], l.train.positive[i])
		}
	})
	g.grow()
	if len(g.splits) == 0 {
		// Another draw might do better, but only where something was drawn.
		return l.params.ColumnShare < 1 || l.params.RowShare < 1
	}
	l.advance()
	return true
}

// draw picks the tree's rows and columns.
func (l *learner) draw() {
	g := l.grower
	g.rows = g.rows[:0]
	for i := range int32(len(g.cells)) {
		if l.params.RowShare == 1 || l.random.Float64() < l.params.RowShare {
			g.rows = append(g.rows, i)
		}
	}
	n := len(g.active)
	wanted := int(math.Ceil(l.params.ColumnShare * float64(n)))
	for slot := range g.active { // each with the chance that leaves wanted in all
		g.active[slot] = l.params.ColumnShare == 1 || l.random.IntN(n-slot) < wanted
		if g.active[slot] {
			wanted--
		}
	}
}

// advance adds the tree at hand to all scores.
func (l *learner) advance() {
	g := l.grower
	if len(g.rows) == len(g.cells) {
		l.crew.each(len(g.leaves), func(i int) {
			leaf := &g.leaves[i]
			x := float64(l.params.Rate * leaf.value)
			for _, row := range g.rows[leaf.from:leaf.to] {
				l.train.scores[row] += x
			}
		})
	} else {
		l.walk(&l.train)
	}
	l.walk(&l.valid)
}

func (l *learner) walk(p *part) {
	l.crew.chunks(len(p.scores), func(_, from, to int) {
		for i := from; i < to; i++ {
			p.scores[i] += float64(l.params.Rate * l.grower.leaves[l.grower.leafOf(p.matrix, int32(i))].value)
		}
	})
}

// tree is the tree at hand over raw values, its part of the bags' mean.
func (l *learner) tree() Tree {
	g := l.grower
	t := Tree{make([]Split, len(g.splits)), make([]Leaf, len(g.leaves))}
	for i := range g.leaves {
		leaf := &g.leaves[i]
		t.Leaves[i] = Leaf{float64(l.params.Rate*leaf.value) / float64(l.params.Bags), float64(leaf.to - leaf.from)}
	}
	for i := range g.splits {
		t.Splits[i] = l.raw(&g.splits[i])
	}
	return t
}

// raw gives a split its threshold or levels.
func (l *learner) raw(s *grown) Split {
	slot := l.train.matrix.slots[s.slot]
	out := Split{Column: slot.column, MissingLeft: s.missingLeft, Children: s.children}
	b := &l.frame.Binnings[slot.column]
	switch {
	case slot.category:
		levels := len(b.Levels)
		out.Left = make([]uint64, levels/64+1)
		for i := range levels {
			if s.has(uint8(i)) {
				out.Left[i/64] |= 1 << (i % 64)
			}
		}
		if s.has(frame.Other) {
			out.Left[levels/64] |= 1 << (levels % 64)
		}
	case s.bin < len(b.Edges):
		out.Threshold = b.Edges[s.bin]
	default:
		out.Threshold = math.MaxFloat64 // missing alone goes right
	}
	return out
}

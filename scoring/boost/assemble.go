package boost

import (
	"fmt"
	"math"
	"slices"

	"assent/scoring/frame"
)

// New makes a model of trees: log-odds are base plus one leaf of each. Errors
// name the column or tree that is at fault, and what is allowed.
func New(columns []Column, base float64, trees []Tree) (*Model, error) {
	m := &Model{&compiled{base: base, columns: columns, trees: trees, rounds: len(trees)}}
	if err := m.check(); err != nil {
		return nil, err
	}
	m.index()
	for t := range trees {
		m.add(&trees[t])
	}
	if err := m.prepare(); err != nil {
		return nil, err
	}
	m.scratch.New = func() any { return m.newScratch() }
	return m, nil
}

func (m *Model) check() error {
	switch {
	case len(m.columns) == 0 || len(m.columns) > mostColumns:
		return fmt.Errorf("boost: columns must be 1 to %d", mostColumns)
	case len(m.trees) > mostTrees:
		return fmt.Errorf("boost: trees must be at most %d", mostTrees)
	case !bounded(m.base):
		return fmt.Errorf("boost: base must be a number within %g", mostLogOdds)
	}
	for c := range m.columns {
		if err := m.columns[c].check(); err != nil {
			return fmt.Errorf("boost: column %d: %w", c+1, err)
		}
	}
	for t := range m.trees {
		if err := m.trees[t].Check(m.columns); err != nil {
			return fmt.Errorf("boost: tree %d: %w", t+1, err)
		}
	}
	return nil
}

func bounded(x float64) bool { return math.Abs(x) <= mostLogOdds }

func (c *Column) check() error {
	seen := map[string]bool{}
	for _, level := range c.Levels {
		if seen[level] {
			return fmt.Errorf("no level may be given twice")
		}
		seen[level] = true
	}
	switch {
	case c.Type != frame.Number && c.Type != frame.Category:
		return fmt.Errorf("type must be %s or %s", frame.Number, frame.Category)
	case c.Type == frame.Number && len(c.Levels) > 0:
		return fmt.Errorf("a number has no levels")
	case c.Type == frame.Category && c.ZeroMissing:
		return fmt.Errorf("a category has no zero")
	case len(c.Levels) > math.MaxUint16:
		return fmt.Errorf("levels must be at most %d", math.MaxUint16)
	}
	return nil
}

// words is how long a split's set of levels is.
func (c *Column) words() int { return (len(c.Levels) + 1 + 63) / 64 }

// Check says what a model of these columns could not have in a tree.
func (t *Tree) Check(columns []Column) error {
	if len(t.Leaves) == 0 || len(t.Leaves) > mostLeaves || len(t.Splits) != len(t.Leaves)-1 {
		return fmt.Errorf("leaves must be 1 to %d, one more than splits", mostLeaves)
	}
	for i := range t.Leaves {
		if l := &t.Leaves[i]; !bounded(l.Value) || !(l.Cover >= 0 && l.Cover <= math.MaxInt64) {
			return fmt.Errorf("leaf %d: value must be a number within %g, cover a number from 0", i+1, mostLogOdds)
		}
	}
	for i := range t.Splits {
		if err := t.Splits[i].check(columns); err != nil {
			return fmt.Errorf("split %d: %w", i+1, err)
		}
	}
	return t.connected()
}

func (s *Split) check(columns []Column) error {
	if s.Column < 0 || s.Column >= len(columns) {
		return fmt.Errorf("column must be below %d", len(columns))
	}
	c := &columns[s.Column]
	if c.Type == frame.Number {
		if math.IsNaN(s.Threshold) || math.IsInf(s.Threshold, 0) || s.Left != nil {
			return fmt.Errorf("a number's split must have a finite threshold and no levels")
		}
		return nil
	}
	if len(s.Left) != c.words() || s.Threshold != 0 {
		return fmt.Errorf("a category's split must have a bit for each level and one more, and no threshold")
	}
	if spare := (len(c.Levels) + 1) % 64; spare > 0 && s.Left[len(s.Left)-1]>>spare != 0 {
		return fmt.Errorf("levels must be those of its column")
	}
	return nil
}

// connected checks that parents come before children and that every split but
// the first, and every leaf, has one parent. So every walk ends in a leaf.
func (t *Tree) connected() error {
	splits, leaves := make([]bool, len(t.Splits)), make([]bool, len(t.Leaves))
	for i := range t.Splits {
		for _, child := range t.Splits[i].Children {
			seen, at := splits, int(child)
			if child < 0 {
				seen, at = leaves, int(^child)
			}
			if at >= len(seen) || child >= 0 && at <= i || seen[at] {
				return fmt.Errorf("split %d: children must be later splits or leaves, each with one parent", i+1)
			}
			seen[at] = true
		}
	}
	return nil
}

// index finds the cuts of each column and the place of each level.
func (m *Model) index() {
	m.cuts, m.levels = make([][]float64, len(m.columns)), make([]map[string]int32, len(m.columns))
	for t := range m.trees {
		for i := range m.trees[t].Splits {
			if s := &m.trees[t].Splits[i]; s.Left == nil {
				m.cuts[s.Column] = append(m.cuts[s.Column], s.Threshold)
			}
		}
	}
	for c := range m.columns {
		slices.Sort(m.cuts[c])
		m.cuts[c] = slices.Compact(m.cuts[c])
		m.levels[c] = make(map[string]int32, len(m.columns[c].Levels))
		for i, level := range m.columns[c].Levels {
			m.levels[c][level] = int32(i)
		}
	}
}

// add appends a tree's nodes and leaves.
func (m *Model) add(t *Tree) {
	nodes, leaves := int32(len(m.nodes)), int32(len(m.leaves))
	place := func(child int32) int32 {
		if child < 0 {
			return ^(leaves + ^child)
		}
		return nodes + child
	}
	root := int32(0)
	if len(t.Splits) == 0 {
		root = ^root
	}
	m.roots = append(m.roots, place(root))
	for i := range t.Splits {
		s := &t.Splits[i]
		n := node{input: uint16(2 * s.Column), children: [2]int32{place(s.Children[0]), place(s.Children[1])}}
		if s.Left == nil {
			at, _ := slices.BinarySearch(m.cuts[s.Column], s.Threshold)
			n.split = int32(at)
			if !s.MissingLeft {
				n.input++
			}
		} else {
			n.category, n.split = true, int32(len(m.sets))
			m.sets = append(m.sets, setOf(s, len(m.columns[s.Column].Levels))...)
		}
		m.nodes = append(m.nodes, n)
	}
	for _, l := range t.Leaves {
		m.leaves = append(m.leaves, l.Value)
	}
}

// setOf is a split's set with a bit for missing as well.
func setOf(s *Split, levels int) []uint64 {
	set := slices.Clone(s.Left)
	missing := levels + 1
	if missing/64 == len(set) {
		set = append(set, 0)
	}
	if s.MissingLeft {
		set[missing/64] |= 1 << (missing % 64)
	}
	return set
}

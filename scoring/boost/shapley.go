package boost

import (
	"fmt"
	"slices"

	"assent/scoring/frame"
)

// Contributions puts each column's Shapley value into out and returns the
// base, which is the mean of the trees over the rows of training: base plus
// all of out is LogOdds. values and out are by column.
//
// A Shapley value is the mean, over t in [0, 1], of what knowing the column
// changes when each other column is known with chance t (Owen 1972). For a
// tree that is a polynomial in t, its degree below the number of different
// columns above a leaf, so that a few points of Gauss and Legendre integrate
// it exactly. One walk down and one up do all points and columns of a tree.
func (m *Model) Contributions(values []frame.Value, out []float64) (base float64) {
	s := m.scratch.Get().(*scratch)
	m.encode(values, s.codes)
	clear(out[:len(m.columns)])
	for t := range m.shapley.trees {
		tree := &m.shapley.trees[t]
		s.walks[tree.walk].explain(m, s, tree, out)
	}
	m.scratch.Put(s)
	return m.shapley.base
}

// shapley is what contributions need beyond the nodes.
type shapley struct {
	base   float64
	trees  []branching // without those of one leaf
	rules  []rule      // as lengths; empty where no tree has so many points
	splits int         // most of a tree
}

// branching is a tree of more than one leaf. Its steps have places 0 and up,
// its leaves those that follow.
type branching struct {
	steps  []step    // parents before children; last those above two leaves
	inner  int       // steps that are not
	leaves []float64 // below inner steps
	walk   int       // index of lengths
}

// step is a split and where it stands in its tree.
type step struct {
	node
	share  [2]float64 // of the split's cover that each child has
	above  float64    // product of the shares on the way here of splits on the same column; 1 without any
	places [2]int32   // of the children; of a step above two leaves, indices of Model.leaves
	column int32
	same   int32 // the nearest such split, as a step; -1 without any
	side   uint8 // of same, where this step is
}

// prepare fills what contributions need.
func (m *Model) prepare() error {
	m.shapley.base = m.base
	m.shapley.rules = make([]rule, len(lengths))
	for t := range m.trees {
		tree := &m.trees[t]
		if len(tree.Splits) == 0 {
			m.shapley.base += tree.Leaves[0].Value
			continue
		}
		b := m.branch(t)
		m.shapley.base += tree.weigh(b.steps)
		distinct := tree.trace(b.steps)
		if distinct > mostDistinct {
			return fmt.Errorf("boost: tree %d: must not have more than %d different columns above a leaf", t+1, mostDistinct)
		}
		b.walk = slices.IndexFunc(lengths, func(points int) bool { return 2*points >= distinct })
		b.order(m, m.roots[t])
		m.shapley.trees = append(m.shapley.trees, b)
		m.shapley.splits = max(m.shapley.splits, len(b.steps))
	}
	m.pickRules()
	return nil
}

// pickRules finds the rules that some tree needs.
func (m *Model) pickRules() {
	most := 0
	for i := range m.shapley.trees {
		most = max(most, lengths[m.shapley.trees[i].walk])
	}
	all := rules(most)
	for i := range m.shapley.trees {
		walk := m.shapley.trees[i].walk
		m.shapley.rules[walk] = all[lengths[walk]]
	}
}

// branch is a tree with its steps in the order of its splits.
func (m *Model) branch(t int) branching {
	first, splits := m.roots[t], m.trees[t].Splits
	b := branching{steps: make([]step, len(splits))}
	for i := range splits {
		b.steps[i] = step{node: m.nodes[int(first)+i], column: int32(splits[i].Column)}
	}
	return b
}

// trace finds for each split the nearest one above on the same column, and
// returns the most different columns above a leaf.
func (t *Tree) trace(steps []step) (most int) {
	parent, side, distinct := make([]int32, len(steps)), make([]uint8, len(steps)), make([]int, len(steps))
	parent[0] = -1
	for i := range steps {
		st := &steps[i]
		st.same, st.above = -1, 1
		for at := int32(i); parent[at] >= 0 && st.same < 0; at = parent[at] {
			if up := parent[at]; steps[up].column == st.column {
				st.same, st.side = up, side[at]
				st.above = float64(steps[up].above * steps[up].share[st.side])
			}
		}
		if st.same < 0 {
			distinct[i]++
		}
		most = max(most, distinct[i])
		for k, child := range t.Splits[i].Children {
			if child >= 0 {
				parent[child], side[child], distinct[child] = int32(i), uint8(k), distinct[i]
			}
		}
	}
	return most
}

// weigh gives each child its share of the cover, half where there is none, and
// returns the mean of the tree.
func (t *Tree) weigh(steps []step) float64 {
	covers, means := make([]float64, len(steps)), make([]float64, len(steps))
	for i := len(steps) - 1; i >= 0; i-- {
		var cover, mean [2]float64
		for k, child := range t.Splits[i].Children {
			if child >= 0 {
				cover[k], mean[k] = covers[child], means[child]
			} else {
				cover[k], mean[k] = t.Leaves[^child].Cover, t.Leaves[^child].Value
			}
		}
		share := [2]float64{0.5, 0.5}
		if covers[i] = cover[0] + cover[1]; covers[i] > 0 {
			share = [2]float64{cover[0] / covers[i], cover[1] / covers[i]}
		}
		steps[i].share = share
		means[i] = float64(share[0]*mean[0]) + float64(share[1]*mean[1])
	}
	return means[0]
}

// order moves the steps above two leaves to the end, and gives all children
// their places. first is the tree's first node.
func (b *branching) order(m *Model, first int32) {
	moved := b.moved()
	ordered := make([]step, len(b.steps))
	for i, st := range b.steps {
		if st.same >= 0 {
			st.same = moved[st.same]
		}
		for k, child := range st.children {
			switch {
			case child >= 0:
				st.places[k] = moved[child-first]
			case st.aboveLeaves():
				st.places[k] = ^child
			default:
				st.places[k] = int32(len(b.steps) + len(b.leaves))
				b.leaves = append(b.leaves, m.leaves[^child])
			}
		}
		ordered[moved[i]] = st
	}
	b.steps = ordered
}

// moved is where each step goes.
func (b *branching) moved() []int32 {
	moved, at := make([]int32, len(b.steps)), int32(0)
	for _, last := range []bool{false, true} {
		for i := range b.steps {
			if b.steps[i].aboveLeaves() == last {
				moved[i] = at
				at++
			}
		}
		if !last {
			b.inner = int(at)
		}
	}
	return moved
}

func (st *step) aboveLeaves() bool { return st.children[0] < 0 && st.children[1] < 0 }

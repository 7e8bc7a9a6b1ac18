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
	base  float64
	trees []branching // without those of one leaf
	links []link      // by node
	rules []rule      // as lengths; empty where no tree has so many points
	nodes int         // most nodes of a tree
}

// branching is a tree of more than one leaf.
type branching struct {
	first, nodes int32 // of Model.nodes
	leaf         int32 // the first of Model.leaves
	walk         int   // index of lengths
}

// link is where a node stands in its tree.
type link struct {
	children [2]int32   // by place in the tree: nodes, then leaves
	share    [2]float64 // of the node's cover that each child has
	above    float64    // product of the shares on the way here of splits on the same column; 1 without any
	same     int32      // the nearest such split, as an index of Model.nodes; -1 without any
	side     uint8      // of same, where this node is
	column   int32
}

// prepare fills what contributions need.
func (m *Model) prepare() error {
	m.shapley.links = make([]link, len(m.nodes))
	m.shapley.base = m.base
	distinct := make([]int, len(m.trees))
	for t := range m.trees {
		mean, most := m.linkTree(t)
		m.shapley.base += mean
		if distinct[t] = most; most > mostDistinct {
			return fmt.Errorf("boost: tree %d: must not have more than %d different columns above a leaf", t+1, mostDistinct)
		}
	}
	m.branch(distinct)
	return nil
}

// branch picks each tree's walk: half as many points as columns, rounded up.
func (m *Model) branch(distinct []int) {
	all := rules(lengths[walkFor(slices.Max(append(distinct, 0)))])
	m.shapley.rules = make([]rule, len(lengths))
	leaf := int32(0)
	for t := range m.trees {
		n := len(m.trees[t].Splits)
		first := leaf
		if leaf += int32(n) + 1; n == 0 {
			continue
		}
		walk := walkFor(distinct[t])
		m.shapley.trees = append(m.shapley.trees, branching{m.roots[t], int32(n), first, walk})
		m.shapley.rules[walk] = all[lengths[walk]]
		m.shapley.nodes = max(m.shapley.nodes, n)
	}
}

// walkFor is the index of the shortest of lengths that is exact.
func walkFor(distinct int) int {
	return slices.IndexFunc(lengths, func(n int) bool { return 2*n >= distinct })
}

// linkTree links a tree's nodes. It returns the tree's mean over its cover, and
// the most different columns above a leaf.
func (m *Model) linkTree(t int) (mean float64, distinct int) {
	tree := &m.trees[t]
	if len(tree.Splits) == 0 {
		return tree.Leaves[0].Value, 0
	}
	links := m.shapley.links[m.roots[t]:][:len(tree.Splits)]
	tree.trace(links, m.roots[t])
	mean = tree.weigh(links)
	above := make([]int, len(links))
	for i := range links {
		l, s := &links[i], &tree.Splits[i]
		l.above = 1
		if l.same >= 0 {
			same := &links[l.same-m.roots[t]]
			l.above = float64(same.above * same.share[l.side])
		} else {
			above[i]++
		}
		distinct = max(distinct, above[i])
		for k, child := range s.Children {
			l.children[k] = child
			if child >= 0 {
				above[child] = above[i]
			} else {
				l.children[k] = int32(len(links)) + ^child
			}
		}
	}
	return mean, distinct
}

// trace finds for each split the nearest one above on the same column.
func (t *Tree) trace(links []link, first int32) {
	parent, side := make([]int32, len(links)), make([]uint8, len(links))
	parent[0] = -1
	for i := range links {
		for k, child := range t.Splits[i].Children {
			if child >= 0 {
				parent[child], side[child] = int32(i), uint8(k)
			}
		}
		l := &links[i]
		l.column, l.same = int32(t.Splits[i].Column), -1
		for at := int32(i); parent[at] >= 0; at = parent[at] {
			if up := parent[at]; links[up].column == l.column {
				l.same, l.side = first+up, side[at]
				break
			}
		}
	}
}

// weigh gives each child its share of the cover, half where there is none, and
// returns the mean of the tree.
func (t *Tree) weigh(links []link) float64 {
	covers, means := make([]float64, len(links)), make([]float64, len(links))
	for i := len(links) - 1; i >= 0; i-- {
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
		links[i].share = share
		means[i] = float64(share[0]*mean[0]) + float64(share[1]*mean[1])
	}
	return means[0]
}

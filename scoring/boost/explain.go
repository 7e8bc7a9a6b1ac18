package boost

// scratch is what one call works in.
type scratch struct {
	codes []int32 // see Model.encode
	met   []uint8 // by node of the tree at hand: the side the row is on
	live  []bool  // by node: the row is on the way here of splits on the same column
	walks []walk  // as lengths; nil where no tree has so many points
}

func (m *Model) newScratch() *scratch {
	n := m.shapley.nodes
	return &scratch{
		codes: make([]int32, 2*len(m.columns)),
		met:   make([]uint8, n), live: make([]bool, n),
		walks: m.newWalks(),
	}
}

// walk goes down and up a tree for all points of a rule.
type walk interface {
	explain(m *Model, s *scratch, tree *branching, out []float64)
}

// points are numbers by point. That the compiler knows how many there are makes
// a walk twice as fast.
type points interface {
	[2]float64 | [4]float64 | [6]float64 | [8]float64 | [16]float64 | [32]float64 | [64]float64
}

// lengths are those of points. Too many points are as exact as enough.
var lengths = []int{2, 4, 6, 8, 16, 32, 64}

func (m *Model) newWalks() []walk {
	n, all := m.shapley.nodes, m.shapley.rules
	makers := []func(int, rule) walk{
		newWalk[[2]float64], newWalk[[4]float64], newWalk[[6]float64], newWalk[[8]float64],
		newWalk[[16]float64], newWalk[[32]float64], newWalk[[64]float64],
	}
	walks := make([]walk, len(lengths))
	for i, maker := range makers {
		if len(all[i].points) > 0 {
			walks[i] = maker(n, all[i])
		}
	}
	return walks
}

// walkOf is a walk with P points.
type walkOf[P points] struct {
	points, rest, weights P // rest is 1 less the point
	// By node of the tree at hand, then leaf: the chance of coming here, that of a
	// node going against the row, and the mean of the subtree.
	reach, against, value []P
}

func newWalk[P points](nodes int, r rule) walk {
	w := &walkOf[P]{reach: make([]P, 2*nodes+1), against: make([]P, nodes), value: make([]P, 2*nodes+1)}
	for q := 0; q < len(w.points); q++ {
		w.points[q], w.rest[q], w.weights[q] = r.points[q], 1-r.points[q], r.weights[q]
	}
	return w
}

func (w *walkOf[P]) explain(m *Model, s *scratch, tree *branching, out []float64) {
	w.down(m, s, tree)
	w.up(m, s, tree, out)
}

// down finds with what chance a row comes to each node that knows each column
// with chance t: weighted by the point's weight.
func (w *walkOf[P]) down(m *Model, s *scratch, tree *branching) {
	nodes, links := m.nodes[tree.first:][:tree.nodes], m.shapley.links[tree.first:][:tree.nodes]
	w.reach[0] = w.weights
	for i := range nodes {
		node, l := &nodes[i], &links[i]
		met := m.side(node, s.codes) & 1
		s.met[i] = uint8(met)
		live := true
		if l.same >= 0 {
			same := l.same - tree.first
			live = s.live[same] && s.met[same] == l.side
		}
		s.live[i] = live
		reach, against := &w.reach[i], &w.against[i]
		with, without := &w.reach[l.children[met]], &w.reach[l.children[1-met]]
		share := l.share[1-met]
		switch {
		case !live:
			for q := 0; q < len(*reach); q++ {
				(*against)[q] = share
			}
		case l.same < 0:
			for q := 0; q < len(*reach); q++ {
				(*against)[q] = float64(w.rest[q] * share)
			}
		default:
			share *= l.above
			for q := 0; q < len(*reach); q++ {
				(*against)[q] = float64(w.rest[q]*share) / (w.points[q] + float64(w.rest[q]*l.above))
			}
		}
		for q := 0; q < len(*reach); q++ {
			p := (*reach)[q]
			part := float64(p * (*against)[q])
			(*without)[q], (*with)[q] = part, p-part
		}
		if live && l.same >= 0 {
			for q := 0; q < len(*reach); q++ {
				f := w.points[q] + float64(w.rest[q]*l.above)
				(*reach)[q] = float64((*reach)[q]*l.above) / float64(f*f)
			}
		}
	}
}

// up finds the mean of each subtree, and what each node's column adds.
func (w *walkOf[P]) up(m *Model, s *scratch, tree *branching, out []float64) {
	links := m.shapley.links[tree.first:][:tree.nodes]
	for i, leaf := range m.leaves[tree.leaf:][:len(links)+1] {
		value := &w.value[len(links)+i]
		for q := 0; q < len(*value); q++ {
			(*value)[q] = leaf
		}
	}
	for i := len(links) - 1; i >= 0; i-- {
		l, met := &links[i], s.met[i]&1
		with, without := &w.value[l.children[met]], &w.value[l.children[1-met]]
		value, against, reach := &w.value[i], &w.against[i], &w.reach[i]
		sum := 0.0
		for q := 0; q < len(*value); q++ {
			d := (*with)[q] - (*without)[q]
			sum += float64((*reach)[q] * d)
			(*value)[q] = (*with)[q] - float64((*against)[q]*d)
		}
		if s.live[i] {
			out[l.column] += float64(sum * l.share[1-met])
		}
	}
}

package boost

// scratch is what one call works in.
type scratch struct {
	codes []int32 // see Model.encode
	// By node of the tree at hand, then point: the chance of coming here, that of
	// a node going against the row, and the mean of the subtree.
	reach, against, value []float64
	met                   []uint8 // by node: the side the row is on
	live                  []bool  // by node: the row is on the way here of splits on the same column
}

func (m *Model) newScratch() *scratch {
	w, n := m.shapley.width, m.shapley.nodes
	return &scratch{
		codes: make([]int32, 2*len(m.columns)),
		reach: make([]float64, w), against: make([]float64, w), value: make([]float64, w),
		met: make([]uint8, n), live: make([]bool, n),
	}
}

// down finds with what chance a row comes to each node that knows each column
// with chance t: weighted by the point's weight.
func (s *scratch) down(m *Model, tree *branching) {
	n := len(tree.rule.points)
	nodes, links := m.nodes[tree.first:][:tree.nodes], m.shapley.links[tree.first:][:tree.nodes]
	copy(s.reach[:n], tree.rule.weights)
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
		reach, against := s.reach[i*n:][:n], s.against[i*n:][:n]
		share := l.share[1-met]
		switch {
		case !live:
			for q := range against {
				against[q] = share
			}
		case l.same < 0:
			for q, t := range tree.rule.points {
				against[q] = float64((1 - t) * share)
			}
		default:
			share *= l.above
			for q, t := range tree.rule.points {
				against[q] = float64((1-t)*share) / (t + float64((1-t)*l.above))
			}
		}
		if child := node.children[1-met]; child >= 0 {
			to := s.reach[int(child-tree.first)*n:][:n]
			for q, p := range reach {
				to[q] = float64(p * against[q])
			}
		}
		if child := node.children[met]; child >= 0 {
			to := s.reach[int(child-tree.first)*n:][:n]
			for q, p := range reach {
				to[q] = p - float64(p*against[q])
			}
		}
		if live && l.same >= 0 {
			for q, t := range tree.rule.points {
				f := t + float64((1-t)*l.above)
				reach[q] = float64(reach[q]*l.above) / float64(f*f)
			}
		}
	}
}

// up finds the mean of each subtree, and what each node's column adds.
func (s *scratch) up(m *Model, tree *branching, out []float64) {
	n := len(tree.rule.points)
	nodes, links := m.nodes[tree.first:][:tree.nodes], m.shapley.links[tree.first:][:tree.nodes]
	for i := len(nodes) - 1; i >= 0; i-- {
		node, l := &nodes[i], &links[i]
		met := int(s.met[i] & 1)
		s.fill(m, tree, i, node.children[met])
		value, against, reach := s.value[i*n:][:n], s.against[i*n:][:n], s.reach[i*n:][:n]
		sum := 0.0
		other := node.children[1-met]
		if other >= 0 {
			from := s.value[int(other-tree.first)*n:][:n]
			for q := range value {
				d := value[q] - from[q]
				sum += float64(reach[q] * d)
				value[q] -= float64(against[q] * d)
			}
		} else {
			leaf := m.leaves[^other]
			for q := range value {
				d := value[q] - leaf
				sum += float64(reach[q] * d)
				value[q] -= float64(against[q] * d)
			}
		}
		if s.live[i] {
			out[l.column] += float64(sum * l.share[1-met])
		}
	}
}

// fill starts a node's value with that of the child the row is on.
func (s *scratch) fill(m *Model, tree *branching, i int, child int32) {
	n := len(tree.rule.points)
	value := s.value[i*n:][:n]
	if child >= 0 {
		copy(value, s.value[int(child-tree.first)*n:][:n])
		return
	}
	leaf := m.leaves[^child]
	for q := range value {
		value[q] = leaf
	}
}

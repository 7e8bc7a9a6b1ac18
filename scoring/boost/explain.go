package boost

// scratch is what one call works in.
type scratch struct {
	codes []int32 // see Model.encode
	met   []uint8 // by step of the tree at hand: the side the row is on
	live  []bool  // by step: the row is on the way here of splits on the same column
	walks []walk  // as lengths; nil where no tree has so many points
}

func (m *Model) newScratch() *scratch {
	n := m.shapley.splits
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

// points are numbers by point. The compiler knows how many there are: without
// that, a walk spends its time on counting.
type points interface {
	[2]float64 | [4]float64 | [6]float64 | [8]float64 | [16]float64 | [32]float64 | [64]float64
}

// lengths are those of points. Too many points are as exact as enough.
var lengths = []int{2, 4, 6, 8, 16, 32, 64}

func (m *Model) newWalks() []walk {
	makers := []func(int, rule) walk{
		newWalk[[2]float64], newWalk[[4]float64], newWalk[[6]float64], newWalk[[8]float64],
		newWalk[[16]float64], newWalk[[32]float64], newWalk[[64]float64],
	}
	walks := make([]walk, len(lengths))
	for i, r := range m.shapley.rules {
		if len(r.points) > 0 {
			walks[i] = makers[i](2*m.shapley.splits, r)
		}
	}
	return walks
}

// walkOf is a walk with P points.
type walkOf[P points] struct {
	points, rest, weights P // rest is 1 less the point
	// By place, of the tree at hand: the chance of coming here, that of a step
	// going against the row, and the mean of the subtree.
	reach, against, value []P
}

func newWalk[P points](places int, r rule) walk {
	w := &walkOf[P]{reach: make([]P, places), against: make([]P, places), value: make([]P, places)}
	for q := 0; q < len(w.points); q++ {
		w.points[q], w.rest[q], w.weights[q] = r.points[q], 1-r.points[q], r.weights[q]
	}
	return w
}

func (w *walkOf[P]) explain(m *Model, s *scratch, tree *branching, out []float64) {
	w.down(m, s, tree)
	for i := tree.inner; i < len(tree.steps); i++ {
		w.last(m, s, tree, i, out)
	}
	for j, leaf := range tree.leaves {
		to := &w.value[len(tree.steps)+j]
		for q := 0; q < len(*to); q++ {
			(*to)[q] = leaf
		}
	}
	w.up(s, tree, out)
}

// down finds with what chance a row comes to each place that knows each column
// with chance t: weighted by the point's weight.
func (w *walkOf[P]) down(m *Model, s *scratch, tree *branching) {
	w.reach[0] = w.weights
	for i := range tree.inner {
		st := &tree.steps[i]
		met, live := s.meet(m, st, i)
		reach, against := &w.reach[i], &w.against[i]
		with, without := &w.reach[st.places[met]], &w.reach[st.places[1-met]]
		if share := st.share[1-met]; st.same < 0 {
			for q := 0; q < len(*reach); q++ {
				p, a := (*reach)[q], float64(w.rest[q]*share)
				part := float64(p * a)
				(*against)[q], (*without)[q], (*with)[q] = a, part, p-part
			}
		} else {
			w.again(st, live, share, against)
			for q := 0; q < len(*reach); q++ {
				p := (*reach)[q]
				part := float64(p * (*against)[q])
				(*without)[q], (*with)[q] = part, p-part
			}
			w.scale(st, live, reach)
		}
	}
}

// meet notes which side of a step the row is on.
func (s *scratch) meet(m *Model, st *step, i int) (met int, live bool) {
	met = m.side(&st.node, s.codes) & 1
	live = st.same < 0 || s.live[st.same] && s.met[st.same] == st.side
	s.met[i], s.live[i] = uint8(met), live
	return met, live
}

// again is the chance of going against the row where the same column was split
// before. If the row left the way here then, the column is known to be unknown.
func (w *walkOf[P]) again(st *step, live bool, share float64, against *P) {
	for q := 0; q < len(*against); q++ {
		if live {
			(*against)[q] = float64(w.rest[q]*share*st.above) / (w.points[q] + float64(w.rest[q]*st.above))
		} else {
			(*against)[q] = share
		}
	}
}

// scale turns the chance of coming here into what the column adds by it.
func (w *walkOf[P]) scale(st *step, live bool, reach *P) {
	for q := 0; q < len(*reach); q++ {
		if live {
			f := w.points[q] + float64(w.rest[q]*st.above)
			(*reach)[q] = float64((*reach)[q]*st.above) / float64(f*f)
		}
	}
}

// last is down and up at once, for a step above two leaves.
func (w *walkOf[P]) last(m *Model, s *scratch, tree *branching, i int, out []float64) {
	st := &tree.steps[i]
	met, live := s.meet(m, st, i)
	share, with := st.share[1-met], m.leaves[st.places[met]]
	d := with - m.leaves[st.places[1-met]]
	reach, value, sum := &w.reach[i], &w.value[i], 0.0
	if st.same < 0 {
		step := float64(share * d)
		for q := 0; q < len(*reach); q++ {
			sum += (*reach)[q]
			(*value)[q] = with - float64(w.rest[q]*step)
		}
	} else {
		against := &w.against[i]
		w.again(st, live, share, against)
		w.scale(st, live, reach)
		for q := 0; q < len(*reach); q++ {
			sum += (*reach)[q]
			(*value)[q] = with - float64((*against)[q]*d)
		}
	}
	if live {
		out[st.column] += float64(float64(sum*d) * share)
	}
}

// up finds the mean of each subtree, and what each step's column adds.
func (w *walkOf[P]) up(s *scratch, tree *branching, out []float64) {
	for i := tree.inner - 1; i >= 0; i-- {
		st := &tree.steps[i]
		met := s.met[i] & 1
		with, without := &w.value[st.places[met]], &w.value[st.places[1-met]]
		value, against, reach := &w.value[i], &w.against[i], &w.reach[i]
		sum := 0.0
		for q := 0; q < len(*value); q++ {
			a := (*with)[q]
			d := a - (*without)[q]
			sum += float64((*reach)[q] * d)
			(*value)[q] = a - float64((*against)[q]*d)
		}
		if s.live[i] {
			out[st.column] += float64(sum * st.share[1-met])
		}
	}
}

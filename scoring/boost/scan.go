package boost

// sumRoot sums the root's rows and finds its best split.
func (g *grower) sumRoot(root *growing) {
	root.sums = g.take()
	cells := g.gather(g.rows)
	s := newScanner(g.params, g.fixed, root.total, root.limits)
	g.crew.each(len(root.sums), func(group int) {
		if g.empty(group) {
			return
		}
		root.sums[group].build(g.matrix.words[group], g.rows, cells)
		g.seek(s, &root.sums[group], group, g.found[0])
	})
	root.best = g.best(g.found[0])
}

// scan gives two new leaves their sums and best splits. Only the smaller one's
// rows are summed; the other's sums are what is left of the parent's.
func (g *grower) scan(parent, left, right *growing) {
	small, large := left, right
	if right.to-right.from < left.to-left.from {
		small, large = right, left
	}
	if !g.splittable(large) { // the smaller one is less so
		g.release(parent)
		return
	}
	large.sums, small.sums = parent.sums, g.take()
	rows := g.rows[small.from:small.to]
	cells := g.gather(rows)
	seekSmall := g.splittable(small)
	ofSmall, ofLarge := newScanner(g.params, g.fixed, small.total, small.limits), newScanner(g.params, g.fixed, large.total, large.limits)
	g.crew.each(len(large.sums), func(group int) {
		if g.empty(group) {
			return
		}
		small.sums[group].build(g.matrix.words[group], rows, cells)
		large.sums[group].subtract(&small.sums[group])
		g.seek(ofLarge, &large.sums[group], group, g.found[1])
		if seekSmall {
			g.seek(ofSmall, &small.sums[group], group, g.found[0])
		}
	})
	g.settle(large, g.found[1])
	if seekSmall {
		g.settle(small, g.found[0])
	} else {
		g.release(small)
	}
}

// settle gives a leaf its best split; without one it needs no sums.
func (g *grower) settle(l *growing, found []candidate) {
	if l.best = g.best(found); l.best.gain <= 0 {
		g.release(l)
	}
}

// gather puts the rows' cells in the rows' order.
func (g *grower) gather(rows []int32) []cell {
	if len(rows) == len(g.cells) { // all of them, in order
		return g.cells
	}
	cells := g.ordered[:len(rows)]
	g.crew.chunks(len(rows), func(_, from, to int) {
		for i := from; i < to; i++ {
			cells[i] = g.cells[rows[i]]
		}
	})
	return cells
}

// seek finds the best split of each column of a group.
func (g *grower) seek(s scanner, sums *quad, group int, found []candidate) {
	for k, slot := range g.matrix.group(group) {
		at := 4*group + k
		switch {
		case !g.active[at]:
			found[at] = candidate{}
		case slot.category:
			found[at] = s.category(&sums[k])
		default:
			found[at] = s.number(&sums[k], slot)
		}
		found[at].slot = at
	}
}

// best is the candidate that gains most, the first of equals.
func (g *grower) best(found []candidate) candidate {
	var best candidate
	for at := range found {
		if g.active[at] && found[at].gain > best.gain {
			best = found[at]
		}
	}
	return best
}

func (g *grower) take() histogram {
	if n := len(g.free); n > 0 {
		h := g.free[n-1]
		g.free = g.free[:n-1]
		return h
	}
	return make(histogram, len(g.matrix.words))
}

func (g *grower) release(l *growing) {
	if l.sums != nil {
		g.free = append(g.free, l.sums)
		l.sums = nil
	}
}

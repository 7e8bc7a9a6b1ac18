package boost

import "slices"

// grower grows trees leaf by leaf: always the leaf whose split gains most.
type grower struct {
	crew   *crew
	params *Params
	fixed  *fixed
	matrix *matrix
	active []bool // by slot: drawn for the tree at hand

	cells         []cell  // by row of the matrix
	rows          []int32 // of the tree, each leaf's together
	spare         []int32
	ordered       []cell // of the rows of one leaf
	free          []histogram
	found         [2][]candidate // by child, then slot
	leaves        []growing
	splits        []grown
	lefts, rights []int // of a partition, by chunk
}

// growing is a leaf that may still be split.
type growing struct {
	from, to int // of grower.rows
	depth    int
	total    cell
	limits   limits
	value    float64
	sums     histogram // nil once it cannot be split
	best     candidate
	parent   int // its split in grower.splits, -1 for the root
	side     int
}

// grown is a split over the matrix's codes.
type grown struct {
	candidate
	left     [4]uint64 // the codes that go left
	children [2]int32
}

func newGrower(c *crew, p *Params, f *fixed, m *matrix) *grower {
	n := len(m.slots)
	return &grower{
		crew: c, params: p, fixed: f, matrix: m, active: make([]bool, n),
		cells: make([]cell, m.rows), rows: make([]int32, 0, m.rows),
		spare: make([]int32, m.rows), ordered: make([]cell, m.rows),
		found: [2][]candidate{make([]candidate, n), make([]candidate, n)},
		lefts: make([]int, m.rows/chunk+1), rights: make([]int, m.rows/chunk+1),
	}
}

// grow grows a tree over rows, with cells set. It is in splits and leaves until
// the next.
func (g *grower) grow() {
	for i := range g.leaves {
		g.release(&g.leaves[i])
	}
	g.leaves, g.splits = g.leaves[:0], g.splits[:0]
	root := growing{to: len(g.rows), limits: unlimited, parent: -1}
	root.total = g.sum()
	s := newScanner(g.params, g.fixed, root.total, unlimited)
	gradient, hessian := g.fixed.real(root.total)
	root.value = s.value(gradient, hessian)
	if g.splittable(&root) {
		g.sumRoot(&root)
	}
	g.leaves = append(g.leaves, root)
	for len(g.leaves) < g.params.Leaves {
		at := g.next()
		if at < 0 {
			return
		}
		g.split(at)
	}
}

// sum adds up the tree's rows.
func (g *grower) sum() cell {
	parts := make([]cell, (len(g.rows)+chunk-1)/chunk)
	g.crew.chunks(len(g.rows), func(i, from, to int) {
		for _, row := range g.rows[from:to] {
			parts[i] = parts[i].plus(g.cells[row])
		}
	})
	var total cell
	for _, part := range parts {
		total = total.plus(part)
	}
	return total
}

// next is the leaf whose split gains most, -1 when none gains.
func (g *grower) next() int {
	at, gain := -1, 0.0
	for i := range g.leaves {
		if l := &g.leaves[i]; l.best.gain > gain {
			at, gain = i, l.best.gain
		}
	}
	return at
}

func (g *grower) splittable(l *growing) bool {
	return l.depth < g.params.Depth && l.to-l.from >= 2*g.params.MinRows && len(g.leaves)+1 < g.params.Leaves
}

// split makes two leaves of one: the left takes its place, the right comes last.
func (g *grower) split(at int) {
	parent := g.leaves[at]
	s := grown{candidate: parent.best, left: g.leftCodes(&parent.best)}
	middle := parent.from + g.partition(g.rows[parent.from:parent.to], s.slot, &s.left)
	left, right := g.children(&parent, &s)
	left.to, right.from = middle, middle
	g.link(&parent, at)
	g.splits = append(g.splits, s)
	g.splits[len(g.splits)-1].children = [2]int32{^int32(at), ^int32(len(g.leaves))}
	g.leaves[at] = left
	g.leaves = append(g.leaves, right)
	g.scan(&parent, &g.leaves[at], &g.leaves[len(g.leaves)-1])
}

// link puts the split that is about to be made where its leaf was.
func (g *grower) link(l *growing, at int) {
	if l.parent >= 0 {
		g.splits[l.parent].children[l.side] = int32(len(g.splits))
	}
}

func (g *grower) leftCodes(c *candidate) [4]uint64 {
	if g.matrix.slots[c.slot].category {
		return c.set
	}
	var left candidate
	for code := range c.bin + 1 {
		left.put(uint8(code))
	}
	if c.missingLeft {
		left.put(255)
	}
	return left.set
}

// children share the parent's limits; on a monotone column the middle between
// their values parts what may grow from them.
func (g *grower) children(parent *growing, s *grown) (left, right growing) {
	left = growing{from: parent.from, depth: parent.depth + 1, total: s.candidate.left, limits: parent.limits, value: s.values[0], parent: len(g.splits)}
	right = growing{to: parent.to, depth: parent.depth + 1, total: parent.total.minus(s.candidate.left), limits: parent.limits, value: s.values[1], parent: len(g.splits), side: 1}
	middle := s.values[0]/2 + s.values[1]/2
	switch g.matrix.slots[s.slot].monotone {
	case 1:
		left.limits.high, right.limits.low = middle, middle
	case -1:
		left.limits.low, right.limits.high = middle, middle
	}
	return left, right
}

// partition moves the rows that go left before the others and counts them. Both
// keep their order.
func (g *grower) partition(rows []int32, slot int, left *[4]uint64) int {
	var goes [256]uint8
	for code := range goes {
		goes[code] = uint8(left[code>>6] >> (code & 63) & 1)
	}
	words, shift := g.matrix.words[slot/4], 8*(slot%4)
	g.crew.chunks(len(rows), func(i, from, to int) {
		part, spare := rows[from:to], g.spare[from:to]
		l, r := 0, 0
		for _, row := range part {
			is := int(goes[uint8(words[row]>>shift)])
			part[l], spare[r] = row, row
			l += is
			r += 1 - is
		}
		g.lefts[i], g.rights[i] = l, r
	})
	at := 0
	n := (len(rows) + chunk - 1) / chunk
	for i := range n {
		at += copy(rows[at:], rows[i*chunk:][:g.lefts[i]])
	}
	count := at
	for i := range n {
		at += copy(rows[at:], g.spare[i*chunk:][:g.rights[i]])
	}
	return count
}

// leafOf walks the tree at hand with a row of a matrix that has the same slots.
func (g *grower) leafOf(m *matrix, row int32) int {
	at := int32(0)
	if len(g.splits) == 0 {
		at = ^at
	}
	for at >= 0 {
		s := &g.splits[at]
		code := m.code(s.slot, row)
		at = s.children[1-s.left[code>>6]>>(code&63)&1]
	}
	return int(^at)
}

// empty reports whether a group has no column of the tree.
func (g *grower) empty(group int) bool {
	return !slices.Contains(g.active[4*group:min(4*group+4, len(g.active))], true)
}

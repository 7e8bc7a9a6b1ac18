package boost

// histogram sums the rows of a leaf by the codes of each column.
type histogram []quad // by group of four slots

// quad is the histograms of four columns.
type quad [4][256]cell

// build sums the rows; cells are by the same index as rows.
func (q *quad) build(words []uint32, rows []int32, cells []cell) {
	*q = quad{}
	cells = cells[:len(rows)]
	for i, row := range rows {
		w, c := words[row], cells[i]
		a := &q[0][uint8(w)]
		a.gradient += c.gradient
		a.weight += c.weight
		a = &q[1][uint8(w>>8)]
		a.gradient += c.gradient
		a.weight += c.weight
		a = &q[2][uint8(w>>16)]
		a.gradient += c.gradient
		a.weight += c.weight
		a = &q[3][uint8(w>>24)]
		a.gradient += c.gradient
		a.weight += c.weight
	}
}

// subtract takes away what is in part.
func (q *quad) subtract(part *quad) {
	for k := range q {
		to, from := &q[k], &part[k]
		for b := range to {
			to[b].gradient -= from[b].gradient
			to[b].weight -= from[b].weight
		}
	}
}

package boost

import "assent/scoring/frame"

// matrix is the codes of some rows of a frame, laid out for histograms: four
// columns to a word, so that one load serves four.
type matrix struct {
	rows  int
	slots []slot
	words [][]uint32 // by group of four slots, then row; the slot's code is byte slot%4
}

// slot is a column that learning looks at.
type slot struct {
	column   int // of the frame
	category bool
	bins     int // of known numbers
	monotone int
}

// slotsOf picks the columns that are not constant among the rows.
func slotsOf(f *frame.Frame, rows []int32) []slot {
	var out []slot
	for c, column := range f.Columns {
		codes, varies := f.Codes[c], false
		for _, row := range rows {
			if varies = codes[row] != codes[rows[0]]; varies {
				break
			}
		}
		if !varies {
			continue
		}
		s := slot{column: c, category: column.Type == frame.Category, bins: f.Binnings[c].Bins(column.Type)}
		if !s.category {
			s.monotone = column.Monotone
		}
		out = append(out, s)
	}
	return out
}

func newMatrix(c *crew, f *frame.Frame, rows []int32, slots []slot) *matrix {
	m := &matrix{len(rows), slots, make([][]uint32, (len(slots)+3)/4)}
	c.each(len(m.words), func(g int) {
		words := make([]uint32, len(rows))
		for k, s := range m.group(g) {
			codes := f.Codes[s.column]
			for i, row := range rows {
				words[i] |= uint32(codes[row]) << (8 * k)
			}
		}
		m.words[g] = words
	})
	return m
}

// group is the slots of a group.
func (m *matrix) group(g int) []slot { return m.slots[4*g : min(4*g+4, len(m.slots))] }

func (m *matrix) code(slot int, row int32) uint8 {
	return uint8(m.words[slot/4][row] >> (8 * (slot % 4)))
}

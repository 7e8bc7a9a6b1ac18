package boost

import (
	"math"
	"sort"
	"sync"
	"sync/atomic"

	"assent/scoring/frame"
)

// Model adds up trees. It is read-only and safe for use by many goroutines. It
// comes from Train, New or JSON; the zero value is no model.
type Model struct{ *compiled }

// compiled is a model made ready to serve.
type compiled struct {
	base    float64
	rounds  int
	columns []Column
	trees   []Tree

	// Made of the above.
	cuts    [][]float64        // by column: every threshold of a number, ascending
	levels  []map[string]int32 // by column
	roots   []int32            // by tree: a node, or ^ a leaf
	nodes   []node
	sets    []uint64 // of category nodes
	leaves  []float64
	shapley shapley
	scratch sync.Pool
	binned  atomic.Pointer[binned]
}

// node is a split over codes, see Model.encode.
type node struct {
	split    int32    // the highest code that goes left; of a category, where its set begins
	input    uint16   // index of the code: 2*column, and 1 more where a missing number goes right
	category bool     // set has a bit for each code that goes left
	children [2]int32 // as in Split, but of all trees
}

// Rounds counts the trees that a bag came to; the mean of all bags.
func (m *Model) Rounds() int { return m.rounds }

// Columns counts the columns that it reads.
func (m *Model) Columns() int { return len(m.columns) }

// LogOdds of a row by its values, which are by column.
func (m *Model) LogOdds(values []frame.Value) float64 {
	s := m.scratch.Get().(*scratch)
	m.encode(values, s.codes)
	sum := m.sum(s.codes)
	m.scratch.Put(s)
	return sum
}

func (m *Model) sum(codes []int32) float64 {
	sum := m.base
	for _, at := range m.roots {
		for at >= 0 {
			n := &m.nodes[at]
			at = n.children[m.side(n, codes)&1]
		}
		sum += m.leaves[^at]
	}
	return sum
}

// side is 0 for left and 1 for right.
func (m *Model) side(n *node, codes []int32) int {
	code := codes[n.input]
	if n.category {
		return int(^m.sets[n.split+code>>6] >> (code & 63) & 1)
	}
	right := 0 // without a jump, which nobody could predict
	if code > n.split {
		right = 1
	}
	return right
}

// encode gives each column two codes. A number's is how many cuts lie below
// it, so that comparing with a cut's index is comparing with the cut; missing
// is below all in the first code and above all in the second. A category's is
// its level, then one for others and one for missing.
func (m *Model) encode(values []frame.Value, codes []int32) {
	for c := range m.columns {
		column, v := &m.columns[c], &values[c]
		if column.Type == frame.Category {
			codes[2*c] = m.level(c, v)
			continue
		}
		if !v.Known || v.Number != v.Number || column.ZeroMissing && math.Abs(v.Number) <= zero {
			codes[2*c], codes[2*c+1] = -1, math.MaxInt32
			continue
		}
		code := int32(sort.SearchFloat64s(m.cuts[c], v.Number))
		codes[2*c], codes[2*c+1] = code, code
	}
}

// zero is what LightGBM takes for zero: 1e-35 as a float32.
const zero = float64(float32(1e-35))

func (m *Model) level(column int, v *frame.Value) int32 {
	levels := m.levels[column]
	if !v.Known {
		return int32(len(levels)) + 1
	}
	if i, ok := levels[v.Text]; ok {
		return i
	}
	return int32(len(levels))
}

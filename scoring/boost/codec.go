package boost

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"assent/scoring/frame"
)

// wire is a model as JSON. Trees are bytes, little endian: for each tree how
// many splits it has as uint32; then by split its column as uint16, its flags,
// its threshold as float64 or its levels as uint64s, and two children as
// int32; then by leaf its value and its cover as float64.
type wire struct {
	Base    float64  `json:"base"`
	Rounds  int      `json:"rounds"`
	Columns []Column `json:"columns"`
	Trees   []byte   `json:"trees"`
}

// missingLeft is the only flag of a split.
const missingLeft byte = 1

// MarshalJSON gives the same bytes for the same model.
func (m *Model) MarshalJSON() ([]byte, error) {
	w := wire{m.base, m.rounds, m.columns, []byte{}}
	for t := range m.trees {
		w.Trees = m.trees[t].encode(w.Trees)
	}
	return json.Marshal(w)
}

func (t *Tree) encode(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, uint32(len(t.Splits)))
	for i := range t.Splits {
		s := &t.Splits[i]
		b = le.AppendUint16(b, uint16(s.Column))
		flags := byte(0)
		if s.MissingLeft {
			flags = missingLeft
		}
		b = append(b, flags)
		if s.Left == nil {
			b = le.AppendUint64(b, math.Float64bits(s.Threshold))
		}
		for _, word := range s.Left {
			b = le.AppendUint64(b, word)
		}
		b = le.AppendUint32(le.AppendUint32(b, uint32(s.Children[0])), uint32(s.Children[1]))
	}
	for _, l := range t.Leaves {
		b = le.AppendUint64(le.AppendUint64(b, math.Float64bits(l.Value)), math.Float64bits(l.Cover))
	}
	return b
}

// UnmarshalJSON refuses what MarshalJSON cannot have written.
func (m *Model) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var w wire
	if err := dec.Decode(&w); err != nil {
		return fmt.Errorf("boost: %w", err)
	}
	trees, err := w.trees()
	if err != nil {
		return err
	}
	if w.Rounds < 0 || w.Rounds > len(trees) {
		return fmt.Errorf("boost: rounds must be 0 to the number of trees")
	}
	made, err := New(w.Columns, w.Base, trees)
	if err != nil {
		return err
	}
	made.rounds = w.Rounds
	*m = *made
	return nil
}

func (w *wire) trees() ([]Tree, error) {
	var trees []Tree
	r := reader{w.Trees, nil}
	for len(r.left) > 0 && r.err == nil {
		if len(trees) == mostTrees {
			return nil, fmt.Errorf("boost: trees must be at most %d", mostTrees)
		}
		trees = append(trees, r.tree(w.Columns))
	}
	return trees, r.err
}

// reader takes numbers off bytes.
type reader struct {
	left []byte
	err  error
}

// errShort is an artefact that was cut or is none.
var errShort = errors.New("boost: trees end early")

func (r *reader) take(n int) []byte {
	if r.err == nil && n > len(r.left) {
		r.err = errShort
	}
	if r.err != nil {
		return make([]byte, n)
	}
	taken := r.left[:n]
	r.left = r.left[n:]
	return taken
}

func (r *reader) uint32() uint32   { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *reader) uint64() uint64   { return binary.LittleEndian.Uint64(r.take(8)) }
func (r *reader) float64() float64 { return math.Float64frombits(r.uint64()) }

func (r *reader) tree(columns []Column) Tree {
	const least = 2 + 1 + 8 + 8 // bytes of a split
	n := r.uint32()
	if n >= mostLeaves || int(n) > len(r.left)/least {
		r.err = errShort
		return Tree{}
	}
	t := Tree{make([]Split, n), make([]Leaf, n+1)}
	for i := range t.Splits {
		t.Splits[i] = r.split(columns)
	}
	for i := range t.Leaves {
		t.Leaves[i] = Leaf{r.float64(), r.float64()}
	}
	return t
}

func (r *reader) split(columns []Column) Split {
	s := Split{Column: int(binary.LittleEndian.Uint16(r.take(2)))}
	flags := r.take(1)[0]
	if s.Column >= len(columns) || flags > missingLeft {
		r.err = errors.New("boost: a split must be on one of the columns and have no unknown flags")
		return s
	}
	s.MissingLeft = flags == missingLeft
	if c := &columns[s.Column]; c.Type == frame.Category {
		s.Left = make([]uint64, c.words())
		for i := range s.Left {
			s.Left[i] = r.uint64()
		}
	} else {
		s.Threshold = r.float64()
	}
	s.Children = [2]int32{int32(r.uint32()), int32(r.uint32())}
	return s
}

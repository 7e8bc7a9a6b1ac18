package lightgbm

import (
	"fmt"
	"strconv"

	"assent/scoring/boost"
	"assent/scoring/frame"
)

// Bits of decision_type.
const (
	isCategory    = 1
	isDefaultLeft = 2
	missingShift  = 2
	mostDecision  = 2<<missingShift | isDefaultLeft | isCategory
)

// What a number's split takes for missing, above missingShift.
const (
	missingNone = iota // nothing: what is not known counts as 0
	missingZero        // what is not known, and 0
	missingNaN         // what is not known
)

// trees reads the blocks up to "end of trees".
func (h *header) trees(lines *lines) ([]boost.Tree, error) {
	var out []boost.Tree
	for {
		line, ok := lines.next()
		switch {
		case !ok:
			return nil, lines.fault("must be there: the file is cut before \"end of trees\"")
		case line == "":
			continue
		case line == "end of trees":
			return out, nil
		case line != fmt.Sprintf("Tree=%d", len(out)):
			return nil, lines.fault(fmt.Sprintf("must be \"Tree=%d\" or \"end of trees\"", len(out)))
		}
		fields, err := lines.fields()
		if err != nil {
			return nil, err
		}
		t, err := h.tree(fields)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
}

// block is a tree's lists, by split.
type block struct {
	fields
	features, decisions, left, right []int
	thresholds                       []float64
	sets                             [][]uint32 // of categories
}

func (h *header) tree(f fields) (boost.Tree, error) {
	leaves, err := f.integer("num_leaves")
	if err != nil {
		return boost.Tree{}, err
	}
	if f["is_linear"].value == "1" {
		return boost.Tree{}, f.fault("is_linear", "must be 0: linear trees cannot be explained")
	}
	if leaves == 0 {
		return boost.Tree{}, f.fault("num_leaves", "must be above zero")
	}
	t := boost.Tree{Leaves: make([]boost.Leaf, leaves), Splits: make([]boost.Split, leaves-1)}
	if err := ends(f, t.Leaves); err != nil {
		return t, err
	}
	b, err := readBlock(f, leaves-1)
	if err != nil {
		return t, err
	}
	for i := range t.Splits {
		if t.Splits[i], err = h.split(b, i); err != nil {
			return t, err
		}
	}
	if err := t.Check(h.columns); err != nil {
		return t, faultAt(f[""].at, "the tree that begins above cannot be: "+err.Error())
	}
	return t, nil
}

// ends reads the leaves. A tree of one leaf has no counts, and needs none.
func ends(f fields, leaves []boost.Leaf) error {
	values, err := f.reals("leaf_value", len(leaves))
	if err != nil {
		return err
	}
	counts := make([]int, 1)
	if len(leaves) > 1 {
		if counts, err = f.integers("leaf_count", len(leaves)); err != nil {
			return err
		}
	}
	for i := range leaves {
		leaves[i] = boost.Leaf{Value: values[i], Cover: float64(counts[i])}
	}
	return nil
}

func readBlock(f fields, splits int) (*block, error) {
	b := &block{fields: f}
	var err error
	if b.thresholds, err = f.reals("threshold", splits); err != nil {
		return nil, err
	}
	for _, l := range []struct {
		key  string
		into *[]int
	}{{"split_feature", &b.features}, {"decision_type", &b.decisions}, {"left_child", &b.left}, {"right_child", &b.right}} {
		if *l.into, err = f.integers(l.key, splits); err != nil {
			return nil, err
		}
	}
	return b, b.readSets()
}

// readSets cuts cat_threshold, which has 32 category codes a word, at
// cat_boundaries.
func (b *block) readSets() error {
	n, err := b.integer("num_cat")
	if err != nil || n == 0 {
		return err
	}
	if n > len(b.features) {
		return b.fault("num_cat", "must not be above the number of splits")
	}
	bounds, err := b.integers("cat_boundaries", n+1)
	if err != nil {
		return err
	}
	for i := range bounds {
		if i == 0 && bounds[0] != 0 || i > 0 && bounds[i] <= bounds[i-1] {
			return b.fault("cat_boundaries", "must begin with 0 and rise")
		}
	}
	all, err := numbers(b.fields, "cat_threshold", bounds[n], parseWord)
	if err != nil {
		return err
	}
	for i := range n {
		b.sets = append(b.sets, all[bounds[i]:bounds[i+1]])
	}
	return nil
}

func parseWord(text string) (uint32, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	return uint32(n), err
}

func (h *header) split(b *block, i int) (boost.Split, error) {
	column, decision := b.features[i], b.decisions[i]
	if column < 0 || column >= len(h.columns) {
		return boost.Split{}, b.fault("split_feature", fmt.Sprintf("must be below the number of features; number %d is not", i+1))
	}
	if decision < 0 || decision > mostDecision {
		return boost.Split{}, b.fault("decision_type", fmt.Sprintf("must be 0 to %d; number %d is not", mostDecision, i+1))
	}
	if (decision&isCategory == isCategory) != (h.columns[column].Type == frame.Category) {
		return boost.Split{}, b.fault("decision_type", fmt.Sprintf("must be of a category where feature_infos has one; number %d is not", i+1))
	}
	s := boost.Split{Column: column, Children: [2]int32{int32(b.left[i]), int32(b.right[i])}}
	if decision&isCategory == isCategory {
		return s, h.category(b, i, &s)
	}
	return s, h.number(b, i, &s)
}

func (h *header) number(b *block, i int, s *boost.Split) error {
	s.Threshold = b.thresholds[i]
	missing := b.decisions[i] >> missingShift
	s.MissingLeft = b.decisions[i]&isDefaultLeft == isDefaultLeft
	if missing == missingNone {
		s.MissingLeft = 0 <= s.Threshold
	}
	mark := -1
	if missing == missingZero {
		mark = 1
		h.columns[s.Column].ZeroMissing = true
	}
	if h.zero[s.Column] == -mark {
		return b.fault("decision_type", fmt.Sprintf("must take zero for missing always or never in one feature; number %d does not", i+1))
	}
	h.zero[s.Column] = mark
	return nil
}

// category sends left what is in the set; all else, the unknown too, goes right.
func (h *header) category(b *block, i int, s *boost.Split) error {
	at := int(b.thresholds[i])
	if at < 0 || at >= len(b.sets) || float64(at) != b.thresholds[i] {
		return b.fault("threshold", fmt.Sprintf("must be one of the category sets; number %d is not", i+1))
	}
	codes := h.codes[s.Column]
	s.Left = make([]uint64, len(codes)/64+1)
	for w, word := range b.sets[at] {
		for bit := range 32 {
			if word>>bit&1 == 0 {
				continue
			}
			level, ok := codes[32*w+bit]
			if !ok {
				return b.fault("cat_threshold", fmt.Sprintf("must have codes of feature_infos only; set %d has another", at+1))
			}
			s.Left[level/64] |= 1 << (level % 64)
		}
	}
	return nil
}

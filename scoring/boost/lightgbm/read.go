package lightgbm

import (
	"io"
	"strconv"
	"strings"

	"assent/scoring/boost"
	"assent/scoring/frame"
)

// Read makes a model of a text file that Booster.save_model wrote, of LightGBM
// 3 or 4. Its columns are the file's features in their order. A category's
// levels are its codes as text, "17", or the names that pandas gave them.
//
// Errors name the line and what is allowed: an objective other than binary,
// several classes, linear trees, a feature that takes zero for missing only at
// times, and whatever is cut or malformed.
func Read(r io.Reader) (*boost.Model, error) {
	lines, err := split(r)
	if err != nil {
		return nil, err
	}
	h, err := readHeader(lines)
	if err != nil {
		return nil, err
	}
	if err := h.name(lines); err != nil {
		return nil, err
	}
	trees, err := h.trees(lines)
	if err != nil {
		return nil, err
	}
	scale := h.sigmoid
	if h.average && len(trees) > 0 {
		scale /= float64(len(trees))
	}
	for _, t := range trees {
		for i := range t.Leaves {
			t.Leaves[i].Value *= scale
		}
	}
	return boost.New(h.columns, 0, trees)
}

// header is what the lines before the first tree say.
type header struct {
	sigmoid float64 // log-odds of a raw score of 1
	average bool    // the trees' mean instead of their sum
	columns []boost.Column
	codes   []map[int]int // by column: the place of a category's code among its levels; nil for numbers
	zero    []int         // by column: 1 once zero counted as missing in a split, -1 once it did not
}

// readHeader takes the lines up to the first blank one.
func readHeader(lines *lines) (*header, error) {
	if first, _ := lines.next(); first != "tree" {
		return nil, lines.fault("must be \"tree\", as LightGBM's text models begin")
	}
	h := &header{sigmoid: 1}
	fields, err := lines.fields()
	if err != nil {
		return nil, err
	}
	if err := h.objective(fields); err != nil {
		return nil, err
	}
	return h, h.features(fields)
}

// objective checks that trees add up to one log-odds.
func (h *header) objective(fields fields) error {
	version, err := fields.text("version")
	if err != nil {
		return err
	}
	if version != "v3" && version != "v4" {
		return fields.fault("version", "must be v3 or v4")
	}
	for _, key := range []string{"num_class", "num_tree_per_iteration"} {
		if n, err := fields.text(key); err != nil {
			return err
		} else if n != "1" {
			return fields.fault(key, "must be 1: the model must be of two classes")
		}
	}
	_, h.average = fields["average_output"]
	text, err := fields.text("objective")
	if err != nil {
		return err
	}
	words := strings.Fields(text)
	if len(words) == 0 || words[0] != "binary" {
		return fields.fault("objective", "must be binary")
	}
	for _, word := range words[1:] {
		value, ok := strings.CutPrefix(word, "sigmoid:")
		if !ok {
			return fields.fault("objective", "must be binary with nothing but a sigmoid")
		}
		const most = 1000
		if h.sigmoid, err = strconv.ParseFloat(value, 64); err != nil || !(h.sigmoid > 0 && h.sigmoid <= most) {
			return fields.fault("objective", "its sigmoid must be above 0 and at most 1000")
		}
	}
	return nil
}

// features reads the columns and their types.
func (h *header) features(fields fields) error {
	names, err := fields.list("feature_names")
	if err != nil {
		return err
	}
	infos, err := fields.list("feature_infos")
	if err != nil {
		return err
	}
	if len(infos) != len(names) {
		return fields.fault("feature_infos", "must be one for each of feature_names")
	}
	h.columns, h.codes, h.zero = make([]boost.Column, len(names)), make([]map[int]int, len(names)), make([]int, len(names))
	for c, info := range infos {
		h.columns[c].Name, h.columns[c].Type = names[c], frame.Number
		if info == "none" || strings.HasPrefix(info, "[") {
			continue
		}
		h.columns[c].Type = frame.Category
		if h.codes[c], h.columns[c].Levels = levels(info); h.codes[c] == nil {
			return fields.fault("feature_infos", "must be none, a range in brackets, or category codes with colons between")
		}
	}
	return nil
}

// levels reads the codes of a category, "-1:0:27"; -1 is missing. It gives
// nothing for what is no such list.
func levels(info string) (codes map[int]int, names []string) {
	codes = map[int]int{}
	for text := range strings.SplitSeq(info, ":") {
		code, err := strconv.Atoi(text)
		if _, twice := codes[code]; err != nil || twice || code < -1 {
			return nil, nil
		}
		if code >= 0 {
			codes[code] = len(names)
			names = append(names, strconv.Itoa(code))
		}
	}
	return codes, names
}

package boost

import "assent/scoring/frame"

// Bounds of a model, so that no artefact asks for more than a machine has.
const (
	mostColumns = 4096
	mostTrees   = 100_000
	mostLeaves  = 32_768

	mostDistinct = 128 // different columns above one leaf
	mostLogOdds  = 1e9 // of a leaf or the base
)

// Column is a column that a model reads.
type Column struct {
	frame.Column
	// Levels that the model tells apart; any other level is one more.
	Levels []string `json:"levels,omitempty"`
	// ZeroMissing says that numbers within 1e-35 of 0 count as missing.
	ZeroMissing bool `json:"zero_missing,omitempty"`
}

// Tree gives a row the value of one of its leaves. Its root is Splits[0]; one
// leaf alone is a tree as well.
type Tree struct {
	Splits []Split // parents before children
	Leaves []Leaf
}

// Split sends a row to one of two children.
type Split struct {
	Column    int
	Threshold float64 // of a number: left are those not above it
	// Left has a bit for each level that goes left, and after the last level one
	// for all others.
	Left        []uint64
	MissingLeft bool
	Children    [2]int32 // left and right: an index of Splits, or ^ an index of Leaves
}

// Leaf is where a row ends.
type Leaf struct {
	Value float64 // log-odds that it adds
	Cover float64 // rows that ended here in training: what contributions weigh it by
}

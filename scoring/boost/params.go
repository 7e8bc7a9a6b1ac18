package boost

import (
	"fmt"
	"math"
)

// Params bound the learning. The zero value is as documented.
type Params struct {
	Trees       int     `json:"trees,omitempty"`        // most trees of a bag; 0 is 500
	Leaves      int     `json:"leaves,omitempty"`       // most leaves of a tree; 0 is 31
	Depth       int     `json:"depth,omitempty"`        // most splits above a leaf; 0 is as many as Leaves allow
	MinRows     int     `json:"min_rows,omitempty"`     // fewest rows of a leaf; 0 is 20
	MinHessian  float64 `json:"min_hessian,omitempty"`  // least sum of p(1-p) of a leaf; 0 is 0.001
	MinGain     float64 `json:"min_gain,omitempty"`     // least fall of the loss's quadratic model that a split must bring
	L2          float64 `json:"l2,omitempty"`           // penalty on squared leaf values; 0 is 1
	Rate        float64 `json:"rate,omitempty"`         // share of each tree that is taken, up to 1; 0 is 0.05
	Patience    int     `json:"patience,omitempty"`     // trees without a better loss on the validation rows before learning stops; 0 is 50
	ColumnShare float64 `json:"column_share,omitempty"` // of the columns, drawn for each tree; 0 is all
	RowShare    float64 `json:"row_share,omitempty"`    // of the rows, drawn for each tree without replacement; 0 is all

	// Splits of categories, as Ke et al. 2017 (LightGBM) make them: levels are
	// ordered by gradient/(hessian+LevelSmooth), and a prefix or suffix goes left.
	LevelSmooth float64 `json:"level_smooth,omitempty"` // also the fewest rows of a level in the order; 0 is 10
	LevelL2     float64 `json:"level_l2,omitempty"`     // added to L2 for such a split; 0 is 10
	LevelRows   int     `json:"level_rows,omitempty"`   // fewest rows between two cuts of the order; 0 is 100
	Levels      int     `json:"levels,omitempty"`       // most levels that go left; 0 is 32

	// Bags are models with seeds of their own, averaged in log-odds; 0 is 1.
	// They differ only by ColumnShare and RowShare.
	Bags int    `json:"bags,omitempty"`
	Seed uint64 `json:"seed,omitempty"`
}

func (p Params) orDefault() Params {
	whole := func(n *int, otherwise int) {
		if *n == 0 {
			*n = otherwise
		}
	}
	real := func(x *float64, otherwise float64) {
		if *x == 0 {
			*x = otherwise
		}
	}
	whole(&p.Trees, 500)
	whole(&p.Leaves, 31)
	whole(&p.Depth, mostLeaves)
	whole(&p.MinRows, 20)
	real(&p.MinHessian, 1e-3)
	real(&p.L2, 1)
	real(&p.Rate, 0.05)
	whole(&p.Patience, 50)
	real(&p.ColumnShare, 1)
	real(&p.RowShare, 1)
	real(&p.LevelSmooth, 10)
	real(&p.LevelL2, 10)
	whole(&p.LevelRows, 100)
	whole(&p.Levels, 32)
	whole(&p.Bags, 1)
	return p
}

// check names the first parameter that is out of bounds.
func (p Params) check() error {
	type bound struct {
		name      string
		x         float64
		low, high float64
	}
	const most = 1e9
	for _, b := range []bound{
		{"trees", float64(p.Trees), 1, mostTrees},
		{"leaves", float64(p.Leaves), 2, mostLeaves},
		{"depth", float64(p.Depth), 1, mostLeaves},
		{"min_rows", float64(p.MinRows), 1, most},
		{"min_hessian", p.MinHessian, 0, most},
		{"min_gain", p.MinGain, 0, most},
		{"l2", p.L2, 1e-9, most},
		{"rate", p.Rate, 1e-6, 1},
		{"patience", float64(p.Patience), 1, most},
		{"column_share", p.ColumnShare, 1e-6, 1},
		{"row_share", p.RowShare, 1e-6, 1},
		{"level_smooth", p.LevelSmooth, 1e-9, most},
		{"level_l2", p.LevelL2, 0, most},
		{"level_rows", float64(p.LevelRows), 1, most},
		{"levels", float64(p.Levels), 1, most},
		{"bags", float64(p.Bags), 1, mostTrees},
	} {
		if math.IsNaN(b.x) || b.x < b.low || b.x > b.high {
			return fmt.Errorf("boost: %s must be %g to %g", b.name, b.low, b.high)
		}
	}
	if p.Trees*p.Bags > mostTrees {
		return fmt.Errorf("boost: trees times bags must not be above %d", mostTrees)
	}
	return nil
}

// Command boost measures our boosted trees: beside LightGBM on the same table,
// and alone on a table that is larger than most shops will ever have.
//
// Beside LightGBM both learn in turns, several times in one run, so that
// whatever else the machine does slows both. LightGBM is told the same bounds
// by a pinned script; --python names a Python that has it.
package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"assent/scoring/boost"
)

type options struct {
	Python string `help:"Python with LightGBM and NumPy in the versions of lightgbm.py; needed unless --alone."`
	Rows   int    `default:"80000" help:"Rows to learn from; a quarter more is held out."`
	Rounds int    `default:"5" help:"Times that each learns."`
	Trees  int    `default:"250"`
	Alone  bool   `help:"Learn once, without LightGBM, and say how much memory it took; try it with --rows 10000000."`
}

func main() {
	var o options
	kong.Parse(&o, kong.Description("Boosted trees: time, memory and AUC, beside LightGBM or alone."))
	run := beside
	if o.Alone {
		run = alone
	}
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "boost:", err)
		os.Exit(1)
	}
}

// params are LightGBM's in lightgbm.py, by our names.
func (o options) params() boost.Params {
	return boost.Params{Trees: o.Trees, Leaves: 31, MinRows: 20, MinHessian: 1e-3, L2: 1, Rate: 0.05}
}

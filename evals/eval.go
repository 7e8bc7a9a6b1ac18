package evals

import (
	"context"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"assent/scoring/metric"
)

// Eval is one measurement that assent eval can make: of a kind of task, on data
// that nothing was tuned on.
type Eval struct {
	Name string            // such as "scoring/olist_late": where the result goes
	Task string            // what is asked
	Bars map[string]string // by metric; see metric.ParseBar
	// Made says that the data is made by the eval itself: no files are read.
	Made bool
	Run  func(context.Context, Options) (Result, error)
	// Tables writes the features and the split into a folder as CSV, for another
	// program to learn from; nil for a task that has no table.
	Tables func(o Options, folder string) error
}

// Options of a run.
type Options struct {
	Data    fs.FS // what training may see; nil for what is made
	HeldOut fs.FS // the test files' root; nil judges by a part of Data
	Seed    uint64
	Now     func() time.Time // for how long it took
}

// BarList says the bars in a line.
func (e Eval) BarList() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(e.Bars)) {
		parts = append(parts, name+" "+e.Bars[name])
	}
	return strings.Join(parts, ", ")
}

// Hold holds metrics to bars.
func Hold(metrics map[string]metric.Interval, bars map[string]string) []metric.Gate {
	figures := map[string]float64{}
	for name, m := range metrics {
		figures[name] = m.Value
	}
	return metric.Hold(figures, bars)
}

package main

import (
	"fmt"
	"time"

	"assent/scoring/boost"
	"assent/scoring/frame"
)

// large is the command of that name.
type large struct {
	Rows  int    `default:"10000000" help:"Rows of the table."`
	Trees int    `default:"20" help:"Trees; memory does not grow with them."`
	Seed  uint64 `default:"1"`
}

// Run builds a frame from a source that makes up its rows, and trains on it.
func (l *large) Run(_ int) error {
	started := time.Now()
	f, err := frame.Build(columns(), source(l.Seed, l.Rows), frame.Options{})
	if err != nil {
		return err
	}
	if err := report(fmt.Sprintf("frame of %d rows x %d columns, read twice", f.Rows(), width), started); err != nil {
		return err
	}
	started = time.Now()
	if _, err := boost.Train(f, all(f.Rows()), nil, boost.Params{Trees: l.Trees}); err != nil {
		return err
	}
	return report(fmt.Sprintf("%d trees", l.Trees), started)
}

func report(what string, started time.Time) error {
	kib, err := peakKiB()
	if err != nil {
		return err
	}
	fmt.Printf("%s: %.1f s, peak of memory so far %d MiB\n", what, time.Since(started).Seconds(), kib/1024)
	return nil
}

// all rows of a frame.
func all(rows int) []int32 {
	out := make([]int32, rows)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

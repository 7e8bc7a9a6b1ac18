package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"assent/scoring/boost"
	"assent/scoring/frame"
)

// alone learns once from a table that is never held but as a frame.
func alone(o options) error {
	start := time.Now()
	f, err := frame.Build(columns(), table{o.Rows, 1}.source(), frame.Options{})
	if err != nil {
		return err
	}
	fmt.Printf("%d rows, %d columns: built in %s, peak memory %s\n", o.Rows, width, since(start), peak())
	start = time.Now()
	m, err := boost.Train(f, upTo(o.Rows), nil, o.params())
	if err != nil {
		return err
	}
	fmt.Printf("%d trees on %d processors: learnt in %s, peak memory %s\n", m.Rounds(), runtime.GOMAXPROCS(0), since(start), peak())
	return nil
}

func since(start time.Time) time.Duration { return time.Since(start).Round(time.Millisecond) }

// peak is the most memory that this process has had, as Linux counts it.
func peak() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "unknown here"
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	line, _, _ := strings.Cut(after, "\n")
	return strings.TrimSpace(line)
}

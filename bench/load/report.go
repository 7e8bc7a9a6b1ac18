package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// report collects what the requests did.
type report struct {
	mu     sync.Mutex
	hist   *hdrhistogram.Histogram // microseconds from due to answered
	counts map[string]int          // by status, or "error"
	took   time.Duration
}

// Range and precision of the histogram.
const (
	shortest = 1          // µs
	longest  = 60_000_000 // µs
	digits   = 3
)

func newReport() *report {
	return &report{hist: hdrhistogram.New(shortest, longest, digits), counts: map[string]int{}}
}

func (r *report) add(took time.Duration, status int, err error, counted bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := fmt.Sprint(status)
	if err != nil {
		name = "error"
	}
	if !counted {
		name = "warmup " + name
	} else {
		_ = r.hist.RecordValue(min(max(took.Microseconds(), shortest), longest))
	}
	r.counts[name]++
}

func (r *report) failed() int {
	n := 0
	for name, count := range r.counts {
		if name != "200" && name != "201" && name != "warmup 200" && name != "warmup 201" {
			n += count
		}
	}
	return n
}

func (r *report) print(w io.Writer, o options) {
	answered := r.hist.TotalCount()
	fmt.Fprintf(w, "open loop, %s, %d/s for %v: %d measured, %.0f/s answered\n", o.Kind, o.Rate, o.Duration, answered, float64(answered)/r.took.Seconds())
	for _, q := range []float64{50, 90, 99, 99.9} {
		fmt.Fprintf(w, "  p%-5v %8.2f ms\n", q, float64(r.hist.ValueAtQuantile(q))/1000)
	}
	fmt.Fprintf(w, "  max    %8.2f ms\n", float64(r.hist.Max())/1000)
	for _, name := range slices.Sorted(maps.Keys(r.counts)) {
		fmt.Fprintf(w, "  %-12s %d\n", name, r.counts[name])
	}
}

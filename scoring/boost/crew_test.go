package boost

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// TestCrewDoesAll posts jobs of all sizes, fast ones and, in between, none for
// so long that helpers sleep: each number is done once, and before each returns.
func TestCrewDoesAll(t *testing.T) {
	t.Parallel()
	for _, helpers := range []int{0, 1, 5} {
		c := crewOf(helpers)
		for n := range 200 {
			done := make([]int, n)
			c.each(n, func(i int) { done[i]++ })
			if slices.ContainsFunc(done, func(times int) bool { return times != 1 }) {
				t.Fatalf("%d helpers, %d numbers: done %v times", helpers, n, done)
			}
			for n%50 == 49 && int(c.asleep.Load()) < helpers {
				runtime.Gosched()
			}
		}
		c.home()
		for c.asleep.Load() > 0 { // they wake to go home
			runtime.Gosched()
		}
	}
}

// TestCrewWorksTogether has every one wait for all others: it ends only if
// helpers work at the same time.
func TestCrewWorksTogether(t *testing.T) {
	t.Parallel()
	const helpers = 3
	c := crewOf(helpers)
	defer c.home()
	var here atomic.Int64
	var all sync.WaitGroup
	all.Add(helpers + 1)
	c.each(helpers+1, func(int) {
		here.Add(1)
		all.Done()
		all.Wait()
	})
	if here.Load() != helpers+1 {
		t.Errorf("%d came together", here.Load())
	}
}

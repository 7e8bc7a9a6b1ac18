package boost

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// each does 0 to n-1 on all processors, in any order: do writes only what is
// its own by i.
func each(n int, do func(i int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			do(i)
		}
	}
	var wait sync.WaitGroup
	for range workers - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
}

// chunk is how many rows are done at once. It is the same everywhere: sums of
// chunks are added in order.
const chunk = 8192

// chunks does the rows 0 to n-1 in chunks.
func chunks(n int, do func(i, from, to int)) {
	each((n+chunk-1)/chunk, func(i int) { do(i, i*chunk, min(n, (i+1)*chunk)) })
}

package boost

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// crew does work on all processors. To wake a helper takes longer than most
// work here, so that one who has nothing to do looks out for more for a while
// before it sleeps. The zero value works alone.
type crew struct {
	helpers int
	job     atomic.Pointer[job]
	asleep  atomic.Int32
	mu      sync.Mutex
	wake    *sync.Cond
}

// job is numbers to do, each by whoever takes it first.
type job struct {
	taken []atomic.Bool
	left  atomic.Int64
	do    func(i int) // nil sends the helpers home
}

// lookout is how often a helper looks before it sleeps: some 50 µs.
const lookout = 50_000

// newCrew has a helper for each processor but one. It must be sent home.
func newCrew() *crew { return crewOf(runtime.GOMAXPROCS(0) - 1) }

func crewOf(helpers int) *crew {
	c := &crew{helpers: helpers}
	c.wake = sync.NewCond(&c.mu)
	for i := range c.helpers {
		go c.help(i + 1)
	}
	return c
}

// home ends the helpers.
func (c *crew) home() { c.post(&job{}) }

// each does 0 to n-1, in any order: do writes only what is its own by i.
func (c *crew) each(n int, do func(i int)) {
	if n <= 1 || c.helpers == 0 {
		for i := range n {
			do(i)
		}
		return
	}
	j := &job{taken: make([]atomic.Bool, n), do: do}
	j.left.Store(int64(n))
	c.post(j)
	j.work(0, c.helpers+1)
	for looks := 0; j.left.Load() > 0; looks++ {
		const often = 1000
		if looks%often == often-1 {
			runtime.Gosched() // a helper may have no processor to finish on
		}
	}
}

func (c *crew) post(j *job) {
	c.job.Store(j)
	if c.asleep.Load() > 0 {
		c.mu.Lock()
		c.wake.Broadcast()
		c.mu.Unlock()
	}
}

// work begins with every all-th number, the same ones each time: what they work
// on is then still near this processor. After that it does what others have not
// come to.
func (j *job) work(own, all int) {
	for i := own; i < len(j.taken); i += all {
		j.take(i)
	}
	for i := range j.taken {
		j.take(i)
	}
}

func (j *job) take(i int) {
	if !j.taken[i].Swap(true) {
		j.do(i)
		j.left.Add(-1)
	}
}

func (c *crew) help(own int) {
	var last *job
	for {
		if last = c.await(last); last.do == nil {
			return
		}
		last.work(own, c.helpers+1)
	}
}

// await is the next job after the last one.
func (c *crew) await(last *job) *job {
	for range lookout {
		if j := c.job.Load(); j != last {
			return j
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// Whoever posts looks at asleep after posting: either it sees this, or the
	// job is seen here.
	c.asleep.Add(1)
	defer c.asleep.Add(-1)
	for c.job.Load() == last {
		c.wake.Wait()
	}
	return c.job.Load()
}

// chunk is how many rows are done at once. It is the same everywhere: sums of
// chunks are added in order.
const chunk = 8192

// chunks does the rows 0 to n-1 in chunks.
func (c *crew) chunks(n int, do func(i, from, to int)) {
	c.each((n+chunk-1)/chunk, func(i int) { do(i, i*chunk, min(n, (i+1)*chunk)) })
}

// Package queue lets many callers share one writer: what waits is written in
// one transaction, whoever is waited for goes first.
package queue

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"assent/decision"
)

// Bounds of one batch. A batch is as long as a caller that just missed it
// waits, so background work, which nobody waits for, gets a small share.
const (
	most           = 64
	mostBackground = 8
	mostTime       = 5 * time.Millisecond
)

// Queue hands what waits to run, batch by batch, never two at once.
type Queue[V any] struct {
	run func(*Batch[V])

	mu     sync.Mutex
	lanes  [2][]*Job[V]
	busy   bool
	closed bool
	done   sync.WaitGroup
}

// New makes a queue. run must take jobs by Next until it is nil, or as many
// as it can, and answer each one it took.
func New[V any](run func(*Batch[V])) *Queue[V] { return &Queue[V]{run: run} }

// Do hands value to the writer and waits for its answer. Once ctx is done, Do
// returns a CodeUnavailable error; whether the work was done is then unknown,
// unless it was still waiting.
func (q *Queue[V]) Do(ctx context.Context, lane decision.Lane, value V) error {
	job := &Job[V]{Value: value, ctx: ctx, answer: make(chan error, 1), turn: make(chan struct{}, 1)}
	if !q.push(job, lane) {
		return decision.Errorf(decision.CodeUnavailable, "The store is closed.")
	}
	select {
	case err := <-job.answer:
		return err
	case <-ctx.Done():
		return job.abandon()
	}
}

// Close refuses new work and returns when what waited has been answered.
func (q *Queue[V]) Close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.done.Wait()
}

func (q *Queue[V]) push(job *Job[V], lane decision.Lane) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return false
	}
	job.background = lane != decision.Foreground
	q.lanes[index(job.background)] = append(q.lanes[index(job.background)], job)
	if !q.busy {
		q.busy = true
		q.done.Add(1)
		go q.work()
	}
	return true
}

func index(background bool) int {
	if background {
		return 1
	}
	return 0
}

// work runs batches until nothing waits.
func (q *Queue[V]) work() {
	defer q.done.Done()
	for q.waiting() {
		q.run(&Batch[V]{queue: q, start: time.Now()})
	}
}

func (q *Queue[V]) waiting() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy = len(q.lanes[0])+len(q.lanes[1]) > 0
	return q.busy
}

// pop takes the job that is next, leaving background ones when told to.
func (q *Queue[V]) pop(background bool) *Job[V] {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.lanes[:1+index(background)] {
		if lane := q.lanes[i]; len(lane) > 0 {
			job := lane[0]
			lane[0] = nil // do not keep a served caller's work alive
			q.lanes[i] = lane[1:]
			return job
		}
	}
	return nil
}

// Batch is what one transaction may hold.
type Batch[V any] struct {
	queue      *Queue[V]
	start      time.Time
	taken      int
	background int
}

// Next takes the next job, or nil when the batch is full or nothing waits.
func (b *Batch[V]) Next() *Job[V] {
	if b.taken == most || b.taken > 0 && time.Since(b.start) > mostTime {
		return nil
	}
	job := b.queue.pop(b.background < mostBackground)
	if job == nil {
		return nil
	}
	b.taken++
	if job.background {
		b.background++
	}
	return job
}

// Job is one caller's value on its way through a writer.
type Job[V any] struct {
	Value V

	ctx        context.Context
	background bool
	answer     chan error

	turn      chan struct{} // holds a value while the caller's function runs
	started   bool
	abandoned bool
}

// Run calls fn, which runs the caller's function, unless the caller has left.
// A panic becomes an error, and so does the end of the goroutine by FailNow of
// a test: neither may take the writer along.
func (j *Job[V]) Run(fn func(ctx context.Context) error) error {
	j.turn <- struct{}{}
	defer func() { <-j.turn }()
	if j.abandoned || j.ctx.Err() != nil {
		return late("Nothing was changed.", j.ctx.Err())
	}
	j.started = true
	ended := make(chan error, 1)
	go func() {
		err := errors.New("store: work ended its goroutine")
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("store: work panicked: %v\n%s", p, debug.Stack())
			}
			ended <- err
		}()
		err = fn(j.ctx)
	}()
	return <-ended
}

// Answer ends the job. It never blocks.
func (j *Job[V]) Answer(err error) { j.answer <- err }

// abandon waits until the caller's function does not run, so that it never
// runs after Do has returned.
func (j *Job[V]) abandon() error {
	j.turn <- struct{}{}
	defer func() { <-j.turn }()
	j.abandoned = true
	select {
	case err := <-j.answer: // it came meanwhile
		return err
	default:
	}
	if !j.started {
		return late("Nothing was changed.", j.ctx.Err())
	}
	return late("Whether it was done is unknown; retry with the same idempotency key.", j.ctx.Err())
}

func late(consequence string, cause error) error {
	e := decision.Errorf(decision.CodeUnavailable, "The store did not answer in time. %s", consequence)
	e.Err = cause
	return e
}

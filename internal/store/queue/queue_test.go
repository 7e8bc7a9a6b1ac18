package queue_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"assent/decision"
	"assent/internal/store/queue"
)

// recorder is a writer that remembers its batches and commits when told to.
type recorder struct {
	commit  chan struct{} // nil commits at once
	batches [][]string
}

type work struct {
	name string
	do   func(context.Context) error
}

func (r *recorder) run(b *queue.Batch[work]) {
	var names []string
	var jobs []*queue.Job[work]
	var answers []error
	for job := b.Next(); job != nil; job = b.Next() {
		names, jobs = append(names, job.Value.name), append(jobs, job)
		answers = append(answers, job.Run(func(ctx context.Context) error {
			if job.Value.do == nil {
				return nil
			}
			return job.Value.do(ctx)
		}))
	}
	r.batches = append(r.batches, names)
	if r.commit != nil {
		<-r.commit
	}
	for i, job := range jobs {
		job.Answer(answers[i])
	}
}

// fill queues n background and n foreground pieces of work behind a commit
// that takes its time, and lets everything run.
func fill(t *testing.T, n int, do func(context.Context) error) [][]string {
	r := &recorder{commit: make(chan struct{})}
	q := queue.New(r.run)
	var all sync.WaitGroup
	add := func(lane decision.Lane, name string) {
		all.Go(func() {
			if err := q.Do(t.Context(), lane, work{name, do}); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait() // it is queued
	}
	add(decision.Foreground, "first")
	for i := range n {
		add(decision.Background, fmt.Sprint("b", i))
	}
	for i := range n {
		add(decision.Foreground, fmt.Sprint("f", i))
	}
	close(r.commit)
	all.Wait()
	return r.batches
}

func TestForegroundGoesFirstAndEachLaneInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got := fill(t, 3, nil)
		want := [][]string{{"first"}, {"f0", "f1", "f2", "b0", "b1", "b2"}}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("batches were %v, want %v", got, want)
		}
	})
}

func TestABatchIsBoundedAndTakesFewOfTheBackground(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		batches := fill(t, 100, nil)
		var order []string
		for _, batch := range batches {
			background := slices.DeleteFunc(slices.Clone(batch), func(name string) bool { return !strings.HasPrefix(name, "b") })
			if len(batch) > 64 || len(background) > 8 {
				t.Errorf("a batch of %d with %d of the background", len(batch), len(background))
			}
			order = append(order, batch...)
		}
		if len(order) != 201 {
			t.Fatalf("%d ran, want 201", len(order))
		}
		if len(batches[1]) != 64 {
			t.Errorf("the batch that could be full has %d", len(batches[1]))
		}
	})
}

func TestABatchEndsInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		batches := fill(t, 10, func(context.Context) error {
			time.Sleep(2 * time.Millisecond) // of the bubble's clock
			return nil
		})
		if len(batches[1]) != 3 {
			t.Fatalf("a batch ran %d of 2 ms each, want 3", len(batches[1]))
		}
	})
}

func TestACallerThatLeavesWhileWaitingChangesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{commit: make(chan struct{})}
		q := queue.New(r.run)
		go func() { _ = q.Do(t.Context(), decision.Foreground, work{name: "first"}) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		ran := false
		err := q.Do(ctx, decision.Foreground, work{do: func(context.Context) error {
			ran = true
			return nil
		}})
		if decision.CodeOf(err) != decision.CodeUnavailable || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "Nothing was changed") {
			t.Fatalf("error is %v", err)
		}
		close(r.commit)
		q.Close()
		if ran {
			t.Fatal("the work ran after its caller was told that nothing changed")
		}
	})
}

func TestACallerThatLeavesDuringTheCommitIsToldThatNothingIsKnown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{commit: make(chan struct{})}
		q := queue.New(r.run)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := q.Do(ctx, decision.Foreground, work{name: "it"})
		if decision.CodeOf(err) != decision.CodeUnavailable || !strings.Contains(err.Error(), "unknown") {
			t.Fatalf("error is %v", err)
		}
		close(r.commit)
		q.Close()
	})
}

func TestTheCallersFunctionNeverRunsAfterDoHasReturned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := queue.New((&recorder{}).run)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		finished := false
		err := q.Do(ctx, decision.Foreground, work{do: func(context.Context) error {
			time.Sleep(time.Minute)
			finished = true
			return nil
		}})
		if !finished {
			t.Fatalf("Do returned %v while the function ran", err)
		}
	})
}

func TestPanicsAndEndedGoroutinesAreErrors(t *testing.T) {
	t.Parallel()
	q := queue.New((&recorder{}).run)
	for name, do := range map[string]func(context.Context) error{
		"panicked": func(context.Context) error { panic("a bug") },
		"ended":    func(context.Context) error { runtime.Goexit(); return nil },
	} {
		if err := q.Do(t.Context(), decision.Foreground, work{do: do}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := q.Do(t.Context(), decision.Foreground, work{}); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

func TestCloseAnswersWhatWaitsAndRefusesTheRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{commit: make(chan struct{})}
		q := queue.New(r.run)
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				if err := q.Do(t.Context(), decision.Foreground, work{}); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		closed := make(chan struct{})
		go func() { q.Close(); close(closed) }()
		synctest.Wait()
		if err := q.Do(t.Context(), decision.Foreground, work{}); decision.CodeOf(err) != decision.CodeUnavailable {
			t.Errorf("after Close: %v", err)
		}
		close(r.commit)
		<-closed
		all.Wait()
	})
}

package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"assent/scoring/boost"
	"assent/scoring/frame"
	"assent/scoring/metric"
)

// Goals of the ratio of our time to LightGBM's, and of what we may lose in AUC.
const (
	mostRatio = 1.5
	mostLost  = 0.002
)

// run is one learning.
type run struct{ seconds, busy float64 }

// disturbed says that the two threads had much less than two processors. It
// hits LightGBM tenfold, whose threads spin while they wait for one another.
func (r run) disturbed() bool { return r.busy < 1.4*r.seconds }

// beside learns in turns with LightGBM and compares. Error: a goal missed, or
// no LightGBM.
func beside(o options) error {
	if o.Python == "" {
		return errors.New("there is no LightGBM to learn beside: name a Python that has it with --python, or learn with --alone")
	}
	dir, err := os.MkdirTemp("", "boost")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	train, heldOut := table{o.Rows, 1}, table{o.Rows / 4, 2}
	p, err := startPeer(o, dir, train, heldOut)
	if err != nil {
		return err
	}
	defer p.stop()
	start := time.Now()
	f, err := frame.Build(columns(), train.source(), frame.Options{})
	if err != nil {
		return err
	}
	fmt.Printf("%d rows, %d columns, %d trees of 31 leaves; bins: ours %.2f s with the reading, LightGBM's %.2f s\n", o.Rows, width, o.Trees, time.Since(start).Seconds(), p.Binned)
	return compare(o, p, f, heldOut)
}

func compare(o options, p *peer, f *frame.Frame, heldOut table) error {
	var ours, theirs []run
	var m *boost.Model
	var a answer
	for i := range o.Rounds {
		request := "time"
		if i == 0 {
			request = "scores"
		}
		start, busy := time.Now(), processors()
		var err error
		if m, err = boost.Train(f, upTo(o.Rows), nil, o.params()); err != nil {
			return err
		}
		ours = append(ours, run{time.Since(start).Seconds(), processors() - busy})
		next, err := p.learn(request)
		if err != nil {
			return err
		}
		theirs = append(theirs, run{next.Seconds, next.Busy})
		if i > 0 {
			next.Scores = a.Scores
		}
		a = next
		fmt.Printf("  ours %.2f s (%.2f s of processors), LightGBM %.2f s (%.2f s)\n", ours[i].seconds, ours[i].busy, next.Seconds, next.Busy)
	}
	fmt.Printf("peak memory: ours %s with the frame, LightGBM's %d kB with its table\n", peak(), a.Peak)
	return judge(ours, theirs, m, heldOut, a.Scores)
}

// judge holds the figures against the goals. Of the rounds the fastest counts:
// the others were held up by something else.
func judge(ours, theirs []run, m *boost.Model, heldOut table, scores []float64) error {
	mine, positive, err := score(m, heldOut)
	if err != nil {
		return err
	}
	our, their := fastest(ours), fastest(theirs)
	ratio := our.seconds / their.seconds
	auc, theirAUC := metric.AUC(mine, positive), metric.AUC(scores, positive)
	fmt.Printf("fastest: ours %.2f s, LightGBM %.2f s, ratio %.2f (goal: at most %.1f); of medians %.2f\n", our.seconds, their.seconds, ratio, mostRatio, median(ours)/median(theirs))
	fmt.Printf("AUC on %d held-out rows: ours %.4f, LightGBM %.4f, difference %+.4f (goal: at least -%.3f)\n", heldOut.rows, auc, theirAUC, auc-theirAUC, mostLost)
	switch {
	case ratio > mostRatio || auc < theirAUC-mostLost:
		return errors.New("a goal is missed")
	case our.disturbed() || their.disturbed():
		return errors.New("the ratio says nothing: even in the fastest round the processors were busy with something else")
	}
	return nil
}

// score gives our log-odds and the labels of a table.
func score(m *boost.Model, t table) (scores []float64, positive []bool, err error) {
	err = t.source()(func(r *frame.Row) error {
		scores, positive = append(scores, m.LogOdds(r.Values)), append(positive, r.Positive)
		return nil
	})
	return scores, positive, err
}

func fastest(runs []run) run {
	return slices.MinFunc(runs, func(a, b run) int { return cmp.Compare(a.seconds, b.seconds) })
}

func median(runs []run) float64 {
	sorted := slices.SortedFunc(slices.Values(runs), func(a, b run) int { return cmp.Compare(a.seconds, b.seconds) })
	return sorted[len(sorted)/2].seconds
}

// processors is how many seconds of all processors this process has used.
func processors() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

package train

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"assent/scoring/frame"
	"assent/scoring/logistic"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

var columns = []frame.Column{
	{Name: "strong", Type: frame.Number}, {Name: "word", Type: frame.Category}, {Name: "noise", Type: frame.Number}, {Name: "always", Type: frame.Number},
}

// past makes rows an hour apart whose label is known within 100 hours, and
// whose groups are of three or four; timeless ones have neither time.
func past(rows int, seed uint64, timeless bool) frame.Source {
	return func(yield func(*frame.Row) error) error {
		random := rand.New(rand.NewPCG(seed, 1))
		for i := range rows {
			x, word := random.NormFloat64(), []string{"a", "b", "c"}[random.IntN(3)]
			odds := 1.5*x - 1
			if word == "a" {
				odds++
			}
			r := frame.Row{
				ID: fmt.Sprint(i), Group: fmt.Sprint("group ", i%(rows/3+1)), Positive: random.Float64() < logistic.Sigmoid(odds),
				Values: []frame.Value{frame.Of(x), frame.Level(word), frame.Of(random.NormFloat64()), frame.Of(1)},
			}
			if random.IntN(20) == 0 {
				r.Values[0] = frame.Value{}
			}
			if !timeless {
				r.At = start.Add(time.Duration(i) * time.Hour)
				r.KnownAt = r.At.Add(time.Duration(random.IntN(100)) * time.Hour)
			}
			if err := yield(&r); err != nil {
				return err
			}
		}
		return nil
	}
}

func build(t interface {
	Helper()
	Fatal(...any)
}, source frame.Source) *frame.Frame {
	t.Helper()
	f, err := frame.Build(columns, source, frame.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// quick learns in a moment.
func quick(seed uint64) Task {
	task := Task{Seed: seed}
	task.Boost.Trees, task.Boost.Leaves = 20, 7
	return task
}

func fitted(t testing.TB, task Task, f *frame.Frame) *Fitted {
	t.Helper()
	out, err := task.Run(f)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

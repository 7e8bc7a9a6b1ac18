// Package cases gathers the past decisions that a model learns from: what each
// snapshot held at its time, and what came of it.
package cases

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"time"

	"assent/decision"
	"assent/scoring/feature"
	"assent/scoring/frame"
	"assent/scoring/logistic"
	"assent/scoring/metric"
)

// Cases are past decisions in order of time, eight bytes a number and four a
// category. The zero value with a Set is empty.
type Cases struct {
	Set feature.Set
	// Scorecard gives what a model has to beat; nil for kinds without one.
	Scorecard decision.Assessor

	ids     []string
	at      []time.Time
	labels  []feature.Label
	known   []bool
	prior   []float64   // log-odds of the scorecard; NaN where it does not know
	numbers [][]float64 // by column of numbers; NaN is missing
	levels  [][]int32   // by column of categories: an index of names; -1 is missing
	names   []string
	index   map[string]int32
	values  []frame.Value // to read into
}

// Add reads a snapshot and returns its place. Cases are added in order of
// time; an id may come again, as another case.
func (c *Cases) Add(id string, s *decision.Snapshot) (int, error) {
	n := len(c.Set.Features)
	if c.values == nil {
		c.values, c.numbers, c.levels, c.index = make([]frame.Value, n), make([][]float64, n), make([][]int32, n), map[string]int32{}
	}
	c.Set.Read(s, c.values)
	for i, v := range c.values {
		if c.Set.Features[i].Type == frame.Number {
			c.numbers[i] = append(c.numbers[i], number(v))
		} else {
			c.levels[i] = append(c.levels[i], c.level(v))
		}
	}
	c.ids, c.at = append(c.ids, id), append(c.at, s.Now)
	c.labels, c.known = append(c.labels, feature.Label{}), append(c.known, false)
	prior := math.NaN()
	if c.Scorecard != nil {
		a, err := c.Scorecard.Assess(*s)
		if err != nil {
			return 0, err
		}
		if a.Probability != nil {
			prior = logistic.Logit(*a.Probability)
		}
	}
	c.prior = append(c.prior, prior)
	return len(c.ids) - 1, nil
}

// Tell gives a case its label. A case without one is not learnt from.
func (c *Cases) Tell(place int, l feature.Label) { c.labels[place], c.known[place] = l, true }

// Len counts the cases, and those with a label.
func (c *Cases) Len() (all, labelled int) {
	for _, known := range c.known {
		if known {
			labelled++
		}
	}
	return len(c.ids), labelled
}

// Source gives the cases with a label as rows.
func (c *Cases) Source() frame.Source {
	return func(yield func(*frame.Row) error) error {
		row := frame.Row{Values: make([]frame.Value, len(c.Set.Features))}
		for i := range c.ids {
			if !c.known[i] {
				continue
			}
			row.ID, row.At, row.Positive = c.ids[i], c.at[i], c.labels[i].Positive
			row.KnownAt = c.labels[i].KnownAt
			if row.KnownAt.Before(row.At) {
				row.KnownAt = row.At
			}
			for f := range row.Values {
				row.Values[f] = c.value(i, f)
			}
			if err := yield(&row); err != nil {
				return err
			}
		}
		return nil
	}
}

// value gives a case's value of a feature back.
func (c *Cases) value(i, feature int) frame.Value {
	if c.numbers[feature] != nil {
		if x := c.numbers[feature][i]; !math.IsNaN(x) {
			return frame.Of(x)
		}
	} else if level := c.levels[feature][i]; level >= 0 {
		return frame.Level(c.names[level])
	}
	return frame.Value{}
}

// Prior gives the scorecard's log-odds for each row of Source; where it does
// not know, what it gives on average. nil without a scorecard.
func (c *Cases) Prior() []float64 {
	if c.Scorecard == nil {
		return nil
	}
	sum, n := 0.0, 0.0
	for i, x := range c.prior {
		if c.known[i] && !math.IsNaN(x) {
			sum += x
			n++
		}
	}
	out := make([]float64, 0, len(c.prior))
	for i, x := range c.prior {
		switch {
		case !c.known[i]:
		case math.IsNaN(x):
			out = append(out, sum/max(n, 1))
		default:
			out = append(out, x)
		}
	}
	return out
}

// SHA256 is the hash of what is learnt from, in hex: the same cases give the
// same.
func (c *Cases) SHA256() string {
	digest := sha256.New()
	put := func(x uint64) { digest.Write(binary.LittleEndian.AppendUint64(nil, x)) }
	_ = c.Source()(func(r *frame.Row) error { // yields no error of its own
		digest.Write([]byte(r.ID))
		put(uint64(r.At.UnixMicro()))
		put(uint64(r.KnownAt.UnixMicro()))
		for _, v := range r.Values {
			digest.Write([]byte(v.Text))
			put(math.Float64bits(number(v)))
		}
		if r.Positive {
			put(1)
		} else {
			put(0)
		}
		return nil
	})
	return hex.EncodeToString(digest.Sum(nil))
}

func number(v frame.Value) float64 {
	if !v.Known {
		return math.NaN()
	}
	return v.Number
}

func (c *Cases) level(v frame.Value) int32 {
	if !v.Known {
		return -1
	}
	i, seen := c.index[v.Text]
	if !seen {
		i = int32(len(c.names))
		c.names, c.index[v.Text] = append(c.names, v.Text), i
	}
	return i
}

// Numbers gives a feature's values by row of Source, NaN where it is missing;
// all of them where there is no such feature.
func (c *Cases) Numbers(name string) []float64 {
	at := slices.IndexFunc(c.Set.Features, func(f feature.Feature) bool { return f.Name == name })
	var out []float64
	for i, known := range c.known {
		switch {
		case !known:
		case at < 0 || c.numbers[at] == nil:
			out = append(out, math.NaN())
		default:
			out = append(out, c.numbers[at][i])
		}
	}
	return out
}

// References are how the features of the cases with a label were distributed,
// in order.
func (c *Cases) References() []metric.Reference {
	out := make([]metric.Reference, len(c.Set.Features))
	values := make([]frame.Value, 0, len(c.ids))
	for f, declared := range c.Set.Features {
		values = values[:0]
		for i, known := range c.known {
			if known {
				values = append(values, c.value(i, f))
			}
		}
		out[f] = metric.Freeze(declared.Type, values)
	}
	return out
}

// Constant says that every case has the same of a feature, by its place in the
// set, or nothing.
func (c *Cases) Constant(feature int) bool {
	numbers, levels := c.numbers[feature], c.levels[feature]
	return !slices.ContainsFunc(numbers, func(x float64) bool { return math.Float64bits(x) != math.Float64bits(numbers[0]) }) &&
		!slices.ContainsFunc(levels, func(level int32) bool { return level != levels[0] })
}

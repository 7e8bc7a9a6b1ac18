package tabular

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"assent/scoring/frame"
	"assent/scoring/logistic"
)

// foldNames are what Past.Fold may be.
var foldNames = []string{"rate", "lift", "mean", "count", "since", "frequency"}

// Rows of one moment are simultaneous: none of them is another's past. A file's
// order within a day may hold what only came later.

// history adds the spec's columns of earlier rows.
func (d *data) history(s Spec) error {
	for _, p := range s.History {
		keys, err := d.keys(p.Key)
		if err != nil {
			return fmt.Errorf("history %s: %w", p.Name, err)
		}
		var values []float64
		switch p.Fold {
		case "frequency":
			values = d.frequency(keys)
		case "count", "since":
			values = d.seen(p, keys)
		default:
			values, err = d.learnt(p, keys)
		}
		if err != nil {
			return fmt.Errorf("history %s: %w", p.Name, err)
		}
		d.computed[p.Name] = values
	}
	return nil
}

// unnamed is the entity of a row that does not name it: no other such row is of
// the same one.
const unnamed = -1

// keys numbers the entities of a row.
func (d *data) keys(columns []string) ([]int, error) {
	out, index := make([]int, d.table.rows), map[string]int{}
	var of [][]string
	for _, name := range columns {
		values, err := d.table.text(name)
		if err != nil {
			return nil, err
		}
		of = append(of, values)
	}
	parts := make([]string, len(of))
	for i := range out {
		for c := range of {
			parts[c] = of[c][i]
		}
		if slices.Contains(parts, "") {
			out[i] = unnamed
			continue
		}
		key := strings.Join(parts, "\x00")
		if _, seen := index[key]; !seen {
			index[key] = len(index)
		}
		out[i] = index[key]
	}
	return out, nil
}

// frequency is ln(1 + how many other training rows are of the entity).
func (d *data) frequency(keys []int) []float64 {
	counts, out := map[int]int{}, make([]float64, len(keys))
	for i, k := range keys {
		if d.training[i] {
			counts[k]++
		}
	}
	for i, k := range keys {
		if k == unnamed {
			out[i] = math.NaN()
			continue
		}
		n := counts[k]
		if d.training[i] {
			n--
		}
		out[i] = math.Log1p(float64(n))
	}
	return out
}

// seen counts an entity's rows before a row, or the hours since the last.
func (d *data) seen(p Past, keys []int) []float64 {
	times, out := map[int][]int64{}, make([]float64, len(keys))
	window := time.Duration(p.Window).Microseconds()
	for i := 0; i < len(keys); {
		j := i
		for ; j < len(keys) && d.at[j] == d.at[i]; j++ {
			earlier := times[keys[j]]
			if keys[j] == unnamed {
				out[j] = math.NaN()
				continue
			}
			if p.Fold == "since" {
				out[j] = math.NaN()
				if n := len(earlier); n > 0 {
					out[j] = float64(d.at[j]-earlier[n-1]) / float64(time.Hour.Microseconds())
				}
				continue
			}
			from := 0
			if window > 0 {
				from, _ = slices.BinarySearch(earlier, d.at[j]-window)
			}
			out[j] = float64(len(earlier) - from)
		}
		for ; i < j; i++ {
			if keys[i] != unnamed {
				times[keys[i]] = append(times[keys[i]], d.at[i])
			}
		}
	}
	return out
}

// lesson is one row's value, from when it may be used.
type lesson struct {
	row int
	at  int64
}

// learnt folds what is known of an entity's earlier rows: their labels, or a
// number.
func (d *data) learnt(p Past, keys []int) ([]float64, error) {
	values, err := d.taught(p)
	if err != nil {
		return nil, err
	}
	parent := d.computed[p.Parent]
	if d.at[0] == frame.NoTime {
		return d.apart(p, keys, values, parent), nil
	}
	out := make([]float64, len(keys))
	past := newShrunk(p)
	if !p.Fitted {
		d.through(p, keys, values, parent, past, d.lessons(p, values, nil), nil, out)
		return out, nil
	}
	// What is fitted is known of all training rows once there is a test row.
	d.through(p, keys, values, parent, past, d.lessons(p, values, d.training), d.training, out)
	test := slices.Clone(d.training)
	for i := range test {
		test[i] = !test[i]
	}
	rest := d.lessons(p, values, d.training)
	all := newShrunk(p)
	for _, l := range rest {
		all.add(keys[l.row], values[l.row], l.at)
	}
	for i := range out {
		if test[i] {
			out[i] = all.value(p, keys[i], parentOf(parent, i), d.at[i])
		}
	}
	return out, nil
}

// taught are the labels, or the numbers of a column; NaN where there is none.
func (d *data) taught(p Past) ([]float64, error) {
	out := make([]float64, len(d.label))
	if p.Of == "" {
		for i, l := range d.label {
			out[i] = float64(l)
			if l == unknown {
				out[i] = math.NaN()
			}
		}
		return out, nil
	}
	return d.numbers(p.Of)
}

// numbers reads a column of numbers, computed or not. Only an empty text and
// the spec's words are missing: a decimal comma that made a whole column missing
// would be found by nobody.
func (d *data) numbers(name string) ([]float64, error) {
	if values, ok := d.computed[name]; ok {
		return values, nil
	}
	texts, err := d.table.text(name)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(texts))
	for i, v := range texts {
		if v == "" || slices.Contains(d.missing, v) {
			out[i] = math.NaN()
			continue
		}
		x, err := strconv.ParseFloat(v, 64)
		if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
			return nil, d.table.fault(i, name, numberRule)
		}
		out[i] = x
	}
	return out, nil
}

const numberRule = "must be a number with a point for its decimals, such as 1089.90, or empty, or one of the spec's missing"

// lessons are in order of when they may be used; only, if given, says of which
// rows.
func (d *data) lessons(p Past, values []float64, only []bool) []lesson {
	var out []lesson
	for i, v := range values {
		if math.IsNaN(v) || only != nil && !only[i] {
			continue
		}
		at := d.known[i]
		if p.After > 0 {
			at = d.at[i] + time.Duration(p.After).Microseconds()
		}
		out = append(out, lesson{i, at})
	}
	slices.SortStableFunc(out, func(a, b lesson) int { return cmp.Compare(a.at, b.at) })
	return out
}

// through gives each row what was to be known before it.
func (d *data) through(p Past, keys []int, values, parent []float64, past *shrunk, lessons []lesson, only []bool, out []float64) {
	next := 0
	for i := range keys {
		for ; next < len(lessons) && lessons[next].at < d.at[i]; next++ {
			l := lessons[next]
			past.add(keys[l.row], values[l.row], l.at)
		}
		if only == nil || only[i] {
			out[i] = past.value(p, keys[i], parentOf(parent, i), d.at[i])
		}
	}
}

func parentOf(parent []float64, row int) float64 {
	if parent == nil {
		return math.NaN()
	}
	return parent[row]
}

// parts is how many parts rows without time are cut into, each of which learns
// from the others.
const parts = 10

// apart gives each training row what the other parts' training rows say, and
// each test row what all say.
func (d *data) apart(p Past, keys []int, values, parent []float64) []float64 {
	part := make([]int, len(keys))
	for i := range part {
		part[i] = int(frame.Spread(d.key(i)) % parts)
	}
	out := make([]float64, len(keys))
	for k := range parts + 1 {
		past := newShrunk(p)
		for i, v := range values {
			if d.training[i] && part[i] != k && !math.IsNaN(v) {
				past.add(keys[i], v, 0)
			}
		}
		for i := range out {
			if d.training[i] && part[i] == k || !d.training[i] && k == parts {
				out[i] = past.value(p, keys[i], parentOf(parent, i), 0)
			}
		}
	}
	return out
}

// shrunk are means by entity, drawn to what holds for all.
type shrunk struct {
	newest int
	window int64
	of     map[int]*run
	all    run
}

// run is a sum over a queue of values.
type run struct {
	sum    float64
	values []float64
	at     []int64
	from   int // of the queue
	n      float64
}

func newShrunk(p Past) *shrunk {
	return &shrunk{p.Newest, time.Duration(p.Window).Microseconds(), map[int]*run{}, run{}}
}

func (s *shrunk) add(key int, v float64, at int64) {
	s.all.add(v, at, false)
	if key == unnamed {
		return
	}
	r := s.of[key]
	if r == nil {
		r = &run{}
		s.of[key] = r
	}
	r.add(v, at, s.newest > 0 || s.window > 0)
	if s.newest > 0 && r.n > float64(s.newest) {
		r.drop()
	}
}

func (r *run) add(v float64, at int64, keep bool) {
	r.sum += v
	r.n++
	if keep {
		r.values, r.at = append(r.values, v), append(r.at, at)
	}
}

func (r *run) drop() {
	r.sum -= r.values[r.from]
	r.n--
	r.from++
}

// The rate of all rows begins as one in forty.
const firstPositive, firstRows = 1, 40

// value is the entity's mean with Prior rows of the parent's. As a lift it is
// the distance from the parent in log-odds.
func (s *shrunk) value(p Past, key int, parent float64, now int64) float64 {
	if math.IsNaN(parent) {
		parent = (s.all.sum + firstPositive) / (s.all.n + firstRows)
	}
	sum, n := 0.0, 0.0
	if r := s.of[key]; r != nil {
		for s.window > 0 && r.from < len(r.at) && r.at[r.from] < now-s.window {
			r.drop()
		}
		sum, n = r.sum, r.n
	}
	mean := parent
	if n+p.Prior > 0 {
		mean = (sum + p.Prior*parent) / (n + p.Prior)
	}
	if p.Fold == "lift" {
		return logistic.Logit(mean) - logistic.Logit(parent)
	}
	return mean
}

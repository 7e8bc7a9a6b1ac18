package frame

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// sampler looks at the first pass: a reservoir of rows for the edges of
// numbers, counts for categories, hashes for ids.
type sampler struct {
	columns []Column
	options Options
	rows    int
	last    time.Time
	numbers [][]float64      // by column: the reservoir, NaN where missing
	counts  []map[string]int // by column
	ids     []uint64         // hashes
	random  *rand.Rand
}

// mostLevels bounds the categories that are counted: a column with more is an
// identifier, and those that come late are Other.
const mostLevels = 1 << 20

func newSampler(columns []Column, o Options) *sampler {
	s := &sampler{columns: columns, options: o, numbers: make([][]float64, len(columns)), counts: make([]map[string]int, len(columns))}
	s.random = rand.New(rand.NewPCG(1, 2)) // a fixed seed: the same rows give the same bins
	for c := range columns {
		s.counts[c] = map[string]int{}
	}
	return s
}

func (s *sampler) check(r *Row) error {
	fault := func(column, want string) error { return &Error{s.rows + 1, column, want} }
	switch {
	case len(r.Values) != len(s.columns):
		return fault("", "must have a value, or a missing one, for every column")
	case r.At.Before(s.last):
		return fault("", "must not be older than the row before: a source is in order of time")
	case r.KnownAt.Before(r.At):
		return fault("", "its label cannot be known before the row itself")
	}
	for c, v := range r.Values {
		if v.Known && s.columns[c].Type == Number && (math.IsNaN(v.Number) || math.IsInf(v.Number, 0)) {
			return fault(s.columns[c].Name, "must be a finite number, or missing")
		}
	}
	s.last = r.At
	return nil
}

// add keeps the row with the chance that makes every row equally likely to be
// in the sample (Vitter 1985, algorithm R).
func (s *sampler) add(r *Row) {
	s.rows++
	s.ids = append(s.ids, Spread(r.ID))
	slot := s.rows - 1
	if slot >= s.options.Sample {
		slot = int(s.random.Uint64N(uint64(s.rows)))
	}
	for c, v := range r.Values {
		switch {
		case s.columns[c].Type == Category:
			if v.Known {
				s.count(s.counts[c], v.Text)
			}
		case slot < s.options.Sample:
			s.keep(c, slot, v)
		}
	}
}

// count copies a level that is new: as part of a source's line it would keep
// the whole line.
func (s *sampler) count(levels map[string]int, level string) {
	if _, seen := levels[level]; seen {
		levels[level]++
	} else if len(levels) < mostLevels {
		levels[strings.Clone(level)] = 1
	}
}

func (s *sampler) keep(column, slot int, v Value) {
	x := v.Number
	if !v.Known {
		x = math.NaN()
	}
	if slot == len(s.numbers[column]) {
		s.numbers[column] = append(s.numbers[column], x)
		return
	}
	s.numbers[column][slot] = x
}

func (s *sampler) binnings() []Binning {
	out := make([]Binning, len(s.columns))
	for c, column := range s.columns {
		if column.Type == Category {
			out[c].Levels = levels(s.counts[c], s.options.LevelRows, MaxBins)
			continue
		}
		known := slices.DeleteFunc(s.numbers[c], math.IsNaN)
		out[c].Edges = edges(known, s.options.Bins)
	}
	return out
}

// duplicate refuses ids that are used twice.
func (s *sampler) duplicate() error {
	sorted := slices.Clone(s.ids)
	slices.Sort(sorted)
	twice := map[uint64]bool{}
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			twice[sorted[i]] = true
		}
	}
	if len(twice) == 0 {
		return nil
	}
	seen := map[uint64]bool{}
	for i, id := range s.ids {
		if seen[id] {
			return &Error{i + 1, "", "has the id of an earlier row"}
		}
		if twice[id] {
			seen[id] = true
		}
	}
	return nil
}

// Spread is a hash that is the same in every process, so that what is split by
// it is split alike. Each of its bits is as good as another: FNV-1a, mixed as in
// SplitMix64 (Steele, Lea and Flood 2014).
func Spread(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	x := h.Sum64()
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// group is equal for rows that must stay together.
func group(r *Row) uint64 {
	if r.Group == "" {
		return Spread("\x00" + r.ID)
	}
	return Spread(r.Group)
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return NoTime
	}
	return t.UnixMicro()
}

package boost

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/frame"
)

// histogramOf draws the histogram of one column with some rows, and a scanner.
func histogramOf(t *rapid.T, known int) (*[256]cell, scanner) {
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	p := Params{MinRows: rapid.IntRange(1, 5).Draw(t, "min"), LevelRows: 1, LevelSmooth: 1e-9, LevelL2: 1e-9}.orDefault()
	rows := rapid.IntRange(2, 200).Draw(t, "rows")
	f := fixedFor(rows)
	cells, total := new([256]cell), cell{}
	for range rows {
		code := random.IntN(known)
		if random.IntN(5) == 0 {
			code = int(frame.Missing)
		}
		c := f.at(random.NormFloat64()*2, random.IntN(3) == 0)
		cells[code], total = cells[code].plus(c), total.plus(c)
	}
	return cells, newScanner(&p, &f, total, unlimited)
}

// worth is a split's gain by definition, in floats.
func worth(s *scanner, cells *[256]cell, goesLeft func(code int) bool) (gain float64, rows [2]int) {
	var g, h [2]float64
	for code := range cells {
		side := 1
		if goesLeft(code) {
			side = 0
		}
		dg, dh := s.fixed.real(cells[code])
		g[side], h[side], rows[side] = g[side]+dg, h[side]+dh, rows[side]+s.fixed.count(cells[code])
	}
	score := func(g, h float64) float64 { return g * g / (h + s.l2) }
	return score(g[0], h[0]) + score(g[1], h[1]) - score(g[0]+g[1], h[0]+h[1]), rows
}

func TestNumberFindsTheBestSplit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const bins = 30
		cells, s := histogramOf(t, bins)
		best := 0.0
		for last := range bins {
			for _, missingLeft := range []bool{false, true} {
				gain, rows := worth(&s, cells, func(code int) bool {
					return code <= last || code == int(frame.Missing) && missingLeft
				})
				if rows[0] >= s.params.MinRows && rows[1] >= s.params.MinRows {
					best = max(best, gain)
				}
			}
		}
		got := s.number(cells, slot{bins: bins})
		if math.Abs(got.gain-best) > 1e-6 {
			t.Fatalf("gain %v, the best is %v", got.gain, best)
		}
		if got.gain > 0 {
			again, _ := worth(&s, cells, func(code int) bool {
				return code <= got.bin || code == int(frame.Missing) && got.missingLeft
			})
			if math.Abs(again-best) > 1e-6 {
				t.Fatalf("the split is worth %v, not %v", again, best)
			}
		}
	})
}

// TestLimitsThatBindNothing scans as below a monotone column, with limits so
// wide that they change nothing.
func TestLimitsThatBindNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cells, s := histogramOf(t, 30)
		free := s.number(cells, slot{bins: 30})
		s.limits = limits{-1e6, 1e6}
		bound := s.number(cells, slot{bins: 30})
		if math.Abs(free.gain-bound.gain) > 1e-9*max(1, free.gain) {
			t.Fatalf("gain %v without limits, %v with limits that bind nothing", free.gain, bound.gain)
		}
	})
}

// TestLevelsFindTheBestSplit tries every set of levels: ordering by their
// value finds the best of all (Fisher 1958), when it may take any prefix.
func TestLevelsFindTheBestSplit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const levels = 7
		cells, s := histogramOf(t, levels)
		s.params.Levels, s.params.L2 = 256, 1e-9
		s = newScanner(s.params, s.fixed, s.total, unlimited)
		codes := []int{0, 1, 2, 3, 4, 5, 6, int(frame.Missing)}
		best, seen := 0.0, 0
		for _, code := range codes {
			if cells[code].weight > 0 {
				seen++
			}
		}
		for set := range 1 << len(codes) {
			gain, rows := worth(&s, cells, func(code int) bool {
				for k := range codes {
					if codes[k] == code {
						return set>>k&1 == 1
					}
				}
				return false
			})
			if rows[0] >= s.params.MinRows && rows[1] >= s.params.MinRows {
				best = max(best, gain)
			}
		}
		got := s.category(cells)
		if got.gain > best+1e-6*max(1, best) {
			t.Fatalf("gain %v is above the best of all sets, %v", got.gain, best)
		}
		if seen > fewLevels && s.params.MinRows == 1 && got.gain < best-1e-6*max(1, best) {
			t.Fatalf("gain %v, the best of all sets is %v", got.gain, best)
		}
	})
}

func TestSubtractionIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		n := rapid.IntRange(1, 300).Draw(t, "rows")
		f := fixedFor(n)
		words, cells := make([]uint32, n), make([]cell, n)
		for i := range words {
			words[i], cells[i] = random.Uint32(), f.at(random.NormFloat64()*9, random.IntN(2) == 0)
		}
		cut := random.IntN(n + 1)
		rows := upTo(n)
		var whole, part, rest quad
		whole.build(words, rows, cells)
		part.build(words, rows[:cut], cells[:cut])
		rest.build(words, rows[cut:], cells[cut:])
		whole.subtract(&part)
		if whole != rest {
			t.Fatal("a histogram less a part of its rows is not that of the others")
		}
	})
}

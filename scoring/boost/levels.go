package boost

import (
	"slices"

	"assent/scoring/frame"
)

// fewLevels are so few that each is tried alone against the others.
const fewLevels = 4

// category tries levels alone when there are few; otherwise the prefixes and
// suffixes of all levels with enough rows, ordered by their value (Fisher 1958).
// Missing and Other are levels. What has too few rows to be ordered goes right;
// what the leaf has no row of goes with the most.
func (s scanner) category(cells *[256]cell) candidate {
	codes := make([]uint8, 0, len(cells))
	for code := range cells {
		if cells[code].weight != 0 {
			codes = append(codes, uint8(code))
		}
	}
	var best candidate
	if len(codes) <= fewLevels {
		best = s.alone(cells, codes)
	} else {
		s.l2 += s.params.LevelL2
		best = s.ordered(cells, codes)
	}
	if best.gain <= 0 {
		return candidate{}
	}
	best.values = s.values(best.left)
	if 2*s.fixed.count(best.left) >= s.fixed.count(s.total) {
		for code := range cells {
			if cells[code].weight == 0 {
				best.put(uint8(code))
			}
		}
	}
	best.missingLeft = best.has(frame.Missing)
	return best
}

func (c *candidate) put(code uint8) { c.set[code>>6] |= 1 << (code & 63) }

func (c *candidate) has(code uint8) bool { return c.set[code>>6]>>(code&63)&1 == 1 }

func (s *scanner) alone(cells *[256]cell, codes []uint8) candidate {
	best := candidate{gain: s.params.MinGain}
	for _, code := range codes {
		left := cells[code]
		if gain := s.allowed(left, 0); gain > best.gain {
			best = candidate{gain: gain, left: left}
			best.put(code)
		}
	}
	if best.left.weight == 0 {
		return candidate{}
	}
	return best
}

func (s *scanner) ordered(cells *[256]cell, codes []uint8) candidate {
	codes = slices.DeleteFunc(codes, func(code uint8) bool {
		return float64(s.fixed.count(cells[code])) < s.params.LevelSmooth
	})
	var ranks [256]float64
	for _, code := range codes {
		g, h := s.fixed.real(cells[code])
		ranks[code] = g / (h + s.params.LevelSmooth)
	}
	slices.SortFunc(codes, func(a, b uint8) int {
		switch {
		case ranks[a] < ranks[b]:
			return -1
		case ranks[a] > ranks[b]:
			return 1
		}
		return int(a) - int(b)
	})
	best := s.prefixes(cells, codes)
	slices.Reverse(codes)
	if other := s.prefixes(cells, codes); other.gain > best.gain {
		best = other
	}
	return best
}

// prefixes sends the first levels left, as many as is best.
func (s *scanner) prefixes(cells *[256]cell, codes []uint8) candidate {
	best, found := candidate{gain: s.params.MinGain}, 0
	var left cell
	group := 0
	for i, code := range codes[:min(len(codes), s.params.Levels, (len(codes)+1)/2)] {
		left = left.plus(cells[code])
		if group += s.fixed.count(cells[code]); group < s.params.LevelRows {
			continue
		}
		group = 0
		if gain := s.allowed(left, 0); gain > best.gain {
			best.gain, best.left, found = gain, left, i+1
		}
	}
	if found == 0 {
		return candidate{}
	}
	for _, code := range codes[:found] {
		best.put(code)
	}
	return best
}

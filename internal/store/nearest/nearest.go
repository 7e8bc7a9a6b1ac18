// Package nearest holds what every engine must do alike with vectors: which
// are allowed, and how far apart two are. Engines find candidates; the
// distance and the order that callers see are computed here, so that both
// give the same bits.
package nearest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"assent/decision"
)

// Bounds of what can be searched. pgvector indexes at most 2,000 dimensions,
// and its HNSW search keeps at most 1,000 candidates.
const (
	MostLength = 2000
	MostK      = 250
)

// Check refuses vectors that have no direction or do not fit an index.
func Check(vector []float32) error {
	if len(vector) == 0 || len(vector) > MostLength {
		return decision.Invalid("/vector", "length", fmt.Sprintf("must have 1 to %d numbers", MostLength))
	}
	norm := 0.0
	for _, x := range vector {
		norm += float64(float64(x) * float64(x))
	}
	if norm == 0 || math.IsNaN(norm) || math.IsInf(norm, 0) {
		return decision.Invalid("/vector", "direction", "must hold finite numbers that are not all zero")
	}
	return nil
}

// CheckLength refuses a vector of another length than its space has.
func CheckLength(vector []float32, length int) error {
	if len(vector) != length {
		return decision.Invalid("/vector", "length", fmt.Sprintf("must have %d numbers as the other vectors of its space", length))
	}
	return nil
}

// Candidate is a stored vector.
type Candidate struct {
	ID     string
	Label  string
	Vector []float32
}

// Best orders candidates by distance, then id, and keeps k, at most MostK.
func Best(query []float32, candidates []Candidate, k int) []decision.Neighbour {
	out := make([]decision.Neighbour, 0, len(candidates))
	for _, c := range candidates {
		out = append(out, decision.Neighbour{ID: c.ID, Label: c.Label, Distance: Distance(query, c.Vector)})
	}
	slices.SortFunc(out, func(a, b decision.Neighbour) int {
		switch {
		case a.Distance < b.Distance:
			return -1
		case a.Distance > b.Distance:
			return 1
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out[:max(0, min(k, len(out), MostK))]
}

// Distance is the cosine distance, 0 to 2, of two vectors of one length that
// Check accepts. The explicit conversions forbid fused multiply-add, so that
// every platform gives the same bits.
func Distance(a, b []float32) float64 {
	var dot, aa, bb float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		dot += float64(x * y)
		aa += float64(x * x)
		bb += float64(y * y)
	}
	return min(max(1-dot/math.Sqrt(float64(aa*bb)), 0), 2)
}

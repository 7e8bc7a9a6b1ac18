package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assent/decision"
)

var vectorCases = []testCase{
	{"vectors: the nearest of 200, the same on every engine", func(t *testing.T, db Database) {
		r := rand.New(rand.NewPCG(1, 2))
		stored := map[string][]float32{}
		for i := range 200 {
			id := fmt.Sprintf("v%03d", i)
			stored[id] = randomVector(r, 32)
			noError(t, db.Store.PutVector(t.Context(), company, "returns", id, "label-"+id, stored[id]))
		}
		for range 10 {
			q := randomVector(r, 32)
			for _, k := range []int{1, 10, 50, 200} {
				got, err := db.Store.Nearest(t.Context(), company, "returns", q, k)
				noError(t, err)
				if diff := cmp.Diff(exact(stored, q, k), got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
					t.Fatalf("the %d nearest (-want +got):\n%s", k, diff)
				}
			}
		}
	}},
	{"vectors: ties by id, never more than there are", func(t *testing.T, db Database) {
		for _, id := range []string{"c", "a", "b"} {
			noError(t, db.Store.PutVector(t.Context(), company, "s", id, "", []float32{1, 1}))
		}
		wantNearest(t, db, "s", []float32{2, 2}, 2, "a", "b")
		wantNearest(t, db, "s", []float32{2, 2}, 10, "a", "b", "c")
		wantNearest(t, db, "s", []float32{2, 2}, 0)
		wantNearest(t, db, "s", []float32{2, 2}, -1)
	}},
	{"vectors: distance is 0 for the same direction and 2 for the opposite", func(t *testing.T, db Database) {
		for id, v := range map[string][]float32{"same": {3, 0}, "right": {0, 5}, "opposite": {-1, 0}} {
			noError(t, db.Store.PutVector(t.Context(), company, "s", id, "l", v))
		}
		got, err := db.Store.Nearest(t.Context(), company, "s", []float32{1, 0}, 3)
		noError(t, err)
		equal(t, "neighbours", got, []decision.Neighbour{
			{ID: "same", Label: "l"}, {ID: "right", Label: "l", Distance: 1}, {ID: "opposite", Label: "l", Distance: 2},
		})
	}},
	{"vectors: one is replaced with its label", func(t *testing.T, db Database) {
		noError(t, db.Store.PutVector(t.Context(), company, "s", "a", "old", []float32{1, 0}))
		noError(t, db.Store.PutVector(t.Context(), company, "s", "a", "new", []float32{0, 1}))
		got, err := db.Store.Nearest(t.Context(), company, "s", []float32{0, 1}, 5)
		noError(t, err)
		equal(t, "neighbours", got, []decision.Neighbour{{ID: "a", Label: "new"}})
	}},
	{"vectors: spaces and companies are apart, each with its length", func(t *testing.T, db Database) {
		noError(t, db.Store.PutVector(t.Context(), company, "two", "a", "", []float32{1, 0}))
		noError(t, db.Store.PutVector(t.Context(), company, "three", "b", "", []float32{1, 0, 0}))
		noError(t, db.Store.PutVector(t.Context(), "it's", "two", "c", "", []float32{1, 0, 0, 0}))
		wantNearest(t, db, "two", []float32{1, 1}, 5, "a")
		wantNearest(t, db, "three", []float32{1, 1, 1}, 5, "b")
		wantNearest(t, db, "none", []float32{1}, 5)
	}},
	{"vectors: what cannot be compared is invalid", func(t *testing.T, db Database) {
		noError(t, db.Store.PutVector(t.Context(), company, "s", "a", "", []float32{1, 0}))
		inf := float32(math.Inf(1))
		for _, v := range [][]float32{nil, {}, {1}, {1, 0, 0}, {0, 0}, {inf, 0}, {float32(math.NaN()), 0}, make([]float32, 2001)} {
			wantCode(t, db.Store.PutVector(t.Context(), company, "s", "b", "", v), decision.CodeInvalid)
			_, err := db.Store.Nearest(t.Context(), company, "s", v, 1)
			wantCode(t, err, decision.CodeInvalid)
		}
		wantNearest(t, db, "s", []float32{1, 0}, 5, "a")
	}},
	{"vectors: many writers make one space", func(t *testing.T, db Database) {
		noErrors(t, together(20, func(i int) error {
			return db.Store.PutVector(t.Context(), company, "s", fmt.Sprintf("v%02d", i), "", []float32{1, float32(i)})
		}))
		wantNearest(t, db, "s", []float32{1, 0}, 3, "v00", "v01", "v02")
	}},
}

func randomVector(r *rand.Rand, n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

// exact is cosine distance by its definition, written apart from the engines'.
func exact(stored map[string][]float32, q []float32, k int) []decision.Neighbour {
	dot := func(a, b []float32) (sum float64) {
		for i := range a {
			sum += float64(a[i]) * float64(b[i])
		}
		return sum
	}
	all := []decision.Neighbour{}
	for id, v := range stored {
		distance := 1 - dot(q, v)/math.Sqrt(dot(q, q)*dot(v, v))
		all = append(all, decision.Neighbour{ID: id, Label: "label-" + id, Distance: distance})
	}
	slices.SortFunc(all, func(a, b decision.Neighbour) int {
		if a.Distance < b.Distance {
			return -1
		}
		return 1
	})
	return all[:k]
}

func wantNearest(t testing.TB, db Database, space string, v []float32, k int, want ...string) {
	t.Helper()
	got, err := db.Store.Nearest(t.Context(), company, space, v, k)
	noError(t, err)
	ids := []string{}
	for _, n := range got {
		ids = append(ids, n.ID)
	}
	equal(t, "nearest", ids, append([]string{}, want...))
}

package boost

import (
	"math"
	"math/bits"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/frame"
)

// mean is a tree's value when only the columns in known are known: where the
// column is not, both sides count by their cover (Lundberg et al. 2018, alg. 1).
func (t *Tree) mean(columns []Column, values []frame.Value, known uint, at int32) (value, cover float64) {
	if at < 0 {
		return t.Leaves[^at].Value, t.Leaves[^at].Cover
	}
	s := &t.Splits[at]
	left, l := t.mean(columns, values, known, s.Children[0])
	right, r := t.mean(columns, values, known, s.Children[1])
	switch {
	case known>>s.Column&1 == 1 && s.goesLeft(&columns[s.Column], values[s.Column]):
		return left, l + r
	case known>>s.Column&1 == 1:
		return right, l + r
	case l+r == 0:
		return left/2 + right/2, 0
	}
	return (l*left + r*right) / (l + r), l + r
}

// game is the model's log-odds when only some columns are known.
func (m *Model) game(values []frame.Value, known uint) float64 {
	sum := m.base
	for i := range m.trees {
		root := int32(0)
		if len(m.trees[i].Splits) == 0 {
			root = ^root
		}
		x, _ := m.trees[i].mean(m.columns, values, known, root)
		sum += x
	}
	return sum
}

// shapleyOf is the definition: over all sets without the column.
func (m *Model) shapleyOf(values []frame.Value, column int) float64 {
	n, sum := len(values), 0.0
	for known := range uint(1) << n {
		if known>>column&1 == 0 {
			k := bits.OnesCount(known)
			weight := factorial(k) * factorial(n-k-1) / factorial(n)
			sum += weight * (m.game(values, known|1<<column) - m.game(values, known))
		}
	}
	return sum
}

func factorial(n int) float64 {
	if n < 2 {
		return 1
	}
	return float64(n) * factorial(n-1)
}

func TestContributionsAreShapleyValues(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := anyModel(t)
		values := anyValues(t, m)
		got := make([]float64, len(values))
		base := m.Contributions(values, got)
		if want := m.game(values, 0); math.Abs(base-want) > 1e-9 {
			t.Fatalf("base = %v, want %v", base, want)
		}
		for c := range values {
			if want := m.shapleyOf(values, c); math.Abs(got[c]-want) > 1e-9 {
				t.Fatalf("column %d: %v, want %v", c, got[c], want)
			}
		}
	})
}

func TestContributionsAddUp(t *testing.T) {
	t.Parallel()
	f, train, valid := setup(t, 3000)
	m := mustTrain(t, f, train, nil, Params{Trees: 60})
	values, out := make([]frame.Value, len(f.Columns)), make([]float64, len(f.Columns))
	for _, row := range valid {
		for c := range values {
			values[c] = f.Value(c, row)
		}
		sum := m.Contributions(values, out)
		for _, x := range out {
			sum += x
		}
		if want := m.LogOdds(values); math.Abs(sum-want) > 1e-9 {
			t.Fatalf("row %d: base and contributions are %v, log-odds %v", row, sum, want)
		}
		if constant := out[6]; constant != 0 {
			t.Fatalf("row %d: a constant column contributes %v", row, constant)
		}
	}
}

func TestContributionsOfDeepTrees(t *testing.T) {
	t.Parallel()
	const n = 100
	columns, tree := make([]Column, n), Tree{Leaves: []Leaf{{1, 1}}}
	for c := range columns { // a caterpillar: every column above the last leaf
		columns[c] = Column{Column: frame.Column{Name: "x", Type: frame.Number}}
		tree.Splits = append(tree.Splits, Split{Column: c, Children: [2]int32{^int32(c), int32(c + 1)}})
		tree.Leaves = append(tree.Leaves, Leaf{float64(c % 3), 3})
	}
	tree.Splits[n-1].Children[1] = ^int32(n)
	m, err := New(columns, 0, []Tree{tree})
	if err != nil {
		t.Fatal(err)
	}
	values, out := make([]frame.Value, n), make([]float64, n)
	for c := range values {
		values[c] = frame.Of(1)
	}
	sum := m.Contributions(values, out)
	for _, x := range out {
		sum += x
	}
	if want := m.LogOdds(values); math.Abs(sum-want) > 1e-9 {
		t.Errorf("base and contributions are %v, log-odds %v", sum, want)
	}
}

func TestRulesIntegratePolynomials(t *testing.T) {
	t.Parallel()
	for n, r := range rules(mostDistinct / 2) {
		for degree := range 2 * n {
			sum := 0.0
			for q, point := range r.points {
				sum += r.weights[q] * math.Pow(point, float64(degree))
			}
			if want := 1 / float64(degree+1); math.Abs(sum-want) > 1e-13 {
				t.Fatalf("%d points, degree %d: %v, want %v", n, degree, sum, want)
			}
		}
	}
}

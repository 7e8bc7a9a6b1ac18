package boost

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/frame"
)

// TestOntoIsTheSameModel puts a model over its columns in reverse, among others:
// each row has the log-odds it had, and each column its contribution.
func TestOntoIsTheSameModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := anyModel(t)
		values := anyValues(t, m)
		columns, others := []frame.Column{{Name: "other", Type: frame.Number}}, []frame.Value{frame.Of(3)}
		for c := len(m.columns) - 1; c >= 0; c-- {
			columns, others = append(columns, m.columns[c].Column), append(others, values[c])
		}
		onto, err := m.Onto(columns)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := onto.LogOdds(others), m.LogOdds(values); got != want {
			t.Fatalf("log-odds %v, want %v", got, want)
		}
		want, got := make([]float64, len(values)), make([]float64, len(others))
		m.Contributions(values, want)
		onto.Contributions(others, got)
		slices.Reverse(got[1:])
		if got[0] != 0 {
			t.Fatalf("a column that no tree reads contributes %v", got[0])
		}
		for c := range want {
			if math.Abs(got[c+1]-want[c]) > 1e-12 {
				t.Fatalf("column %d contributes %v, want %v", c, got[c+1], want[c])
			}
		}
	})
}

func TestOntoRefuses(t *testing.T) {
	t.Parallel()
	f, train, _ := setup(t, 400)
	m := mustTrain(t, f, train, nil, Params{Trees: 1})
	other := slices.Clone(f.Columns)
	other[2].Type = frame.Category
	for want, columns := range map[string][]frame.Column{
		`reads "amount", which is no column here`: slices.Delete(slices.Clone(f.Columns), 2, 3),
		`column "amount" must be a number`:        other,
	} {
		if _, err := m.Onto(columns); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Onto gives %v, want %q", err, want)
		}
	}
}

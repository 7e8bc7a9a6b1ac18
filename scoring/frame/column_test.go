package frame

import (
	"math"
	"strings"
	"testing"
)

func TestBuildRefusesColumns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		columns []Column
		want    string
	}{
		"no type":               {[]Column{{Name: "a"}}, "column 1 (a): type must be number or category"},
		"no name":               {[]Column{{Type: Number}}, "column 1 (): must have a name of its own"},
		"a name twice":          {[]Column{{Name: "a", Type: Number}, {Name: "a", Type: Category}}, "column 2 (a): must have a name of its own"},
		"monotone beyond signs": {[]Column{{Name: "a", Type: Number, Monotone: 2}}, "column 1 (a): monotone must be -1, 0 or 1"},
		"monotone category":     {[]Column{{Name: "a", Type: Category, Monotone: 1}}, "column 1 (a): a category cannot be monotone"},
	} {
		if _, err := Build(c.columns, rowsOf(), Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestMeansAreNumbers adds up values whose sum is none.
func TestMeansAreNumbers(t *testing.T) {
	t.Parallel()
	for _, x := range []float64{math.MaxFloat64, -math.MaxFloat64} {
		if f := numbers(t, []float64{x, x, x}, Options{}); f.Value(0, 0) != Of(x) {
			t.Errorf("three of %g have the mean %g", x, f.Value(0, 0).Number)
		}
	}
}

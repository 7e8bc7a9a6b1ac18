package lightgbm

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dmitryikh/leaves"

	"assent/scoring/boost"
	"assent/scoring/frame"
	"assent/scoring/logistic"
)

// answers are what LightGBM itself gave; see testdata/generate.py.
type answers struct {
	Columns []string     `json:"columns"`
	Rows    [][]*float64 `json:"rows"` // nil is missing
	Models  map[string]struct {
		Raw           []float64   `json:"raw"`
		Probability   []float64   `json:"probability"`
		Contributions [][]float64 `json:"contributions"` // by row: by column, then the base
	} `json:"models"`
}

func setup(t testing.TB) answers {
	t.Helper()
	data, err := os.ReadFile("testdata/answers.json")
	if err != nil {
		t.Fatal(err)
	}
	var a answers
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func text(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func mustRead(t testing.TB, text string) *boost.Model {
	t.Helper()
	m, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// values makes a row of LightGBM's numbers a row of ours: columns c and d are
// categories.
func values(columns []string, row []*float64) []frame.Value {
	out := make([]frame.Value, len(row))
	for c, x := range row {
		switch {
		case x == nil:
		case columns[c] == "c" || columns[c] == "d":
			out[c] = frame.Level(strconv.Itoa(int(*x)))
		default:
			out[c] = frame.Of(*x)
		}
	}
	return out
}

func TestAnswersAreLightGBMs(t *testing.T) {
	t.Parallel()
	a := setup(t)
	for name, want := range a.Models {
		m := mustRead(t, text(t, name))
		for i, row := range a.Rows {
			got := logistic.Sigmoid(m.LogOdds(values(a.Columns, row)))
			if math.Abs(got-want.Probability[i]) > 1e-12 {
				t.Errorf("%s, row %d: probability %v, want %v", name, i, got, want.Probability[i])
			}
		}
	}
}

func TestContributionsAreLightGBMs(t *testing.T) {
	t.Parallel()
	a := setup(t)
	for name, want := range a.Models {
		m := mustRead(t, text(t, name))
		out := make([]float64, len(a.Columns))
		for i, row := range a.Rows {
			base := m.Contributions(values(a.Columns, row), out)
			for c, got := range append(slices.Clone(out), base) {
				if want := want.Contributions[i][c] * scales[name]; math.Abs(got-want) > 1e-9 {
					t.Errorf("%s, row %d, column %d: %v, want %v", name, i, c, got, want)
				}
			}
		}
	}
}

// scales of log-odds against what pred_contrib gives: the sigmoid, and of a
// forest one by its trees, whose scores LightGBM averages but not their
// contributions.
var scales = map[string]float64{"nan": 1, "none": 1, "zero": 1, "onehot": 1, "constant": 1, "sigmoid": 0.6, "forest": 1. / 8}

// TestLeavesAgrees asks another reader of the same files. It knows no v4 files,
// takes any number as v3, and sends missing categories elsewhere.
func TestLeavesAgrees(t *testing.T) {
	t.Parallel()
	a := setup(t)
	for _, name := range []string{"nan", "none", "zero", "onehot"} {
		model := text(t, name)
		m := mustRead(t, model)
		oracle, err := leaves.LGEnsembleFromReader(bufio.NewReader(strings.NewReader(strings.Replace(model, "version=v4", "version=v3", 1))), false)
		if err != nil {
			t.Fatal(err)
		}
		compared := 0
		for i, row := range a.Rows {
			if row[3] == nil || row[4] == nil {
				continue
			}
			numbers := make([]float64, len(row))
			for c, x := range row {
				numbers[c] = math.NaN()
				if x != nil {
					numbers[c] = *x
				}
			}
			compared++
			if got, want := m.LogOdds(values(a.Columns, row)), oracle.PredictSingle(numbers, 0); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s, row %d: %v, want %v", name, i, got, want)
			}
		}
		if compared < len(a.Rows)/2 {
			t.Errorf("%s: only %d rows were compared", name, compared)
		}
	}
}

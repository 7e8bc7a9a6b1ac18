package linear

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/frame"
	"assent/scoring/logistic"
	"assent/scoring/metric"
)

var columns = []frame.Column{
	{Name: "slope", Type: frame.Number, Monotone: 1},
	{Name: "bump", Type: frame.Number},
	{Name: "kind", Type: frame.Category},
	{Name: "noise", Type: frame.Number},
	{Name: "same", Type: frame.Number},
}

// truth is what the data are drawn from.
func truth(v []frame.Value) float64 {
	x := -2.0
	if v[0].Known {
		x += v[0].Number
	} else {
		x += 1.5
	}
	x += 2 * math.Exp(-v[1].Number*v[1].Number)
	return x + map[string]float64{"a": 1, "b": -1}[v[2].Text]
}

// data is a source of n rows, always the same.
func data(n int) frame.Source {
	return func(yield func(*frame.Row) error) error {
		random := rand.New(rand.NewPCG(7, 7))
		for i := range n {
			v := []frame.Value{
				frame.Of(random.NormFloat64()), frame.Of(2 * random.NormFloat64()), frame.Level([]string{"a", "b", "c"}[random.IntN(3)]),
				frame.Of(random.NormFloat64()), frame.Of(1),
			}
			if random.IntN(10) == 0 {
				v[0] = frame.Value{}
			}
			row := frame.Row{ID: fmt.Sprint(i), Values: v, Positive: random.Float64() < logistic.Sigmoid(truth(v))}
			if err := yield(&row); err != nil {
				return err
			}
		}
		return nil
	}
}

func build(t testing.TB, n int) (f *frame.Frame, train, valid []int32) {
	t.Helper()
	f, err := frame.Build(columns, data(n), frame.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if i < n*3/4 {
			train = append(train, int32(i))
		} else {
			valid = append(valid, int32(i))
		}
	}
	return f, train, valid
}

func fit(t testing.TB, n int, p Params) (*frame.Frame, *Model, []int32) {
	t.Helper()
	f, train, valid := build(t, n)
	m, err := Train(f, train, valid, p)
	if err != nil {
		t.Fatal(err)
	}
	return f, m, valid
}

func TestFindsTheTruth(t *testing.T) {
	t.Parallel()
	f, train, valid := build(t, 20_000)
	half := len(valid) / 2
	m, err := Train(f, train, valid[:half], Params{})
	if err != nil {
		t.Fatal(err)
	}
	valid = valid[half:] // Train has seen the others
	var got, want []float64
	var positive []bool
	for _, row := range valid {
		v := make([]frame.Value, len(columns))
		for c := range v {
			v[c] = f.Value(c, row)
		}
		got, want, positive = append(got, m.LogOddsOf(f, row)), append(want, truth(v)), append(positive, f.Positive[row])
	}
	if a, b := metric.AUC(got, positive), metric.AUC(want, positive); a < b-0.006 {
		t.Errorf("AUC %.4f, the truth itself has %.4f", a, b)
	}
	off := 0.0
	for i := range got {
		off += math.Abs(got[i]-want[i]) / float64(len(got))
	}
	if off > 0.2 {
		t.Errorf("log-odds are %.3f off on average", off)
	}
	if line := m.Terms[4]; line.Weights != nil || line.Missing != 0 {
		t.Error("a constant column has a term")
	}
}

// TestIsTheMinimum checks the condition of the minimum: where no constraint
// holds a weight back, the loss pulls as much as the penalty does.
func TestIsTheMinimum(t *testing.T) {
	t.Parallel()
	for _, lines := range []bool{false, true} {
		f, rows, _ := build(t, 4000)
		f.Columns = slices.Clone(f.Columns)
		f.Columns[0].Monotone = 0
		s := newSolver(f, rows, Params{Lines: lines}.orDefault())
		const penalty = 10
		s.solve(penalty)
		for c, d := range s.designs {
			gradient := make([]float64, d.groups)
			for i, code := range s.codes[c] {
				g, z := int(d.group[code]), 1.0
				if d.line && code != frame.Missing {
					g, z = 0, d.z[code]
				}
				gradient[g] += (logistic.Sigmoid(s.logOdds[i]) - s.label[i]) * z
			}
			for g, w := range s.weights[c] {
				gradient[g] += penalty * w
				if g > 0 && g < d.ordered {
					gradient[g] += penalty * (w - s.weights[c][g-1])
					gradient[g-1] -= penalty * (w - s.weights[c][g-1])
				}
			}
			for g, x := range gradient {
				if math.Abs(x) > 0.1 { // of 4,000 rows
					t.Errorf("lines %v: column %d, group %d: gradient %v", lines, c, g, x)
				}
			}
		}
	}
}

func TestMonotone(t *testing.T) {
	t.Parallel()
	for _, lines := range []bool{false, true} {
		for _, direction := range []int{1, -1} {
			f, train, valid := build(t, 2000)
			f.Columns = slices.Clone(f.Columns)
			for c := range f.Columns {
				f.Columns[c].Monotone = direction
			}
			m, err := Train(f, train, valid, Params{Lines: lines})
			if err != nil {
				t.Fatal(err)
			}
			v := make([]frame.Value, len(columns))
			for c := range columns {
				if columns[c].Type == frame.Category {
					continue
				}
				last := math.Inf(-direction)
				for x := -8.0; x < 8; x += 0.01 {
					v[c] = frame.Of(x)
					if now := m.LogOdds(v); (now-last)*float64(direction) < -1e-12 {
						t.Fatalf("lines %v: column %d moves against %d at %v", lines, c, direction, x)
					} else {
						last = now
					}
				}
			}
		}
	}
}

func TestContributionsAddUp(t *testing.T) {
	t.Parallel()
	for _, p := range []Params{{}, {Lines: true}} {
		_, m, _ := fit(t, 2000, p)
		out := make([]float64, len(columns))
		rapid.Check(t, func(t *rapid.T) {
			v := make([]frame.Value, len(columns))
			for c := range v {
				switch {
				case rapid.IntRange(0, 4).Draw(t, "known") == 0:
				case columns[c].Type == frame.Category:
					v[c] = frame.Level(rapid.SampledFrom([]string{"a", "b", "c", "unseen"}).Draw(t, "level"))
				default:
					v[c] = frame.Of(rapid.Float64Range(-1e6, 1e6).Draw(t, "number"))
				}
			}
			sum := m.Contributions(v, out)
			for _, x := range out {
				sum += x
			}
			if want := m.LogOdds(v); math.Abs(sum-want) > 1e-9 {
				t.Fatalf("contributions add up to %v, want %v", sum, want)
			}
		})
	}
}

func TestContributionsAreCentred(t *testing.T) {
	t.Parallel()
	f, train, _ := build(t, 2000)
	m, err := Train(f, train, nil, Params{})
	if err != nil {
		t.Fatal(err)
	}
	for c := range m.Terms {
		sum := 0.0
		for _, row := range train {
			sum += m.Terms[c].of(f.Value(c, row))
		}
		if mean := sum / float64(len(train)); math.Abs(mean) > 1e-9 {
			t.Errorf("column %d contributes %v on average", c, mean)
		}
	}
}

func TestSameBytes(t *testing.T) {
	t.Parallel()
	_, one, _ := fit(t, 2000, Params{})
	_, two, _ := fit(t, 2000, Params{})
	a, _ := json.Marshal(one)
	b, _ := json.Marshal(two)
	if !bytes.Equal(a, b) {
		t.Error("the same rows give another model")
	}
	var back Model
	if err := json.Unmarshal(a, &back); err != nil {
		t.Fatal(err)
	}
	if c, _ := json.Marshal(&back); !bytes.Equal(a, c) {
		t.Error("decoding and encoding changes the model")
	}
}

func TestOneLabel(t *testing.T) {
	t.Parallel()
	f, train, valid := build(t, 100)
	var negative []int32
	for _, row := range train {
		if !f.Positive[row] {
			negative = append(negative, row)
		}
	}
	for name, rows := range map[string][]int32{"no rows": nil, "one label": negative} {
		if _, err := Train(f, rows, valid, Params{}); err == nil {
			t.Errorf("%s: trained", name)
		}
	}
}

func TestBadModels(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"unknown key":      `{"base":0,"terms":[],"extra":1}`,
		"weight missing":   `{"terms":[{"edges":[1,2],"weights":[1,2]}]}`,
		"edges only":       `{"terms":[{"edges":[1]}]}`,
		"edges descend":    `{"terms":[{"edges":[2,1],"weights":[1,2,3]}]}`,
		"levels repeat":    `{"terms":[{"levels":["a","a"],"weights":[1,2]}]}`,
		"level unweighted": `{"terms":[{"levels":["a","b"],"weights":[1]}]}`,
		"line and steps":   `{"terms":[{"weights":[1],"line":{"scale":1}}]}`,
		"line of no scale": `{"terms":[{"line":{"scale":0}}]}`,
		"base too far":     `{"base":1e300}`,
		"weight too far":   `{"terms":[{"edges":[1],"weights":[1,1e300]}]}`,
		"missing too far":  `{"terms":[{"missing":-1e300}]}`,
		"slope too steep":  `{"terms":[{"line":{"scale":1,"slope":1e300}}]}`,
	} {
		if err := json.Unmarshal([]byte(text), new(Model)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzModel(f *testing.F) {
	f.Add([]byte(`{"base":1,"terms":[{"edges":[1],"weights":[1,2],"missing":3},{"levels":["a"],"weights":[1],"other":2},{"line":{"mean":1,"scale":2,"slope":3,"centre":0}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m Model
		if json.Unmarshal(data, &m) != nil {
			return
		}
		values, out := make([]frame.Value, len(m.Terms)), make([]float64, len(m.Terms))
		for i := range values {
			values[i] = frame.Value{Known: true, Number: 1, Text: "a"}
		}
		sum := m.Contributions(values, out)
		for _, x := range out {
			sum += x
		}
		if got := m.LogOdds(values); !(math.Abs(got-sum) <= 1e-9*(1+math.Abs(sum))) {
			t.Fatalf("log-odds %v, contributions give %v", got, sum)
		}
	})
}

func BenchmarkTrain(b *testing.B) {
	f, train, valid := build(b, 20_000)
	for b.Loop() {
		if _, err := Train(f, train, valid, Params{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLogOdds(b *testing.B) {
	_, m, _ := fit(b, 2000, Params{})
	v := []frame.Value{frame.Of(1), frame.Of(2), frame.Level("a"), {}, frame.Of(1)}
	b.ReportAllocs()
	for b.Loop() {
		m.LogOdds(v)
	}
}

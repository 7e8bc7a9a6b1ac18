package boost

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/frame"
)

func TestModelSurvivesJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := anyModel(t)
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var back Model
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(&back)
		if err != nil || !bytes.Equal(data, again) {
			t.Fatalf("the model changes on its way through JSON: %v", err)
		}
		values := anyValues(t, m)
		if got, want := back.LogOdds(values), m.LogOdds(values); got != want || back.Rounds() != m.Rounds() {
			t.Fatalf("it answers %v, want %v", got, want)
		}
	})
}

func TestTrainedModelSurvivesJSON(t *testing.T) {
	t.Parallel()
	f, train, valid := setup(t, 2000)
	m := mustTrain(t, f, train, valid, Params{Trees: 20, Bags: 2, RowShare: 0.5})
	var back Model
	if err := json.Unmarshal(encoded(t, m), &back); err != nil {
		t.Fatal(err)
	}
	for _, row := range valid {
		if got, want := back.LogOddsOf(f, row), m.LogOddsOf(f, row); got != want {
			t.Fatalf("row %d: %v, want %v", row, got, want)
		}
	}
	if back.Rounds() != m.Rounds() || back.Columns() != m.Columns() {
		t.Errorf("rounds %d and columns %d, want %d and %d", back.Rounds(), back.Columns(), m.Rounds(), m.Columns())
	}
}

// stump is an artefact of one split on a number.
func stump() wire {
	tree := Tree{[]Split{{Threshold: 1, Children: [2]int32{^0, ^1}}}, []Leaf{{-1, 5}, {1, 5}}}
	return wire{0, 1, []Column{{Column: frame.Column{Name: "n", Type: frame.Number}}}, tree.encode(nil)}
}

func TestUnmarshalRefuses(t *testing.T) {
	t.Parallel()
	set := func(at int, bytes ...byte) func(*wire) {
		return func(w *wire) { copy(w.Trees[at:], bytes) }
	}
	for name, c := range map[string]struct {
		change func(*wire)
		want   string
	}{
		"cut":                  {func(w *wire) { w.Trees = w.Trees[:len(w.Trees)-1] }, "end early"},
		"cut to nothing":       {func(w *wire) { w.Trees = w.Trees[:1] }, "end early"},
		"a byte more":          {func(w *wire) { w.Trees = append(w.Trees, 0) }, "end early"},
		"more splits":          {set(0, 2), "end early"},
		"endless splits":       {set(0, 255, 255, 255, 255), "end early"},
		"no such column":       {set(4, 1), "one of the columns"},
		"unknown flag":         {set(6, 2), "unknown flags"},
		"threshold infinite":   {set(7, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f), "finite threshold"},
		"threshold no number":  {set(7, 1, 0, 0, 0, 0, 0, 0xf8, 0x7f), "finite threshold"},
		"child of itself":      {set(15, 0, 0, 0, 0), "later splits"},
		"leaf value no number": {set(23, 1, 0, 0, 0, 0, 0, 0xf8, 0x7f), "value must be a number"},
		"more rounds":          {func(w *wire) { w.Rounds = 2 }, "rounds must be"},
		"fewer than no rounds": {func(w *wire) { w.Rounds = -1 }, "rounds must be"},
		"no columns":           {func(w *wire) { w.Columns = nil }, "one of the columns"},
		"base too large":       {func(w *wire) { w.Base = math.MaxFloat64 }, "base must be"},
	} {
		w := stump()
		c.change(&w)
		data, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		if err := new(Model).UnmarshalJSON(data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for _, text := range []string{`null`, `{}`, `[]`, `{"base":0,"extra":1}`, `{"trees":"?"}`, `{"trees":`} {
		if err := json.Unmarshal([]byte(text), new(Model)); err == nil {
			t.Errorf("%s is taken for a model", text)
		}
	}
}

// FuzzUnmarshal feeds bytes as trees: an error or a model that answers with
// numbers and explains itself, never a panic or an endless walk.
func FuzzUnmarshal(f *testing.F) {
	tree := Tree{[]Split{{Column: 1, Left: []uint64{2}, Children: [2]int32{1, ^2}}, {Threshold: 3, MissingLeft: true, Children: [2]int32{^0, ^1}}}, []Leaf{{1, 2}, {3, 4}, {5, 6}}}
	f.Add(tree.encode(nil))
	f.Add(tree.encode(tree.encode(nil)))
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, trees []byte) {
		const columns = `[{"name":"n","type":"number"},{"name":"c","type":"category","levels":["a"]}]`
		text := `{"base":1,"rounds":0,"columns":` + columns + `,"trees":"` + base64.StdEncoding.EncodeToString(trees) + `"}`
		var m Model
		if json.Unmarshal([]byte(text), &m) != nil {
			return
		}
		if again := encoded(t, &m); string(again) != text {
			t.Errorf("%s reads as %s", text, again)
		}
		out := make([]float64, 2)
		for _, values := range [][]frame.Value{{frame.Of(2), frame.Level("a")}, {{}, {}}, {frame.Of(-4), frame.Level("b")}} {
			x := m.LogOdds(values)
			sum := m.Contributions(values, out) + out[0] + out[1]
			if off := math.Abs(sum - x); !(off <= 1e-9*max(1, m.size())) {
				t.Errorf("log-odds %v, contributions add up to %v", x, sum)
			}
		}
	})
}

// size bounds all log-odds of a model.
func (m *Model) size() float64 {
	sum := math.Abs(m.base)
	for _, leaf := range m.leaves {
		sum += math.Abs(leaf)
	}
	return sum
}

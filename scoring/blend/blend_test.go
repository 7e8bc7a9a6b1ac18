package blend_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/blend"
	"assent/scoring/boost"
	"assent/scoring/frame"
	"assent/scoring/linear"
)

func line(base, slope float64) *linear.Model {
	return &linear.Model{Base: base, Terms: []linear.Term{{Line: &linear.Line{Scale: 1, Slope: slope}, Missing: -0.5}, {}}}
}

func stump(t interface{ Fatal(...any) }) *boost.Model {
	column := func(name string) boost.Column {
		return boost.Column{Column: frame.Column{Name: name, Type: frame.Number}}
	}
	m, err := boost.New([]boost.Column{column("a"), column("b")}, 0.25, []boost.Tree{{
		Splits: []boost.Split{{Column: 1, Threshold: 2, Children: [2]int32{^0, ^1}}},
		Leaves: []boost.Leaf{{Value: -1, Cover: 3}, {Value: 1, Cover: 1}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func whole(t interface{ Fatal(...any) }) *blend.Blend {
	return &blend.Blend{
		Shares: blend.Shares{blend.Lines: 0.25, blend.Additive: 0.25, blend.Boosted: 0.5},
		Lines:  line(1, 2), Additive: line(-1, 0.5), Boosted: stump(t),
	}
}

// The log-odds are the shares of the parts, and base and contributions add up
// to them.
func TestAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := whole(t)
		values := make([]frame.Value, 2)
		for i := range values {
			if rapid.Bool().Draw(t, "known") {
				values[i] = frame.Of(rapid.Float64Range(-4, 4).Draw(t, "value"))
			}
		}
		want := 0.25*b.Lines.LogOdds(values) + 0.25*b.Additive.LogOdds(values) + 0.5*b.Boosted.LogOdds(values)
		if have := b.LogOdds(values); math.Abs(have-want) > 1e-12 {
			t.Errorf("%v, want %v", have, want)
		}
		out, scratch := []float64{9, 9}, make([]float64, 2)
		sum := b.Contributions(values, out, scratch)
		for _, x := range out {
			sum += x
		}
		if math.Abs(sum-want) > 1e-9 {
			t.Errorf("contributions add up to %v, want %v", sum, want)
		}
	})
}

func TestColumns(t *testing.T) {
	t.Parallel()
	odd := whole(t)
	odd.Lines = &linear.Model{}
	for want, b := range map[int]*blend.Blend{2: whole(t), 0: {Shares: blend.Shares{blend.Scorecard: 1}}, -1: odd} {
		if have := b.Columns(); have != want {
			t.Errorf("%d, want %d", have, want)
		}
	}
}

// JSON gives the blend back, and refuses one that cannot have been trained.
func TestJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(whole(t))
	if err != nil {
		t.Fatal(err)
	}
	var again blend.Blend
	if err := json.Unmarshal(data, &again); err != nil {
		t.Fatal(err)
	}
	if second, err := json.Marshal(&again); err != nil || string(second) != string(data) {
		t.Errorf("%s, then %s %v", data, second, err)
	}
	for name, c := range map[string]struct{ content, says string }{
		"nothing":           {`{}`, "add up to 1"},
		"negative":          {`{"shares":{"scorecard":1.5,"lines":-0.5},"lines":{"base":0,"terms":[]}}`, "above zero"},
		"nobody":            {`{"shares":{"boosted_trees":1}}`, "a part that is there"},
		"unknown":           {`{"shares":{"oracle":1}}`, "a part that is there"},
		"without a share":   {`{"shares":{"scorecard":1},"lines":{"base":0,"terms":[]}}`, "lines must have a share"},
		"less than a whole": {`{"shares":{"scorecard":0.5}}`, "add up to 1"},
		"no trees":          {`{"shares":{"boosted_trees":1},"boosted_trees":{}}`, ""},
		"no object":         {`7`, ""},
	} {
		if err := json.Unmarshal([]byte(c.content), new(blend.Blend)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

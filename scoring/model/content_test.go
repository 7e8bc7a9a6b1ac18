package model_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"assent/scoring/blend"
	"assent/scoring/feature"
	"assent/scoring/metric"
	"assent/scoring/model"
)

// What was encoded decodes to the same bytes, and to a model that says the
// same.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyContent(t)
		m, first := decoded(t, c)
		parsed, err := model.Parse(first)
		if err != nil {
			t.Fatal(err)
		}
		again, second := decoded(t, parsed)
		if !bytes.Equal(first, second) || m.Revision() != again.Revision() || m.Revision() != model.Revision(first) {
			t.Fatal("decoded and encoded again, it is another model")
		}
		s := anySnapshot(t, c.Card.Kind)
		a, errA := m.Assess(s)
		b, errB := again.Assess(s)
		if one, two := mustJSON(t, a), mustJSON(t, b); errA != nil || errB != nil || one != two {
			t.Errorf("%s\n%s", one, two)
		}
	})
}

func mustJSON(t *rapid.T, v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Content that cannot have been trained, or that this release cannot serve,
// is refused with a sentence.
func TestRefusedContent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*model.Content)
		says   string
	}{
		"no columns":          {func(c *model.Content) { c.Columns, c.Importance = nil, nil }, "columns must not be empty"},
		"no blend":            {func(c *model.Content) { c.Blend = nil }, "must not be empty"},
		"no such set":         {func(c *model.Content) { c.Set, c.Card.Kind = "ticket/odoo", "ticket" }, "declared feature sets"},
		"set of another kind": {func(c *model.Content) { c.Card.Kind = "refund" }, "set must be of the card's kind"},
		"no such feature":     {func(c *model.Content) { c.Columns[0].Name = "customer.shoe_size" }, "has no feature customer.shoe_size"},
		"other type":          {func(c *model.Content) { c.Columns[0].Type = "category" }, "of the type that the model read"},
		"column too many":     {func(c *model.Content) { c.Columns, c.Importance = c.Columns[1:], c.Importance[1:] }, "read all columns"},
		"part without terms":  {func(c *model.Content) { c.Blend.Additive.Terms = nil }, "read all columns"},
		"importance short":    {func(c *model.Content) { c.Importance = c.Importance[1:] }, "one number a column"},
		"importance below":    {func(c *model.Content) { c.Importance[3] = -1 }, "below zero"},
		"scorecard unnamed":   {func(c *model.Content) { c.Scorecard = "" }, "a scorecard must have a share"},
		"another scorecard":   {func(c *model.Content) { c.Scorecard = strings.Repeat("0", 64) }, "a scorecard that this release has not"},
		"shares beyond one":   {func(c *model.Content) { c.Blend.Shares[blend.Lines] += 0.5 }, "add up to 1"},
		"share of nobody":     {func(c *model.Content) { c.Blend.Boosted = nil }, "a part that is there"},
		"part without share":  {func(c *model.Content) { delete(c.Blend.Shares, blend.Additive) }, "must have a share"},
		"references short": {func(c *model.Content) {
			c.References, c.Scores = make([]metric.Reference, len(c.Columns)-1), metric.FreezeNumbers([]float64{1, 2})
		}, "one a column"},
		"references without counts": {func(c *model.Content) {
			c.References, c.Scores = make([]metric.Reference, len(c.Columns)), metric.FreezeNumbers([]float64{1, 2})
		}, "a count for each bin"},
		"falling map": {func(c *model.Content) { c.Calibration = maps[3]; c.Calibration.Slope = -1 }, "slope must be above zero"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parsed, err := model.Parse(example(t, 1))
			if err != nil {
				t.Fatal(err)
			}
			c.change(&parsed)
			content, err := parsed.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if _, err = model.Decode(content); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("want %q, have %v", c.says, err)
			}
		})
	}
}

// Whatever is decoded assesses any snapshot without falling over.
func FuzzDecode(f *testing.F) {
	set, _ := feature.Named("order/odoo")
	for _, parts := range partsOf("order") {
		c := contentOf(set, set.Columns()[:6], rand.New(rand.NewPCG(1, 1)), parts, maps[4])
		content, err := c.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
		f.Add(content[:len(content)/2])
	}
	f.Add([]byte(`{"blend":{"shares":{"boosted_trees":1}},"columns":[{}],"importance":[1e999]}`))
	f.Add([]byte(`null`))
	s := snapshotOf("order", rand.New(rand.NewPCG(1, 2)), 0.7)
	f.Fuzz(func(t *testing.T, content []byte) {
		m, err := model.Decode(content)
		if err != nil {
			return
		}
		s := s
		s.Kind = m.Card().Kind
		a, err := m.Assess(s)
		if err == nil && a.Probability != nil && !(*a.Probability >= 0 && *a.Probability <= 1) {
			t.Errorf("probability %v", *a.Probability)
		}
	})
}

package scoring

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"assent/decision"
	"assent/scoring/logistic"
)

// TestCardGolden shows every change of a card in review: a changed card is
// another revision.
func TestCardGolden(t *testing.T) {
	t.Parallel()
	for _, c := range Cards() {
		data, err := json.MarshalIndent(c, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		s, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, c.Kind+".golden", fmt.Sprintf("revision %s\n%s\n", s.Revision(), data))
	}
}

func TestRevisionIsContent(t *testing.T) {
	t.Parallel()
	if one, two := Order().Revision(), Order().Revision(); one != two {
		t.Error("the same card has two revisions")
	}
	c := OrderCard()
	c.Characteristics = slices.Clone(c.Characteristics)
	first := c.Characteristics[0]
	first.Attributes = slices.Clone(first.Attributes)
	first.Attributes[0].Weight += 0.125
	c.Characteristics[0] = first
	changed, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if changed.Revision() == Order().Revision() {
		t.Error("another weight has the same revision")
	}
}

func TestCardIsACopy(t *testing.T) {
	t.Parallel()
	s := Order()
	c := s.Card()
	c.Characteristics[0].Attributes[0].Weight = 9
	c.Limits["EUR"] = Limits{}
	if s.Card().Characteristics[0].Attributes[0].Weight == 9 || s.Card().Limits["EUR"].High.IsZero() {
		t.Error("changing the returned card changed the model")
	}
}

func TestBadCards(t *testing.T) {
	t.Parallel()
	bad := func(change func(*Card)) Card {
		c := DeliveryCard().clone()
		change(&c)
		return c
	}
	attribute := func(change func(*Attribute)) Card {
		return bad(func(c *Card) { change(&c.Characteristics[0].Attributes[0]) })
	}
	cases := map[string]Card{
		"unknown kind":             bad(func(c *Card) { c.Kind = "horoscope" }),
		"base is no eighth":        bad(func(c *Card) { c.Base = -2.7 }),
		"base is no number":        bad(func(c *Card) { c.Base = math.NaN() }),
		"needs an unknown field":   bad(func(c *Card) { c.Needs = []string{"moon"} }),
		"no measure":               bad(func(c *Card) { c.Characteristics[0].Name = "moon" }),
		"reads an unknown field":   bad(func(c *Card) { c.Characteristics[0].Reads = []string{"moon"} }),
		"reads an unknown feature": bad(func(c *Card) { c.Characteristics[0].Reads = []string{"history.moon"} }),
		"no evidence":              bad(func(c *Card) { c.Characteristics = nil }),
		"code used twice":          bad(func(c *Card) { c.Characteristics = append(c.Characteristics, c.Characteristics[0]) }),
		"weight is no eighth":      attribute(func(a *Attribute) { a.Weight = 0.1 }),
		"weight is 0":              attribute(func(a *Attribute) { a.Weight = 0 }),
		"weight is too large":      attribute(func(a *Attribute) { a.Weight = 65 }),
		"absence lowers the risk":  attribute(func(a *Attribute) { a.Absent, a.Weight = true, -1 }),
		"no sentence":              attribute(func(a *Attribute) { a.Sentence = "" }),
		"no source":                attribute(func(a *Attribute) { a.Source = "" }),
	}
	for name, c := range cases {
		if _, err := New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestBaseRates(t *testing.T) {
	t.Parallel()
	for model, want := range map[*Scorecard]float64{Order(): 0.011, Delivery(): 0.060, Refund(): 0.018} {
		if got := logistic.Sigmoid(model.card.Base); math.Abs(got-want) > 0.0005 {
			t.Errorf("%s: base rate %.4f, want %.3f", model.card.Model, got, want)
		}
	}
}

// TestWords checks what people read, that no code means two things, and that
// every measure is used.
func TestWords(t *testing.T) {
	t.Parallel()
	seen, used := map[string]string{}, map[string]bool{}
	for _, card := range Cards() {
		for _, c := range card.Characteristics {
			used[c.Name] = true
			for _, a := range c.Attributes {
				if other, ok := seen[a.Code]; ok {
					t.Errorf("%s is a code of %s and %s", a.Code, other, card.Model)
				}
				seen[a.Code] = card.Model
				if !strings.HasSuffix(a.Sentence, ".") || !strings.HasSuffix(a.Source, ".") && !strings.HasSuffix(a.Source, ").") {
					t.Errorf("%s: sentence and source end with a full stop", a.Code)
				}
				if sentence, source, ok := Reason(a.Code); !ok || sentence != a.Sentence || source != a.Source {
					t.Errorf("%s is not explained", a.Code)
				}
			}
		}
	}
	for name := range measures {
		if !used[name] {
			t.Errorf("no card uses the measure %s", name)
		}
	}
}

// TestPersonalFields lists the personal fields a card may look at. Sex, age
// and the like are none of them.
func TestPersonalFields(t *testing.T) {
	t.Parallel()
	allowed := []string{"billing.zip", "customer.email", "customer.phone", "shipping.zip"}
	for _, card := range Cards() {
		kind, _ := decision.KindNamed(card.Kind)
		for _, c := range card.Characteristics {
			for _, path := range c.Reads {
				f, _ := kind.Field(path)
				if f.Personal && !slices.Contains(allowed, path) {
					t.Errorf("%s reads the personal field %s", c.Name, path)
				}
				for _, word := range []string{"sex", "gender", "age", "birth", "title"} {
					if slices.Contains(strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '_' }), word) {
						t.Errorf("%s reads %s", c.Name, path)
					}
				}
			}
		}
	}
}

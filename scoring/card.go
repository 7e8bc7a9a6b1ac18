package scoring

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// Card declares a scorecard. It is data: its content hash is the model's
// revision, and docs are made from it.
type Card struct {
	Model           string            `json:"model"`                // "scorecard/order"
	Kind            string            `json:"kind"`                 // decision kind it assesses
	Doc             string            `json:"doc"`                  // what the probability is of
	Base            float64           `json:"base"`                 // log-odds before any evidence
	Source          string            `json:"source"`               // where the base rate is published
	Needs           []string          `json:"needs"`                // fields without which the probability is unknown
	Limits          map[string]Limits `json:"limits,omitempty"`     // by the company's currency; one that is not listed leaves amounts unjudged
	Disposable      []string          `json:"disposable,omitempty"` // domains of throw-away e-mail addresses
	Characteristics []Characteristic  `json:"characteristics"`
}

// Limits are what counts as a high amount, in one currency.
type Limits struct {
	High     decimal.Decimal `json:"high"`
	VeryHigh decimal.Decimal `json:"very_high"`
}

// Characteristic is one question the card asks. At most one of its
// attributes applies: the first that matches.
type Characteristic struct {
	Name       string      `json:"name"`  // also names the measure that answers it
	Reads      []string    `json:"reads"` // paths of fields and features
	Doc        string      `json:"doc"`   // what is measured, its unit, and when it is not asked
	Attributes []Attribute `json:"attributes"`
}

// Attribute is one answer that carries weight. Other answers carry none.
type Attribute struct {
	Code     string  `json:"code"`             // reason code
	Weight   float64 `json:"weight"`           // added to the log-odds; a multiple of 1/8
	Is       string  `json:"is,omitempty"`     // matches this answer in words
	From     *int64  `json:"from,omitempty"`   // matches answers in numbers from here …
	Below    *int64  `json:"below,omitempty"`  // … up to but without this
	Absent   bool    `json:"absent,omitempty"` // matches fields that are not there for the reason the kind declares; may only raise the risk
	Sentence string  `json:"sentence"`         // for the person who decides
	Source   string  `json:"source"`           // who says so, or why we do
}

// matches says whether a known answer is this attribute's.
func (a Attribute) matches(r reading) bool {
	if a.Absent {
		return false
	}
	if a.Is != "" {
		return a.Is == r.text
	}
	return (a.From == nil || r.number >= *a.From) && (a.Below == nil || r.number < *a.Below)
}

// span is the most that the answer to a characteristic can move the
// log-odds: its share of the card's evidence.
func (c Characteristic) span() float64 {
	low, high := 0.0, 0.0
	for _, a := range c.Attributes {
		low, high = min(low, a.Weight), max(high, a.Weight)
	}
	return high - low
}

// clone shares nothing with the original, so that nobody changes a model
// behind its revision.
func (c Card) clone() Card {
	c.Needs, c.Disposable, c.Limits = slices.Clone(c.Needs), slices.Clone(c.Disposable), maps.Clone(c.Limits)
	c.Characteristics = slices.Clone(c.Characteristics)
	for i := range c.Characteristics {
		ch := &c.Characteristics[i]
		ch.Reads, ch.Attributes = slices.Clone(ch.Reads), slices.Clone(ch.Attributes)
	}
	return c
}

// revision is the content hash of the declared card.
func (c Card) revision() (string, error) {
	data, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("scoring: card %s: %w", c.Model, err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

// check refuses a card that the kind's declaration does not support.
func (c Card) check() error {
	kind, ok := decision.KindNamed(c.Kind)
	if !ok {
		return fmt.Errorf("scoring: card %s is of an unknown kind", c.Model)
	}
	if !exact(c.Base) {
		return fmt.Errorf("scoring: card %s: base must be a multiple of 1/8", c.Model)
	}
	for _, path := range c.Needs {
		if _, ok := kind.Field(path); !ok {
			return fmt.Errorf("scoring: card %s: needs: the kind has no field %s", c.Model, path)
		}
	}
	codes := map[string]bool{}
	for _, ch := range c.Characteristics {
		if err := ch.check(kind, codes); err != nil {
			return fmt.Errorf("scoring: card %s: %s: %w", c.Model, ch.Name, err)
		}
	}
	return nil
}

func (c Characteristic) check(kind decision.Kind, codes map[string]bool) error {
	if measures[c.Name] == nil {
		return fmt.Errorf("no measure has this name")
	}
	for _, path := range c.Reads {
		if !declares(kind, path) {
			return fmt.Errorf("the kind has no field or feature %s", path)
		}
	}
	for _, a := range c.Attributes {
		switch {
		case codes[a.Code]:
			return fmt.Errorf("code %s is used twice", a.Code)
		case !exact(a.Weight) || a.Weight == 0:
			return fmt.Errorf("the weight of %s must be a multiple of 1/8, and not 0", a.Code)
		case a.Absent && a.Weight < 0:
			return fmt.Errorf("%s: absence must not lower the risk", a.Code)
		case a.Sentence == "" || a.Source == "":
			return fmt.Errorf("%s needs a sentence and a source", a.Code)
		}
		codes[a.Code] = true
	}
	return nil
}

func declares(kind decision.Kind, path string) bool {
	_, feature := kind.Feature(path)
	_, field := kind.Field(path)
	return feature || field || path == channelPath
}

// exact says whether sums of such numbers are exact: eighths, and not large.
func exact(w float64) bool {
	const steps = 8
	return math.Abs(w) <= 64 && w*steps == math.Trunc(w*steps)
}

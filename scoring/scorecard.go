package scoring

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"assent/decision"
	"assent/scoring/logistic"
)

// Scorecard assesses snapshots with a card. It is a decision.Assessor.
type Scorecard struct {
	card     Card
	revision string
	items    []item
	evidence float64 // sum of all spans
}

// item is a characteristic ready for use.
type item struct {
	Characteristic
	measure measure
	span    float64
}

// New makes a scorecard of a card, e.g. of Order with the company's own
// limits. It fails on a card that its kind's declaration does not support.
func New(card Card) (*Scorecard, error) {
	if err := card.check(); err != nil {
		return nil, err
	}
	revision, err := card.revision()
	if err != nil {
		return nil, err
	}
	s := &Scorecard{card: card.clone(), revision: revision}
	for _, c := range s.card.Characteristics {
		s.items = append(s.items, item{c, measures[c.Name], c.span()})
		s.evidence += c.span()
	}
	if s.evidence == 0 {
		return nil, fmt.Errorf("scoring: card %s weighs nothing", card.Model)
	}
	return s, nil
}

// Revision is the content hash of the declared card.
func (s *Scorecard) Revision() string { return s.revision }

// Card returns a copy of the declaration, for docs and explanations.
func (s *Scorecard) Card() Card { return s.card.clone() }

// Assess gives the probability, the reasons that add up to it, and the share
// of the card's evidence that was known. Without a field that the card needs,
// the probability is unknown and there are no reasons.
func (s *Scorecard) Assess(snapshot decision.Snapshot) (decision.Assessment, error) {
	if snapshot.Kind != s.card.Kind {
		return decision.Assessment{}, fmt.Errorf("scoring: %s cannot assess a snapshot of another kind", s.card.Model)
	}
	a := decision.Assessment{Model: s.card.Model, Revision: s.revision}
	reasons, confidence := s.weigh(&snapshot)
	a.Confidence = &confidence
	if !s.possible(&snapshot) {
		return a, nil
	}
	logOdds := s.card.Base
	for _, r := range reasons {
		logOdds += r.Contribution
	}
	p := logistic.Sigmoid(logOdds)
	sortReasons(reasons)
	a.Probability, a.Base, a.Reasons = &p, s.card.Base, reasons
	return a, nil
}

// weigh asks every characteristic in the card's order. One that does not
// apply is known: what rules it out is.
func (s *Scorecard) weigh(snapshot *decision.Snapshot) (reasons []decision.Reason, confidence float64) {
	known := 0.0
	for i := range s.items {
		it := &s.items[i]
		r := it.measure(snapshot, &s.card)
		if r.state == answered || r.state == notAsked {
			known += it.span
		}
		if a, ok := it.attribute(r); ok {
			reasons = append(reasons, decision.Reason{Code: a.Code, Contribution: a.Weight})
		}
	}
	return reasons, known / s.evidence
}

// attribute finds the one that applies, if any.
func (c Characteristic) attribute(r reading) (Attribute, bool) {
	for _, a := range c.Attributes {
		if r.state == answered && a.matches(r) || r.state == absent && a.Absent {
			return a, true
		}
	}
	return Attribute{}, false
}

// possible says whether every field the card needs is known. An amount
// without an exchange rate is not known in any currency we can judge.
func (s *Scorecard) possible(snapshot *decision.Snapshot) bool {
	for _, path := range s.card.Needs {
		value, ok := snapshot.Fields[path]
		if !ok || isMoney(value) && snapshot.Rate.IsZero() {
			return false
		}
	}
	return true
}

// sortReasons puts the largest absolute contribution first, ties by code.
func sortReasons(reasons []decision.Reason) {
	slices.SortFunc(reasons, func(a, b decision.Reason) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Contribution), math.Abs(a.Contribution)), cmp.Compare(a.Code, b.Code))
	})
}

// Scorecards are those that kinds start with.
func Scorecards() []*Scorecard { return []*Scorecard{Order(), Delivery(), Refund()} }

// CardOf is the scorecard that a kind starts with; nil if it has none.
func CardOf(kind string) *Scorecard {
	for _, s := range Scorecards() {
		if s.card.Kind == kind {
			return s
		}
	}
	return nil
}

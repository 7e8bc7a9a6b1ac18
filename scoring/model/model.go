package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"

	"assent/decision"
	"assent/scoring"
	"assent/scoring/blend"
	"assent/scoring/feature"
	"assent/scoring/frame"
	"assent/scoring/logistic"
)

// Model assesses snapshots of one kind. It is a decision.Assessor, and safe
// for use by many goroutines.
type Model struct {
	content   Content
	revision  string
	set       feature.Set
	scorecard *scoring.Scorecard // nil without a share
	weight    float64            // sum of Importance
	scratch   sync.Pool
}

// scratch is what one assessment works in.
type scratch struct {
	values []frame.Value
	part   []float64 // contributions of one part
	sum    []float64 // of all parts
}

// Decode makes a model of stored content. Error: content that is no model, or
// one that reads what this release has not.
func Decode(content []byte) (*Model, error) {
	c, err := Parse(content)
	if err != nil {
		return nil, err
	}
	declared, ok := feature.Named(c.Set)
	if !ok {
		return nil, fmt.Errorf("model: set must be one of the declared feature sets")
	}
	m := &Model{content: c, revision: Revision(content)}
	if m.set, err = declared.Only(c.Columns); err != nil {
		return nil, err
	}
	if c.Scorecard != "" {
		if m.scorecard = scoring.CardOf(m.set.Kind); m.scorecard == nil || m.scorecard.Revision() != c.Scorecard {
			return nil, fmt.Errorf("model: it is blended with a scorecard that this release has not")
		}
	}
	for _, x := range c.Importance {
		m.weight += x
	}
	n := len(c.Columns)
	m.scratch.New = func() any {
		return &scratch{make([]frame.Value, n), make([]float64, n), make([]float64, n)}
	}
	return m, nil
}

// Revision is the content hash.
func (m *Model) Revision() string { return m.revision }

// Card says what the model was trained on and how it did.
func (m *Model) Card() Card { return m.content.Card }

// Codes of contributions that are of no one feature.
const (
	CodeOther       = "MODEL_OTHER"       // the features that contribute least, together
	CodeCalibration = "MODEL_CALIBRATION" // what calibration adds
)

// mostReasons is how many features are named. The others are one reason.
const mostReasons = 12

// Assess gives the calibrated probability, the reasons that add up to it, and
// the share of the model's evidence that was known. Where the scorecard that
// it is blended with cannot know, neither can the model.
func (m *Model) Assess(s decision.Snapshot) (decision.Assessment, error) {
	if s.Kind != m.set.Kind {
		return decision.Assessment{}, fmt.Errorf("model: %s cannot assess a snapshot of another kind", m.content.Card.Name)
	}
	a := decision.Assessment{Model: m.content.Card.Name, Revision: m.revision}
	w := m.scratch.Get().(*scratch)
	defer m.scratch.Put(w)
	m.set.Read(&s, w.values)
	confidence := m.known(w.values)
	a.Confidence = &confidence
	base, reasons, ok, err := m.explain(s, w)
	if err != nil || !ok {
		return a, err
	}
	logOdds := base
	for _, r := range reasons {
		logOdds += r.Contribution
	}
	p := m.content.Calibration.Probability(logOdds)
	if rest := logistic.Logit(p) - logOdds; math.Abs(rest) > negligible {
		reasons = append(reasons, decision.Reason{Code: CodeCalibration, Contribution: rest})
	}
	sortReasons(reasons)
	a.Probability, a.Base, a.Reasons = &p, base, reasons
	return a, nil
}

// negligible is less than anybody could see in a probability.
const negligible = 1e-9

// explain adds up the parts' contributions. ok is false where the scorecard
// does not know.
func (m *Model) explain(s decision.Snapshot, w *scratch) (base float64, reasons []decision.Reason, ok bool, err error) {
	base = m.content.Blend.Contributions(w.values, w.sum, w.part)
	reasons = m.named(w.sum)
	if m.scorecard == nil {
		return base, reasons, true, nil
	}
	card, err := m.scorecard.Assess(s)
	if err != nil || card.Probability == nil {
		return 0, nil, false, err
	}
	share := m.content.Blend.Shares[blend.Scorecard]
	base += float64(share * card.Base)
	for _, r := range card.Reasons {
		reasons = append(reasons, decision.Reason{Code: r.Code, Contribution: float64(share * r.Contribution)})
	}
	return base, reasons, true, nil
}

// named gives the largest contributions their codes, and the others one.
func (m *Model) named(contributions []float64) []decision.Reason {
	reasons := make([]decision.Reason, 0, len(contributions)+2)
	for i, x := range contributions {
		if math.Abs(x) > negligible {
			reasons = append(reasons, decision.Reason{Code: m.set.Features[i].Code, Contribution: x})
		}
	}
	if len(reasons) <= mostReasons {
		return reasons
	}
	sortReasons(reasons)
	other := 0.0
	for _, r := range reasons[mostReasons:] {
		other += r.Contribution
	}
	return append(reasons[:mostReasons], decision.Reason{Code: CodeOther, Contribution: other})
}

// known is the share of the model's evidence that is there.
func (m *Model) known(values []frame.Value) float64 {
	if m.weight == 0 {
		return 0
	}
	sum := 0.0
	for i, v := range values {
		if v.Known {
			sum += m.content.Importance[i]
		}
	}
	return sum / m.weight
}

// sortReasons puts the largest absolute contribution first, ties by code.
func sortReasons(reasons []decision.Reason) {
	slices.SortFunc(reasons, func(a, b decision.Reason) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Contribution), math.Abs(a.Contribution)), cmp.Compare(a.Code, b.Code))
	})
}

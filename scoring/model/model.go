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
	"assent/scoring/calibrate"
	"assent/scoring/feature"
	"assent/scoring/frame"
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
	snapshot decision.Snapshot // a copy that need not escape
	values   []frame.Value
	part     []float64         // contributions of one part
	sum      []float64         // of all parts, then of the scorecard's reasons
	reasons  []decision.Reason // by the same index
}

// mostCardReasons is more than a scorecard gives; beyond it, scratch grows.
const mostCardReasons = 32

var _ decision.Estimator = (*Model)(nil)

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
		return &scratch{
			values: make([]frame.Value, n), part: make([]float64, n), sum: make([]float64, n, n+mostCardReasons),
			reasons: make([]decision.Reason, 0, n+mostCardReasons),
		}
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
	CodeCalibration = "MODEL_CALIBRATION" // what calibration adds beyond scaling the others
)

// mostReasons is how many features are named. The others are one reason.
const mostReasons = 12

// Assess gives the calibrated probability, the reasons that add up to it, and
// the share of the model's evidence that was known. Where the scorecard that
// it is blended with cannot know, neither can the model.
func (m *Model) Assess(s decision.Snapshot) (decision.Assessment, error) {
	return m.assess(s, true)
}

// Estimate is Assess without base and reasons, in a tenth of the time. The
// probability is the same to the bit.
func (m *Model) Estimate(s decision.Snapshot) (decision.Assessment, error) {
	return m.assess(s, false)
}

func (m *Model) assess(s decision.Snapshot, explained bool) (decision.Assessment, error) {
	if s.Kind != m.set.Kind {
		return decision.Assessment{}, fmt.Errorf("model: %s cannot assess a snapshot of another kind", m.content.Card.Name)
	}
	a := decision.Assessment{Model: m.content.Card.Name, Revision: m.revision}
	w := m.scratch.Get().(*scratch)
	w.snapshot = s
	defer m.put(w)
	m.set.Read(&w.snapshot, w.values)
	confidence := m.known(w.values)
	a.Confidence = &confidence
	card, ok, err := m.card(&w.snapshot)
	if err != nil || !ok {
		return a, err
	}
	// The trees are added up in their own order, not by contributions: what is
	// monotone stays so to the last bit.
	p := m.content.Calibration.Probability(m.content.Blend.LogOdds(w.values) + float64(m.share()*logOdds(card)))
	a.Probability = &p
	if explained {
		a.Base, a.Reasons = m.explain(w, card)
	}
	return a, nil
}

// put gives scratch back without what was assessed.
func (m *Model) put(w *scratch) {
	w.snapshot = decision.Snapshot{}
	m.scratch.Put(w)
}

// card asks the scorecard, if it has a share; ok is false where that does not
// know.
func (m *Model) card(s *decision.Snapshot) (card decision.Assessment, ok bool, err error) {
	if m.scorecard == nil {
		return card, true, nil
	}
	card, err = m.scorecard.Assess(*s)
	return card, err == nil && card.Probability != nil, err
}

func (m *Model) share() float64 { return m.content.Blend.Shares[blend.Scorecard] }

// logOdds of a scorecard are exact: its weights are eighths.
func logOdds(card decision.Assessment) float64 {
	sum := card.Base
	for _, r := range card.Reasons {
		sum += r.Contribution
	}
	return sum
}

// explain adds up the parts' contributions, and scales them to the calibrated
// log-odds.
func (m *Model) explain(w *scratch, card decision.Assessment) (base float64, reasons []decision.Reason) {
	n := len(w.values)
	base = m.content.Blend.Contributions(w.values, w.sum[:n], w.part) + float64(m.share()*card.Base)
	w.sum = w.sum[:n]
	for _, r := range card.Reasons {
		w.sum = append(w.sum, float64(m.share()*r.Contribution))
	}
	base, rest := calibrate.Explain(m.content.Calibration.LogOdds, base, w.sum)
	w.reasons = w.reasons[:0]
	for i, x := range w.sum {
		code := ""
		if i < n {
			code = m.set.Features[i].Code
		} else {
			code = card.Reasons[i-n].Code
		}
		w.reasons = append(w.reasons, decision.Reason{Code: code, Contribution: x})
	}
	return base, named(w.reasons, rest)
}

// negligible is less than anybody could see in a probability.
const negligible = 1e-9

// named copies the largest contributions and makes the others one, so that
// nothing of the sum is lost.
func named(all []decision.Reason, rest float64) []decision.Reason {
	sortReasons(all)
	kept := 0
	for kept < min(len(all), mostReasons) && math.Abs(all[kept].Contribution) > negligible {
		kept++
	}
	other := 0.0
	for _, r := range all[kept:] {
		other += r.Contribution
	}
	reasons := append(make([]decision.Reason, 0, kept+2), all[:kept]...)
	for _, r := range []decision.Reason{{Code: CodeOther, Contribution: other}, {Code: CodeCalibration, Contribution: rest}} {
		if r.Contribution != 0 {
			reasons = append(reasons, r)
		}
	}
	sortReasons(reasons)
	return reasons
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

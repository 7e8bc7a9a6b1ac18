package model

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"time"

	"assent/decision"
	"assent/scoring/calibrate"
	"assent/scoring/frame"
	"assent/scoring/logistic"
	"assent/scoring/metric"
	"assent/scoring/train"
)

// Watch gathers what a model meets in use, to hold it to what it was trained
// on: the values of its features, its scores, and what came of the cases.
type Watch struct {
	model  *Model
	values [][]frame.Value // by column, then case
	scores []frame.Value   // by case: log-odds before calibration; missing where the model does not know
	cases  []watched       // those with a score and a truth, in order of time
}

type watched struct {
	at       time.Time
	logOdds  float64
	positive bool
}

// NewWatch is an empty one.
func (m *Model) NewWatch() *Watch {
	return &Watch{model: m, values: make([][]frame.Value, len(m.set.Features))}
}

// Len counts the cases so far.
func (w *Watch) Len() int { return len(w.scores) }

// Add takes a snapshot, in order of time, and its truth; nil while that is not
// known. Error: a snapshot of another kind.
func (w *Watch) Add(s *decision.Snapshot, positive *bool) error {
	values := make([]frame.Value, len(w.values))
	w.model.set.Read(s, values)
	for i, v := range values {
		w.values[i] = append(w.values[i], v)
	}
	score, known, err := w.model.score(s, values)
	if err != nil {
		return err
	}
	if !known {
		w.scores = append(w.scores, frame.Value{})
		return nil
	}
	w.scores = append(w.scores, frame.Of(score))
	if positive != nil {
		w.cases = append(w.cases, watched{s.Now, score, *positive})
	}
	return nil
}

// score is the log-odds before calibration; known is false where the scorecard
// that has a share does not know.
func (m *Model) score(s *decision.Snapshot, values []frame.Value) (score float64, known bool, err error) {
	card, known, err := m.card(s)
	if err != nil || !known {
		return 0, false, err
	}
	return m.content.Blend.LogOdds(values) + float64(m.share()*logOdds(card)), true, nil
}

// Drift is how far a feature has moved from what the model was trained on.
type Drift struct {
	Feature string  `json:"feature"`
	PSI     float64 `json:"psi"` // population stability index: 0.1 is worth a look, 0.25 is a shift
	// Missing is the share of cases without the feature, in training and now.
	Missing [2]float64 `json:"missing"`
}

// ScoreName stands for the model's own score where features are named.
const ScoreName = "score"

// Drift compares the cases so far with those that the model was trained on: its
// score first, then its features, the most moved first. Nothing for a model
// that was stored without what it was trained on.
func (w *Watch) Drift() []Drift {
	c := w.model.content
	if len(c.References) == 0 || len(w.scores) == 0 {
		return nil
	}
	var moved []Drift
	for i, r := range c.References {
		moved = append(moved, drift(c.Columns[i].Name, r, w.values[i]))
	}
	slices.SortFunc(moved, func(a, b Drift) int { return cmp.Or(cmp.Compare(b.PSI, a.PSI), cmp.Compare(a.Feature, b.Feature)) })
	return slices.Insert(moved, 0, drift(ScoreName, c.Scores, w.scores))
}

func drift(name string, r metric.Reference, now []frame.Value) Drift {
	return Drift{Feature: name, PSI: r.PSI(now), Missing: [2]float64{r.Missing(), r.MissingOf(now)}}
}

// Held is how the model does on the cases whose truth is known.
type Held struct {
	Cases    int                `json:"cases"`
	Positive int                `json:"positive"`
	Expected float64            `json:"expected"` // positives, by its probabilities
	Metrics  map[string]float64 `json:"metrics"`  // those of training
}

// Held measures the model as it is calibrated.
func (w *Watch) Held() Held {
	raw, positive := w.truths()
	given := w.model.content.Calibration.All(raw)
	out := Held{Cases: len(raw)}
	for i, x := range given {
		out.Expected += logistic.Sigmoid(x)
		if positive[i] {
			out.Positive++
		}
	}
	out.Metrics = train.Figures(raw, given, positive)
	return out
}

func (w *Watch) truths() (raw []float64, positive []bool) {
	for _, c := range w.cases {
		raw, positive = append(raw, c.logOdds), append(positive, c.positive)
	}
	return raw, positive
}

// ErrHolds says that no other calibration clearly does better than the present
// one.
var ErrHolds = errors.New("the present calibration holds: no other one clearly does better on time that it had not seen")

// SavedOverPresent is how much less log-loss the new calibration has than the
// present one, on time that it had not seen.
const SavedOverPresent = "loss_saved_over_present"

// Recalibrate gives the content of the same model with its calibration renewed
// on the cases whose truth is known; its card says so, and is held to bars, by
// figure, of the part that the new calibration had not seen. Error: ErrHolds.
func (w *Watch) Recalibrate(bars map[string]string) (Content, error) {
	raw, positive := w.truths()
	c := w.model.content
	present := c.Calibration.All(raw)
	renewed, held := calibrate.Renew(c.Calibration, raw, positive)
	from := len(raw) * calibrate.Taught / calibrate.Blocks
	saved := 0.0
	for i := from; i < len(raw); i++ {
		saved += logistic.Loss(present[i], positive[i]) - logistic.Loss(held[i], positive[i])
	}
	if !(saved > 0) {
		return Content{}, ErrHolds
	}
	metrics := train.Figures(raw[from:], held[from:], positive[from:])
	metrics["ece_before"] = metric.ECE(logistic.Sigmoids(present[from:]), positive[from:])
	metrics[SavedOverPresent] = saved / float64(len(raw)-from)
	card := c.Card
	card.Recalibrated = &Recalibration{Model: w.model.revision, Data: w.data()}
	card.Metrics, card.Gates = metrics, metric.Hold(metrics, bars)
	card.Calibration = Calibration{Method: string(renewed.Method), Before: metrics["ece_before"], After: metrics["ece"]}
	c.Card, c.Calibration = card, renewed
	return c, nil
}

func (w *Watch) data() Data {
	d := Data{Rows: len(w.cases), From: w.cases[0].at, To: w.cases[len(w.cases)-1].at}
	digest := sha256.New()
	for _, c := range w.cases {
		var b []byte
		b = binary.LittleEndian.AppendUint64(b, uint64(c.at.UnixMicro()))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c.logOdds))
		if c.positive {
			d.Positives++
			b = append(b, 1)
		}
		digest.Write(append(b, 0))
	}
	d.SHA256 = hex.EncodeToString(digest.Sum(nil))
	return d
}

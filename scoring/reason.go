package scoring

import sets "assent/scoring/feature"

// Cards lists the declared cards, for docs. The slice is the caller's own.
func Cards() []Card { return []Card{OrderCard(), DeliveryCard()} }

// Codes of a trained model's contributions that are of no one feature.
const (
	CodeOther       = "MODEL_OTHER"
	CodeCalibration = "MODEL_CALIBRATION"
)

// learnt is why what a trained model says carries weight.
const learnt = "What a trained model learnt from past decisions and what came of them; see its card."

// explained indexes sentence and source by code.
var explained = func() map[string][2]string {
	index := map[string][2]string{
		CodeOther:       {"Everything else that the model looks at, together.", learnt},
		CodeCalibration: {"Correction for how often the model's estimates came true.", learnt},
	}
	for _, card := range Cards() {
		for _, c := range card.Characteristics {
			for _, a := range c.Attributes {
				index[a.Code] = [2]string{a.Sentence, a.Source}
			}
		}
	}
	for _, set := range sets.Sets() {
		for _, f := range set.Features {
			index[f.Code] = [2]string{f.Doc, learnt}
		}
	}
	return index
}()

// Reason explains a code that an assessment gave: a plain sentence, and why
// it carries weight. ok is false for codes that neither a card nor a feature
// knows.
func Reason(code string) (sentence, source string, ok bool) {
	a, ok := explained[code]
	return a[0], a[1], ok
}

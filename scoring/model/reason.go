package model

import "assent/scoring/feature"

// explained are the sentences of a trained model's codes.
var explained = func() map[string]string {
	index := map[string]string{
		CodeOther:       "Learnt from everything else that was known, together.",
		CodeCalibration: "What probabilities like this one turned out to be.",
	}
	for _, set := range feature.Sets() {
		for _, f := range set.Features {
			if _, known := index[f.Code]; !known {
				index[f.Code] = sentence(f)
			}
		}
	}
	return index
}()

// sentence says what a feature is. That it speaks for or against is in the
// sign of its contribution, which differs from case to case.
func sentence(f feature.Feature) string {
	if f.Doc == "" {
		return "Learnt from " + f.Name + "."
	}
	return "Learnt from " + f.Name + ": " + f.Doc
}

// Reason says in plain words what a code of a trained model means. ok is false
// for codes that no feature set knows.
func Reason(code string) (sentence string, ok bool) {
	sentence, ok = explained[code]
	return sentence, ok
}

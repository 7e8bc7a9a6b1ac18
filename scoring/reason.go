package scoring

// Cards lists the declared cards, for docs. The slice is the caller's own.
func Cards() []Card { return []Card{OrderCard(), DeliveryCard(), RefundCard()} }

// explained indexes every attribute by its code.
var explained = func() map[string]Attribute {
	index := map[string]Attribute{}
	for _, card := range Cards() {
		for _, c := range card.Characteristics {
			for _, a := range c.Attributes {
				index[a.Code] = a
			}
		}
	}
	return index
}()

// Reason explains a code that an assessment gave: a plain sentence, and why
// it carries weight. ok is false for codes that no card knows.
func Reason(code string) (sentence, source string, ok bool) {
	a, ok := explained[code]
	return a.Sentence, a.Source, ok
}

// Package scoring holds the models that assess an order's fraud risk, a
// delivery's risk of being late, and a refund's of being abuse.
//
// A new shop has no labels, so it starts with scorecards: cards of
// characteristics, each with attributes that have a code, a weight in
// log-odds and a stated source: a vendor, published data, or our judgement.
// The probability is the logistic function of the card's base plus the
// weights that apply, so that every weight is an exact, additive reason.
//
// Unknown is not harmless. A characteristic whose fields are missing
// contributes nothing and lowers Confidence, the share of the card's evidence
// that was known. Where the card cannot do without a field, the probability
// itself is unknown.
//
// Everything here is portable arithmetic: whole numbers, weights in steps of
// an eighth (their sums are exact in any order) and an exponential of our
// own, so that the same snapshot gives the same bits on every platform.
//
// Cards never read sex, age or the like; of personal fields they use only
// whether two are equal, whether one is given, and the domain of an e-mail
// address.
package scoring

// Package feature turns a snapshot into the values that a trained model reads.
//
// Nothing is declared here twice: what a feature is, when it is known and what
// its absence means is said once in package decision, by the kind's fields and
// features. This package only says which fields a model may look at, and how a
// value becomes a number or a category. Training and serving read snapshots
// through the same Set.
package feature

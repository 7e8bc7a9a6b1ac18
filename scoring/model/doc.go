// Package model serves what a company has trained: a blend of learners over
// declared features, calibrated, with additive reasons.
//
// A model is its content: the bytes that train wrote are hashed to its
// revision, kept in the store for ever, and decoded into a decision.Assessor.
// The card within says what it was trained on and how it did.
package model

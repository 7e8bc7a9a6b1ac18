// Package evals is the contract of every eval: models and optimisers are
// measured on data that they were not tuned on, give figures with their
// intervals, are held to bars, and make a page that an analyst can read offline.
package evals

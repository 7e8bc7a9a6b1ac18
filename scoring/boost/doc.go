// Package boost learns gradient-boosted trees for a yes-or-no label, serves
// them, and explains each answer.
//
// Learning goes leaf by leaf over histograms of binned values (Ke et al. 2017,
// LightGBM). Gradients are summed as integers of a fixed point, so that no sum
// depends on an order: the same frame, parameters and seed give the same bytes
// on any number of processors.
//
// A model's log-odds is a base plus one leaf of each tree. Contributions are
// the Shapley values of the trees with the rows of training as background
// (Lundberg et al. 2018, path dependent), exact up to rounding.
package boost

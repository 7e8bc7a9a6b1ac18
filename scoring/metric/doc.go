// Package metric measures how well scores order and how well probabilities
// hold. Scores are any numbers that grow with the risk; tied scores are always
// taken together, so that the order of rows never matters. A figure that has
// no meaning, for want of one of the labels, is NaN.
package metric

// Package linear learns additive models: logistic regressions whose log-odds
// are a sum of one term a column.
//
// A term is a step function over the column's bins, with a penalty on large
// steps and on jumps between neighbours (an additive model with P-splines of
// degree 0: Eilers and Marx 1996); or, with Params.Lines, a straight line over
// the standardised number, which has little to learn and so survives a change
// of regime that bends every curve. A missing value has a weight of its own.
//
// Terms are centred over the rows learnt from, so that each contribution is
// the difference from the average row.
package linear

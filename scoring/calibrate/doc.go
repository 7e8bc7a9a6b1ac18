// Package calibrate makes log-odds honest: of the cases given 10 %, a tenth
// should turn out positive.
//
// A Map is fitted on predictions for time that the model had not seen. It
// never changes the order of cases. Between fits, Rolling follows the base
// rate by the outcomes that have become known.
package calibrate

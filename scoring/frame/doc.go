// Package frame holds the examples that models learn from: feature values cut
// into at most 254 bins each, a byte a value, with the label, the time of the
// example and the time its label became known.
//
// A frame is built in two passes over a source that can be read again: the
// first looks at a sample to place the bins, the second encodes. So memory is
// a byte a value and some twenty bytes a row, whatever the source holds.
package frame

// Package decisions judges decisions on what the simulator makes, whose truth is
// known: no files are needed, and the same seed gives the same figures.
package decisions

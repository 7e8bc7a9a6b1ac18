// Package example holds a made-up shop: an export as a retailer would have it,
// and the spec of it that docs/evals.md explains line by line.
package example

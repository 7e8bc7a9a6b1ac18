// Package draft checks and tests policy drafts in a child process.
//
// A draft is a program that somebody is still writing. Policies cannot reach
// the network or the clock, but they can loop over a cross product or collect
// it, and neither Rego nor Go bounds the memory of one evaluation. So the
// process that serves decisions never evaluates a draft: it starts itself
// again as a child with limits of processor time and memory, hands it the
// draft, and reads what it found.
package draft

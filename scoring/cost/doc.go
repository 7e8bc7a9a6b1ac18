// Package cost turns probabilities into money: what it costs on average to
// let an order pass, to hold it for a person, or to block it, and from which
// probability on the next band is cheaper.
//
// What comes out is a suggestion for the policy's limits, with the figures
// behind it. Nothing here applies it: compliance takes it or leaves it.
package cost

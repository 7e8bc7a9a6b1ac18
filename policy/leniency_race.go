//go:build race

package policy

// leniency multiplies the limits of time: the race detector makes evaluation
// ten to twenty times slower, and a time-out under it says nothing about a
// policy.
const leniency = 20

//go:build !race

package policy

// leniency multiplies the limits of time; see leniency_race.go.
const leniency = 1

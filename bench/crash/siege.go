package main

import (
	"math/rand/v2"

	"assent/bench/house"
)

// siege is a house whose service dies.
type siege struct {
	options
	*house.House
	random *rand.Rand

	between int            // kills with at least one effect in doubt
	doubted int            // effects that a kill put in doubt
	counted map[int64]bool // entries of the write log
}

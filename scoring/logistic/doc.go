// Package logistic is the arithmetic between log-odds and probabilities, the
// same to the last bit on every platform.
//
// math.Exp and math.Log are assembly on some platforms and differ in the last
// bit, and a compiler may fuse x*y + z into one rounding where the machine
// can. Nothing here does either, so that a replay elsewhere gives the same
// bytes.
package logistic

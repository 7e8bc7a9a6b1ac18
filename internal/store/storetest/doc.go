// Package storetest is the one conformance suite of decision.Store. Every
// engine runs it from a test of its own; what it does not ask, engines may do
// differently, so callers must not rely on it.
package storetest

// Package policy lets Rego decide. It turns a snapshot, an assessment and a
// recommendation into the policy's input, asks the compiled revision, and
// reads the answer strictly: whatever goes wrong asks a person.
//
// Read the files in this order:
//
//	bundle.go        the files of a revision, and their hash
//	limits.go        limits and lists: what Rego sees under data
//	envelope.go      the one declaration of the input, from a kind's fields
//	codec.go         snapshot -> ast.Value, along that declaration
//	schema.go        the same declaration as JSON Schema
//	compile.go       bundle -> Engine, all or nothing
//	engine.go        Govern, Outcome, Caps
//	verdict.go       the strict reading of an answer
//	reasons.go       what codes and rules mean, from their metadata
//	library.go       engines by revision
//	lint*.go         what a draft must fulfil beyond compiling
//	gate.go          the missing-field gate
//	check.go, test.go  everything a draft goes through; package draft runs it in a child process
package policy

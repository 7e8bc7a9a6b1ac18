// Package policy lets Rego decide. It turns a snapshot, an assessment and a
// recommendation into the policy's input, asks the compiled revision, and
// reads the answer strictly: whatever goes wrong asks a person.
//
// Read the files in this order:
//
//	bundle.go            the files of a revision, and their hash; protected.go: which nobody changes
//	limits.go            limits and lists: what Rego sees under data, and the hourly caps
//	envelope.go          the one declaration of the input, made of a kind's fields
//	codec.go, schema.go  that declaration as ast.Value and as JSON Schema
//	compile.go, bind.go  bundle to Engine, all or nothing; capabilities.go: what Rego may call
//	engine.go            Govern, Caps
//	verdict.go           the strict reading of an answer, with route.go and protect.go
//	reasons.go           what codes and rules mean, from their metadata
//	library.go           engines of stored bundles, by revision
//	check.go, lint*.go   what a draft must fulfil beyond compiling
//	gate.go, sample.go   the missing-field gate and the inputs it tries
//	test.go              a bundle's own tests, with coverage
//
// Package draft runs Check and Test in a child process.
//
// A new kind of decision needs a folder in rego with requirements.rego,
// routing.rego, protect.rego, limits.json and tests, and cases in
// testdata/verdicts. Its outcome.rego is written by
//
//	go test ./policy -run 'OutcomeFiles|Verdicts|Inputs$|Schemas' -update
package policy

// Package api is the HTTP interface of Assent: /v1 for programs, and the
// health, metrics and documentation endpoints beside it.
//
// A request goes through these, outermost first:
//
//	trace.go     correlation id, request log and metrics, panics; what is left of a refused body
//	plain.go     headers sent once; after the key, queries with one meaning
//	auth.go      the API key, its company, kinds and rights
//	body.go      the strict reader: one JSON value with one meaning, or a problem
//	operation.go huma: parameters, response types and the OpenAPI document
//	decide.go …  one file a noun: decisions, approvals, exceptions, switches
//
// huma routes, reads parameters and describes. It does not validate bodies:
// it takes null for an absent field, matches keys in any case, points at the
// parent of a missing field and echoes what it refuses. Bodies are declared
// as decision.Field lists instead, read by decision.DecodeFields, and their
// schemas in the OpenAPI document derive from the same lists (schema.go).
//
// Every error is a problem (problem.go). Problems and logs hold codes,
// pointers and sentences about what is allowed, never a value that was sent.
package api

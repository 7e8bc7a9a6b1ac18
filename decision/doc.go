// Package decision is the specification of Assent: what a decision is, the
// way it takes, and what every other package plugs into.
//
// Read the files in this order to follow one decision:
//
//	kind.go, kind_*.go   which decisions can be asked, with every field declared once
//	request.go           the question: a subject, its fields, who asks, who applies
//	check.go             every rule a request breaks is named at once; fingerprint.go says when two are the same
//	gather.go            everything the evaluation will read goes into the Snapshot
//	assess.go            a model says how likely, never what to do
//	govern.go            the policy says execute, approve or reject
//	evaluate.go          assess + propose + govern as one pure function of the Snapshot
//	commit.go, guard.go  one transaction: journal, approval or execution
//	approve.go           people sign
//	execute.go           the action is applied in Odoo exactly once
//	replay.go, audit.go  the same bytes again; nothing changed since
//
// journal.go, ledger.go and fold.go are the memory behind it: entries are
// chained by a keyed hash, and every other table is a fold over them.
//
// One word has two uses, as it has in the field: the Outcome of a Verdict is
// execute, approve or reject; an outcome that is recorded (OutcomeRecord) is
// what became of the decision, learnt later.
//
// The zero value is the safe one throughout: Verdict{} needs approval, a
// missing probability is nil and not 0, an unknown switch is the careful one.
package decision

// Package odoo speaks to Odoo 16 to 19 and later: reads records, applies the
// actions a verdict allows, and says honestly what became of a call.
//
// The client has one method, Call, in the form of Odoo 19's JSON-2 API: model,
// method, record ids, named arguments, context. The older JSON-RPC API wants
// some arguments by position; the mapping is in call.go, what else differs
// between versions in the table of versions.go.
//
// HTTP success is not success. Odoo answers 200 with a login page, with a
// wizard instead of the effect, with nothing at all, or with an error object.
// Every failure is an *Error, and its Outcome tells the three cases apart that
// matter to somebody who must not act twice:
//
//	NotApplied  certainly no effect; the same call may be sent again
//	Refused     Odoo said no and rolled back; sending it again is useless
//	Unknown     it may have taken effect: read before anything else
//
// A nil error is not proof of an effect either: read back.
//
// Nothing here logs. Errors never hold the API key, a traceback, or (in their
// text) Odoo's sentence, which may name a customer.
package odoo

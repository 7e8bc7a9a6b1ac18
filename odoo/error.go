package odoo

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// Outcome says what a failed call may have changed in Odoo.
type Outcome string

// The outcomes. The zero value is the careful one.
const (
	Unknown    Outcome = ""            // may have taken effect: read before any retry
	NotApplied Outcome = "not_applied" // no effect: nothing reached Odoo, or it rolled back for a passing reason
	Refused    Outcome = "refused"     // no effect: Odoo rolled back and would do so again
)

// Kind is a class of failure, a code for machines and for the journal.
type Kind string

// The kinds, by what they say about the outcome.
const (
	// Unknown outcome.
	KindTransport Kind = "transport"       // reset, timeout or end of stream after the call was handed over
	KindProtocol  Kind = "not_odoo_json"   // a login page, a proxy's page, broken or oversized JSON
	KindServer    Kind = "server_error"    // a Python exception without a known meaning; may come after the commit
	KindNotDone   Kind = "action_returned" // an ir.actions dictionary: usually a wizard instead of the effect
	KindNull      Kind = "null_result"     // no result where one was expected
	KindResult    Kind = "result_type"     // a result of another type than expected

	// Not applied.
	KindUnreachable   Kind = "unreachable"           // no connection could be made
	KindThrottled     Kind = "throttled"             // our limiter, or a proxy's 429
	KindOpen          Kind = "breaker_open"          // the instance failed too often; not tried
	KindNotSent       Kind = "not_sent"              // the caller gave up before anything was sent
	KindSerialization Kind = "serialization_failure" // PostgreSQL rolled the transaction back
	KindLock          Kind = "record_locked"         // LockError (19)
	KindDatabase      Kind = "unknown_database"      // the server has none of this name

	// Refused.
	KindUser       Kind = "user_error"       // UserError, RedirectWarning
	KindValidation Kind = "validation_error" // a constraint of a model
	KindAccess     Kind = "access_error"     // a right, rule or company the user lacks; private methods
	KindDenied     Kind = "access_denied"    // wrong, expired or revoked credentials
	KindMissing    Kind = "missing_record"   // the record does not exist or was deleted
	KindNotFound   Kind = "not_found"        // unknown model or method
	KindRequest    Kind = "bad_request"      // the call itself is wrong: arguments, identifiers, version
)

// outcomes holds what is certain; every kind that is not here is Unknown.
var outcomes = map[Kind]Outcome{
	KindUnreachable:   NotApplied,
	KindThrottled:     NotApplied,
	KindOpen:          NotApplied,
	KindNotSent:       NotApplied,
	KindSerialization: NotApplied,
	KindLock:          NotApplied,
	KindDatabase:      NotApplied,
	KindUser:          Refused,
	KindValidation:    Refused,
	KindAccess:        Refused,
	KindDenied:        Refused,
	KindMissing:       Refused,
	KindNotFound:      Refused,
	KindRequest:       Refused,
}

// accessError is what a user without a right gets; a proxy's 403 has no name.
const accessError = "odoo.exceptions.AccessError"

// exceptions maps Odoo's exception names to kinds. Only exceptions that Odoo
// raises inside the transaction and then rolls back are listed: others may
// come from a hook after the commit (a mail server that is down), so they stay
// KindServer and Unknown.
var exceptions = map[string]Kind{
	"odoo.exceptions.UserError":                    KindUser,
	"odoo.exceptions.RedirectWarning":              KindUser,
	"odoo.exceptions.ValidationError":              KindValidation,
	accessError:                                    KindAccess,
	"odoo.exceptions.AccessDenied":                 KindDenied,
	"odoo.http.SessionExpiredException":            KindDenied,
	"werkzeug.exceptions.Unauthorized":             KindDenied,
	"odoo.exceptions.MissingError":                 KindMissing,
	"odoo.exceptions.LockError":                    KindLock,
	"werkzeug.exceptions.NotFound":                 KindNotFound,
	"werkzeug.exceptions.UnprocessableEntity":      KindRequest,
	"werkzeug.exceptions.BadRequest":               KindRequest,
	"psycopg2.errors.SerializationFailure":         KindSerialization,
	"psycopg2.errors.DeadlockDetected":             KindSerialization,
	"psycopg2.errors.LockNotAvailable":             KindSerialization,
	"psycopg2.extensions.TransactionRollbackError": KindSerialization,
	"odoo.exceptions.ConcurrencyError":             KindSerialization,
}

// Error is a call that did not give the result asked for.
type Error struct {
	Kind    Kind
	Model   string // "" for calls about the instance itself
	Method  string
	Status  int    // HTTP status; 0 when there was no answer
	Name    string // Odoo's exception name, e.g. "odoo.exceptions.UserError"
	Message string `json:"-"` // Odoo's sentence, for a signed-in reader: it may name a customer, so never log or journal it
	Detail  string // our own words, free of values
	Err     error  `json:"-"` // the cause, e.g. context.DeadlineExceeded
}

// Error names what failed and how, without Odoo's sentence.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("odoo: ")
	if e.Model != "" {
		b.WriteString(e.Model + " ")
	}
	fmt.Fprintf(&b, "%s: %s", e.Method, e.Kind)
	if e.Name != "" {
		b.WriteString(" (" + e.Name + ")")
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, ", HTTP %d", e.Status)
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	return b.String()
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// Outcome says what the call may have changed.
func (e *Error) Outcome() Outcome { return outcomes[e.Kind] }

// LogValue keeps Message out of structured logs.
func (e *Error) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("kind", string(e.Kind)),
		slog.String("model", e.Model),
		slog.String("method", e.Method),
		slog.Int("status", e.Status),
		slog.String("name", e.Name),
		slog.String("detail", e.Detail),
	)
}

// OutcomeOf is the outcome of a failed call. An error that is not ours says
// nothing, so it is Unknown; err must not be nil.
func OutcomeOf(err error) Outcome {
	var e *Error
	if errors.As(err, &e) {
		return e.Outcome()
	}
	return Unknown
}

// KindOf is the kind of a failed call, "" for nil and for errors not ours.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// exception is Odoo's error object. Its traceback ("debug") is not a field, so
// that it is never kept.
type exception struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

// classify turns Odoo's exception into an Error for the call.
func (x exception) classify(q Call, status int) *Error {
	kind, known := exceptions[x.Name]
	if !known {
		kind = kindOfStatus(status)
	}
	// Up to 18 an unknown model is a UserError; later, and for JSON-2, it is
	// not found. Callers that probe for modules see one kind.
	if x.Name == "odoo.exceptions.UserError" && x.Message == "Object "+q.Model+" doesn't exist" {
		kind = KindNotFound
	}
	return &Error{Kind: kind, Model: q.Model, Method: q.Method, Status: status, Name: x.Name, Message: x.Message}
}

// kindOfStatus classifies an answer by its status alone. Refusals by a proxy
// are certain only where the proxy cannot have handed the call on.
func kindOfStatus(status int) Kind {
	switch status {
	case 401:
		return KindDenied
	case 403:
		return KindAccess
	case 404:
		return KindNotFound
	case 400, 405, 413, 415, 422:
		return KindRequest
	case 429:
		return KindThrottled
	}
	return KindServer
}

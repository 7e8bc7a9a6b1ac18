package decision

import (
	"errors"
	"fmt"
	"strings"
)

// Code names a class of failure for a machine; the API maps each to one HTTP
// status and one stable problem type.
type Code string

// The codes. Anything that is not one of these is CodeInternal, and its text
// is logged but never shown.
const (
	CodeInvalid      Code = "invalid"              // the request breaks a declared rule; see Fields
	CodeMalformed    Code = "malformed"            // not the JSON we accept (size, depth, encoding, duplicates)
	CodeTooLarge     Code = "too_large"            // over a documented size limit
	CodeUnauthorized Code = "unauthorized"         // no or unknown credentials
	CodeForbidden    Code = "forbidden"            // known, but not allowed
	CodeNotFound     Code = "not_found"            // no such thing, or not visible to the caller
	CodeConflict     Code = "conflict"             // somebody or something was first; the winner is named
	CodeKeyReuse     Code = "idempotency_mismatch" // same key, other request
	CodeErased       Code = "erased"               // the snapshot's key was destroyed on purpose
	CodeUnavailable  Code = "unavailable"          // a part we need is down; try again later
	CodeInternal     Code = "internal"             // ours; details are in the log
)

// FieldError says what is wrong with one field. It never holds the value.
type FieldError struct {
	Pointer string `json:"pointer"` // JSON pointer (RFC 6901) into the request body
	Code    string `json:"code"`    // e.g. "required", "type", "enum", "minimum", "future"
	Message string `json:"message"` // what is allowed
}

// Error is what callers may see: a code, a sentence for the reader, and the
// fields at fault.
type Error struct {
	Code    Code
	Message string
	Fields  []FieldError
	Winner  string // on CodeConflict: id or state of what was first
	Err     error  // the cause, for the log only
}

// Error joins code, sentence and the fields at fault.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Code, e.Message)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s %s", f.Pointer, f.Message)
	}
	return b.String()
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error with a formatted sentence.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Conflict makes a CodeConflict error; winner is the id or state of what was
// first.
func Conflict(winner, format string, args ...any) *Error {
	return &Error{Code: CodeConflict, Winner: winner, Message: fmt.Sprintf(format, args...)}
}

// Invalid makes a CodeInvalid error about one field; message says what is
// allowed and must not contain the value.
func Invalid(pointer, code, message string) *Error {
	return &Error{
		Code:    CodeInvalid,
		Message: "The request has fields that are not allowed.",
		Fields:  []FieldError{{Pointer: pointer, Code: code, Message: message}},
	}
}

// listed says in words which values are allowed.
func listed[T ~string](allowed []T) string {
	words := make([]string, len(allowed))
	for i, word := range allowed {
		words[i] = string(word)
	}
	return strings.Join(words, ", ")
}

// CodeOf returns the code of err, CodeInternal for errors that are not ours,
// and "" for nil.
func CodeOf(err error) Code {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	default:
		return CodeInternal
	}
}

package odootest

import (
	"fmt"
	"net/http"
)

// exception is a Python exception with the status JSON-2 gives it.
type exception struct {
	name      string
	message   string
	arguments []any
	status    int
}

// Error is the message a client sees.
func (x *exception) Error() string { return x.name + ": " + x.message }

func raise(name string, status int, message string) *exception {
	return &exception{name: name, message: message, arguments: []any{message}, status: status}
}

func userError(format string, args ...any) error {
	return raise("odoo.exceptions.UserError", http.StatusUnprocessableEntity, fmt.Sprintf(format, args...))
}

func validationError(message string) error {
	return raise("odoo.exceptions.ValidationError", http.StatusUnprocessableEntity, message)
}

func accessError(message string) error {
	return raise("odoo.exceptions.AccessError", http.StatusForbidden, message)
}

func accessDenied() *exception {
	return raise("odoo.exceptions.AccessDenied", http.StatusForbidden, "Access Denied")
}

func missingError(model string, id, uid int64) error {
	return raise("odoo.exceptions.MissingError", http.StatusNotFound, fmt.Sprintf(
		"Record does not exist or has been deleted.\n(Record: %s(%d,), User: %d)", model, id, uid))
}

func valueError(message string) error {
	return raise("builtins.ValueError", http.StatusInternalServerError, message)
}

func typeError(message string) error {
	return raise("builtins.TypeError", http.StatusInternalServerError, message)
}

// werkzeug is an HTTP exception; its arguments carry the status too.
func werkzeug(name string, status int, message string) *exception {
	x := raise("werkzeug.exceptions."+name, status, message)
	x.arguments = []any{message, status}
	return x
}

// statusOf is the JSON-2 status of an exception named in a fault.
func statusOf(name string) int {
	switch name {
	case "odoo.exceptions.UserError", "odoo.exceptions.ValidationError", "odoo.exceptions.RedirectWarning":
		return http.StatusUnprocessableEntity
	case "odoo.exceptions.AccessError", "odoo.exceptions.AccessDenied":
		return http.StatusForbidden
	case "odoo.exceptions.MissingError":
		return http.StatusNotFound
	case "odoo.exceptions.LockError":
		return http.StatusConflict
	}
	return http.StatusInternalServerError
}

// body is the error object. debug is what a client must drop.
func (x *exception) body(debug string) map[string]any {
	return map[string]any{
		"name": x.name, "message": x.message, "arguments": x.arguments,
		"context": map[string]any{}, "debug": debug,
	}
}

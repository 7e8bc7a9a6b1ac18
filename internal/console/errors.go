package console

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"assent/decision"
)

// The console's own refusals.
var (
	errNoPage      = decision.Errorf(decision.CodeNotFound, "There is no such page.")
	errSignedOut   = decision.Errorf(decision.CodeUnauthorized, "Your session has ended. Nothing was changed; sign in again.")
	errCrossOrigin = decision.Errorf(decision.CodeForbidden, "Another site sent this form. Nothing was changed; use the console's own pages.")
	errMethod      = errors.New("method not allowed")
	errPanic       = errors.New("panic") // its own words stay out of the log
	errForm        = decision.Errorf(decision.CodeMalformed, "The form could not be read. Nothing was changed.")
)

// missingRole names the roles, so that people know whom to ask.
func missingRole(user decision.User, need []string) error {
	if len(user.Roles) == 0 {
		return decision.Errorf(decision.CodeForbidden, "You have no role yet. Ask operations to give you one.")
	}
	names := make([]string, len(need))
	for i, role := range need {
		names[i] = strings.ToLower(humanise(role))
	}
	return decision.Errorf(decision.CodeForbidden, "This needs the role %s.", joined(names, "or"))
}

// problem is an error as a page shows it.
type problem struct {
	Status  int
	Title   string
	Message string
}

var problems = map[decision.Code]problem{
	decision.CodeInvalid:      {http.StatusUnprocessableEntity, "That cannot be accepted", ""},
	decision.CodeMalformed:    {http.StatusBadRequest, "That could not be read", ""},
	decision.CodeTooLarge:     {http.StatusRequestEntityTooLarge, "That is too large", ""},
	decision.CodeUnauthorized: {http.StatusUnauthorized, "You are not signed in", ""},
	decision.CodeForbidden:    {http.StatusForbidden, "You may not do that", ""},
	decision.CodeNotFound:     {http.StatusNotFound, "Not found", ""},
	decision.CodeConflict:     {http.StatusConflict, "Somebody was first", ""},
	decision.CodeErased:       {http.StatusGone, "Erased", ""},
	decision.CodeUnavailable:  {http.StatusServiceUnavailable, "Not available right now", ""},
}

// problemOf says what a reader may know about err: anything that is not ours
// is an internal error, whose text stays in the log.
func problemOf(err error) problem {
	var ours *decision.Error
	var big *http.MaxBytesError
	switch {
	case errors.Is(err, errMethod):
		return problem{http.StatusMethodNotAllowed, "That does not work here", "This address cannot be used in that way."}
	case errors.As(err, &big):
		return problem{http.StatusRequestEntityTooLarge, "That is too large", "The form is larger than the console accepts. Nothing was changed."}
	case errors.As(err, &ours):
		if p, known := problems[ours.Code]; known {
			p.Message = sentence(ours)
			return p
		}
	}
	return problem{http.StatusInternalServerError, "Something went wrong", "The error is ours and is in the log. Nothing was changed that the journal does not show."}
}

// sentence is an error's sentence, or those of the fields at fault.
func sentence(e *decision.Error) string {
	if len(e.Fields) == 0 {
		return e.Message
	}
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = humanise(f.Pointer[strings.LastIndexByte(f.Pointer, '/')+1:]) + ": " + f.Message + "."
	}
	return strings.Join(parts, " ")
}

// lost answers what no route is for, in the frame of who asked, if known.
func (c *console) lost(reason error) http.HandlerFunc {
	return c.open(func(w http.ResponseWriter, r *http.Request, v visit) error {
		user, found, err := c.visitor(r.Context())
		if err != nil || !found {
			return reason
		}
		v.User = user
		if err := c.greet(r.Context(), &v); err != nil {
			return err
		}
		c.fail(w, r, v, reason)
		return nil
	})
}

// fail answers with an error page, or with its part of one.
func (c *console) fail(w http.ResponseWriter, r *http.Request, v visit, err error) {
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError {
		c.Log.ErrorContext(r.Context(), "console: request failed", slog.Any("error", err), slog.String("route", routeOf(r)))
	}
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	content := errorPage(v, p)
	if v.Htmx {
		content = errorPart(p)
	}
	if err := show(w, r, p.Status, content); err != nil {
		c.Log.ErrorContext(r.Context(), "console: error page failed", slog.Any("error", err))
		http.Error(w, p.Title, p.Status)
	}
}

// routeOf is the pattern, never the address: that may hold a sign-in token.
func routeOf(r *http.Request) string {
	if route := chi.RouteContext(r.Context()); route != nil {
		return r.Method + " " + route.RoutePattern()
	}
	return r.Method
}

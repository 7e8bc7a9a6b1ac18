package console

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"assent/decision"
)

// visit is who asks, when, and the state of the company that every page shows.
type visit struct {
	User  decision.User
	Head  decision.Head
	Now   time.Time
	Htmx  bool   // only a part of the page is wanted
	Path  string // for the navigation
	Flash string
	Waits int // approvals that wait for a role of the user, up to countMost
}

// page is a handler that may fail; its error becomes an error page.
type page func(w http.ResponseWriter, r *http.Request, v visit) error

// open serves a page to anybody.
func (c *console) open(serve page) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := visit{Now: c.Now(), Path: r.URL.Path, Htmx: isHtmx(r)}
		if err := serve(w, r, v); err != nil {
			c.fail(w, r, v, err)
		}
	}
}

// signedIn serves a page to people with one of the roles; without roles
// named, any will do.
func (c *console) signedIn(serve page, roles ...string) http.HandlerFunc {
	if len(roles) == 0 {
		roles = decision.Roles
	}
	return c.open(func(w http.ResponseWriter, r *http.Request, v visit) error {
		user, found, err := c.visitor(r.Context())
		if err != nil {
			return err
		}
		if !found {
			return toSignIn(w, r, v)
		}
		v.User = user
		if err := c.greet(r.Context(), &v); err != nil {
			return err
		}
		if _, has := user.HasRole(roles); !has {
			c.fail(w, r, v, missingRole(user, roles))
			return nil
		}
		if err := serve(w, r, v); err != nil {
			c.fail(w, r, v, err)
		}
		return nil
	})
}

// toSignIn sends a reader to the explanation, and refuses anything else: a
// form posted after the session ended must not look done.
func toSignIn(w http.ResponseWriter, r *http.Request, v visit) error {
	switch {
	case v.Htmx:
		w.Header().Set("HX-Redirect", "/signin")
		w.WriteHeader(http.StatusUnauthorized)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		http.Redirect(w, r, "/signin", http.StatusSeeOther)
	default:
		return errSignedOut
	}
	return nil
}

// countMost is where the navigation stops counting.
const countMost = 100

// greet reads what the frame of every page shows.
func (c *console) greet(ctx context.Context, v *visit) (err error) {
	if v.Head, err = c.Reader.Head(ctx, v.User.Company); err != nil {
		return err
	}
	waiting := decision.Filter{Where: map[string][]string{
		"status": {string(decision.AwaitingApproval)}, "role": v.User.Roles,
	}, Limit: countMost}
	if len(v.User.Roles) > 0 {
		page, err := c.Reader.List(ctx, v.User.Company, decision.Approvals, waiting)
		if err != nil {
			return err
		}
		v.Waits = len(page.Rows)
	}
	if !v.Htmx {
		v.Flash = c.sessions.PopString(ctx, keyFlash)
	}
	return nil
}

// isHtmx says whether a part of a page is wanted. It only chooses the form of
// an answer, so that a forged header gains nothing.
func isHtmx(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// show renders whole before anything is sent, so that a failure is still an
// error page.
func show(w http.ResponseWriter, r *http.Request, status int, content templ.Component) error {
	var b bytes.Buffer
	if err := content.Render(r.Context(), &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Add("Vary", "HX-Request")
	w.WriteHeader(status)
	w.Write(b.Bytes()) // an error means that the reader is gone
	return nil
}

// Package console holds the web pages for people: an inbox in which
// approvers decide, the exceptions, one decision's full story, and the
// switches. Pages are rendered on the server (templ) and work without
// JavaScript; htmx only saves page loads.
//
// Every page knows who asks: a session starts with a one-time link, names a
// user, and is checked against the directory on each request, so that a
// disabled user or a removed role takes effect at once. What somebody may do
// is checked where it happens, not where its button is drawn.
package console

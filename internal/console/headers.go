package console

import (
	"log/slog"
	"net/http"
	"net/url"

	"assent/internal/panics"
)

// contentPolicy allows our own files and nothing else: no inline script or
// style, no other origin, no framing. Bars are SVG attributes, not styles.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secured sets the headers of every answer. The referrer stays within the
// origin: with "no-referrer", browsers send "Origin: null" with our own forms.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// maxForm bounds a posted form, in bytes.
const maxForm = 64 << 10

// sameOrigin refuses changes that another site asked the browser for, and
// bounds what is read. Requests that name neither site nor origin pass: they
// come from no browser, and the cookie is SameSite besides.
func (c *console) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	c.trustBaseURL(protection)
	protection.SetDenyHandler(c.open(func(http.ResponseWriter, *http.Request, visit) error { return errCrossOrigin }))
	return protection.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	}))
}

// trustBaseURL accepts forms from the address people use, even when a proxy
// in front of us hands on another host.
func (c *console) trustBaseURL(protection *http.CrossOriginProtection) {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" {
		return
	}
	if err := protection.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		c.Log.Warn("console: the base URL is no origin", slog.Any("error", err))
	}
}

// recovered turns a panic into an error page; the log has the stack.
func (c *console) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			c.Log.LogAttrs(r.Context(), slog.LevelError, "console: panic", panics.Attrs(p)...)
			c.fail(w, r, visit{Now: c.Now()}, errPanic)
		}()
		next.ServeHTTP(w, r)
	})
}

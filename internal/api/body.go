package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"

	"assent/decision"
	"assent/internal/strictjson"
)

// bodyLimits hold for every JSON body and every line of a batch.
var bodyLimits = strictjson.Default

// strict reads the whole body before anything else does, and lets it pass
// only if every JSON reader would understand it the same way.
func (a *api) strict(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		body, err := readBody(w, r)
		if err != nil {
			writeProblem(w, r, a.logged(r.Context(), err))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

// readBody reads a JSON body within the limits. Where no body came at all it
// is the operation that says whether one is needed.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > bodyLimits.Bytes {
		return nil, strictjson.TooLarge(bodyLimits.Bytes)
	}
	if r.ContentLength == 0 {
		return nil, nil
	}
	if err := mediaType(r, "application/json"); err != nil {
		return nil, err
	}
	body, err := bodyLimits.Read(http.MaxBytesReader(w, r.Body, bodyLimits.Bytes))
	return body, broken(err)
}

// How much of a refused body is read for nothing. Closing a connection on which
// a client still sends resets it, and many clients read only once they have
// sent everything: they would never see the refusal.
const (
	drainBytes = 16 << 20
	drainTime  = 2 * time.Second
)

// drain reads what is left of a body. What is asked first whether it should be
// sent (Expect: 100-continue) is not, and no answer comes before the refusal.
func drain(w http.ResponseWriter, r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody || r.Header.Get("Expect") != "" {
		return
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(drainTime)) // the network has its own clock
	if _, err := io.CopyN(io.Discard, r.Body, drainBytes); errors.Is(err, io.EOF) {
		_ = control.SetReadDeadline(time.Time{}) // the connection goes on, by the server's own limits
	}
}

// broken tells a client that stopped sending from a fault of ours.
func broken(err error) error {
	var known *decision.Error
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.As(err, &tooLarge):
		return strictjson.TooLarge(bodyLimits.Bytes)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return newProblem(codeTimeout, "The body did not arrive in time.")
	}
	return newProblem(decision.CodeMalformed, "The body ended before it was complete.")
}

// mediaType demands one media type, in UTF-8 and as it is.
func mediaType(r *http.Request, want string) error {
	have, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := strings.ToLower(params["charset"])
	encoding := strings.ToLower(r.Header.Get("Content-Encoding"))
	if err != nil || have != want || charset != "" && charset != "utf-8" || encoding != "" && encoding != "identity" {
		return newProblem(codeMediaType, "The body must be "+want+" in UTF-8, without content encoding.")
	}
	return nil
}

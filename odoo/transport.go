package odoo

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"syscall"
)

// wire sends one HTTP request and reads one bounded answer.
type wire struct {
	base    *url.URL
	http    *http.Client
	maxBody int64
}

// answer is what came back: a JSON body, or only a status when the body was
// something else (a page for people).
type answer struct {
	status int
	json   json.RawMessage // nil unless the content type was JSON
}

// newWire makes a wire that follows no redirects: a redirected POST would be
// sent a second time, or end on a login page.
func newWire(base *url.URL, transport http.RoundTripper, maxBody int64) wire {
	return wire{
		base:    base,
		maxBody: maxBody,
		http: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// post sends body as JSON to path.
func (w wire) post(ctx context.Context, q Call, path string, header http.Header, body any) (answer, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return answer{}, q.fail(KindRequest, 0, "the arguments cannot be written as JSON", nil)
	}
	return w.send(ctx, q, http.MethodPost, path, header, encoded)
}

func (w wire) send(ctx context.Context, q Call, method, path string, header http.Header, body []byte) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, w.base.JoinPath(path).String(), bytes.NewReader(body))
	if err != nil {
		return answer{}, q.fail(KindRequest, 0, "the request could not be built", nil)
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "assent")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range header {
		r.Header[name] = values
	}
	resp, err := w.http.Do(r)
	if err != nil {
		return answer{}, q.unanswered(err)
	}
	defer resp.Body.Close()
	return w.read(q, resp)
}

// read takes the body only when it is JSON and within the limit.
func (w wire) read(q Call, resp *http.Response) (answer, error) {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if kind != "application/json" {
		return answer{status: resp.StatusCode}, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, w.maxBody+1))
	if err != nil {
		return answer{}, q.fail(KindTransport, resp.StatusCode, "the answer broke off", plain(err))
	}
	if int64(len(body)) > w.maxBody {
		return answer{}, q.fail(KindProtocol, resp.StatusCode, "the answer is larger than max_body", nil)
	}
	return answer{status: resp.StatusCode, json: body}, nil
}

// unanswered classifies a request that got no answer. Only a failure to
// connect proves that Odoo saw nothing; everything later may have taken
// effect, timeouts too.
func (q Call) unanswered(err error) *Error {
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") {
		return q.fail(KindUnreachable, 0, "no connection to Odoo", plain(err))
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return q.fail(KindUnreachable, 0, "the host name of Odoo could not be resolved", plain(err))
	}
	var cert *tls.CertificateVerificationError
	if errors.As(err, &cert) {
		return q.fail(KindUnreachable, 0, "the certificate of Odoo is not trusted", nil)
	}
	return q.fail(KindTransport, 0, "no answer from Odoo", plain(err))
}

// plain reduces a cause to what callers may branch on. The full text of a
// network error holds URLs and addresses, which belong in no journal.
func plain(err error) error {
	for _, known := range []error{
		context.DeadlineExceeded, context.Canceled,
		syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE,
		io.ErrUnexpectedEOF, io.EOF,
	} {
		if errors.Is(err, known) {
			return known
		}
	}
	return nil
}

// page is the error for an answer that is not JSON. A client error is a
// refusal whatever its body says; the rest, a login page with status 200
// included, leaves the outcome open.
func (q Call) page(status int) *Error {
	if kind := kindOfStatus(status); kind != KindServer {
		return q.fail(kind, status, "a page instead of JSON", nil)
	}
	return q.fail(KindProtocol, status, "a page instead of JSON; is the database name right, and does this version have this API?", nil)
}

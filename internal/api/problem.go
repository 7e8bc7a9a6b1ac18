package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"assent/decision"

	"github.com/danielgtaylor/huma/v2"
)

// Codes of problems that only HTTP has.
const (
	codeMethod      decision.Code = "method_not_allowed"
	codeMediaType   decision.Code = "unsupported_media_type"
	codeRateLimited decision.Code = "rate_limited"
	codeTimeout     decision.Code = "timeout"
)

// problemType explains one code, for callers and for /problems/{code}.
type problemType struct {
	Code   decision.Code
	Status int
	Title  string
	Means  string // what happened
	Do     string // what the caller should do
}

// problemTypes is the only map from codes to HTTP.
var problemTypes = []problemType{
	{decision.CodeInvalid, http.StatusUnprocessableEntity, "The request breaks a rule",
		"The body or a parameter is well formed but not allowed. The list of errors has one entry a field.",
		"Correct the fields named by the pointers. Nothing was recorded, so the same idempotency key may be used again."},
	{decision.CodeMalformed, http.StatusBadRequest, "The request cannot be read",
		fmt.Sprintf("The body must be one JSON value in UTF-8, at most %d levels deep, without a key twice in an object (upper and lower case being the same). A query is percent-encoded, and headers that count are sent once.", bodyLimits.Depth),
		"Correct the caller's writer. NaN and Infinity are not JSON; leave out what is unknown."},
	{decision.CodeTooLarge, http.StatusRequestEntityTooLarge, "The body is too large",
		fmt.Sprintf("A JSON body, and a line of a batch, may have at most %d bytes. A batch as a whole has no limit.", bodyLimits.Bytes),
		"Leave out what the kind does not declare; an order of 500 lines is below a tenth of the limit."},
	{decision.CodeUnauthorized, http.StatusUnauthorized, "No valid API key",
		"The request has no API key, or one that is unknown or disabled.",
		"Send Authorization: Bearer with a key made by `assent keys`."},
	{decision.CodeForbidden, http.StatusForbidden, "Not allowed",
		"The key or the person is known, but lacks the right, the role or the kind; or no one may approve what they asked for.",
		"Use a key with the right, or ask a person with the role."},
	{decision.CodeNotFound, http.StatusNotFound, "Not found",
		"There is no such thing, or this key may not see it.",
		"Check the id and the company of the key."},
	{codeMethod, http.StatusMethodNotAllowed, "Method not allowed",
		"The path exists, but not with this method.",
		"Use one of the methods in the Allow header."},
	{codeTimeout, http.StatusRequestTimeout, "The body did not arrive in time",
		"The connection was open, but the rest of the body did not come.",
		"Send the request again with the same idempotency key."},
	{decision.CodeConflict, http.StatusConflict, "Somebody was first",
		"The thing is no longer in the state this request needs. `winner` says what was first.",
		"Read it again and decide anew."},
	{decision.CodeErased, http.StatusGone, "Erased",
		"The content was destroyed on purpose. Its hash in the journal still verifies.",
		"Nothing; it cannot come back."},
	{codeMediaType, http.StatusUnsupportedMediaType, "Unsupported media type",
		"The body must be sent as application/json in UTF-8 (a batch as application/x-ndjson), without content encoding.",
		"Set the Content-Type header."},
	{decision.CodeKeyReuse, http.StatusUnprocessableEntity, "The idempotency key belongs to another request",
		"A decision was made with the same key for a request with other content.",
		"Use a new key for a new question."},
	{codeRateLimited, http.StatusTooManyRequests, "Too many failed sign-ins",
		"Too many requests with unknown keys came from this address.",
		"Wait as long as Retry-After says."},
	{decision.CodeInternal, http.StatusInternalServerError, "Internal error",
		"Something went wrong on our side. The log has it under the correlation id.",
		"Send the request again with the same idempotency key, and tell operations the correlation id."},
	{decision.CodeUnavailable, http.StatusServiceUnavailable, "Temporarily unavailable",
		"A part that is needed, the database or Odoo, cannot be reached. Nothing was half done.",
		"Send the request again with the same idempotency key, after what Retry-After says."},
}

// retryAfter is what Retry-After says, in seconds: long enough for a restart
// of the database, short enough for a caller that holds a customer.
const retryAfter = 2

func problemTypeOf(code decision.Code) problemType {
	i := slices.IndexFunc(problemTypes, func(t problemType) bool { return t.Code == code })
	if i < 0 {
		return problemTypeOf(decision.CodeInternal)
	}
	return problemTypes[i]
}

// Problem is an RFC 9457 problem, the body of every error.
type Problem struct {
	Type     string         `json:"type" format:"uri-reference" example:"/problems/invalid" doc:"Path of a page that explains the code."`
	Title    string         `json:"title" doc:"What the code means."`
	Status   int            `json:"status" example:"422" doc:"The HTTP status."`
	Detail   string         `json:"detail" doc:"A sentence about this request. It never holds a value that was sent."`
	Code     decision.Code  `json:"code" example:"invalid" doc:"The class of failure, for programs."`
	Instance string         `json:"instance,omitempty" doc:"The correlation id, under which the log has more."`
	Winner   string         `json:"winner,omitempty" doc:"With code conflict: what was first."`
	Errors   []ProblemField `json:"errors,omitempty" doc:"What is wrong with which field."`

	headers http.Header
}

// ProblemField says what is wrong with one field or parameter.
type ProblemField struct {
	Pointer   string `json:"pointer,omitempty" example:"/fields/amount_total" doc:"JSON pointer (RFC 6901) into the body."`
	Parameter string `json:"parameter,omitempty" example:"limit" doc:"Name of a query, path or header parameter."`
	Code      string `json:"code" example:"minimum" doc:"The rule that is broken."`
	Detail    string `json:"detail" doc:"What is allowed."`
}

// Error gives the sentence.
func (p *Problem) Error() string { return string(p.Code) + ": " + p.Detail }

// GetStatus tells huma the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders tells huma which headers go with the problem.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType tells huma the media type of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func newProblem(code decision.Code, detail string, fields ...ProblemField) *Problem {
	t := problemTypeOf(code)
	p := &Problem{
		Type: "/problems/" + string(t.Code), Title: t.Title, Status: t.Status,
		Detail: detail, Code: t.Code, Errors: fields, headers: http.Header{},
	}
	switch code {
	case decision.CodeUnauthorized:
		p.headers.Set("WWW-Authenticate", `Bearer realm="assent"`)
	case decision.CodeUnavailable, codeRateLimited:
		p.headers.Set("Retry-After", strconv.Itoa(retryAfter))
	}
	return p
}

// problemOf turns any error into what its reader may see. Errors without a
// code are internal: they are logged and not shown.
func problemOf(err error) *Problem {
	var known *Problem
	if errors.As(err, &known) {
		return known
	}
	var e *decision.Error
	if !errors.As(err, &e) {
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			return newProblem(decision.CodeUnavailable, "The request was given up before it was answered.")
		}
		return newProblem(decision.CodeInternal, "Something went wrong on our side.")
	}
	detail := e.Message
	if e.Code == decision.CodeInternal {
		detail = "Something went wrong on our side."
	}
	p := newProblem(e.Code, detail)
	p.Winner = e.Winner
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, ProblemField{Pointer: f.Pointer, Code: f.Code, Detail: f.Message})
	}
	return p
}

// writeProblem answers outside of huma.
func writeProblem(w http.ResponseWriter, r *http.Request, p *Problem) {
	p.Instance = traceOf(r.Context()).correlation
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_ = json.NewEncoder(w).Encode(p) // the client may be gone
	}
}

// humaProblem replaces huma's error model, which echoes values and, for an
// unexpected key, the whole body. What is left are its parameter errors.
func humaProblem(status int, _ string, errs ...error) huma.StatusError {
	code := decision.CodeInternal
	switch status {
	case 0: // huma asks for an example, to describe it
	case http.StatusUnprocessableEntity:
		code = decision.CodeInvalid
	default:
		if i := slices.IndexFunc(problemTypes, func(t problemType) bool { return t.Status == status }); i >= 0 {
			code = problemTypes[i].Code
		}
	}
	p := newProblem(code, problemTypeOf(code).Means)
	for _, err := range errs {
		var d huma.ErrorDetailer
		if errors.As(err, &d) {
			p.Errors = append(p.Errors, parameterFault(d.ErrorDetail()))
		}
	}
	return p
}

// parameterFault keeps huma's words about a parameter unless they may hold
// the value: its parser's errors do, its validator's do not.
func parameterFault(d *huma.ErrorDetail) ProblemField {
	_, name, _ := strings.Cut(d.Location, ".")
	name, _, _ = strings.Cut(name, "[") // which of several values it is says nothing
	text, code := d.Message, "format"
	switch {
	case strings.HasPrefix(text, "required"):
		code = "required"
	case strings.HasPrefix(text, "expected value to be one of"):
		code = "enum"
	case strings.HasPrefix(text, "expected string to match pattern"):
		code = "pattern"
	case strings.HasPrefix(text, "expected"):
		code = "range"
	default:
		text = "not of the type that is documented"
	}
	return ProblemField{Parameter: name, Code: code, Detail: text}
}

// init tames huma, whose settings are global.
func init() {
	huma.NewError = humaProblem
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		p := humaProblem(status, msg, errs...).(*Problem)
		p.Instance = traceOf(ctx.Context()).correlation
		return p
	}
	huma.ValidateStrictCasing = true
	huma.DefaultArrayNullable = false
}

// invalidParameter is the problem of one header or query parameter.
func invalidParameter(name, code, detail string) *Problem {
	return newProblem(decision.CodeInvalid, "The request has parameters that are not allowed.",
		ProblemField{Parameter: name, Code: code, Detail: detail})
}

// problemPage explains a code: GET /problems/{code}.
func problemPage(w http.ResponseWriter, r *http.Request) {
	code := decision.Code(r.PathValue("code"))
	i := slices.IndexFunc(problemTypes, func(t problemType) bool { return t.Code == code })
	if i < 0 {
		writeProblem(w, r, newProblem(decision.CodeNotFound, "There is no such problem type."))
		return
	}
	t := problemTypes[i]
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"type": "/problems/" + string(t.Code), "code": t.Code, "status": t.Status,
		"title": t.Title, "means": t.Means, "do": t.Do,
	})
}

// problemIndex lists every code: GET /problems.
func problemIndex(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	links := map[decision.Code]string{}
	for _, t := range problemTypes {
		links[t.Code] = cmp.Or(t.Title, string(t.Code))
	}
	_ = json.NewEncoder(w).Encode(links)
}

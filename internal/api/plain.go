package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"assent/decision"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
)

// single are the headers that say what is asked, by whom and how. Of two with
// one name a proxy may read the other one.
var single = []string{"Authorization", "Content-Type", "Content-Encoding", "Idempotency-Key"}

// plainHeaders refuses headers that are there more than once.
func (a *api) plainHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range single {
			if len(r.Header.Values(name)) > 1 {
				writeProblem(w, r, repeatedHeader(name))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func repeatedHeader(name string) *Problem {
	return newProblem(decision.CodeMalformed, "A header is there more than once.",
		ProblemField{Parameter: name, Code: "duplicate", Detail: "may be sent once"})
}

// plainQuery refuses a query that can be understood in more than one way, or
// not at all: what a typing error turns into no parameter must not decide for
// real. It knows the operation by the route, so it runs after routing.
func (a *api) plainQuery(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			writeProblem(w, r, newProblem(decision.CodeMalformed, "The query cannot be read: it is name=value, percent-encoded, with & between and no semicolon."))
			return
		}
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet // which answers it
		}
		allowed := a.parameters[method+" "+chi.RouteContext(r.Context()).RoutePattern()]
		if faults := queryFaults(query, allowed); len(faults) > 0 {
			writeProblem(w, r, newProblem(decision.CodeInvalid, "The request has parameters that are not allowed.", faults...))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// queryFaults names every parameter that is unknown, empty or repeated.
func queryFaults(query url.Values, allowed []string) (faults []ProblemField) {
	for name, values := range query {
		fault := ProblemField{Parameter: decision.Shorten(name)}
		switch {
		case !slices.Contains(allowed, name):
			fault.Code, fault.Detail = "unknown", "not a parameter of this operation; it takes "+orNone(allowed)
		case len(values) > 1:
			fault.Code, fault.Detail = "duplicate", "may be given once; several values of a filter are separated by commas"
		case values[0] == "":
			fault.Code, fault.Detail = "required", "must have a value, or be absent"
		default:
			continue
		}
		faults = append(faults, fault)
	}
	slices.SortFunc(faults, func(a, b ProblemField) int { return strings.Compare(a.Parameter, b.Parameter) })
	return faults
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// queryParameters lists what each operation takes in its query, by method and
// path: what the document tells callers is what they may send.
func queryParameters(o *huma.OpenAPI) map[string][]string {
	out := map[string][]string{}
	for path, item := range o.Paths {
		for method, op := range map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPatch: item.Patch} {
			if op == nil {
				continue
			}
			for _, p := range op.Parameters {
				if p.In == "query" {
					out[method+" "+path] = append(out[method+" "+path], p.Name)
				}
			}
		}
	}
	return out
}

// Package ids refuses ids in addresses that nothing can have, before a store
// is asked for them: PostgreSQL fails on text with NUL or without UTF-8, and
// that would look like a fault of ours.
package ids

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"assent/decision"
)

// param is the name that routes give to an id.
const param = "id"

// Checked lets a request pass if its route has no id or one that is a code;
// missing answers the others. It must run after routing, in a chi group.
func Checked(missing http.HandlerFunc) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !possible(chi.RouteContext(r.Context())) {
				missing(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func possible(route *chi.Context) bool {
	for i, name := range route.URLParams.Keys {
		if name == param && !decision.IsCode(route.URLParams.Values[i], decision.MaxCode) {
			return false
		}
	}
	return true
}

package api

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/go-chi/chi/v5"
)

// docsFiles is the documentation page: Swagger UI as published (Apache-2.0,
// see the licences beside it), and our page around it. Nothing is loaded
// from elsewhere.
//
//go:embed docs
var docsFiles embed.FS

// docsPolicy allows the page its own files and nothing else. Swagger UI
// writes style attributes and draws its icons from data: URLs.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (a *api) docs(r chi.Router) {
	files, err := fs.Sub(docsFiles, "docs")
	if err != nil {
		panic("api: the docs are not embedded: " + err.Error())
	}
	page := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", docsPolicy)
			w.Header().Set("X-Content-Type-Options", "nosniff")
			http.ServeFileFS(w, r, files, name)
		}
	}
	r.Get("/docs", page("page.html")) // not index.html, which the file server would redirect
	for _, name := range []string{"page.js", "page.css", "swagger-ui-bundle.js", "swagger-ui.css"} {
		r.Get("/docs/"+name, page(name))
	}
}

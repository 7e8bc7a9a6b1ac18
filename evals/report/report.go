// Package report writes what a run of a spec found as one page for an analyst:
// a single HTML file with its plots inside, which needs neither a network nor
// a script. The same result gives the same bytes.
package report

import (
	_ "embed"
	"html/template"
	"io"

	"assent/evals"
)

var (
	//go:embed page.gohtml
	source string
	//go:embed page.css
	sheet string
)

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"sheet":    func() template.CSS { return template.CSS(sheet) }, //nolint:gosec // embedded
	"num":      num,
	"signed":   signed,
	"pct":      pct,
	"pctOf":    pctOf,
	"count":    count,
	"interval": interval,
	"day":      day,
	"chance":   chance,
	"bound":    bound,
	"add":      func(a, b int) int { return a + b },
	"seconds":  seconds,
	"each":     each,
	"mark":     func() string { return threshold },
}).Parse(source))

// Write writes the page of a result. Sections that a result says nothing of
// are left out. The only errors are those of w.
func Write(w io.Writer, r evals.Result) error {
	return page.Execute(w, newView(r))
}

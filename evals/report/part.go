package report

import (
	"cmp"
	"regexp"

	"assent/evals"
	"assent/evals/report/plot"
)

// part is a section that a task adds to the page.
type part struct {
	evals.Section
	Figure  *figure
	Caption string // of the table
	Numbers []bool // by column: it holds numbers, which stand to the right
}

func parts(sections []evals.Section) []part {
	out := make([]part, len(sections))
	for i, s := range sections {
		out[i] = part{Section: s, Numbers: numeric(s), Caption: cmp.Or(s.Doc, s.Title)}
		if s.Plot != nil {
			out[i].Figure, out[i].Caption = &figure{line(s).SVG(), s.Doc}, s.Title
		}
	}
	return out
}

func line(s evals.Section) plot.Line {
	out := plot.Line{Title: s.Title, X: axis(s.Plot.X), Y: axis(s.Plot.Y)}
	for _, series := range s.Plot.Series {
		out.Series = append(out.Series, plot.Series{Name: series.Name, Points: series.Points})
	}
	return out
}

func axis(a evals.Axis) plot.Axis {
	return plot.Axis{Label: a.Label, From: a.From, To: a.To, Percent: a.Percent}
}

// figures are what a column of numbers holds; what is unknown is a dash.
var figures = regexp.MustCompile(`^([+\x{2212}-]?[\d.,\x{a0}]+( ?%)?|\x{2013}|)$`)

func numeric(s evals.Section) []bool {
	out := make([]bool, len(s.Head))
	for k := range out {
		out[k] = len(s.Rows) > 0
		for _, row := range s.Rows {
			out[k] = out[k] && k < len(row) && figures.MatchString(row[k])
		}
	}
	return out
}

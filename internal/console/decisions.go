package console

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"assent/decision"
)

// decisionsSize is how many decisions a page of the list holds.
const decisionsSize = 50

// outcomes are the codes of the filter by verdict.
func outcomes() []string {
	codes := make([]string, len(decision.AllOutcomes))
	for i, o := range decision.AllOutcomes {
		codes[i] = o.String()
	}
	return codes
}

// decisionList is the page of all decisions, newest first.
type decisionList struct {
	Kind, Outcome, Status string // filters
	Record                string // Odoo's id
	From, To              string // days, "2006-01-02", To included
	Rows                  []decisionLine
	First                 bool   // no newer page
	Newest, Next          string // addresses
	Fault                 string
}

// decisionLine is one row. The other reasons are in the story.
type decisionLine struct {
	decision.DecisionRow
	Why string // the first reason
}

// showDecisions is for everybody with a role: who decides on one case may look
// at how others were decided.
func (c *console) showDecisions(w http.ResponseWriter, r *http.Request, v visit) error {
	q := r.URL.Query()
	view := decisionList{
		Kind: q.Get("kind"), Outcome: q.Get("outcome"), Status: q.Get("status"), Record: q.Get("record"),
		From: q.Get("from"), To: q.Get("to"), First: q.Get("after") == "", Newest: newest(q),
	}
	filter, ok := view.filter(q.Get("after"))
	if !ok {
		view.Fault = "A record is a number, and a day is written 2026-11-24."
		return show(w, r, http.StatusUnprocessableEntity, decisionsPage(v, view))
	}
	rows, next, err := decision.PageOf[decision.DecisionRow](r.Context(), c.Reader, v.User.Company, decision.Decisions, filter)
	if err != nil {
		return err
	}
	head, err := c.Reader.Head(r.Context(), v.User.Company)
	if err != nil {
		return err
	}
	for _, d := range rows {
		line := decisionLine{DecisionRow: d.Under(head.Switches)}
		if len(d.Reasons) > 0 {
			line.Why = c.reason(d.Policy, d.Reasons[0])
		}
		view.Rows = append(view.Rows, line)
	}
	view.Next = nextPage("/decisions", q, next)
	return show(w, r, http.StatusOK, decisionsPage(v, view))
}

// newest is the first page with the same filters.
func newest(q url.Values) string {
	first := url.Values{}
	for name, values := range q {
		if name != "after" {
			first[name] = values
		}
	}
	return "/decisions?" + first.Encode()
}

// filter is false for a record or day that is not one.
func (l decisionList) filter(cursor string) (decision.Filter, bool) {
	f := decision.Filter{Where: map[string][]string{}, Cursor: cursor, Limit: decisionsSize}
	for column, wanted := range map[string]string{"kind": l.Kind, "outcome": l.Outcome, "status": l.Status, "record_id": l.Record} {
		if wanted != "" {
			f.Where[column] = []string{wanted}
		}
	}
	if _, err := strconv.ParseInt(l.Record, 10, 64); l.Record != "" && err != nil {
		return f, false
	}
	from, okFrom := day(l.From)
	to, okTo := day(l.To)
	// The last day counts whole, the filter's end does not.
	if f.From = from; !to.IsZero() {
		f.To = to.AddDate(0, 0, 1)
	}
	return f, okFrom && okTo
}

// day is midnight UTC of a date, as pages show times in UTC.
func day(text string) (time.Time, bool) {
	if text == "" {
		return time.Time{}, true
	}
	t, err := time.Parse(time.DateOnly, text)
	return t, err == nil
}

// filtered says that not everything is listed.
func (l decisionList) filtered() bool {
	return l.Kind+l.Outcome+l.Status+l.Record+l.From+l.To != ""
}

package console

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"assent/decision"
)

// exceptionsSize is how many exceptions a page holds.
const exceptionsSize = 25

// mostExceptions is how many are looked through for a page: the most that the
// store gives at once.
const mostExceptions = 500

// exceptionList is the page of what people must resolve.
type exceptionList struct {
	Type, Role, State string // filters; no state means: to be looked at now
	Items             []exceptionItem
	More              bool // there are more than are looked through
	Next              string
}

// exceptionItem is one exception as a person sees it.
type exceptionItem struct {
	decision.Exception
	OwnerName string
	EndedBy   string
	Words     string // what the last person to act wrote
	Facts     []fact
	Blocked   string // why this person may not act; "" when they may
	Now       time.Time

	Typed string // the comment, kept when the action was refused
	Fault string // what is wrong with the comment
	Said  string // what just happened
	Tone  string
}

// fact is a name with a value.
type fact struct{ Name, Value string }

// showExceptions shows a page of the queue. A cursor of the queue is a place in
// it: what is nearest to its deadline comes first, whenever it was opened.
func (c *console) showExceptions(w http.ResponseWriter, r *http.Request, v visit) error {
	q := r.URL.Query()
	view := exceptionList{Type: q.Get("type"), Role: q.Get("role"), State: q.Get("state")}
	all, next, err := decision.PageOf[decision.Exception](r.Context(), c.Reader, v.User.Company, decision.Exceptions, view.filter())
	if err != nil {
		return err
	}
	queue := view.queue(all, v.Now)
	from, _ := strconv.Atoi(q.Get("after")) // no number is the first page
	from = min(max(from, 0), len(queue))
	to := min(from+exceptionsSize, len(queue))
	if view.Items, err = c.items(r.Context(), v, queue[from:to]); err != nil {
		return err
	}
	view.More = next != ""
	if to < len(queue) {
		view.Next = nextPage("/exceptions", q, strconv.Itoa(to))
	}
	return show(w, r, http.StatusOK, exceptionsPage(v, view))
}

func (l exceptionList) filter() decision.Filter {
	where := map[string][]string{"state": decision.OpenStates}
	for column, wanted := range map[string]string{"state": l.State, "type": l.Type, "role": l.Role} {
		if wanted != "" {
			where[column] = []string{wanted}
		}
	}
	return decision.Filter{Where: where, Limit: mostExceptions}
}

// queue leaves out what is out of sight, unless it is asked for, and puts the
// nearest deadline first. The store does neither: it cannot compare with now,
// and lists the newest first. What has ended stays in that order.
func (l exceptionList) queue(all []decision.Exception, now time.Time) []decision.Exception {
	if l.State == "" {
		all = slices.DeleteFunc(all, func(x decision.Exception) bool {
			// A cause that is seen again may bring a nearer deadline with it.
			return x.State == decision.StateSnoozed && x.SnoozedUntil.After(now) && x.Deadline.After(now)
		})
	}
	if !l.ended() {
		slices.SortStableFunc(all, func(a, b decision.Exception) int { return a.Deadline.Compare(b.Deadline) })
	}
	return all
}

// ended says that what is listed needs nobody any more.
func (l exceptionList) ended() bool {
	return l.State != "" && !slices.Contains(decision.OpenStates, l.State)
}

// items are exceptions as the visitor sees them.
func (c *console) items(ctx context.Context, v visit, all []decision.Exception) ([]exceptionItem, error) {
	names, err := c.people(ctx, v.User.Company)
	if err != nil {
		return nil, err
	}
	items := make([]exceptionItem, len(all))
	for i, x := range all {
		items[i] = itemOf(x, v, names)
		if items[i].Words, err = c.comment(ctx, v.User.Company, x.Comment); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// itemOf puts an exception into words for one visitor. Whether that person may
// act is asked of the exception itself, so that page and service agree.
func itemOf(x decision.Exception, v visit, names people) exceptionItem {
	item := exceptionItem{Exception: x, Now: v.Now}
	if x.Owner != "" {
		item.OwnerName = names.name(x.Owner)
	}
	if x.ClosedBy != "" {
		item.EndedBy = names.name(x.ClosedBy)
	}
	for _, name := range slices.Sorted(maps.Keys(x.Evidence)) {
		item.Facts = append(item.Facts, fact{humanise(name), evidence(name, x.Evidence[name])})
	}
	switch err := x.MayAct(v.User); {
	case x.State == decision.StateResolved:
		item.Blocked = "Resolved by " + item.EndedBy + "."
	case x.State == decision.StateClosed:
		item.Blocked = "Closed by itself: the cause is gone."
	case decision.CodeOf(err) == decision.CodeConflict:
		item.Blocked = item.OwnerName + " owns it."
	case err != nil:
		item.Blocked = problemOf(err).Message
	}
	return item
}

// naps are the offered lengths that end before the deadline.
func (i exceptionItem) naps() []nap {
	return slices.DeleteFunc(slices.Clone(naps), func(n nap) bool { return i.MaySnooze(i.Now.Add(n.For), i.Now) != nil })
}

// evidence puts codes into words.
func evidence(name, v string) string {
	switch name {
	case "action":
		return lower(actionName(decision.Action{Name: v}, ""))
	case "code":
		return lower(v)
	}
	return v
}

// open says that somebody still has to look, by a deadline.
func (i exceptionItem) open() bool {
	return slices.Contains(decision.OpenStates, i.State) && !i.Deadline.IsZero()
}

// title names the exception and, where it has one, its record.
func (i exceptionItem) title() string {
	if i.Subject == nil {
		return humanise(string(i.Type))
	}
	name := recordName(i.Subject.Model, i.Subject.ID)
	return humanise(string(i.Type)) + ": " + strings.ToLower(name[:1]) + name[1:]
}

// What a person may do with an exception.
const (
	doClaim   = "claim"
	doResolve = "resolve"
	doSnooze  = "snooze"
)

// nap is an offered length of a snooze.
type nap struct {
	Code string
	For  time.Duration
}

// naps are all of them; the service itself allows up to 30 days.
var naps = []nap{{"15 minutes", 15 * time.Minute}, {"1 hour", time.Hour}, {"4 hours", 4 * time.Hour}, {"1 day", 24 * time.Hour}, {"3 days", 72 * time.Hour}, {"1 week", 7 * 24 * time.Hour}}

// handleException takes what a person does with an exception.
func (c *console) handleException(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return errors.Join(errForm, err)
	}
	id, comment := chi.URLParam(r, "id"), strings.TrimSpace(r.PostFormValue("comment"))
	said, err := c.handle(r.Context(), v, id, r.PostForm.Get("do"), comment, r.PostForm.Get("for"))
	switch decision.CodeOf(err) {
	case "":
		if !v.Htmx {
			c.flash(r.Context(), said)
			http.Redirect(w, r, "/exceptions", http.StatusSeeOther)
			return nil
		}
	case decision.CodeConflict, decision.CodeForbidden, decision.CodeInvalid:
	default:
		return err
	}
	item, notFound := c.theException(r.Context(), v, id)
	if notFound != nil {
		return notFound
	}
	status := http.StatusOK
	item.Said, item.Tone = said, "good"
	if err != nil {
		status = item.refuse(err, comment)
	}
	if v.Htmx {
		return show(w, r, status, exceptionCard(item))
	}
	return show(w, r, status, exceptionsPage(v, exceptionList{Items: []exceptionItem{item}}))
}

// handle does it, and says in a sentence what was done.
func (c *console) handle(ctx context.Context, v visit, id, do, comment, nap string) (said string, err error) {
	switch do {
	case doClaim:
		_, err = c.Exceptions.Claim(ctx, v.User.Company, id, v.User)
		return "It is yours now.", err
	case doResolve:
		_, err = c.Exceptions.Resolve(ctx, v.User.Company, id, v.User, comment)
		return "Resolved.", err
	case doSnooze:
		for _, n := range naps {
			if n.Code == nap {
				_, err = c.Exceptions.Snooze(ctx, v.User.Company, id, v.User, v.Now.Add(n.For))
				return "Out of sight for " + n.Code + ".", err
			}
		}
		return "", decision.Invalid("/for", "enum", "must be one of the offered lengths")
	}
	return "", decision.Invalid("/do", "enum", "must be claim, resolve or snooze")
}

// refuse puts the reason why an action did not count on the card.
func (i *exceptionItem) refuse(err error, comment string) (status int) {
	p := problemOf(err)
	i.Typed = comment
	i.Said, i.Tone = "", ""
	if decision.CodeOf(err) == decision.CodeInvalid {
		i.Fault = p.Message
	} else {
		i.Said, i.Tone = "Nothing was changed. "+p.Message, "bad"
	}
	return p.Status
}

// theException finds one exception as the visitor sees it.
func (c *console) theException(ctx context.Context, v visit, id string) (exceptionItem, error) {
	x, err := decision.RowOf[decision.Exception](ctx, c.Reader, v.User.Company, decision.Exceptions, id)
	if err != nil {
		return exceptionItem{}, err
	}
	items, err := c.items(ctx, v, []decision.Exception{x})
	if err != nil {
		return exceptionItem{}, err
	}
	return items[0], nil
}

// stateTone colours what still needs somebody.
func stateTone(state string) string {
	switch state {
	case decision.StateOpen:
		return "bad"
	case decision.StateClaimed, decision.StateSnoozed:
		return "warn"
	}
	return "good"
}

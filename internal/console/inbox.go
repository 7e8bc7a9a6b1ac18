package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"assent/decision"
)

// inboxSize is how many cases a page of the inbox holds.
const inboxSize = 25

// inbox is the page of what waits for a person.
type inbox struct {
	Roles []string // the person's own
	Role  string   // filter
	Kind  string   // filter
	Cases []approvalCase
	Next  string // address of the next page
}

// approvalCase is one approval as a person sees it.
type approvalCase struct {
	decision.Approval
	Why      []string // sentences
	Shown    []fact   // what the person must see of the request
	Currency string   // of the amounts in Action
	Hidden   string   // why it cannot be shown; "" when it can
	AskedBy  string
	Signers  []signer
	Blocked  string // why this person may not decide it; "" when they may
	Own      bool   // this person asked, and may take it back
	Now      time.Time
	Inline   bool // answered in place by htmx

	Typed string // the comment, kept when the answer was refused
	Fault string // what is wrong with the comment
	Said  string // what just happened
	Tone  string
}

// signer is a signature with the person's name.
type signer struct {
	Name, Role string
	At         time.Time
}

// showInbox lists by role and not by what the visitor may sign: one's own
// requests are shown, with the reason why somebody else must decide them.
func (c *console) showInbox(w http.ResponseWriter, r *http.Request, v visit) error {
	q := r.URL.Query()
	view := inbox{Roles: v.User.Roles, Role: q.Get("role"), Kind: q.Get("kind")}
	if !slices.Contains(view.Roles, view.Role) {
		view.Role = ""
	}
	open, next, err := decision.PageOf[decision.Approval](r.Context(), c.Reader, v.User.Company, decision.Approvals, view.filter(q.Get("after")))
	if err != nil {
		return err
	}
	names, err := c.people(r.Context(), v.User.Company)
	if err != nil {
		return err
	}
	for _, a := range open {
		one := c.caseOf(r.Context(), a, v, names)
		one.Inline = true
		view.Cases = append(view.Cases, one)
	}
	view.Next = nextPage("/", q, next)
	return show(w, r, http.StatusOK, inboxPage(v, view))
}

// filter asks for open approvals only; the store lists the nearest deadline
// first.
func (i inbox) filter(cursor string) decision.Filter {
	where := map[string][]string{"status": {string(decision.AwaitingApproval)}, "role": i.Roles}
	if i.Role != "" {
		where["role"] = []string{i.Role}
	}
	if i.Kind != "" {
		where["kind"] = []string{i.Kind}
	}
	return decision.Filter{Where: where, Cursor: cursor, Limit: inboxSize}
}

// nextPage keeps the filters and moves on; "" when there is no more.
func nextPage(path string, q url.Values, cursor string) string {
	if cursor == "" {
		return ""
	}
	next := url.Values{}
	for name, values := range q {
		if name != "after" && values[0] != "" {
			next[name] = values[:1]
		}
	}
	next.Set("after", cursor)
	return path + "?" + next.Encode()
}

// caseOf puts an approval into words for one visitor. The rule about who may
// decide is the domain's, so that a button is there if and only if it works.
func (c *console) caseOf(ctx context.Context, a decision.Approval, v visit, names people) approvalCase {
	one := approvalCase{Approval: a, Why: c.reasons(a.Policy, a.Reasons), AskedBy: names.name(a.RequestedBy), Now: v.Now}
	one.Shown, one.Currency, one.Hidden = c.shown(ctx, v.User.Company, a)
	for _, s := range a.Signatures {
		one.Signers = append(one.Signers, signer{names.name(s.By), s.Role, s.At})
	}
	open := a.Status == decision.AwaitingApproval && v.Now.Before(a.Deadline)
	one.Own = open && v.User.Is(a.RequestedBy)
	switch _, err := a.MayDecide(v.User); {
	case a.Status != decision.AwaitingApproval:
		one.Blocked = closedSentence(a, names)
	case !open:
		one.Blocked = "The deadline has passed; it expires without effect."
	case err != nil:
		one.Blocked = problemOf(err).Message
	}
	return one
}

// need is how many people must sign.
func (a approvalCase) need() int { return max(1, a.People) }

// signed says how far the signatures are: "1 of 2: Maria Weber (finance)".
func (a approvalCase) signed() string {
	text := strconv.Itoa(len(a.Signers)) + " of " + strconv.Itoa(a.need())
	for i, s := range a.Signers {
		text += []string{": ", ", "}[min(i, 1)] + s.Name + " (" + lower(s.Role) + ")"
	}
	return text
}

// theCase finds one approval as the visitor sees it.
func (c *console) theCase(ctx context.Context, v visit, id string) (approvalCase, error) {
	a, err := decision.RowOf[decision.Approval](ctx, c.Reader, v.User.Company, decision.Approvals, id)
	if err != nil {
		return approvalCase{}, err
	}
	names, err := c.people(ctx, v.User.Company)
	if err != nil {
		return approvalCase{}, err
	}
	return c.caseOf(ctx, a, v, names), nil
}

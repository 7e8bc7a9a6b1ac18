package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"assent/decision"
)

// Row is a decision in a list.
type Row struct {
	ID          string           `json:"id"`
	At          time.Time        `json:"at"`
	Kind        string           `json:"kind"`
	Channel     string           `json:"channel,omitempty"`
	Subject     decision.Subject `json:"subject"`
	Verdict     decision.Outcome `json:"verdict"`
	Status      decision.Status  `json:"status"`
	Final       bool             `json:"final"`
	Reasons     []Reason         `json:"reasons"`
	Action      Action           `json:"action"`
	Apply       decision.Applier `json:"apply"`
	Approval    string           `json:"approval,omitempty"`
	Execution   string           `json:"execution,omitempty"`
	AtStake     *decision.Money  `json:"at_stake,omitempty"`
	Correlation string           `json:"correlation_id"`
}

func (a *api) row(in decision.DecisionRow) Row {
	return Row{
		ID: in.ID, At: in.At, Kind: in.Kind, Channel: in.Channel,
		Subject: decision.Subject{DB: in.DB, Model: in.Model, ID: in.RecordID},
		Verdict: in.Outcome, Status: in.Status, Final: in.Status.Final(),
		Reasons: a.sentences(in.Policy, in.Reasons), Action: action(in.Action), Apply: in.Apply,
		Approval: in.Approval, Execution: in.Execution, AtStake: in.AtStake, Correlation: in.Correlation,
	}
}

// Page are the parameters of every list.
type Page struct {
	Cursor string `query:"cursor" maxLength:"512" doc:"Where the page before ended: its next."`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"Rows on a page."`
}

// Listed is one page of a list.
type Listed[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page; absent on the last."`
}

type listDecisionsInput struct {
	Page
	Kind     []kindWord    `query:"kind" doc:"One kind or several."`
	Verdict  []outcomeWord `query:"verdict"`
	Status   []statusWord  `query:"status" doc:"One status or several."`
	Model    []modelWord   `query:"model" doc:"Odoo model."`
	RecordID []int64       `query:"record_id" doc:"Database id of the record."`
	Channel  []channelWord `query:"channel" doc:"Sales channel; callers name their own, so any code is one."`
	From     time.Time     `query:"from" doc:"Decided at this time or later."`
	To       time.Time     `query:"to" doc:"Decided before this time."`
}

type listDecisionsOutput struct{ Body Listed[Row] }

type decisionInput struct {
	ID     string `path:"id" maxLength:"128"`
	Prefer string `header:"Prefer" example:"wait=5" doc:"wait=N waits up to N seconds, at most 10, for a final status (RFC 7240)."`
}

type decisionOutput struct {
	Applied string `header:"Preference-Applied"`
	Body    Answer
}

type explanationOutput struct{ Body Explanation }

// seeing are the rights to look at one decision: who may ask for a decision
// sees what became of it.
var seeing = []decision.Right{decision.RightRead, decision.RightDecide}

func (a *api) registerReads() {
	register(a, operation{
		id: "list-decisions", method: http.MethodGet, path: "/v1/decisions", tag: "Decisions", summary: "List decisions",
		doc: "Newest first.", rights: []decision.Right{decision.RightRead},
	}, a.listDecisions)
	register(a, operation{
		id: "get-decision", method: http.MethodGet, path: "/v1/decisions/{id}", tag: "Decisions", summary: "Read a decision",
		doc: "With Prefer: wait=N the answer comes when the status is final, or after N seconds.", rights: seeing,
		errors: []int{http.StatusNotFound},
	}, a.getDecision)
	register(a, operation{
		id: "explain-decision", method: http.MethodGet, path: "/v1/decisions/{id}/explanation", tag: "Decisions", summary: "Explain a decision",
		doc: "Everything it was decided on and with: known and unknown fields, contributions, rules, guard, and what happened since. Personal fields are named, not shown.", rights: seeing,
		errors: []int{http.StatusNotFound},
	}, a.explain)
}

func (a *api) listDecisions(ctx context.Context, in *listDecisionsInput) (*listDecisionsOutput, error) {
	caller := callerOf(ctx)
	kinds, visible := visibleKinds(caller, texts(in.Kind))
	if !visible {
		return &listDecisionsOutput{Listed[Row]{Items: []Row{}}}, nil
	}
	filter := in.filter(map[string][]string{
		"kind": kinds, "outcome": texts(in.Verdict), "status": texts(in.Status), "model": texts(in.Model),
		"record_id": decimals(in.RecordID), "channel": texts(in.Channel),
	})
	filter.From, filter.To = in.From, in.To
	head, err := a.Store.Head(ctx, caller.Company)
	if err != nil {
		return nil, err
	}
	live := func(r decision.DecisionRow) Row { return a.row(r.Under(head.Switches)) }
	body, err := pageOf(ctx, a.Store, caller.Company, decision.Decisions, filter, live)
	return &listDecisionsOutput{body}, err
}

// filter builds a filter of what was given.
func (p Page) filter(where map[string][]string) decision.Filter {
	f := decision.Filter{Where: map[string][]string{}, Cursor: p.Cursor, Limit: p.Limit}
	for column, values := range where {
		if len(values) > 0 {
			f.Where[column] = values
		}
	}
	return f
}

// pageOf reads one page of a projection and describes its rows.
func pageOf[In, Out any](ctx context.Context, from decision.Reader, company string, table decision.Table, f decision.Filter, describe func(In) Out) (Listed[Out], error) {
	rows, next, err := decision.PageOf[In](ctx, from, company, table, f)
	if err != nil {
		return Listed[Out]{}, aboutParameters(err)
	}
	out := Listed[Out]{Items: make([]Out, len(rows)), Next: next}
	for i, row := range rows {
		out.Items[i] = describe(row)
	}
	return out, nil
}

// aboutParameters turns the store's pointers into names of parameters: a
// list has no body that they could point into.
func aboutParameters(err error) error {
	if decision.CodeOf(err) != decision.CodeInvalid {
		return err
	}
	p := problemOf(err)
	for i, f := range p.Errors {
		p.Errors[i].Parameter, p.Errors[i].Pointer = strings.TrimPrefix(f.Pointer, "/"), ""
	}
	return p
}

// visibleKinds narrows a filter to what a key may see; visible is false when
// nothing is left.
func visibleKinds(key decision.APIKey, wanted []string) (kinds []string, visible bool) {
	if len(key.Kinds) == 0 {
		return wanted, true
	}
	if len(wanted) == 0 {
		return key.Kinds, true
	}
	for _, kind := range wanted {
		if key.May(decision.RightRead, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds, len(kinds) > 0
}

func decimals(ids []int64) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strconv.FormatInt(id, 10)
	}
	return out
}

func (a *api) getDecision(ctx context.Context, in *decisionInput) (*decisionOutput, error) {
	caller := callerOf(ctx)
	if _, err := a.visible(ctx, caller, in.ID); err != nil {
		return nil, err
	}
	out := &decisionOutput{}
	if seconds, asked := waitOf(in.Prefer); asked {
		out.Applied = "wait=" + strconv.Itoa(seconds)
		if err := a.awaitFinal(ctx, caller, in.ID, time.Duration(seconds)*time.Second); err != nil {
			return nil, err
		}
	}
	found, err := a.Decisions.Decision(ctx, caller.Company, in.ID)
	if err != nil {
		return nil, err
	}
	out.Body = a.answer(found)
	return out, nil
}

// visible finds the row of a decision that the key may see. What it may not
// see is not found: the answer must not tell that it exists.
func (a *api) visible(ctx context.Context, key decision.APIKey, id string) (decision.DecisionRow, error) {
	row, err := decision.RowOf[decision.DecisionRow](ctx, a.Store, key.Company, decision.Decisions, id)
	if err == nil && !may(key, row.Kind, seeing...) {
		return row, decision.Errorf(decision.CodeNotFound, "There is no such decision.")
	}
	return row, err
}

// maxWait bounds how long a request is held, in seconds.
const maxWait = 10

// waitOf reads the wait preference. Anything that is none is ignored, as
// RFC 7240 says of preferences.
func waitOf(prefer string) (seconds int, asked bool) {
	for part := range strings.SplitSeq(prefer, ",") {
		value, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(part)), "wait=")
		if !ok {
			continue
		}
		if n, err := strconv.Atoi(value); err == nil && n >= 0 {
			return min(n, maxWait), true
		}
	}
	return 0, false
}

// pollEvery is how often a waiting request looks. The status may be changed
// by another replica, so there is nothing to be notified by.
const pollEvery = 100 * time.Millisecond

// awaitFinal returns when the status is final or the time is up.
func (a *api) awaitFinal(ctx context.Context, key decision.APIKey, id string, most time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		row, err := a.visible(ctx, key, id)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil || row.Status.Final():
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-poll.C:
		}
	}
}

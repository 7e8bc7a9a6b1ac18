package api

import (
	"context"
	"net/http"
	"time"

	"assent/decision"
)

// Exception is something a person must resolve that is no approval.
type Exception struct {
	ID           string                 `json:"id"`
	Type         decision.ExceptionType `json:"type"`
	Cause        string                 `json:"cause" doc:"One open exception a cause."`
	State        stateWord              `json:"state"`
	Subject      *decision.Subject      `json:"subject,omitempty"`
	Decision     string                 `json:"decision,omitempty"`
	AtRisk       *decision.Money        `json:"at_risk,omitempty"`
	Evidence     map[string]string      `json:"evidence,omitempty" doc:"Codes and numbers."`
	Role         string                 `json:"role" doc:"Who owns this kind of exception."`
	Deadline     time.Time              `json:"deadline"`
	Proposed     string                 `json:"proposed,omitempty" doc:"Code of the proposed action."`
	Times        int                    `json:"times" doc:"How often the cause was seen."`
	OpenedAt     time.Time              `json:"opened_at"`
	Owner        string                 `json:"owner,omitempty" doc:"User id of who claimed it."`
	SnoozedUntil *time.Time             `json:"snoozed_until,omitempty"`
	ClosedAt     *time.Time             `json:"closed_at,omitempty"`
	ClosedBy     string                 `json:"closed_by,omitempty" doc:"User id, or system when the cause vanished."`
}

func exception(in decision.Exception) Exception {
	return Exception{
		ID: in.ID, Type: in.Type, Cause: in.Cause, State: stateWord(in.State), Subject: in.Subject, Decision: in.Decision, AtRisk: in.AtRisk,
		Evidence: in.Evidence, Role: in.Role, Deadline: in.Deadline, Proposed: in.Proposed, Times: in.Times, OpenedAt: in.OpenedAt,
		Owner: in.Owner, SnoozedUntil: optionalTime(in.SnoozedUntil), ClosedAt: optionalTime(in.ClosedAt), ClosedBy: in.ClosedBy,
	}
}

var snoozeFields = []decision.Field{
	{Path: "until", Type: decision.TypeTime, Required: true, Example: `"2026-11-25T08:00:00Z"`, Doc: "Out of sight until then: at most 30 days, and before the deadline."},
}

type listExceptionsInput struct {
	Page
	State []stateWord `query:"state"`
	Type  []typeWord  `query:"type"`
	Role  []roleWord  `query:"role" doc:"Role of the owner."`
	From  time.Time   `query:"from" doc:"Opened at this time or later."`
	To    time.Time   `query:"to" doc:"Opened before this time."`
}

type listExceptionsOutput struct{ Body Listed[Exception] }

type exceptionOutput struct{ Body Exception }

func (a *api) registerExceptions() {
	acting := []int{http.StatusNotFound, http.StatusConflict}
	register(a, operation{
		id: "list-exceptions", method: http.MethodGet, path: "/v1/exceptions", tag: "Exceptions", summary: "List exceptions",
		doc: "Newest first.", rights: []decision.Right{decision.RightRead},
	}, a.listExceptions)
	register(a, operation{
		id: "claim-exception", method: http.MethodPost, path: "/v1/exceptions/{id}/claim", tag: "Exceptions", summary: "Take an exception",
		doc: "Needs a key that belongs to a person.", rights: []decision.Right{decision.RightOperate}, body: objectSchema(nil), optional: true, errors: acting,
	}, a.onException(nil, func(ctx context.Context, company, id string, by decision.User, _ decision.Record) (decision.Exception, error) {
		return a.Tasks.Claim(ctx, company, id, by)
	}))
	register(a, operation{
		id: "resolve-exception", method: http.MethodPost, path: "/v1/exceptions/{id}/resolve", tag: "Exceptions", summary: "Say that an exception is done",
		doc: "Needs a key that belongs to a person, who says what was done.", rights: []decision.Right{decision.RightOperate}, body: objectSchema(reasonFields), errors: acting,
	}, a.onException(reasonFields, func(ctx context.Context, company, id string, by decision.User, body decision.Record) (decision.Exception, error) {
		return a.Tasks.Resolve(ctx, company, id, by, text(body, "comment"))
	}))
	register(a, operation{
		id: "snooze-exception", method: http.MethodPost, path: "/v1/exceptions/{id}/snooze", tag: "Exceptions", summary: "Put an exception out of sight",
		doc: "Needs a key that belongs to a person.", rights: []decision.Right{decision.RightOperate}, body: objectSchema(snoozeFields), errors: acting,
	}, a.onException(snoozeFields, func(ctx context.Context, company, id string, by decision.User, body decision.Record) (decision.Exception, error) {
		until, _ := body["until"].(time.Time)
		return a.Tasks.Snooze(ctx, company, id, by, until)
	}))
}

func (a *api) listExceptions(ctx context.Context, in *listExceptionsInput) (*listExceptionsOutput, error) {
	caller := callerOf(ctx)
	if err := companyWide(caller); err != nil {
		return nil, err
	}
	filter := in.filter(map[string][]string{"state": texts(in.State), "type": texts(in.Type), "role": texts(in.Role)})
	filter.From, filter.To = in.From, in.To
	body, err := pageOf(ctx, a.Store, caller.Company, decision.Exceptions, filter, exception)
	return &listExceptionsOutput{body}, err
}

// companyWide refuses keys that are limited to kinds what is of no kind.
func companyWide(key decision.APIKey) error {
	if len(key.Kinds) > 0 {
		return decision.Errorf(decision.CodeForbidden, "This concerns the whole company, and the key is limited to kinds.")
	}
	return nil
}

type exceptionStep func(ctx context.Context, company, id string, by decision.User, body decision.Record) (decision.Exception, error)

// onException handles a person's step on an exception.
func (a *api) onException(declared []decision.Field, step exceptionStep) func(context.Context, *actInput) (*exceptionOutput, error) {
	return func(ctx context.Context, in *actInput) (*exceptionOutput, error) {
		caller := callerOf(ctx)
		if err := companyWide(caller); err != nil {
			return nil, err
		}
		body, err := decodeBody(in.Body, declared, a.Now())
		if err != nil {
			return nil, err
		}
		by, err := a.person(ctx, caller)
		if err != nil {
			return nil, err
		}
		after, err := step(ctx, caller.Company, in.ID, by, body)
		if err != nil {
			return nil, err
		}
		return &exceptionOutput{exception(after)}, nil
	}
}

package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"assent/approvals"
	"assent/decision"
)

// Approval is a task for people.
type Approval struct {
	ID          string           `json:"id"`
	Decision    string           `json:"decision"`
	Kind        string           `json:"kind"`
	Subject     decision.Subject `json:"subject"`
	Status      decision.Status  `json:"status" doc:"awaiting_approval, or how it ended."`
	Roles       []string         `json:"roles" doc:"People with one of these roles may act."`
	People      int              `json:"people" doc:"How many different people must assent."`
	EachRole    bool             `json:"each_role" doc:"Every one of the roles must sign, each by another person; otherwise any of them will do."`
	RequestedBy string           `json:"requested_by,omitempty" doc:"May not approve."`
	Action      Action           `json:"action"`
	ActionHash  string           `json:"action_hash" doc:"What the assent binds."`
	Asked       decision.Record  `json:"asked,omitempty" doc:"What whoever assents must see of the request beside the action, by field; only when one approval is read, and not once it was erased."`
	AtStake     *decision.Money  `json:"at_stake,omitempty"`
	Reasons     []Reason         `json:"reasons"`
	OpenedAt    time.Time        `json:"opened_at"`
	Deadline    time.Time        `json:"deadline" doc:"After it the approval expires, without effect."`
	Signatures  []Signature      `json:"signatures"`
	ClosedBy    string           `json:"closed_by,omitempty" doc:"User id, or system."`
	ClosedAt    *time.Time       `json:"closed_at,omitempty"`
	Comment     string           `json:"comment,omitempty" doc:"Of who closed it; only when one approval is read."`
	Links       Links            `json:"links"`
}

func (a *api) approval(in decision.Approval) Approval {
	out := Approval{
		ID: in.ID, Decision: in.Decision, Kind: in.Kind, Subject: decision.Subject{DB: in.DB, Model: in.Model, ID: in.RecordID},
		Status: in.Status, Roles: list(in.Roles), People: in.People, EachRole: in.Each, RequestedBy: in.RequestedBy,
		Action: action(in.Action), ActionHash: in.ActionHash, AtStake: in.AtStake, Reasons: a.sentences(in.Policy, in.Reasons),
		OpenedAt: in.OpenedAt, Deadline: in.Deadline, Signatures: signatures(in), ClosedBy: in.ClosedBy,
		ClosedAt: optionalTime(in.ClosedAt), Links: *a.links(decision.Decision{ID: in.Decision, Approval: in.ID}),
	}
	return out
}

func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// commentField is a person's words. They may be shorter than other texts.
var commentField = decision.Field{
	Path: "comment", Type: decision.TypeText, Most: approvals.MaxComment, Example: `"Customer confirmed by phone."`, Doc: "Why. It is sealed, and can be erased.",
}

var (
	commentFields = []decision.Field{commentField}
	reasonFields  = []decision.Field{required(commentField, `"The address does not exist."`)}
)

func required(f decision.Field, example string) decision.Field {
	f.Required, f.Example = true, example
	return f
}

type listApprovalsInput struct {
	Page
	Status   []statusWord `query:"status" doc:"awaiting_approval for what is open."`
	Kind     []kindWord   `query:"kind"`
	Decision []string     `query:"decision" doc:"Id of the decision."`
	Role     []roleWord   `query:"role" doc:"One of the roles that may act."`
	From     time.Time    `query:"from" doc:"Opened at this time or later."`
	To       time.Time    `query:"to" doc:"Opened before this time."`
	Before   time.Time    `query:"before" doc:"With a deadline before this time."`
}

type listApprovalsOutput struct{ Body Listed[Approval] }

type actInput struct {
	ID   string `path:"id" maxLength:"128"`
	Body json.RawMessage
}

type approvalOutput struct{ Body Approval }

func (a *api) registerApprovals() {
	register(a, operation{
		id: "list-approvals", method: http.MethodGet, path: "/v1/approvals", tag: "Approvals", summary: "List approvals",
		doc: "Nearest deadline first.", rights: []decision.Right{decision.RightRead},
	}, a.listApprovals)
	register(a, operation{
		id: "get-approval", method: http.MethodGet, path: "/v1/approvals/{id}", tag: "Approvals", summary: "Read an approval",
		rights: []decision.Right{decision.RightRead}, errors: []int{http.StatusNotFound},
	}, a.getApproval)
	acting := []int{http.StatusNotFound, http.StatusConflict}
	register(a, operation{
		id: "approve", method: http.MethodPost, path: "/v1/approvals/{id}/approve", tag: "Approvals", summary: "Assent",
		doc:    "Needs a key that belongs to a person with one of the roles, who did not ask for it. With the last signature needed the action is executed.",
		rights: []decision.Right{decision.RightApprove}, body: objectSchema(commentFields), optional: true, errors: acting,
	}, a.acting(commentFields, a.Tasks.Approve))
	register(a, operation{
		id: "reject", method: http.MethodPost, path: "/v1/approvals/{id}/reject", tag: "Approvals", summary: "Refuse",
		doc:    "Needs a key that belongs to a person with one of the roles. One person is enough, and says why.",
		rights: []decision.Right{decision.RightApprove}, body: objectSchema(reasonFields), errors: acting,
	}, a.acting(reasonFields, a.Tasks.Decline))
	register(a, operation{
		id: "withdraw", method: http.MethodPost, path: "/v1/approvals/{id}/withdraw", tag: "Approvals", summary: "Take a request back",
		doc:    "Needs a key that belongs to the person who asked, under whichever of the person's names; it takes no role.",
		rights: []decision.Right{decision.RightApprove}, body: objectSchema(nil), optional: true, errors: acting,
	}, a.acting(nil, func(ctx context.Context, company, id string, by decision.User, _ string) (decision.Approval, error) {
		return a.Tasks.Withdraw(ctx, company, id, by)
	}))
}

func (a *api) listApprovals(ctx context.Context, in *listApprovalsInput) (*listApprovalsOutput, error) {
	caller := callerOf(ctx)
	kinds, visible := visibleKinds(caller, texts(in.Kind))
	if !visible {
		return &listApprovalsOutput{Listed[Approval]{Items: []Approval{}}}, nil
	}
	filter := in.filter(map[string][]string{"status": texts(in.Status), "kind": kinds, "decision": in.Decision, "role": texts(in.Role)})
	filter.From, filter.To, filter.Before = in.From, in.To, in.Before
	body, err := pageOf(ctx, a.Store, caller.Company, decision.Approvals, filter, a.approval)
	return &listApprovalsOutput{body}, err
}

func (a *api) getApproval(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"128"`
}) (*approvalOutput, error) {
	caller := callerOf(ctx)
	found, err := a.visibleApproval(ctx, caller, decision.RightRead, in.ID)
	if err != nil {
		return nil, err
	}
	out := a.approval(found)
	snapshot, err := a.Decisions.Snapshot(ctx, caller.Company, found.Decision)
	if err != nil {
		return nil, err
	}
	if snapshot != nil {
		out.Asked = snapshot.Shown(found.Action)
	}
	if out.Comment, err = a.comment(ctx, caller.Company, found.Comment); err != nil {
		return nil, err
	}
	for i, s := range found.Signatures {
		if out.Signatures[i].Comment, err = a.comment(ctx, caller.Company, s.Comment); err != nil {
			return nil, err
		}
	}
	return &approvalOutput{out}, nil
}

// comment opens a sealed text, if there is one. One that was erased is no
// reason to hide what it was about.
func (a *api) comment(ctx context.Context, company, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	text, err := a.Tasks.Comment(ctx, company, sealed)
	if decision.CodeOf(err) == decision.CodeErased {
		return "", nil
	}
	return text, err
}

func (a *api) visibleApproval(ctx context.Context, key decision.APIKey, right decision.Right, id string) (decision.Approval, error) {
	found, err := decision.RowOf[decision.Approval](ctx, a.Store, key.Company, decision.Approvals, id)
	if err == nil && !key.May(right, found.Kind) {
		return found, decision.Errorf(decision.CodeNotFound, "There is no such approval.")
	}
	return found, err
}

// acting handles a person's step on an approval.
func (a *api) acting(declared []decision.Field, act func(context.Context, string, string, decision.User, string) (decision.Approval, error)) func(context.Context, *actInput) (*approvalOutput, error) {
	return func(ctx context.Context, in *actInput) (*approvalOutput, error) {
		caller := callerOf(ctx)
		body, err := decodeBody(in.Body, declared, a.Now())
		if err != nil {
			return nil, err
		}
		by, err := a.person(ctx, caller)
		if err != nil {
			return nil, err
		}
		if _, err := a.visibleApproval(ctx, caller, decision.RightApprove, in.ID); err != nil {
			return nil, err
		}
		after, err := act(ctx, caller.Company, in.ID, by, text(body, "comment"))
		if err != nil {
			return nil, err
		}
		return &approvalOutput{a.approval(after)}, nil
	}
}

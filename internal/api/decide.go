package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"assent/decision"
)

// scored are the kinds that also have an address of their own,
// /v1/score/{kind}: those that ask how risky something is. The others are
// asked for at /v1/decisions only.
var scored = []string{"order", "delivery", "refund"}

// effectNone assesses without any effect.
const effectNone = "none"

type decideInput struct {
	Key    string          `header:"Idempotency-Key" doc:"The same key gives the same decision for as long as it exists. Without one it is derived from the record and its fields. What it may hold is said of the key of the body." example:"S00036-1"`
	Effect string          `query:"effect" enum:"none" doc:"With none the request is assessed and governed only: nothing is recorded and nothing will happen."`
	Body   json.RawMessage //
}

type decideOutput struct {
	Status   int    //
	Location string `header:"Location" doc:"Path of the decision."`
	Replayed string `header:"Idempotency-Replayed" enum:"true" doc:"Only there when an earlier request with the same key made the decision."`
	Body     Answer
}

func (a *api) registerDecisions() {
	components := a.huma.OpenAPI().Components.Schemas.Map()
	register(a, operation{
		id: "decide", method: http.MethodPost, path: "/v1/decisions", tag: "Decisions", summary: "Ask for a decision",
		doc:    "The body brings the record's fields, or leaves them out: then they are read from Odoo. Answers 201 for a new decision, 200 for one that the same idempotency key made before.",
		rights: []decision.Right{decision.RightDecide}, body: kindSchemas(components), created: true, example: exampleRequest("order"),
		errors: []int{http.StatusNotFound, http.StatusConflict},
	}, a.decider(""))
	a.registerReads()
	for _, name := range scored {
		kind, _ := decision.KindNamed(name)
		components[title(name)+"Score"] = requestSchema(kind, false)
		register(a, operation{
			id: "score-" + name, method: http.MethodPost, path: "/v1/score/" + name, tag: "Score", summary: kind.Doc,
			doc:    fmt.Sprintf("The same as POST /v1/decisions with kind %s.", name),
			rights: []decision.Right{decision.RightDecide}, body: ref(title(name) + "Score"), created: true, example: exampleRequest(name),
			errors: []int{http.StatusNotFound, http.StatusConflict},
		}, a.decider(name))
	}
}

// decider handles a request for a decision; kind "" takes it from the body.
func (a *api) decider(kind string) func(context.Context, *decideInput) (*decideOutput, error) {
	return func(ctx context.Context, in *decideInput) (*decideOutput, error) {
		key, err := idempotencyKey(in.Key)
		if err != nil {
			return nil, err
		}
		answer, err := a.ask(ctx, in.Body, key, kind, in.Effect == effectNone)
		if err != nil {
			return nil, err
		}
		out := &decideOutput{Status: http.StatusOK, Body: answer}
		switch {
		case answer.Replayed:
			out.Replayed = "true"
		case answer.ID != "":
			out.Status, out.Location = http.StatusCreated, answer.Links.Self
		}
		return out, nil
	}
}

// ask decodes a request, checks what the caller may ask, and asks. key is
// the header's; a body may bring one too, but not another.
func (a *api) ask(ctx context.Context, raw json.RawMessage, key, kind string, assessOnly bool) (Answer, error) {
	req, err := decodeRequest(raw, kind, a.Now())
	if err != nil {
		return Answer{}, err
	}
	caller := callerOf(ctx)
	if err := allow(caller, req.Kind, decision.RightDecide); err != nil {
		return Answer{}, err
	}
	if req.Company != "" && req.Company != caller.Company {
		return Answer{}, decision.Invalid("/company", "unknown", "must be the company of the API key, or absent")
	}
	if key != "" && req.Key != "" && key != req.Key {
		return Answer{}, decision.Invalid("/key", "conflict", "must be the same as the header Idempotency-Key, or absent")
	}
	if req.Key == "" {
		req.Key = key
	}
	if req.RequestedBy, err = a.asker(ctx, caller, req.RequestedBy); err != nil {
		return Answer{}, err
	}
	req.Company, req.Via, req.CorrelationID = caller.Company, caller.ID, traceOf(ctx).correlation
	made, err := a.decideOrAssess(ctx, req, assessOnly)
	if err != nil {
		return Answer{}, err
	}
	if made.Decision.ID != "" && !made.Replayed {
		a.Metrics.decision(made.Decision.Kind, made.Decision.Outcome.String())
	}
	return a.answer(made), nil
}

// asker is who the decision will say has asked. A personal key asks for its
// person and nobody else: under another's name one could approve one's own.
func (a *api) asker(ctx context.Context, key decision.APIKey, given string) (string, error) {
	if key.User == "" {
		return given, nil
	}
	user, err := a.person(ctx, key)
	switch {
	case err != nil:
		return "", err
	case given != "" && !user.Is(given):
		return "", decision.Invalid("/requested_by", "forbidden", "must be the person the API key belongs to, or absent")
	}
	return "user:" + user.ID, nil
}

func (a *api) decideOrAssess(ctx context.Context, req decision.Request, assessOnly bool) (decision.Answer, error) {
	if assessOnly {
		return a.Decisions.Assess(ctx, req)
	}
	return a.Decisions.Decide(ctx, req)
}

// idempotencyKey takes the header's quotes off, which the IETF's draft asks
// for and most callers leave out.
func idempotencyKey(header string) (string, error) {
	key := header
	if len(key) > 1 && strings.HasPrefix(key, `"`) && strings.HasSuffix(key, `"`) {
		key = key[1 : len(key)-1]
	}
	if header != "" && !decision.IsCode(key, decision.MaxKey) {
		return "", invalidParameter("Idempotency-Key", "pattern", "must be "+decision.CodeRule(decision.MaxKey))
	}
	return key, nil
}

// exampleRequest is a complete request, made of the declared examples.
func exampleRequest(name string) any {
	kind, _ := decision.KindNamed(name)
	return map[string]any{
		"kind": kind.Name, "channel": "web", "apply": "service", "requested_by": "odoo:7",
		"subject": map[string]any{"model": kind.Models[0], "id": 36},
		"fields":  exampleObject(kind.Fields),
	}
}

func exampleObject(fields []decision.Field) map[string]any {
	object := map[string]any{}
	for _, f := range fields {
		decision.SetPath(object, f.Path, json.RawMessage(f.Example))
	}
	return object
}

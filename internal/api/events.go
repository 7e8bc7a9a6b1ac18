package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"assent/decision"
)

// Event is a fact that was taken, and what it told.
type Event struct {
	ID       string    `json:"id"`
	Type     string    `json:"type"`
	Outcomes []Outcome `json:"outcomes" doc:"One of every decision about the record."`
}

var eventFields = []decision.Field{
	{Path: "id", Type: decision.TypeCode, Required: true, Example: `"evt_1Q2w3E"`, Doc: "Your id of the event, used for no other of the company: the same one twice is taken once."},
	{Path: "type", Type: decision.TypeEnum, Enum: decision.EventNames(), Required: true, Example: `"dispute.opened"`, Doc: "What happened."},
	{Path: "at", Type: decision.TypeTime, NotAfter: true, Example: `"2026-11-24T09:30:00Z"`, Doc: "When it happened; now if absent."},
	{Path: "decision", Type: decision.TypeCode, Example: `"0199f0c2-6f7e-7c1e-8b54-2f7f3a6f0b11"`, Doc: "A decision about the record: one of decision, key and subject is given."},
	{Path: "key", Type: decision.TypeCode, Most: decision.MaxKey, Example: `"S00036-1"`, Doc: "The idempotency key of a decision about the record."},
	{Path: "subject.model", Type: decision.TypeEnum, Enum: eventModels(), Example: `"sale.order"`, Doc: "Odoo model of the record."},
	{Path: "subject.id", Type: decision.TypeID, Example: "36", Doc: "Database id of the record."},
	{Path: "reason", Type: decision.TypeEnum, Enum: decision.DisputeReasons, Required: true, Example: `"fraud"`, Doc: "Why the payer disputes, as the bank names it. Only fraud says anything about fraud."},
	{Path: "amount", Type: decision.TypeMoney, Example: "120.50", Doc: "Money that is disputed."},
	{Path: "currency", Type: decision.TypeCode, Most: 3, Example: `"EUR"`, Doc: "ISO 4217 currency of the amount, given with it: the company's, or the one that was decided in."},
}

// eventModels are the models of the records that events are about.
func eventModels() (models []string) {
	for _, t := range decision.EventTypes {
		kind, _ := decision.KindNamed(t.Kind)
		for _, m := range kind.Models {
			if !slices.Contains(models, m) {
				models = append(models, m)
			}
		}
	}
	return models
}

type eventOutput struct {
	Status int
	Body   Event
}

func (a *api) registerEvents() {
	var words strings.Builder
	for _, t := range decision.EventTypes {
		fmt.Fprintf(&words, "\n- `%s`, of the kind %s: %s", t.Name, t.Kind, t.Doc)
	}
	register(a, operation{
		id: "post-event", method: http.MethodPost, path: "/v1/events", tag: "Effects", summary: "Tell what happened outside",
		doc: "A fact from a payment provider, a shop or n8n. It becomes an outcome of every decision about the record. Answers 201 for news and 200 for an event that was taken before; the same id with another content is refused. " +
			"The types:\n" + words.String(),
		rights: []decision.Right{decision.RightOutcome}, body: objectSchema(eventFields), created: true,
		known: "Nothing new: this event was taken before.", errors: []int{http.StatusNotFound, http.StatusConflict},
	}, a.hear)
}

func (a *api) hear(ctx context.Context, in *rawBody) (*eventOutput, error) {
	caller := callerOf(ctx)
	body, err := decodeBody(in.Body, eventFields, a.Now())
	if err != nil {
		return nil, err
	}
	event, err := eventOf(body)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(decision.EventTypes, func(t decision.EventType) bool { return t.Name == event.Type })
	if err := allow(caller, decision.EventTypes[i].Kind, decision.RightOutcome); err != nil {
		return nil, err
	}
	event.Source = caller.ID
	told, fresh, err := a.Decisions.RecordEvent(ctx, caller.Company, event)
	if err != nil {
		return nil, err
	}
	out := &eventOutput{Status: http.StatusOK, Body: Event{ID: event.ID, Type: event.Type}}
	if fresh {
		out.Status = http.StatusCreated
	}
	for _, o := range told {
		out.Body.Outcomes = append(out.Body.Outcomes, outcome(o))
	}
	return out, nil
}

func eventOf(body decision.Record) (decision.Event, error) {
	e := decision.Event{
		ID: text(body, "id"), Type: text(body, "type"), Reason: text(body, "reason"),
		About: decision.About{Decision: text(body, "decision"), Key: text(body, "key")},
	}
	e.At, _ = body["at"].(time.Time)
	model, hasModel := body.Text("subject.model")
	id, hasID := body.Integer("subject.id")
	if hasModel != hasID {
		return e, decision.Invalid("/subject", "required", "model and id are given together")
	}
	if hasModel {
		e.About.Subject = &decision.Subject{Model: model, ID: id}
	}
	var err error
	e.Amount, err = amountOf(body)
	return e, err
}

// amountOf reads an amount and its currency, which go together.
func amountOf(body decision.Record) (*decision.Money, error) {
	amount, hasAmount := body.Money("amount")
	currency, hasCurrency := body.Text("currency")
	switch {
	case hasAmount != hasCurrency:
		return nil, decision.Invalid("/currency", "required", "amount and currency are given together")
	case !hasAmount:
		return nil, nil
	}
	return &decision.Money{Amount: amount, Currency: currency}, nil
}

package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"assent/decision"

	"github.com/danielgtaylor/huma/v2"
)

// Outcome is a recorded outcome.
type Outcome struct {
	ID       string          `json:"id"`
	Decision string          `json:"decision"`
	Type     string          `json:"type"`
	Value    string          `json:"value"`
	Amount   *decision.Money `json:"amount,omitempty"`
	At       time.Time       `json:"at" doc:"When it happened."`
	KnownAt  time.Time       `json:"known_at" doc:"When we learnt it."`
}

func outcome(in decision.OutcomeRow) Outcome {
	return Outcome{in.ID, in.Decision, in.Type, in.Value, in.Amount, in.At, in.KnownAt}
}

var receiptFields = []decision.Field{
	{Path: "result", Type: decision.TypeEnum, Enum: texts(decision.CallerResults), Required: true, Example: `"done"`, Doc: "How it ended: done (applied and committed), fail (given up), stale (the record had changed)."},
	{Path: "code", Type: decision.TypeCode, Example: `"user_error"`, Doc: "Why, a code."},
	{Path: "ref", Type: decision.TypeCode, Example: `"account.move:17"`, Doc: "What was created, model:id."},
}

var outcomeFields = []decision.Field{
	{Path: "decision", Type: decision.TypeCode, Required: true, Example: `"0199f0c2-6f7e-7c1e-8b54-2f7f3a6f0b11"`, Doc: "Id of the decision it is the truth about."},
	{Path: "type", Type: decision.TypeCode, Required: true, Example: `"chargeback"`, Doc: "What was learnt; which types there are depends on the kind of the decision."},
	{Path: "value", Type: decision.TypeCode, Required: true, Example: `"fraud"`, Doc: "The truth, one of the values of the type."},
	{Path: "amount", Type: decision.TypeMoney, Example: "120.50", Doc: "Money it cost or saved."},
	{Path: "currency", Type: decision.TypeCode, Most: 3, Example: `"EUR"`, Doc: "ISO 4217 currency of the amount, given with it: the company's, or the one that was decided in."},
	{Path: "at", Type: decision.TypeTime, NotAfter: true, Example: `"2026-11-24T09:30:00Z"`, Doc: "When it happened; now if absent."},
}

// outcomeSchema is of every kind at once, since the body does not name it:
// what the decision's own kind knows is checked when that is read.
func outcomeSchema() *huma.Schema {
	fields := slices.Clone(outcomeFields)
	for i, f := range fields {
		switch f.Path {
		case "type":
			fields[i].Type, fields[i].Enum = decision.TypeEnum, outcomeNames()
		case "value":
			fields[i].Type, fields[i].Enum = decision.TypeEnum, outcomeValues()
		}
	}
	return objectSchema(fields)
}

func outcomeNames() (names []string) {
	for _, kind := range decision.Kinds() {
		for _, o := range kind.OutcomeTypes() {
			if !slices.Contains(names, o.Name) {
				names = append(names, o.Name)
			}
		}
	}
	return names
}

func outcomeValues() (values []string) {
	for _, kind := range decision.Kinds() {
		for _, o := range kind.OutcomeTypes() {
			for _, v := range o.Values {
				if !slices.Contains(values, v) {
					values = append(values, v)
				}
			}
		}
	}
	return values
}

// outcomeWords lists what may be told about each kind.
func outcomeWords() string {
	var b strings.Builder
	for _, kind := range decision.Kinds() {
		fmt.Fprintf(&b, "\n\n**%s**", kind.Name)
		for _, o := range kind.OutcomeTypes() {
			fmt.Fprintf(&b, "\n- `%s` (%s): %s", o.Name, strings.Join(o.Values, ", "), o.Doc)
		}
	}
	return b.String()
}

type receiptInput struct {
	ID   string `path:"id" maxLength:"160" doc:"Id of the execution, from the decision."`
	Body json.RawMessage
}

type receiptOutput struct{ Body Row }

type outcomeOutput struct{ Body Outcome }

func (a *api) registerEffects() {
	register(a, operation{
		id: "post-receipt", method: http.MethodPost, path: "/v1/executions/{id}/receipt", tag: "Effects", summary: "Report what a caller applied",
		doc:    "For decisions with apply: caller, after the caller's own commit. Telling the same twice is fine; another receipt of the same execution is a conflict.",
		rights: []decision.Right{decision.RightDecide}, body: objectSchema(receiptFields), errors: []int{http.StatusNotFound, http.StatusConflict},
	}, a.receive)
	register(a, operation{
		id: "post-outcome", method: http.MethodPost, path: "/v1/outcomes", tag: "Effects", summary: "Tell the truth learnt later",
		doc: "A chargeback, a late delivery, an override: the label for evaluation and training. Telling the same twice records it once; with another amount it is a conflict. " +
			outcomeWords(),
		rights: []decision.Right{decision.RightOutcome}, body: outcomeSchema(), errors: []int{http.StatusNotFound, http.StatusConflict},
	}, a.recordOutcome)
}

func (a *api) receive(ctx context.Context, in *receiptInput) (*receiptOutput, error) {
	caller := callerOf(ctx)
	body, err := decodeBody(in.Body, receiptFields, a.Now())
	if err != nil {
		return nil, err
	}
	if err := a.mayReceive(ctx, caller, in.ID); err != nil {
		return nil, err
	}
	row, err := a.Decisions.Receive(ctx, caller.Company, in.ID, decision.Receipt{
		Result: decision.Result(text(body, "result")), Code: text(body, "code"), Ref: text(body, "ref"), By: caller.ID,
	})
	if err != nil {
		return nil, err
	}
	return &receiptOutput{a.row(row)}, nil
}

// mayReceive keeps a key that is limited to kinds from reporting on others.
func (a *api) mayReceive(ctx context.Context, key decision.APIKey, execution string) error {
	id, _ := decision.DecisionOf(execution) // nothing has the id ""
	row, err := decision.RowOf[decision.DecisionRow](ctx, a.Store, key.Company, decision.Decisions, id)
	if decision.CodeOf(err) == decision.CodeNotFound || err == nil && !key.May(decision.RightDecide, row.Kind) {
		return decision.Errorf(decision.CodeNotFound, "There is no such execution.")
	}
	return err
}

func (a *api) recordOutcome(ctx context.Context, in *rawBody) (*outcomeOutput, error) {
	caller := callerOf(ctx)
	body, err := decodeBody(in.Body, outcomeFields, a.Now())
	if err != nil {
		return nil, err
	}
	record := decision.OutcomeRecord{
		Decision: text(body, "decision"), Type: text(body, "type"), Value: text(body, "value"), Source: caller.ID,
	}
	record.At, _ = body["at"].(time.Time)
	if record.Amount, err = amountOf(body); err != nil {
		return nil, err
	}
	row, err := decision.RowOf[decision.DecisionRow](ctx, a.Store, caller.Company, decision.Decisions, record.Decision)
	if err != nil {
		return nil, err
	}
	if err := allow(caller, row.Kind, decision.RightOutcome); err != nil {
		return nil, err
	}
	made, err := a.Decisions.RecordOutcome(ctx, caller.Company, record)
	if err != nil {
		return nil, err
	}
	return &outcomeOutput{outcome(made)}, nil
}

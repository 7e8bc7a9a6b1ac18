package api

import (
	"context"
	"net/http"
	"strings"

	"assent/decision"

	"github.com/shopspring/decimal"
)

// Switches are the company's live controls, kind by kind.
type Switches struct {
	Kill   bool                     `json:"kill" doc:"Nothing executes; what is due is parked."`
	Modes  map[string]decision.Mode `json:"modes" doc:"By kind: shadow, suggest or live."`
	Paused map[string]string        `json:"paused" doc:"By kind that is paused: why."`
	Epoch  int64                    `json:"epoch" doc:"Counts changes of policy and switches."`
	Policy string                   `json:"policy" doc:"Revision of the policy in force."`
}

type switchesOutput struct{ Body Switches }

func switches(h decision.Head) Switches {
	out := Switches{
		Kill: h.Switches.Kill, Modes: map[string]decision.Mode{}, Paused: map[string]string{}, Epoch: h.Epoch, Policy: h.Policy,
	}
	for _, kind := range decision.KindNames() {
		out.Modes[kind] = h.Switches.Mode(kind)
		if why, paused := h.Switches.Paused[kind]; paused {
			out.Paused[kind] = why
		}
	}
	return out
}

// switchFields declares a change. Nothing but the reason is required, so that
// an emergency needs one line.
func switchFields() []decision.Field {
	fields := []decision.Field{
		{Path: "kill", Type: decision.TypeBoolean, Example: "true", Doc: "Nothing executes; what is due is parked."},
		{Path: "epoch", Type: decision.TypeInteger, Min: &decimal.Zero, Example: "7", Doc: "The epoch that was read before: with another one in force nothing is changed. Absent, the change is made whatever is in force, as befits an emergency."},
		{Path: "reason", Type: decision.TypeEnum, Enum: decision.SwitchReasons, Required: true, Example: `"incident"`, Doc: "Why."},
	}
	for _, kind := range decision.KindNames() {
		fields = append(fields,
			decision.Field{Path: "modes." + kind, Type: decision.TypeEnum, Enum: texts(decision.Modes), Example: `"suggest"`, Doc: "How much the kind may do by itself."},
			decision.Field{Path: "paused." + kind, Type: decision.TypeBoolean, Example: "true", Doc: "true pauses its auto-execution for the reason given, false ends the pause."},
		)
	}
	return fields
}

func (a *api) registerSwitches() {
	register(a, operation{
		id: "get-switches", method: http.MethodGet, path: "/v1/switches", tag: "Operations", summary: "Read the switches",
		rights: []decision.Right{decision.RightRead},
	}, a.getSwitches)
	register(a, operation{
		id: "patch-switches", method: http.MethodPatch, path: "/v1/switches", tag: "Operations", summary: "Change switches",
		doc:    "What is left out stays as it is. The change is journalled with its reason.",
		rights: []decision.Right{decision.RightOperate}, body: objectSchema(switchFields()), errors: []int{http.StatusConflict},
	}, a.patchSwitches)
}

func (a *api) getSwitches(ctx context.Context, _ *struct{}) (*switchesOutput, error) {
	caller := callerOf(ctx)
	head, err := a.Store.Head(ctx, caller.Company)
	if err != nil {
		return nil, err
	}
	return &switchesOutput{switches(head)}, nil
}

func (a *api) patchSwitches(ctx context.Context, in *rawBody) (*switchesOutput, error) {
	caller := callerOf(ctx)
	if err := companyWide(caller); err != nil {
		return nil, err
	}
	body, err := decodeBody(in.Body, switchFields(), a.Now())
	if err != nil {
		return nil, err
	}
	by := caller.ID
	if caller.User != "" {
		by = caller.User
	}
	epoch, given := body.Integer("epoch")
	if !given {
		epoch = decision.AnyEpoch
	}
	head, err := a.Decisions.Amend(ctx, caller.Company, epoch, switchPatch(body), by, text(body, "reason"))
	if err != nil {
		return nil, err
	}
	return &switchesOutput{switches(head)}, nil
}

func switchPatch(body decision.Record) decision.SwitchPatch {
	patch := decision.SwitchPatch{Modes: map[string]decision.Mode{}, Paused: map[string]bool{}}
	if kill, given := body["kill"].(bool); given {
		patch.Kill = &kill
	}
	for path := range body {
		group, kind, _ := strings.Cut(path, ".")
		switch group {
		case "modes":
			patch.Modes[kind] = decision.Mode(text(body, path))
		case "paused":
			patch.Paused[kind], _ = body[path].(bool)
		}
	}
	return patch
}

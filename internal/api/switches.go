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
	Paused map[string]string        `json:"paused" doc:"By kind: why auto-execution is paused."`
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

// switchFields declares the body: everything at once, so that no half of a
// change can be lost. A kind that is left out suggests.
func switchFields() []decision.Field {
	fields := []decision.Field{
		{Path: "kill", Type: decision.TypeBoolean, Required: true, Example: "false", Doc: "Nothing executes; what is due is parked."},
		{Path: "epoch", Type: decision.TypeInteger, Min: &decimal.Zero, Example: "7", Doc: "The epoch that was read before: with another one in force nothing is changed. Absent, the change is made whatever is in force, as befits an emergency."},
		{Path: "reason", Type: decision.TypeCode, Example: `"incident:42"`, Doc: "Why, a code."},
	}
	for _, kind := range decision.KindNames() {
		fields = append(fields,
			decision.Field{Path: "modes." + kind, Type: decision.TypeEnum, Enum: texts(decision.Modes), Example: `"suggest"`, Doc: "How much the kind may do by itself; suggest if absent."},
			decision.Field{Path: "paused." + kind, Type: decision.TypeCode, Example: `"drift"`, Doc: "Why its auto-execution is paused; not paused if absent."},
		)
	}
	return fields
}

func (a *api) registerSwitches() {
	register(a, operation{
		id: "get-switches", method: http.MethodGet, path: "/v1/switches", tag: "Operations", summary: "Read the switches",
		right: decision.RightRead,
	}, a.getSwitches)
	register(a, operation{
		id: "put-switches", method: http.MethodPut, path: "/v1/switches", tag: "Operations", summary: "Set the switches",
		doc:   "Replaces all of them; a kind that is left out suggests. The change is journalled.",
		right: decision.RightOperate, body: objectSchema(switchFields()), errors: []int{http.StatusConflict},
	}, a.putSwitches)
}

func (a *api) getSwitches(ctx context.Context, _ *struct{}) (*switchesOutput, error) {
	caller := callerOf(ctx)
	head, err := a.Store.Head(ctx, caller.Company)
	if err != nil {
		return nil, err
	}
	return &switchesOutput{switches(head)}, nil
}

func (a *api) putSwitches(ctx context.Context, in *rawBody) (*switchesOutput, error) {
	caller := callerOf(ctx)
	if err := companyWide(caller); err != nil {
		return nil, err
	}
	body, err := decodeBody(in.Body, switchFields(), a.Now())
	if err != nil {
		return nil, err
	}
	kill, _ := body["kill"].(bool)
	want := decision.Switches{Kill: kill, Modes: map[string]decision.Mode{}, Paused: map[string]string{}}
	for path := range body {
		group, kind, _ := strings.Cut(path, ".")
		switch group {
		case "modes":
			want.Modes[kind] = decision.Mode(text(body, path))
		case "paused":
			want.Paused[kind] = text(body, path)
		}
	}
	by := caller.ID
	if caller.User != "" {
		by = caller.User
	}
	epoch, given := body.Integer("epoch")
	if !given {
		epoch = decision.AnyEpoch
	}
	head, err := a.Decisions.Switch(ctx, caller.Company, epoch, want, by, text(body, "reason"))
	if err != nil {
		return nil, err
	}
	return &switchesOutput{switches(head)}, nil
}

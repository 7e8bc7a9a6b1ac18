package odoo

import (
	"context"
	"slices"

	"assent/decision"
)

// confirm turns a quotation into an order. Odoo's own call is not
// idempotent, so the state is read first; with other modules it may return a
// wizard and confirm nothing, so it is read after.
func (a attempt) confirm(ctx context.Context) decision.Applied {
	dialect, err := a.Caller.Dialect(ctx)
	if err != nil {
		return a.classify(err)
	}
	confirmed := func(state string) bool { return slices.Contains(dialect.Confirmed, state) }
	return a.order(ctx, "action_confirm", nil, confirmed)
}

// cancel cancels an order. Up to version 18 that needs a context key, without
// which Odoo opens a wizard and cancels nothing.
func (a attempt) cancel(ctx context.Context) decision.Applied {
	dialect, err := a.Caller.Dialect(ctx)
	if err != nil {
		return a.classify(err)
	}
	cancelled := func(state string) bool { return state == "cancel" }
	return a.order(ctx, "action_cancel", dialect.CancelContext, cancelled)
}

// order calls a method that moves an order to another state.
func (a attempt) order(ctx context.Context, method string, cx Context, reached func(state string) bool) decision.Applied {
	tree, end, ok := a.look(ctx)
	state, _ := tree["state"].(string)
	switch {
	case !ok:
		return end
	case reached(state):
		return done(codeAlready, "")
	case !a.unchanged(tree):
		return stale
	}
	call := func() error {
		q := Call{Model: "sale.order", Method: method, IDs: []int64{a.x.Subject.ID}, Context: a.context().With(cx)}
		return a.Caller.Call(ctx, q, nil)
	}
	return a.changed(ctx, call, func(ctx context.Context) (bool, error) {
		state, err := a.orderState(ctx, a.company, a.x.Subject)
		return err == nil && reached(state), err
	})
}

// reschedule writes the scheduled date of a delivery.
func (a attempt) reschedule(ctx context.Context) decision.Applied {
	want, _ := a.x.Action.Params["scheduled_date"].(interface{ Format(string) string })
	if want == nil {
		return failed("unknown_date")
	}
	date := want.Format(TimeLayout)
	type row struct {
		Scheduled Text `json:"scheduled_date"`
	}
	reached := func(ctx context.Context) (bool, error) {
		p, err := one[row](ctx, a.Integration, a.company, "stock.picking", a.x.Subject.ID, "scheduled_date")
		return p.Scheduled.Or("") == date, err
	}
	there, err := reached(ctx)
	switch {
	case err != nil: // not to be taken for "no": the record would then seem changed by somebody else
		return a.classify(err)
	case there:
		return done(codeAlready, "")
	}
	tree, end, ok := a.look(ctx)
	switch {
	case !ok:
		return end
	case !a.unchanged(tree):
		return stale
	}
	call := func() error {
		return Write(ctx, a.Caller, "stock.picking", []int64{a.x.Subject.ID}, map[string]any{"scheduled_date": date}, a.context())
	}
	return a.changed(ctx, call, reached)
}

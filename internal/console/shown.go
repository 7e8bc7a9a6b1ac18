package console

import (
	"context"
	"log/slog"

	"assent/decision"
)

// shown is what whoever assents must see of the request beside the action,
// and the currency of both. A request that cannot be read is said to be so, and keeps no other case from
// being decided.
func (c *console) shown(ctx context.Context, company string, a decision.Approval) (facts []fact, currency, fault string) {
	snapshot, err := c.Decisions.Snapshot(ctx, company, a.Decision)
	switch {
	case err != nil:
		c.Log.ErrorContext(ctx, "console: what was asked cannot be read", slog.Any("error", err), slog.String("decision", a.Decision))
		return nil, "", "What was asked cannot be read right now."
	case snapshot == nil:
		return nil, "", "What was asked was erased."
	}
	currency, _ = snapshot.Fields.Text("currency")
	return shownFacts(*snapshot, a.Action), currency, ""
}

// shownFacts puts the kind's shown fields into words, in the kind's order.
func shownFacts(s decision.Snapshot, a decision.Action) []fact {
	kind, _ := decision.KindNamed(s.Kind)
	currency, _ := s.Fields.Text("currency")
	values := s.Shown(a)
	var facts []fact
	for _, f := range kind.Fields {
		v, known := values[f.Path]
		switch code, isText := v.(string); {
		case !known:
		case isText && f.Type == decision.TypeEnum:
			facts = append(facts, fact{label(f), lower(code)})
		default:
			facts = append(facts, fact{label(f), oneValue(f, v, currency)})
		}
	}
	return facts
}

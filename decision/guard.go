package decision

import (
	"time"

	"github.com/shopspring/decimal"
)

// Codes of the guard: why execute became approve.
const (
	GuardKill    = "KILL_SWITCH"
	GuardPaused  = "KIND_PAUSED"
	GuardShadow  = "MODE_SHADOW"
	GuardSuggest = "MODE_SUGGEST"
	GuardCount   = "BUDGET_COUNT"
	GuardAmount  = "BUDGET_AMOUNT"
	GuardUnknown = "AMOUNT_UNKNOWN"
)

// Guard bounds the damage of a bad model or policy. It looks at the live
// head, which no policy reads, and can only turn execute into approve.
func Guard(head Head, caps Caps, kind string, r Recommendation, o Outcome, now time.Time) (GuardResult, Outcome) {
	spent := head.Spent[kind].In(now)
	_, paused := head.Switches.Paused[kind]
	g := GuardResult{
		Epoch: head.Epoch, Mode: head.Switches.Mode(kind), Kill: head.Switches.Kill, Paused: paused,
		Count: spent.Count, Amount: spent.Amount, Caps: caps,
	}
	if o != Execute || r.Action.Class() != Effective {
		return g, o
	}
	if g.Code = g.refusal(r.AtStake); g.Code != "" {
		return g, Approve
	}
	return g, Execute
}

// refusal is the first reason against executing, or "".
func (g GuardResult) refusal(atStake *Money) string {
	switch {
	case g.Kill:
		return GuardKill
	case g.Paused:
		return GuardPaused
	case g.Mode == Shadow:
		return GuardShadow
	case g.Mode != Live:
		return GuardSuggest
	case g.Count >= g.Caps.Count:
		return GuardCount
	case atStake == nil:
		return GuardUnknown
	case overCap(g.Amount, atStake.Amount, g.Caps.Amount):
		return GuardAmount
	}
	return ""
}

func overCap(spent, next, limit decimal.Decimal) bool {
	return spent.Add(next).GreaterThan(limit)
}

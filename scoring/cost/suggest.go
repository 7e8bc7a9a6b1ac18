package cost

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/shopspring/decimal"
)

// Limit is a suggested policy limit, in the form of a policy's limits.json.
type Limit struct {
	Value  json.Number `json:"value"`
	Unit   string      `json:"unit"`
	Owner  string      `json:"owner"`
	Reason string      `json:"reason"`
}

// Names of the limits in the policy, and the role that answers for them.
type Names struct {
	Hold  string // e.g. "fraud_probability"; "" suggests none
	Block string // e.g. "block_probability"; "" suggests none
	Owner string // e.g. "finance"
}

// places of a suggested probability: what people would write.
const places = 4

// Suggest says the plan as limits, by name; a cut-off that is never reached is
// none. A limit of holding is rounded down
// and one of blocking up, so that rounding errs to a person's look.
func (p Plan) Suggest(n Names) map[string]Limit {
	out := map[string]Limit{}
	add := func(name string, value decimal.Decimal, what string) {
		if name != "" && value.LessThan(one) {
			out[name] = Limit{json.Number(value.String()), "probability", n.Owner, p.reason(what)}
		}
	}
	add(n.Hold, p.CutOffs.Hold.RoundDown(places), "held")
	add(n.Block, p.CutOffs.Block.RoundUp(places), "blocked")
	return out
}

func (p Plan) reason(what string) string {
	return fmt.Sprintf("Suggested: from here on %s, %d scored cases with %d bad ones would have cost %s, against %s if all had passed and %s if all had been held.",
		what, p.Cases, p.Bad, p.Planned.Total.Rounded(), p.PassAll.Total.Rounded(), p.HoldAll.Total.Rounded())
}

// Write writes limits as a limits.json.
func Write(w io.Writer, limits map[string]Limit) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(limits)
}

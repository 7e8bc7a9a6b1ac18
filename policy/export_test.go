package policy

import (
	"context"
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/shopspring/decimal"

	"assent/decision"
)

// Input is the whole input that policies of the snapshot's kind may read, as
// JSON. A policy's own codec leaves out what the policy does not read.
func Input(s decision.Snapshot, a decision.Assessment, r decision.Recommendation) (json.RawMessage, error) {
	kind, _ := decision.KindNamed(s.Kind)
	value, err := ast.JSON(newCodec(kind).encode(&s, &a, &r))
	if err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

// Outcome is what the missing-field gate asks for: the outcome alone, at half
// the cost of Govern. Failures are approve, as in Govern.
func (e *Engine) Outcome(ctx context.Context, s decision.Snapshot, a decision.Assessment, r decision.Recommendation) decision.Outcome {
	p, ok := e.programs[s.Kind]
	if !ok {
		return decision.Approve
	}
	outcome, _ := p.outcomeOf(ctx, e.Deadline, p.codec.encode(&s, &a, &r))
	return outcome
}

// HashedText is how a policy sees a personal text.
var HashedText = hashedText

// LimitOf is a limit that is a number.
func (e *Engine) LimitOf(kind, name string) decimal.Decimal {
	return decimal.RequireFromString(string(e.data.limits[kind][name].Value.(json.Number)))
}

// Rejects says whether a rule of the kind can reject: not one with if false.
func (e *Engine) Rejects(kind string) bool {
	rejects := false
	for _, m := range e.programs[kind].compiler.Modules {
		for _, rule := range m.Rules {
			group, _ := groupOf(rule)
			rejects = rejects || group == GroupRejected && !isNever(rule.Body)
		}
	}
	return rejects
}

// Rules are all rules with a code.
func (e *Engine) Rules() []Rule { return e.rules }

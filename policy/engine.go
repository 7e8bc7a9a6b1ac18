package policy

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"

	"assent/decision"
)

// DefaultDeadline bounds one evaluation. A policy takes well under a
// millisecond; what takes this long does not terminate.
const DefaultDeadline = 50 * time.Millisecond

// Engine is a compiled revision. It is safe for concurrent use and implements
// decision.Policy.
type Engine struct {
	// Deadline bounds one evaluation, DefaultDeadline unless it is changed
	// before the first. Past it a person is asked.
	Deadline time.Duration

	revision string
	data     data
	programs map[string]*program
	rules    []Rule
	reasons  map[string]Reason
}

var _ decision.Policy = (*Engine)(nil)

// Revision is the content hash of the bundle.
func (e *Engine) Revision() string { return e.revision }

// Caps are the kind's limits hourly_count and hourly_amount.
func (e *Engine) Caps(kind string) decision.Caps { return e.data.caps[kind] }

// Govern asks the policy for a verdict with its reasons, routes and the rules
// that fired. Whatever goes wrong gives decision.FallbackVerdict.
func (e *Engine) Govern(ctx context.Context, s decision.Snapshot, a decision.Assessment, r decision.Recommendation) decision.Verdict {
	p, ok := e.programs[s.Kind]
	if !ok {
		return decision.FallbackVerdict(decision.PolicyMissing)
	}
	tracker := &topdown.EvaluatedRuleTracker{}
	value, failure := p.eval(ctx, e.Deadline, p.verdict, p.codec.encode(&s, &a, &r), rego.EvalEvaluatedRuleTracker(tracker))
	if failure != "" {
		return decision.FallbackVerdict(failure)
	}
	v, ok := readVerdict(p.kind, &s, value)
	if !ok {
		return decision.FallbackVerdict(decision.PolicyEmpty)
	}
	v.Rules = firedRules(tracker)
	return v
}

// outcomeOf gives the outcome for an input, and approve with the code of the
// failure if there is none.
func (p *program) outcomeOf(ctx context.Context, deadline time.Duration, input ast.Value) (decision.Outcome, string) {
	value, failure := p.eval(ctx, deadline, p.outcome, input)
	if failure != "" {
		return decision.Approve, failure
	}
	outcome, ok := readOutcome(value)
	if !ok {
		return decision.Approve, decision.PolicyEmpty
	}
	return outcome, ""
}

// eval runs one query under the deadline and gives its only value, or the
// code of the failure.
func (p *program) eval(ctx context.Context, deadline time.Duration, q rego.PreparedEvalQuery, input ast.Value, opts ...rego.EvalOption) (ast.Value, string) {
	if ctx.Err() != nil {
		return nil, decision.PolicyTimeout
	}
	// One flag for deadline and caller: cheaper than the goroutine that OPA
	// would start to wait for the context.
	cancel := topdown.NewCancel()
	timer := time.AfterFunc(deadline, cancel.Cancel)
	defer timer.Stop()
	stop := context.AfterFunc(ctx, cancel.Cancel)
	defer stop()
	results, err := q.Eval(ctx, append(opts, rego.EvalParsedInput(input), rego.EvalExternalCancel(cancel), rego.EvalMetrics(metrics.NoOp()))...)
	if err != nil {
		return nil, failureCode(err)
	}
	if len(results) != 1 || len(results[0].Expressions) != 1 {
		return nil, decision.PolicyEmpty
	}
	value, ok := results[0].Expressions[0].Value.(ast.Value)
	if !ok {
		return nil, decision.PolicyEmpty
	}
	return value, ""
}

func failureCode(err error) string {
	var evaluation *topdown.Error
	switch {
	case !errors.As(err, &evaluation):
		return decision.PolicyError
	case evaluation.Code == topdown.CancelErr:
		return decision.PolicyTimeout
	case evaluation.Code == topdown.ConflictErr:
		return decision.PolicyConflict
	}
	return decision.PolicyError
}

// firedRules lists the label id of every rule that fired, sorted.
func firedRules(t *topdown.EvaluatedRuleTracker) []string {
	rules := make([]string, 0, len(t.Labels))
	for _, labels := range t.Labels {
		if id, ok := labels["id"].(string); ok {
			rules = append(rules, id)
		}
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

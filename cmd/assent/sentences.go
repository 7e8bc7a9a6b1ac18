package main

import (
	"context"

	"assent/decision"
	"assent/policy"
	"assent/scoring"
)

// sentence says in plain words what a code means: codes of the pipeline, of
// the models, then of the embedded policy. "" when nobody knows it.
func (a *app) sentence(code string) string {
	if s, ok := decision.Sentence(code); ok {
		return s
	}
	if s, _, ok := scoring.Reason(code); ok {
		return s
	}
	for _, engine := range a.engines() {
		if r, ok := engine.Reason(code); ok {
			return r.Description
		}
	}
	return ""
}

// rule is the title of a policy rule by its label.
func (a *app) rule(label string) string {
	for _, engine := range a.engines() {
		if r, ok := engine.Rule(label); ok {
			return r.Title
		}
	}
	return ""
}

// engines are the policies in force, of every company.
func (a *app) engines() []*policy.Engine {
	ctx := context.Background()
	companies, err := a.store.Companies(ctx)
	if err != nil {
		return nil
	}
	seen := map[string]bool{}
	var engines []*policy.Engine
	for _, c := range companies {
		head, err := a.store.Head(ctx, c.ID)
		if err != nil || seen[head.Policy] {
			continue
		}
		seen[head.Policy] = true
		p, err := a.policies.Policy(ctx, head.Policy)
		if engine, ok := p.(*policy.Engine); ok && err == nil {
			engines = append(engines, engine)
		}
	}
	return engines
}

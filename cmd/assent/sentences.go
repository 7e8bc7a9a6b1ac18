package main

import (
	"context"

	"assent/decision"
	"assent/scoring"
	"assent/scoring/model"
)

// sentence says in plain words what a code meant to a decision: codes of the
// pipeline, of the models, then of the policy it was made with. "" when nobody
// knows it.
func (a *app) sentence(policy, code string) string {
	if s, ok := decision.Sentence(code); ok {
		return s
	}
	if s, _, ok := scoring.Reason(code); ok {
		return s
	}
	if s, ok := model.Reason(code); ok {
		return s
	}
	engine, err := a.policies.Engine(context.Background(), policy)
	if err != nil {
		return "" // a decision is told without words rather than not at all
	}
	r, _ := engine.Reason(code)
	return r.Description
}

// rule is the title of a policy's rule by its label.
func (a *app) rule(policy, label string) string {
	engine, err := a.policies.Engine(context.Background(), policy)
	if err != nil {
		return ""
	}
	r, _ := engine.Rule(label)
	return r.Title
}

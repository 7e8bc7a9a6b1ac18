package api

import (
	"net/url"
	"time"

	"assent/decision"
)

// Answer is what a caller learns about a decision.
type Answer struct {
	ID          string             `json:"id,omitempty" doc:"Absent when only assessed (effect=none)."`
	Company     string             `json:"company"`
	Kind        string             `json:"kind"`
	Channel     string             `json:"channel,omitempty"`
	Subject     decision.Subject   `json:"subject"`
	Verdict     decision.Outcome   `json:"verdict" doc:"What was decided, by the policy and after the guard."`
	Status      decision.Status    `json:"status,omitempty" doc:"What became of it so far."`
	Final       bool               `json:"final" doc:"Nothing can happen to it any more."`
	Reasons     []Reason           `json:"reasons" doc:"Why it is no plain execute, most important first."`
	Rules       []string           `json:"rules" doc:"Labels of the policy's rules that fired."`
	Assessment  *Assessment        `json:"assessment,omitempty" doc:"What the model says; absent for kinds without a model, and when the model failed."`
	Challenger  *Challenger        `json:"challenger,omitempty" doc:"What another model said beside it, without a say; absent where none was asked."`
	Action      Action             `json:"action" doc:"The recommended change in Odoo."`
	Apply       decision.Applier   `json:"apply" doc:"Who applies the action."`
	Execution   string             `json:"execution,omitempty" doc:"Id of applying the action; the marker left in Odoo, and the address of a receipt."`
	Protective  []Step             `json:"protective,omitempty" doc:"Protective actions that are applied at once."`
	AtStake     *decision.Money    `json:"at_stake,omitempty" doc:"In the company's currency; absent if unknown."`
	Approval    *ApprovalNeeded    `json:"approval,omitempty" doc:"The task people have, if the verdict is approve."`
	Key         string             `json:"key,omitempty" doc:"The idempotency key, derived from the request if none was given."`
	Revisions   decision.Revisions `json:"revisions" doc:"What it was decided with."`
	DecidedAt   time.Time          `json:"decided_at,omitzero"`
	Replayed    bool               `json:"replayed" doc:"An earlier request with the same key made it."`
	Correlation string             `json:"correlation_id" doc:"Correlation id of the request that made it."`
	Links       *Links             `json:"links,omitempty"`
}

// Reason is a documented code with its sentence.
type Reason struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Assessment is a model's opinion.
type Assessment struct {
	Model       string         `json:"model"`
	Revision    string         `json:"revision,omitempty" doc:"Content hash of the model."`
	Probability *float64       `json:"probability,omitempty" minimum:"0" maximum:"1" doc:"Calibrated; absent if unknown."`
	Class       string         `json:"class,omitempty"`
	Confidence  *float64       `json:"confidence,omitempty" minimum:"0" maximum:"1" doc:"Share of the model's evidence that was known."`
	Base        float64        `json:"base" doc:"Log-odds before any evidence."`
	Reasons     []Contribution `json:"reasons" doc:"Largest first; base plus all contributions is the log-odds of the probability."`
}

// Challenger is the opinion of a model that is tried beside the one in force.
// Nothing was decided by it.
type Challenger struct {
	Model       string   `json:"model,omitempty"`
	Revision    string   `json:"revision" doc:"Content hash of the model."`
	Probability *float64 `json:"probability,omitempty" minimum:"0" maximum:"1" doc:"Calibrated; absent if unknown."`
	Confidence  *float64 `json:"confidence,omitempty" minimum:"0" maximum:"1" doc:"Share of the model's evidence that was known."`
	Failure     *Reason  `json:"failure,omitempty" doc:"Why it said nothing."`
}

// Contribution is one reason of a model with its weight.
type Contribution struct {
	Reason
	Contribution float64 `json:"contribution" doc:"Added to the log-odds."`
}

// Action is a change in Odoo.
type Action struct {
	Name   string          `json:"name"`
	Params decision.Record `json:"params,omitempty"`
	Class  decision.Class  `json:"class"`
}

// Step is an action with the id of its execution.
type Step struct {
	Execution string `json:"execution"`
	Action    Action `json:"action"`
}

// ApprovalNeeded is the part of an approval that a caller needs.
type ApprovalNeeded struct {
	ID       string          `json:"id"`
	Status   decision.Status `json:"status"`
	Roles    []string        `json:"roles" doc:"People with one of these roles may act."`
	People   int             `json:"people" doc:"How many different people must assent."`
	EachRole bool            `json:"each_role" doc:"Every one of the roles must sign, each by another person; otherwise any of them will do."`
	Signed   int             `json:"signed" doc:"How many have."`
	Deadline time.Time       `json:"deadline"`
}

// Links are paths on this server.
type Links struct {
	Self        string `json:"self"`
	Explanation string `json:"explanation"`
	Approval    string `json:"approval,omitempty"`
	Console     string `json:"console,omitempty" doc:"The page for people."`
}

// answer describes a decision.
func (a *api) answer(in decision.Answer) Answer {
	d := in.Decision
	out := Answer{
		ID: d.ID, Company: d.Company, Kind: d.Kind, Channel: d.Channel, Subject: d.Subject,
		Verdict: d.Outcome, Status: in.Row.Status, Reasons: a.reasons(d),
		Rules: list(d.Verdict.Rules), Assessment: a.assessment(d.Revisions.Policy, d.Assessment), Challenger: a.challenger(d.Revisions.Policy, d.Challenger), Action: action(d.Recommendation.Action),
		Apply: d.Apply, Execution: d.Execution, AtStake: d.Recommendation.AtStake,
		Key: d.Key, Revisions: d.Revisions, DecidedAt: in.Row.At, Replayed: in.Replayed, Correlation: d.Correlation,
	}
	for _, step := range d.Protective {
		out.Protective = append(out.Protective, Step{step.Execution, action(step.Action)})
	}
	if d.ID == "" {
		return out // assessed only: nothing to link to
	}
	out.Final = in.Row.Status.Final()
	out.Links = a.links(d)
	if task := in.Approval; task != nil {
		out.Approval = &ApprovalNeeded{
			ID: task.ID, Status: task.Status, Roles: list(task.Roles), People: task.People, EachRole: task.Each, Signed: len(task.Signatures), Deadline: task.Deadline,
		}
	}
	return out
}

func (a *api) links(d decision.Decision) *Links {
	self := "/v1/decisions/" + url.PathEscape(d.ID)
	links := &Links{Self: self, Explanation: self + "/explanation"}
	if d.Approval != "" {
		links.Approval = "/v1/approvals/" + url.PathEscape(d.Approval)
	}
	if a.DecisionPage != nil {
		links.Console = a.DecisionPage(d.ID)
	}
	return links
}

// reasons are the policy's and, where it changed something, the guard's.
func (a *api) reasons(d decision.Decision) []Reason {
	return a.sentences(d.Revisions.Policy, d.Reasons())
}

func (a *api) sentences(policy string, codes []string) []Reason {
	out := make([]Reason, len(codes))
	for i, code := range codes {
		out[i] = a.reason(policy, code)
	}
	return out
}

func (a *api) reason(policy, code string) Reason {
	return Reason{Code: code, Text: a.Sentence(policy, code)}
}

func (a *api) assessment(policy string, in decision.Assessment) *Assessment {
	if in.Model == "" {
		return nil
	}
	out := &Assessment{Model: in.Model, Revision: in.Revision, Probability: in.Probability, Class: in.Class, Confidence: in.Confidence, Base: in.Base, Reasons: []Contribution{}}
	for _, r := range in.Reasons {
		out.Reasons = append(out.Reasons, Contribution{a.reason(policy, r.Code), r.Contribution})
	}
	return out
}

func (a *api) challenger(policy string, in *decision.Challenge) *Challenger {
	if in == nil {
		return nil
	}
	out := &Challenger{Model: in.Model, Revision: in.Revision, Probability: in.Probability, Confidence: in.Confidence}
	if in.Failure != "" {
		failure := a.reason(policy, in.Failure)
		out.Failure = &failure
	}
	return out
}

func action(in decision.Action) Action {
	return Action{Name: in.Name, Params: in.Params, Class: in.Class()}
}

// list makes an absent list an empty one: JSON readers need not tell null
// from [].
func list[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}

// money describes decision.Money, which writes itself.
type money struct {
	Amount   string `json:"amount" example:"120.50" doc:"A plain decimal, as a string so that no reader turns it into a binary float."`
	Currency string `json:"currency" example:"EUR" doc:"ISO 4217."`
}

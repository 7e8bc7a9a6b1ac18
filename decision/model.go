package decision

import (
	"context"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Models finds the models of a company's decisions.
type Models interface {
	// Model gives the assessor of a kind by its revision; "" is what the kind
	// starts with, which is nil for one without a model. CodeNotFound for an
	// unknown revision, CodeInvalid for content that this release cannot use.
	Model(ctx context.Context, kind, revision string) (Assessor, error)
	// Card says what a stored model is; errors are those of Model.
	Card(ctx context.Context, revision string) (ModelCard, error)
}

// ModelCard is what must be known of a model before it is put in force.
type ModelCard struct {
	Name   string
	Kind   string
	Eval   string   // hex SHA-256 of what its evaluation found: what a promotion rests on
	Gates  int      // conditions that its evaluation was held to
	Failed []string // those that do not hold, by metric
}

// ModelArtefact is the kind of a model's content, whose hex SHA-256 is its
// revision.
const ModelArtefact = "model"

// Assessors are the models that kinds start with, by kind, where nothing else
// is known.
type Assessors map[string]Assessor

// Model gives the kind's own model.
func (a Assessors) Model(_ context.Context, kind, revision string) (Assessor, error) {
	if model := a[kind]; revision == "" || revision == revisionOf(model) {
		return model, nil
	}
	return nil, Errorf(CodeNotFound, "There is no model of this revision.")
}

// Card knows none: what a kind starts with needs no promotion.
func (a Assessors) Card(context.Context, string) (ModelCard, error) {
	return ModelCard{}, Errorf(CodeNotFound, "There is no model of this revision.")
}

// KindModels is which models a kind's decisions are made with.
type KindModels struct {
	Champion   string   `json:"champion,omitempty"`   // revision in force; "" is what the kind starts with
	Challenger string   `json:"challenger,omitempty"` // revision that is asked beside it, without a say; "" is none
	Former     []string `json:"former,omitempty"`     // champions of before, the next to go back to first
}

// mostFormer bounds the champions that a head remembers. What the kind starts
// with can be gone back to whether or not it is among them.
const mostFormer = 20

// after is what the models are after a promotion. A champion that was rolled
// back goes behind the others: who rolls back once more must not meet it again.
func (m KindModels) after(p Promotion) KindModels {
	if p.Step == StepChallenge {
		m.Challenger = p.Model
		return m
	}
	former := slices.DeleteFunc(slices.Clone(m.Former), func(r string) bool { return r == m.Champion || r == p.Model })
	if p.Step == StepRollback {
		former = append(former[:min(len(former), mostFormer-1)], m.Champion)
	} else {
		former = slices.Insert(former, 0, m.Champion)
	}
	m.Former = former[:min(len(former), mostFormer)]
	m.Champion = p.Model
	if m.Challenger == p.Model {
		m.Challenger = ""
	}
	return m
}

// The steps in the life of a model.
const (
	StepPromote   = "promote"   // put in force; needs a passing evaluation
	StepRollback  = "rollback"  // back to a champion of before
	StepChallenge = "challenge" // asked beside the champion, or, without a model, nobody is any more
)

// PromotionReasons are the codes that a promotion may give as its reason: a
// list and no text, since the journal holds none.
var PromotionReasons = []string{"better_eval", "drift", "recalibrated", "new_features", "incident", "trial", "drill"}

// Promote changes which model a kind's decisions are made with. p says all
// but the role and the evaluation. A person with RoleAnalyst must stand behind it: System is none,
// nor is a key. Errors: CodeInvalid names what is missing; CodeForbidden where
// the person may not; CodeConflict when the head that it was thought out on is
// no longer in force (epoch, or AnyEpoch).
func (s *Service) Promote(ctx context.Context, company string, epoch int64, p Promotion) (Head, error) {
	role, err := s.promoter(ctx, company, p.By)
	if err != nil {
		return Head{}, err
	}
	p.Role = role
	if p.Eval, err = s.checkPromotion(ctx, p); err != nil {
		return Head{}, err
	}
	return s.change(ctx, company, epoch, func(head Head) (EntryType, any, error) {
		return EntryPromotion, p, head.Models[p.Kind].allows(p)
	})
}

// promoter finds the person, and the role that lets them.
func (s *Service) promoter(ctx context.Context, company, id string) (string, error) {
	user, err := s.Store.User(ctx, company, id)
	if CodeOf(err) == CodeNotFound {
		return "", Invalid("/by", "unknown", "must be the id of a person of this company")
	}
	if err != nil {
		return "", err
	}
	role, ok := user.HasRole([]string{RoleAnalyst})
	switch {
	case user.Disabled:
		return "", Errorf(CodeForbidden, "The person is disabled: only an active one puts models in force.")
	case !ok:
		return "", Errorf(CodeForbidden, "Only a person with the role analyst puts models in force.")
	}
	return role, nil
}

// checkPromotion refuses what no state of the company allows, and gives the
// hash of the evaluation that the promotion rests on.
func (s *Service) checkPromotion(ctx context.Context, p Promotion) (eval string, err error) {
	if !slices.Contains([]string{StepPromote, StepRollback, StepChallenge}, p.Step) {
		return "", Invalid("/step", "enum", "must be one of "+listed([]string{StepPromote, StepRollback, StepChallenge}))
	}
	if _, ok := KindNamed(p.Kind); !ok {
		return "", Invalid("/kind", "enum", "must be one of "+strings.Join(KindNames(), ", "))
	}
	if !slices.Contains(PromotionReasons, p.Reason) {
		return "", Invalid("/reason", missingOr(p.Reason, "enum"), "must be one of "+listed(PromotionReasons))
	}
	if p.Model == "" {
		if p.Step == StepPromote {
			return "", Invalid("/model", "required", "required: the revision of a stored model")
		}
		return "", nil // back to what the kind starts with, or no challenger
	}
	return s.checkModel(ctx, p)
}

// checkModel wants a model of the kind that can be used, and for a promotion
// one whose evaluation passed.
func (s *Service) checkModel(ctx context.Context, p Promotion) (eval string, err error) {
	card, err := s.Models.Card(ctx, p.Model)
	if err == nil {
		_, err = s.Models.Model(ctx, p.Kind, p.Model)
	}
	switch {
	case CodeOf(err) == CodeNotFound:
		return "", Invalid("/model", "unknown", "must be the revision of a stored model")
	case CodeOf(err) == CodeInvalid:
		return "", &Error{Code: CodeInvalid, Message: "The model cannot be used by this release.", Err: err}
	case err != nil:
		return "", err
	case card.Kind != p.Kind:
		return "", Invalid("/model", "kind", "must be a model of the kind "+p.Kind)
	case p.Step != StepPromote:
		return "", nil
	case card.Gates == 0 || card.Eval == "":
		return "", Invalid("/model", "gates", "must have an evaluation with at least one gate")
	case len(card.Failed) > 0:
		return "", Invalid("/model", "gates", "must pass every gate of its evaluation; short in "+strings.Join(card.Failed, ", "))
	}
	return card.Eval, nil
}

// allows refuses what the models in force do not allow.
func (m KindModels) allows(p Promotion) error {
	switch p.Step {
	case StepRollback:
		if p.Model == m.Champion || p.Model != "" && !slices.Contains(m.Former, p.Model) {
			return Invalid("/model", "former", "must be a revision that was in force before, and is not now")
		}
	case StepPromote:
		if p.Model == m.Champion {
			return Invalid("/model", "champion", "is in force already")
		}
	case StepChallenge:
		if p.Model != "" && p.Model == m.Champion {
			return Invalid("/model", "champion", "is in force already; a challenger is another one")
		}
	}
	return nil
}

// Truth is what a decision's outcomes, in the order they were told, say
// together, by the names of what they teach.
func (k Kind) Truth(s Snapshot, told []OutcomeRow) map[string]decimal.Decimal {
	return k.taught(s, told)
}

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"assent/decision"
	"assent/scoring/model"
)

type modelCmd struct {
	List        modelListCmd        `cmd:"" help:"List stored models, and which of them are in force."`
	Show        modelShowCmd        `cmd:"" help:"Print a model's card: data, features, backtest, calibration, gates."`
	Add         modelAddCmd         `cmd:"" help:"Store a model that assent train wrote into a file."`
	Promote     modelPromoteCmd     `cmd:"" help:"Put a model in force; it needs a passing evaluation and a person."`
	Rollback    modelRollbackCmd    `cmd:"" help:"Put a model of before in force again."`
	Shadow      modelShadowCmd      `cmd:"" help:"Ask a model beside the one in force, without a say."`
	Drift       modelDriftCmd       `cmd:"" help:"Hold the decisions of late to what a model was trained on; exit status 4 if a bar is passed."`
	Recalibrate modelRecalibrateCmd `cmd:"" help:"Renew a model's calibration by what came of its cases; it is promoted like any other."`
	Compare     modelCompareCmd     `cmd:"" help:"Compare two models on the decisions that asked both and whose truth is known."`
}

type modelShowCmd struct {
	Revision string `arg:"" help:"Revision, or its beginning."`
}

// Run prints the card.
func (c *modelShowCmd) Run(p *process) error {
	app, err := p.open(readOnly)
	if err != nil {
		return err
	}
	defer app.store.Close()
	revision, err := app.modelRevision(p.ctx, c.Revision)
	if err != nil {
		return err
	}
	card, err := app.card(p.ctx, revision)
	if err != nil {
		return err
	}
	out := json.NewEncoder(p.stdout)
	out.SetIndent("", "  ")
	return out.Encode(card)
}

type modelAddCmd struct {
	File    string `arg:"" type:"existingfile" help:"Model file."`
	Content []byte `kong:"-"`
}

// Run reads the file here, where the command was typed.
func (c *modelAddCmd) Run(p *process) (err error) {
	if c.Content, err = os.ReadFile(c.File); err != nil {
		return err
	}
	return p.apply(c)
}

// check refuses what is no model of this release before anything is stored.
func (c *modelAddCmd) check() error {
	_, err := model.Decode(c.Content)
	if err != nil {
		return wrongUse("FILE", "must be a model that assent train wrote ("+err.Error()+")")
	}
	return nil
}

func (c *modelAddCmd) do(p *process, a *app) error {
	revision := model.Revision(c.Content)
	if err := a.store.PutArtefact(p.ctx, decision.ModelArtefact, revision, c.Content); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "stored model %s\n", revision)
	return nil
}

// ofPromotion is who puts a model in force, and why.
type ofPromotion struct {
	ofCompany
	By     string `required:"" placeholder:"EMAIL" help:"Who answers for it: a person with the role analyst."`
	Reason string `required:"" help:"Why, for the journal: one of ${promotion_reasons}."`
}

func (c *ofPromotion) do(p *process, a *app, promotion decision.Promotion) error {
	user, err := a.userByEmail(p.ctx, c.Company, c.By)
	if err != nil {
		return err
	}
	promotion.By, promotion.Reason = user.ID, c.Reason
	head, err := a.decisions.Promote(p.ctx, c.Company, decision.AnyEpoch, promotion)
	if err != nil {
		return err
	}
	printModels(p, promotion.Kind, head.Models[promotion.Kind])
	return nil
}

func printModels(p *process, kind string, m decision.KindModels) {
	fmt.Fprintf(p.stdout, "%s: in force %s, challenger %s\n", kind, cmp.Or(m.Champion, "what the kind starts with"), cmp.Or(m.Challenger, "none"))
}

type modelPromoteCmd struct {
	Revision string `arg:"" help:"Revision, or its beginning."`
	ofPromotion
}

// Run promotes.
func (c *modelPromoteCmd) Run(p *process) error { return p.apply(c) }

func (c *modelPromoteCmd) do(p *process, a *app) error {
	revision, err := a.modelRevision(p.ctx, c.Revision)
	if err != nil {
		return err
	}
	card, err := a.card(p.ctx, revision)
	if err != nil {
		return err
	}
	return c.ofPromotion.do(p, a, decision.Promotion{Step: decision.StepPromote, Kind: card.Kind, Model: revision})
}

type modelRollbackCmd struct {
	Kind string `required:"" help:"Kind whose model goes back."`
	To   string `help:"Revision of before, or its beginning; start is what the kind starts with; default is the one before."`
	ofPromotion
}

// Run goes back.
func (c *modelRollbackCmd) Run(p *process) error { return p.apply(c) }

func (c *modelRollbackCmd) do(p *process, a *app) error {
	to, err := c.target(p.ctx, a)
	if err != nil {
		return err
	}
	return c.ofPromotion.do(p, a, decision.Promotion{Step: decision.StepRollback, Kind: c.Kind, Model: to})
}

// target is the revision to go back to. Nothing was before the start, so from
// there it has to be named.
func (c *modelRollbackCmd) target(ctx context.Context, a *app) (string, error) {
	if c.To == start {
		return "", nil
	}
	if c.To != "" {
		return a.modelRevision(ctx, c.To)
	}
	head, err := a.store.Head(ctx, c.Company)
	if err != nil {
		return "", err
	}
	if head.Models[c.Kind].Champion == "" {
		return "", decision.Errorf(decision.CodeConflict, "The kind has what it starts with: no other model was in force before. Name one by --to, or promote one.")
	}
	return head.Models[c.Kind].Former[0], nil
}

type modelShadowCmd struct {
	Revision string `arg:"" optional:"" help:"Revision, or its beginning; without one, nobody is asked beside the model in force any more."`
	Kind     string `help:"Kind; needed without a revision."`
	ofPromotion
}

// Run changes the challenger.
func (c *modelShadowCmd) Run(p *process) error { return p.apply(c) }

func (c *modelShadowCmd) check() error {
	if (c.Revision == "") == (c.Kind == "") {
		return wrongUse("REVISION, --kind", "one of the two is needed, and not both")
	}
	return nil
}

func (c *modelShadowCmd) do(p *process, a *app) error {
	if c.Revision == "" {
		return c.ofPromotion.do(p, a, decision.Promotion{Step: decision.StepChallenge, Kind: c.Kind})
	}
	revision, err := a.modelRevision(p.ctx, c.Revision)
	if err != nil {
		return err
	}
	card, err := a.card(p.ctx, revision)
	if err != nil {
		return err
	}
	return c.ofPromotion.do(p, a, decision.Promotion{Step: decision.StepChallenge, Kind: card.Kind, Model: revision})
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"assent/decision"
	"assent/scoring/model"
)

type modelCmd struct {
	List     modelListCmd     `cmd:"" help:"List stored models, and which of them are in force."`
	Show     modelShowCmd     `cmd:"" help:"Print a model's card: data, features, backtest, calibration, gates."`
	Add      modelAddCmd      `cmd:"" help:"Store a model that assent train wrote into a file."`
	Promote  modelPromoteCmd  `cmd:"" help:"Put a model in force; it needs a passing evaluation and a person."`
	Rollback modelRollbackCmd `cmd:"" help:"Put a model of before in force again."`
	Shadow   modelShadowCmd   `cmd:"" help:"Ask a model beside the one in force, without a say."`
	Compare  modelCompareCmd  `cmd:"" help:"Compare the model in force and its challenger on decisions whose truth is known."`
}

type modelListCmd struct {
	ofCompany
	Kind string `help:"Only models of this kind."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// listed is one model as the list shows it.
type listed struct {
	Revision string             `json:"revision"`
	Kind     string             `json:"kind"`
	Name     string             `json:"name"`
	State    string             `json:"state"` // champion, challenger, former or candidate
	Trained  time.Time          `json:"trained_at"`
	Rows     int                `json:"rows"`
	Passes   bool               `json:"passes"`
	Metrics  map[string]float64 `json:"metrics"`
}

// Run lists what is stored.
func (c *modelListCmd) Run(p *process) error {
	app, err := p.read(&c.ofCompany)
	if err != nil {
		return err
	}
	defer app.store.Close()
	all, err := c.all(p.ctx, app)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(p.stdout).Encode(all)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "REVISION\tKIND\tNAME\tSTATE\tTRAINED\tROWS\tGATES\tAUC\tECE")
	for _, m := range all {
		gates := "short"
		if m.Passes {
			gates = "pass"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%s\t%.3f\t%.4f\n", m.Revision[:12], m.Kind, m.Name, m.State, m.Trained.Format(time.DateOnly), m.Rows, gates, m.Metrics["auc"], m.Metrics["ece"])
	}
	return w.Flush()
}

func (c *modelListCmd) all(ctx context.Context, a *app) ([]listed, error) {
	head, err := a.store.Head(ctx, c.Company)
	if err != nil {
		return nil, err
	}
	revisions, err := a.store.ArtefactRevisions(ctx, decision.ModelArtefact)
	if err != nil {
		return nil, err
	}
	out := []listed{}
	for _, revision := range revisions {
		card, err := a.card(ctx, revision)
		if err != nil {
			return nil, fmt.Errorf("model %s: %w", revision, err)
		}
		if c.Kind != "" && card.Kind != c.Kind {
			continue
		}
		out = append(out, listed{revision, card.Kind, card.Name, stateOf(head.Models[card.Kind], revision), card.Trained, card.Data.Rows, card.Passes(), card.Metrics})
	}
	slices.SortStableFunc(out, func(a, b listed) int { return b.Trained.Compare(a.Trained) })
	return out, nil
}

func stateOf(m decision.KindModels, revision string) string {
	switch {
	case m.Champion == revision:
		return "champion"
	case m.Challenger == revision:
		return "challenger"
	case slices.Contains(m.Former, revision):
		return "former"
	}
	return "candidate"
}

// card reads a stored model's card.
func (a *app) card(ctx context.Context, revision string) (model.Card, error) {
	content, err := a.store.Artefact(ctx, decision.ModelArtefact, revision)
	if err != nil {
		return model.Card{}, err
	}
	parsed, err := model.Parse(content)
	return parsed.Card, err
}

// revision finds the stored model that a beginning of its revision names.
func (a *app) modelRevision(ctx context.Context, prefix string) (string, error) {
	const shortest = 8
	revisions, err := a.store.ArtefactRevisions(ctx, decision.ModelArtefact)
	if err != nil {
		return "", err
	}
	found := slices.DeleteFunc(revisions, func(r string) bool { return !strings.HasPrefix(r, prefix) })
	if len(prefix) < shortest || len(found) != 1 {
		return "", wrongUse("REVISION", fmt.Sprintf("must be the revision of one stored model, or at least its first %d characters; see assent model list", shortest))
	}
	return found[0], nil
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
	name := func(revision, otherwise string) string {
		if revision == "" {
			return otherwise
		}
		return revision
	}
	fmt.Fprintf(p.stdout, "%s: in force %s, challenger %s\n", kind, name(m.Champion, "what the kind starts with"), name(m.Challenger, "none"))
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
	To   string `help:"Revision of before, or its beginning; start is what the kind starts with; default is the last one."`
	ofPromotion
}

// Run goes back.
func (c *modelRollbackCmd) Run(p *process) error { return p.apply(c) }

func (c *modelRollbackCmd) do(p *process, a *app) error {
	head, err := a.store.Head(p.ctx, c.Company)
	if err != nil {
		return err
	}
	to := ""
	switch former := head.Models[c.Kind].Former; {
	case c.To == "" && len(former) == 0:
		return decision.Errorf(decision.CodeConflict, "No other model of this kind was in force before.")
	case c.To == "":
		to = former[0]
	case c.To != "start":
		if to, err = a.modelRevision(p.ctx, c.To); err != nil {
			return err
		}
	}
	return c.ofPromotion.do(p, a, decision.Promotion{Step: decision.StepRollback, Kind: c.Kind, Model: to})
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

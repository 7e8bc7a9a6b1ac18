package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"assent/decision"
	"assent/scoring"
	"assent/scoring/model"
)

// What a model is to a company.
const (
	champion   = "champion"   // decisions are made with it
	challenger = "challenger" // it is asked beside the champion
	former     = "former"     // it was champion, and can be again by a rollback
	candidate  = "candidate"  // it is stored
	unusable   = "unusable"   // this release cannot read it
)

// start is the word for what a kind starts with, where a revision may stand.
const start = "start"

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
	State    string             `json:"state"` // champion, challenger, former, candidate or unusable
	Start    bool               `json:"start"` // what the kind starts with: part of the release, and never trained
	Trained  time.Time          `json:"trained_at,omitzero"`
	From     time.Time          `json:"from,omitzero"` // of what it was trained on
	To       time.Time          `json:"to,omitzero"`
	Rows     int                `json:"rows,omitempty"`
	Passes   bool               `json:"passes"` // every gate of its evaluation
	Metrics  map[string]float64 `json:"metrics,omitempty"`
}

// Run lists what is stored, and what kinds start with.
func (c *modelListCmd) Run(p *process) error {
	app, err := p.read(&c.ofCompany)
	if err != nil {
		return err
	}
	defer app.store.Close()
	all, err := app.models(p.ctx, c.Company)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(m listed) bool { return c.Kind != "" && m.Kind != c.Kind })
	if c.JSON {
		return json.NewEncoder(p.stdout).Encode(all)
	}
	return printListed(p.stdout, all)
}

func printListed(out io.Writer, all []listed) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "REVISION\tKIND\tNAME\tSTATE\tTRAINED ON\tROWS\tGATES\tAUC\tECE")
	for _, m := range all {
		fmt.Fprintf(w, "%.12s\t%s\t%s\t%s\t", m.Revision, m.Kind, m.Name, m.State)
		if m.Rows == 0 {
			fmt.Fprintln(w, "-\t-\t-\t-\t-")
			continue
		}
		gates := "short"
		if m.Passes {
			gates = "pass"
		}
		fmt.Fprintf(w, "%s to %s\t%d\t%s\t%s\t%s\n", m.From.Format(time.DateOnly), m.To.Format(time.DateOnly), m.Rows, gates, figure(m.Metrics, "auc"), figure(m.Metrics, "ece"))
	}
	return w.Flush()
}

// figure tells what was not measured from 0.
func figure(metrics map[string]float64, name string) string {
	x, ok := metrics[name]
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%.4f", x)
}

// models lists the models of a company: those in force first, then the newest.
func (a *app) models(ctx context.Context, company string) ([]listed, error) {
	head, err := a.store.Head(ctx, company)
	if err != nil {
		return nil, err
	}
	out := starts(head)
	revisions, err := a.store.ArtefactRevisions(ctx, decision.ModelArtefact)
	if err != nil {
		return nil, err
	}
	for _, revision := range revisions {
		m, err := a.listed(ctx, revision, head)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	rank := []string{champion, challenger, former, candidate, unusable}
	slices.SortStableFunc(out, func(x, y listed) int {
		return cmp.Or(cmp.Compare(slices.Index(rank, x.State), slices.Index(rank, y.State)), y.Trained.Compare(x.Trained), cmp.Compare(x.Kind, y.Kind))
	})
	return out, nil
}

// starts are the scorecards of this release.
func starts(head decision.Head) []listed {
	var out []listed
	for _, card := range scoring.Scorecards() {
		state := former
		if head.Models[card.Card().Kind].Champion == "" {
			state = champion
		}
		out = append(out, listed{Revision: card.Revision(), Kind: card.Card().Kind, Name: card.Card().Model, State: state, Start: true})
	}
	return out
}

// listed describes one stored model. One that this release cannot read is no
// reason to show none of the others.
func (a *app) listed(ctx context.Context, revision string, head decision.Head) (listed, error) {
	card, err := a.card(ctx, revision)
	if decision.CodeOf(err) == decision.CodeUnavailable {
		return listed{}, err
	}
	if err != nil {
		return listed{Revision: revision, Kind: kindWith(head, revision), State: unusable}, nil
	}
	return listed{
		Revision: revision, Kind: card.Kind, Name: card.Name, State: stateOf(head.Models[card.Kind], revision),
		Trained: card.Trained, From: card.Data.From, To: card.Data.To, Rows: card.Data.Rows, Passes: card.Passes(), Metrics: card.Metrics,
	}, nil
}

// kindWith finds the kind that a model was promoted for, "" if none.
func kindWith(head decision.Head, revision string) string {
	for _, kind := range slices.Sorted(maps.Keys(head.Models)) {
		if stateOf(head.Models[kind], revision) != candidate {
			return kind
		}
	}
	return ""
}

func stateOf(m decision.KindModels, revision string) string {
	switch {
	case m.Champion == revision:
		return champion
	case m.Challenger == revision:
		return challenger
	case slices.Contains(m.Former, revision):
		return former
	}
	return candidate
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

// modelRevision finds the stored model that a beginning of its revision names.
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

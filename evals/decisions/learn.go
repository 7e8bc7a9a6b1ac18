package decisions

import (
	"context"
	"fmt"
	"time"

	"assent/decision"
	"assent/internal/simulator"
	"assent/scoring"
	"assent/scoring/blend"
	"assent/scoring/cases"
	"assent/scoring/feature"
	"assent/scoring/frame"
	"assent/scoring/model"
	"assent/scoring/train"
)

// learnt is what assent train refund would make of a season.
type learnt struct {
	model     *model.Model
	name      string
	rows      int
	positives int // found to be abuse
	method    string
	origins   []train.Origin
}

// learn learns from what was told of a season, once all of it counts: what
// nobody uncovered is a negative, as it would be at a retailer.
func learn(ctx context.Context, season *simulator.Season, seed uint64) (*learnt, error) {
	set, _ := feature.Named("refund/" + decision.SetEnriched)
	past := &cases.Cases{Set: set, Scorecard: scoring.Refund()}
	places := map[string]int{}
	var asked []time.Time
	err := season.Retrace(ctx, func(c simulator.SeasonCase) error {
		id := simulator.DecisionOf(c.Snapshot.Subject.ID)
		place, err := past.Add(id, &c.Snapshot)
		places[id], asked = place, append(asked, c.Snapshot.Now)
		return err
	})
	if err != nil {
		return nil, err
	}
	label(past, places, asked, season.Told())
	f, err := frame.Build(set.Columns(), past.Source(), frame.Options{})
	if err != nil {
		return nil, err
	}
	fitted, err := train.Task{Seed: seed, Prior: past.Prior()}.Run(f)
	if err != nil {
		return nil, fmt.Errorf("learning from another season: %w", err)
	}
	out := &learnt{rows: f.Rows(), method: string(fitted.Calibration.Method), origins: fitted.Backtest.Origins}
	for _, positive := range f.Positive {
		if positive {
			out.positives++
		}
	}
	out.name = "trained " + fitted.Blend.Shares.String()
	out.model, err = served(set, fitted)
	return out, err
}

// label tells every case what became of it, when silence means no.
func label(past *cases.Cases, places map[string]int, asked []time.Time, told []simulator.Told) {
	of := map[string][]decision.OutcomeRow{}
	for _, o := range told {
		of[o.Outcome.Decision] = append(of[o.Outcome.Decision], decision.OutcomeRow{OutcomeRecord: o.Outcome, KnownAt: o.At})
	}
	for id, place := range places {
		at := asked[place]
		if l, known := feature.LabelOf("refund", at, of[id], at.Add(feature.Targets["refund"].Matures)); known {
			past.Tell(place, l)
		}
	}
}

// served is the model as a library would serve it.
func served(set feature.Set, fitted *train.Fitted) (*model.Model, error) {
	content := model.Content{
		Card: model.Card{Name: "trained/" + set.Name, Kind: set.Kind}, Set: set.Name, Columns: set.Columns(),
		Blend: fitted.Blend, Calibration: fitted.Calibration, Importance: fitted.Importance,
	}
	if fitted.Blend.Shares[blend.Scorecard] > 0 {
		content.Scorecard = scoring.CardOf(set.Kind).Revision()
	}
	data, err := content.Encode()
	if err != nil {
		return nil, err
	}
	return model.Decode(data)
}

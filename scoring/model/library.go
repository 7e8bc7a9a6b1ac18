package model

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"

	"assent/decision"
	"assent/scoring"
)

// Library finds models by revision: the scorecards of this release, and stored
// ones, which are decoded the first time they are asked for. Readers never
// wait for another revision, and a model once handed out stays good. It
// implements decision.Models.
type Library struct {
	artefacts  decision.Artefacts
	scorecards map[string]*scoring.Scorecard // by kind
	models     atomic.Pointer[map[string]shelved]
	decoding   sync.Mutex
	added      []string // revisions on the shelf, oldest first; under decoding
}

// shelved is a model, or why this release cannot use what is stored. Contents
// do not change, so neither is looked at again: a model that cannot be used may
// be the one in force, which every decision asks for.
type shelved struct {
	model *Model
	err   error
}

// shelf is how many models are kept, some megabytes each.
const shelf = 16

var _ decision.Models = (*Library)(nil)

// NewLibrary makes a library over stored models.
func NewLibrary(artefacts decision.Artefacts) *Library {
	l := &Library{artefacts: artefacts, scorecards: map[string]*scoring.Scorecard{}}
	for _, card := range scoring.Scorecards() {
		l.scorecards[card.Card().Kind] = card
	}
	l.models.Store(&map[string]shelved{})
	return l
}

// Model finds a kind's model; see decision.Models.
func (l *Library) Model(ctx context.Context, kind, revision string) (decision.Assessor, error) {
	if card := l.scorecards[kind]; card != nil && (revision == "" || revision == card.Revision()) {
		return card, nil
	}
	if revision == "" {
		return nil, nil
	}
	m, err := l.stored(ctx, revision)
	if err != nil {
		return nil, err // and no model, not one that is nil
	}
	return m, nil
}

// Card says what a stored model is.
func (l *Library) Card(ctx context.Context, revision string) (decision.ModelCard, error) {
	m, err := l.stored(ctx, revision)
	if err != nil {
		return decision.ModelCard{}, err
	}
	card := decision.ModelCard{Name: m.Card().Name, Kind: m.set.Kind, Eval: m.Card().Eval(), Gates: len(m.Card().Gates)}
	for _, g := range m.Card().Gates {
		if !g.Pass {
			card.Failed = append(card.Failed, g.Metric)
		}
	}
	return card, nil
}

func (l *Library) stored(ctx context.Context, revision string) (*Model, error) {
	if m, ok := (*l.models.Load())[revision]; ok {
		return m.model, m.err
	}
	l.decoding.Lock()
	defer l.decoding.Unlock()
	if m, ok := (*l.models.Load())[revision]; ok {
		return m.model, m.err
	}
	content, err := l.artefacts.Artefact(ctx, decision.ModelArtefact, revision)
	if err != nil {
		return nil, err
	}
	model, err := usable(content, revision)
	l.add(revision, shelved{model, err})
	return model, err
}

// usable decodes content. What makes the decoder panic is no model either.
func usable(content []byte, revision string) (m *Model, err error) {
	refuse := func(cause error) error {
		return &decision.Error{Code: decision.CodeInvalid, Message: "The stored model cannot be used by this release.", Err: cause}
	}
	defer func() {
		if panicked := recover(); panicked != nil {
			m, err = nil, refuse(fmt.Errorf("model: decoding panicked: %v", panicked))
		}
	}()
	if Revision(content) != revision {
		return nil, decision.Errorf(decision.CodeInvalid, "The stored model does not match its revision.")
	}
	if m, err = Decode(content); err != nil {
		return nil, refuse(err)
	}
	return m, nil
}

// add swaps in a copy, so that readers need no lock.
func (l *Library) add(revision string, m shelved) {
	models := maps.Clone(*l.models.Load())
	models[revision] = m
	l.added = append(l.added, revision)
	if len(l.added) > shelf {
		delete(models, l.added[0])
		l.added = l.added[1:]
	}
	l.models.Store(&models)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"assent/decision"
	"assent/internal/export"
	"assent/scoring"
	"assent/scoring/cases"
	"assent/scoring/feature"
)

// cases gathers the past once, for every set.
func (c *trainCmd) cases(p *process, sets []feature.Set) ([]*cases.Cases, error) {
	past := make([]*cases.Cases, len(sets))
	for i, s := range sets {
		past[i] = &cases.Cases{Set: s}
		if card := scoring.CardOf(c.Kind); card != nil {
			past[i].Scorecard = card
		}
	}
	if c.Mapping != "" {
		c.currency = c.Currency
		return past, c.fromExport(p, past)
	}
	return past, c.fromJournal(p, past)
}

// event is one thing that became known, at its time.
type event struct {
	at      time.Time
	row     *export.Row
	outcome *export.Outcome // nil is the request itself
}

// fromExport goes through an export in the order in which a service would have
// heard of it.
func (c *trainCmd) fromExport(p *process, past []*cases.Cases) error {
	rows, channel, err := c.read(p)
	if err != nil {
		return err
	}
	events := eventsOf(rows)
	retrace := decision.NewRetrace(decision.Company{ID: "export", Currency: c.Currency}, func(entity, value string) string {
		return entity + "\x00" + strings.ToLower(strings.TrimSpace(value))
	})
	places, told := map[string]int{}, map[string][]decision.OutcomeRow{}
	for _, e := range events {
		if e.outcome != nil {
			o := decision.OutcomeRecord{Decision: e.row.Key, Type: e.outcome.Type, Value: e.outcome.Value, At: e.outcome.At}
			if err := retrace.Tell(p.ctx, o, e.at); err != nil {
				return fmt.Errorf("%s: outcome %s: %w", e.row.Key, o.Type, err)
			}
			told[e.row.Key] = append(told[e.row.Key], decision.OutcomeRow{OutcomeRecord: o, KnownAt: e.at})
			continue
		}
		request := decision.Request{
			Kind: c.Kind, Channel: channel, Apply: decision.ByService, Key: e.row.Key,
			Subject: decision.Subject{Model: e.row.Model, ID: e.row.ID}, Fields: e.row.Fields,
		}
		snap, err := retrace.Ask(p.ctx, e.row.Key, request, e.at)
		if err != nil {
			return fmt.Errorf("%s: %w", e.row.Key, err)
		}
		for _, cs := range past {
			if places[e.row.Key], err = cs.Add(e.row.Key, &snap); err != nil {
				return err
			}
		}
	}
	if len(events) == 0 {
		return errors.New("the export has no rows")
	}
	until := events[len(events)-1].at
	for _, row := range rows {
		if label, known := feature.LabelOf(c.Kind, row.At, told[row.Key], until); known {
			for _, cs := range past {
				cs.Tell(places[row.Key], label)
			}
		}
	}
	return nil
}

// read leaves out, by name, rows that cannot have been so.
func (c *trainCmd) read(p *process) ([]export.Row, string, error) {
	data, err := os.ReadFile(c.Mapping)
	if err != nil {
		return nil, "", err
	}
	mapping, err := export.Parse(data)
	if err != nil {
		return nil, "", err
	}
	if mapping.Kind != c.Kind {
		return nil, "", wrongUse("MAPPING", "must be of the kind "+c.Kind)
	}
	skipped := 0
	rows, err := mapping.Read(os.DirFS(c.Folder), 0, func(key, why string) {
		skipped++
		fmt.Fprintf(p.stderr, "left out %s: %s\n", key, why)
	})
	if err != nil {
		return nil, "", err
	}
	rows = slices.DeleteFunc(rows, func(row export.Row) bool {
		early := slices.ContainsFunc(row.Outcomes, func(o export.Outcome) bool { return o.KnownAt.Before(row.At) })
		if early {
			skipped++
			fmt.Fprintf(p.stderr, "left out %s: an outcome must not become known before the row itself\n", row.Key)
		}
		return early
	})
	fmt.Fprintf(p.stderr, "%d rows, %d left out\n", len(rows), skipped)
	return rows, mapping.Channel, c.refuse(rows, p.now())
}

// refuse names what cannot be learnt from: a key that is there twice, a truth
// of the future.
func (c *trainCmd) refuse(rows []export.Row, now time.Time) error {
	seen := map[string]bool{}
	for _, row := range rows {
		if seen[row.Key] {
			return fmt.Errorf("%s: the key is there twice", row.Key)
		}
		seen[row.Key] = true
		for _, o := range row.Outcomes {
			if o.KnownAt.After(now) {
				return fmt.Errorf("%s: outcome %s: must not become known in the future", row.Key, o.Type)
			}
		}
	}
	return nil
}

func eventsOf(rows []export.Row) []event {
	var events []event
	for i := range rows {
		events = append(events, event{rows[i].At, &rows[i], nil})
		for j := range rows[i].Outcomes {
			events = append(events, event{rows[i].Outcomes[j].KnownAt, &rows[i], &rows[i].Outcomes[j]})
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	return events
}

// fromJournal reads the company's own decisions: their snapshots hold the
// features as they were. What was erased is left out.
func (c *trainCmd) fromJournal(p *process, past []*cases.Cases) error {
	app, err := p.read(&c.ofCompany)
	if err != nil {
		return err
	}
	defer app.store.Close()
	company, err := app.store.Company(p.ctx, c.Company)
	if err != nil {
		return err
	}
	c.currency = company.Currency
	told, err := app.toldBy(p.ctx, c.Company)
	if err != nil {
		return err
	}
	var rows []decision.DecisionRow
	err = app.eachDecision(p, c.Company, func(row decision.DecisionRow) error {
		if row.Kind == c.Kind {
			rows = append(rows, row)
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.Reverse(rows) // oldest first
	now := p.now().UTC()
	for _, row := range rows {
		label, known := feature.LabelOf(c.Kind, row.At, told[row.ID], now)
		if !known {
			continue
		}
		snap, err := app.snapshotOf(p.ctx, c.Company, row.ID)
		if decision.CodeOf(err) == decision.CodeErased {
			continue
		}
		if err != nil {
			return err
		}
		for _, cs := range past {
			place, err := cs.Add(row.ID, snap)
			if err != nil {
				return err
			}
			cs.Tell(place, label)
		}
	}
	return nil
}

func (a *app) snapshotOf(ctx context.Context, company, id string) (*decision.Snapshot, error) {
	story, err := a.decisions.Story(ctx, company, id)
	if err != nil {
		return nil, err
	}
	if story.Snapshot == nil {
		return nil, decision.Errorf(decision.CodeErased, "The snapshot was erased.")
	}
	return story.Snapshot, nil
}

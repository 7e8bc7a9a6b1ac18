package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"assent/decision"
)

type outcomesCmd struct {
	Pull outcomesPullCmd `cmd:"" help:"Read from Odoo how deliveries and refunds ended, and tell it as outcomes."`
}

// aDay is the unit of what people say about deliveries.
const aDay = 24 * time.Hour

type outcomesPullCmd struct {
	ofCompany
	Kind       []string `default:"delivery,refund" help:"Of which decisions: delivery, refund. Of orders Odoo knows nothing that is fraud; see assent import disputes."`
	Days       int      `default:"180" help:"Only of decisions of so many days; 0 is all."`
	Transit    *float64 `placeholder:"DAYS" help:"How long goods are on the road, as the house knows it, 0 where they are handed over. Odoo knows when goods leave, not when they arrive: without this, arrivals are left to the carrier's events."`
	ReturnDays int      `default:"30" help:"How long customers have to send back what they announced; then it did not come back."`
	Cursor     string   `help:"Go on where an earlier run of one kind stopped."`
}

// Run asks batch by batch, newest decisions first. What a batch told stays when
// the next one fails, and telling it again adds nothing.
func (c *outcomesPullCmd) Run(p *process) error { return p.apply(c) }

func (c *outcomesPullCmd) check() error {
	switch {
	case len(c.Kind) == 0 || slices.ContainsFunc(c.Kind, func(k string) bool { return k != "delivery" && k != "refund" }):
		return wrongUse("--kind", "must be of delivery, refund")
	case c.Days < 0 || c.ReturnDays < 0:
		return wrongUse("--days, --return-days", "must be whole numbers from 0 on")
	case c.Transit != nil && !(*c.Transit >= 0 && *c.Transit <= 365):
		return wrongUse("--transit", "must be days from 0 to 365, such as 2 or 0.5")
	case c.Cursor != "" && len(c.Kind) != 1:
		return wrongUse("--cursor", "belongs to one --kind")
	}
	return nil
}

func (c *outcomesPullCmd) do(p *process, a *app) error {
	if a.decisions.Endings == nil {
		return decision.Errorf(decision.CodeUnavailable, "--odoo-url is missing: outcomes are read from Odoo.")
	}
	for _, kind := range c.Kind {
		if err := c.pull(p, a, kind); err != nil {
			return err
		}
	}
	return nil
}

func (c *outcomesPullCmd) pull(p *process, a *app, kind string) error {
	ask := decision.Pull{Kind: kind, Cursor: c.Cursor, Terms: decision.Terms{Return: time.Duration(c.ReturnDays) * aDay}}
	if c.Days > 0 {
		ask.From = p.now().Add(-time.Duration(c.Days) * aDay)
	}
	if c.Transit != nil {
		transit := time.Duration(*c.Transit * float64(aDay))
		ask.Terms.Transit = &transit
	}
	total := decision.Pulled{Told: map[string]int{}}
	for more := true; more; more = ask.Cursor != "" {
		batch, err := a.decisions.PullOutcomes(p.ctx, c.Company, ask)
		total = total.With(batch)
		if err != nil {
			c.report(p, kind, total)
			return errors.Join(err, c.goOn(kind, total.Next))
		}
		ask.Cursor = batch.Next
	}
	c.report(p, kind, total)
	return nil
}

// goOn says how to ask for the rest.
func (c *outcomesPullCmd) goOn(kind, cursor string) error {
	again := "assent outcomes pull --kind=" + kind
	if cursor != "" {
		again += " --cursor=" + cursor
	}
	return fmt.Errorf("what is told above stays; go on with %s", again)
}

func (c *outcomesPullCmd) report(p *process, kind string, total decision.Pulled) {
	var told []string
	for _, outcome := range slices.Sorted(maps.Keys(total.Told)) {
		told = append(told, fmt.Sprintf("%s %d", outcome, total.Told[outcome]))
	}
	fmt.Fprintf(p.stdout, "%s: %d decisions; told: %s; known before: %d; not ended: %d\n",
		kind, total.Decisions, cmp.Or(strings.Join(told, ", "), "nothing"), total.Known, total.Open)
	if total.Hidden > 0 {
		fmt.Fprintf(p.stdout, "%s: %d not visible to the integration's user in Odoo, or another record under the same id\n", kind, total.Hidden)
	}
	if total.Erased > 0 {
		fmt.Fprintf(p.stdout, "%s: %d erased\n", kind, total.Erased)
	}
	for _, lack := range total.Lacks {
		fmt.Fprintf(p.stdout, "%s: Odoo does not tell of %s\n", kind, lack)
	}
	if kind == "delivery" && c.Transit == nil {
		fmt.Fprintln(p.stdout, "delivery: arrivals were not told, since Odoo does not know them; --transit says how long goods are on the road")
	}
}

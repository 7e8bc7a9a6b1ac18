package simulator

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// SeasonPlan says how large a season is; what is zero is as in the evals.
type SeasonPlan struct {
	Days    int // with the warm-up
	WarmUp  int // days that only make a past
	Honest  int // refunds a day
	Abusive int // refunds a day, about
	Orders  int // a day
}

// DefaultSeason has one abuse in eight refunds: of what was returned in the
// US, 13.7 % of the value was fraud or abuse (NRF and Appriss Retail, 2023).
var DefaultSeason = SeasonPlan{Days: 75, WarmUp: 30, Honest: 140, Abusive: 20, Orders: 300}

// Odd names what is unlike other days though everybody is honest.
type Odd string

// The odd weeks.
const (
	Ordinary Odd = ""
	BadBatch Odd = "bad_batch" // a product breaks: refunds of it, half of them before the goods
	Peak     Odd = "peak"      // three times the business
)

// Outlet is the store that takes three times as much back as others, and three
// times as often without a receipt.
const Outlet = "store-6"

// SeasonDay is one day of a season.
type SeasonDay struct {
	Start time.Time
	Odd   Odd
	Warm  bool // only makes a past
}

// Season is many days of a retailer's orders and refunds, with abuse among
// them and the truth about it.
type Season struct {
	world
	plan   SeasonPlan
	days   []SeasonDay
	events []Event
	told   []Told
	stores []*store
	agents []string
	bad    product
	bought [][]*purchase // by day, kept until they are given back
	serial int64         // of invoices
}

// Told is an outcome at the time when it became known.
type Told struct {
	Invoice int64 // id of the refund's subject
	Outcome decision.OutcomeRecord
	At      time.Time
}

// NewSeason makes a season that begins at a time, usually midnight UTC.
func NewSeason(seed uint64, start time.Time, plan SeasonPlan) *Season {
	d := DefaultSeason
	s := &Season{world: newWorld(seed, start), plan: SeasonPlan{
		cmp.Or(plan.Days, d.Days), cmp.Or(plan.WarmUp, d.WarmUp), cmp.Or(plan.Honest, d.Honest), cmp.Or(plan.Abusive, d.Abusive), cmp.Or(plan.Orders, d.Orders),
	}}
	s.open()
	s.populate()
	schemes := s.schemes()
	for i := range s.plan.Days {
		s.days = append(s.days, SeasonDay{s.day.AddDate(0, 0, i), s.oddity(i), i < s.plan.WarmUp})
	}
	for i := range s.days {
		s.trade(i)
		s.giveBacks(i)
		s.cheat(i, schemes)
	}
	slices.SortStableFunc(s.events, func(a, b Event) int { return a.At.Compare(b.At) })
	slices.SortStableFunc(s.told, func(a, b Told) int { return a.At.Compare(b.At) })
	return s
}

// oddity puts a week of each kind into what follows the warm-up: at a fifth of
// it the bad batch, and at three fifths the peak.
func (s *Season) oddity(day int) Odd {
	const week = 7
	judged := s.plan.Days - s.plan.WarmUp
	since := day - s.plan.WarmUp
	switch {
	case since >= judged/5 && since < judged/5+week:
		return BadBatch
	case since >= judged*3/5 && since < judged*3/5+week:
		return Peak
	}
	return Ordinary
}

// Days lists the days.
func (s *Season) Days() []SeasonDay { return s.days }

// Company is the retailer as Assent knows it.
func (s *Season) Company() decision.Company { return s.company }

// Events are the orders and refunds in order of time.
func (s *Season) Events() []Event { return s.events }

// Told are the outcomes in the order in which they became known. Some are
// later than the last day.
func (s *Season) Told() []Told { return s.told }

// SeasonCase is a refund as serving would have seen it.
type SeasonCase struct {
	Snapshot decision.Snapshot
	Truth    Truth
	Day      int // index of Days
	Store    string
}

// Retrace goes through the season as the service would have heard of it, and
// gives each refund with the features that serving would have given it.
func (s *Season) Retrace(ctx context.Context, each func(SeasonCase) error) error {
	past := decision.NewRetrace(s.company, func(entity, value string) string {
		return entity + "\x00" + strings.ToLower(strings.TrimSpace(value))
	})
	told := s.told
	for _, e := range s.events {
		for ; len(told) > 0 && told[0].At.Before(e.At); told = told[1:] {
			if err := past.Tell(ctx, told[0].Outcome, told[0].At); err != nil {
				return err
			}
		}
		name := ""
		if e.Request.Kind == "refund" {
			name = DecisionOf(e.Request.Subject.ID)
		}
		snap, err := past.Ask(ctx, name, e.Request, e.At)
		if err != nil {
			return fmt.Errorf("%s: %w", e.Request.Subject.Record(), err)
		}
		if name == "" {
			continue
		}
		store, _ := snap.Fields.Text("store")
		if err := each(SeasonCase{snap, e.Truth, int(e.At.Sub(s.day) / (24 * time.Hour)), store}); err != nil {
			return err
		}
	}
	return nil
}

// DecisionOf names the decision about an invoice's refund, as Told does.
func DecisionOf(invoice int64) string { return fmt.Sprintf("refund-%d", invoice) }

// happen adds an event.
func (s *Season) happen(at time.Time, req decision.Request, truth Truth) {
	req.Company, req.Apply = s.company.ID, decision.ByService
	s.events = append(s.events, Event{At: at, Request: req, Truth: truth})
}

// tell adds what becomes known of a refund after some days.
func (s *Season) tell(invoice int64, asked time.Time, days int, typ, value string) {
	at := asked.AddDate(0, 0, days).Add(s.within(6 * time.Hour))
	s.told = append(s.told, Told{invoice, decision.OutcomeRecord{Decision: DecisionOf(invoice), Type: typ, Value: value, At: at}, at})
}

// on is a moment of a day of the season.
func (s *Season) on(day int) time.Time {
	const half = (closing - opening) * time.Hour / 2
	return s.days[day].Start.Add(opening * time.Hour).Add(s.within(half) + s.within(half))
}

// price is what a purchase cost.
func (p *purchase) price() decimal.Decimal {
	return p.product.price.Mul(decimal.NewFromInt(int64(p.quantity)))
}

package simulator_test

import (
	"encoding/json"
	"slices"
	"testing"

	"assent/decision"
	"assent/internal/simulator"
	"assent/scoring"
)

// small is a season that a test can go through.
var small = simulator.SeasonPlan{Days: 45, WarmUp: 20, Honest: 40, Abusive: 8, Orders: 60}

func TestSeasonIsItsSeed(t *testing.T) {
	t.Parallel()
	bytes := func(seed uint64) string {
		s := simulator.NewSeason(seed, day, small)
		data, err := json.Marshal([]any{s.Events(), s.Told(), s.Days()})
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	one := bytes(7)
	if one != bytes(7) {
		t.Error("the same seed gave two different seasons")
	}
	if one == bytes(8) {
		t.Error("another seed gave the same season")
	}
}

// TestSeasonIsValid: requests are what the service takes, outcomes what the
// kind knows, and both come in order of time.
func TestSeasonIsValid(t *testing.T) {
	t.Parallel()
	s := simulator.NewSeason(1, day, small)
	if !slices.IsSortedFunc(s.Events(), func(a, b simulator.Event) int { return a.At.Compare(b.At) }) {
		t.Error("events are not in order of time")
	}
	asked := map[string]simulator.Event{}
	for _, e := range s.Events() {
		if faults := faultsOf(e); len(faults) > 0 {
			t.Fatalf("%s of %s: %v", e.Request.Kind, e.Request.Subject.Record(), faults)
		}
		if e.Request.Kind == "refund" {
			asked[simulator.DecisionOf(e.Request.Subject.ID)] = e
		}
	}
	for _, o := range s.Told() {
		e, known := asked[o.Outcome.Decision]
		if !known || !o.At.After(e.At) {
			t.Fatalf("%s of %s at %s, which was asked at %s", o.Outcome.Type, o.Outcome.Decision, o.At, e.At)
		}
		if o.Outcome.Value == "cleared" && e.Truth.Abusive || (o.Outcome.Value == "confirmed" || o.Outcome.Value == "by_employee") && !e.Truth.Abusive {
			t.Errorf("%s of a refund whose truth is %+v", o.Outcome.Value, e.Truth)
		}
	}
}

// refunds counts the refunds a day that are so.
func refunds(s *simulator.Season, so func(simulator.Event, simulator.SeasonDay) bool) int {
	n := 0
	for _, e := range s.Events() {
		if e.Request.Kind != "refund" {
			continue
		}
		if so(e, s.Days()[int(e.At.Sub(day).Hours())/24]) {
			n++
		}
	}
	return n
}

func TestSeasonHoldsWhatItSays(t *testing.T) {
	t.Parallel()
	s := simulator.NewSeason(1, day, small)
	lengths := map[simulator.Odd]int{}
	for _, d := range s.Days() {
		lengths[d.Odd]++
	}
	if lengths[simulator.BadBatch] != 7 || lengths[simulator.Peak] != 7 {
		t.Fatalf("days by what is odd: %v", lengths)
	}
	rate := func(abusive bool, odd simulator.Odd) float64 {
		n := refunds(s, func(e simulator.Event, d simulator.SeasonDay) bool { return e.Truth.Abusive == abusive && d.Odd == odd })
		return float64(n) / float64(lengths[odd])
	}
	for _, c := range []struct {
		name      string
		have      float64
		low, high float64
	}{
		{"honest on ordinary days", rate(false, simulator.Ordinary), 40, 40},
		{"honest in the week of the bad batch", rate(false, simulator.BadBatch), 60, 60},
		{"honest in the peak", rate(false, simulator.Peak), 120, 120},
		{"abuse on ordinary days", rate(true, simulator.Ordinary), 6, 10},
		{"abuse in the peak", rate(true, simulator.Peak), 6, 10},
	} {
		if c.have < c.low || c.have > c.high {
			t.Errorf("%s: %.1f refunds a day, want %v to %v", c.name, c.have, c.low, c.high)
		}
	}
	for _, p := range simulator.Patterns {
		if refunds(s, func(e simulator.Event, _ simulator.SeasonDay) bool { return e.Truth.Pattern == p }) == 0 {
			t.Errorf("there is no refund of the pattern %s", p)
		}
	}
	if n := refunds(s, func(e simulator.Event, _ simulator.SeasonDay) bool { return e.Truth.Abusive != (e.Truth.Pattern != "") }); n > 0 {
		t.Errorf("%d refunds have a pattern without abuse, or abuse without one", n)
	}
}

// TestOutletIsLikeThat: it takes more back than others, and more of it without
// a receipt, with nobody abusing it.
func TestOutletIsLikeThat(t *testing.T) {
	t.Parallel()
	s := simulator.NewSeason(1, day, small)
	type tally struct{ all, without int }
	outlet, other := tally{}, tally{}
	for _, e := range s.Events() {
		var f struct {
			Store   string
			Receipt bool
		}
		if err := json.Unmarshal(e.Request.Fields, &f); err != nil {
			t.Fatal(err)
		}
		if e.Request.Kind != "refund" || f.Store == "" || e.Truth.Abusive {
			continue
		}
		of := &other
		if f.Store == simulator.Outlet {
			of = &outlet
		}
		of.all++
		if !f.Receipt {
			of.without++
		}
	}
	if others := 5; outlet.all*others < other.all*2 {
		t.Errorf("the outlet has %d refunds, %d others have %d", outlet.all, others, other.all)
	}
	if has, have := float64(outlet.without)/float64(outlet.all), float64(other.without)/float64(other.all); has < 2*have {
		t.Errorf("without a receipt: %.2f at the outlet, %.2f elsewhere", has, have)
	}
}

// TestSeasonIsRetraced as serving would have seen it: every refund once, with
// nothing that was not known yet, and what was told has been heard.
func TestSeasonIsRetraced(t *testing.T) {
	t.Parallel()
	s := simulator.NewSeason(1, day, small)
	want := refunds(s, func(simulator.Event, simulator.SeasonDay) bool { return true })
	cases, heard := 0, 0
	var risky, safe []float64
	err := s.Retrace(t.Context(), func(c simulator.SeasonCase) error {
		cases++
		for path, at := range c.Snapshot.KnownAt {
			if at.After(c.Snapshot.Now) {
				t.Fatalf("%s rests on what became known at %s, and it is %s", path, at, c.Snapshot.Now)
			}
		}
		if d := s.Days()[c.Day].Start; c.Snapshot.Now.Before(d) || !c.Snapshot.Now.Before(d.AddDate(0, 0, 1)) {
			t.Fatalf("%s is not on the day of %s", c.Snapshot.Now, d)
		}
		if n, _ := c.Snapshot.Context.Money("history.partner_abuses"); n.IsPositive() {
			heard++
		}
		a, err := scoring.Refund().Assess(c.Snapshot)
		switch {
		case err != nil || s.Days()[c.Day].Warm:
		case c.Truth.Abusive:
			risky = append(risky, *a.Probability)
		default:
			safe = append(safe, *a.Probability)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if cases != want || heard == 0 {
		t.Errorf("%d of %d refunds, %d after an abuse was known", cases, want, heard)
	}
	if got := auc(risky, safe); got < 0.80 || got > 0.99 {
		t.Errorf("the card's AUC is %.3f, want 0.80 to 0.99", got)
	}
}

// Whose invoice an employee used is not known for abuse.
func TestEmployeesAbuseIsNotTheCustomers(t *testing.T) {
	t.Parallel()
	s := simulator.NewSeason(1, day, small)
	retrace := decision.NewRetrace(s.Company(), func(_, value string) string { return value })
	first := slices.IndexFunc(s.Events(), func(e simulator.Event) bool { return e.Truth.Pattern == simulator.OwnCard })
	e := s.Events()[first]
	if _, err := retrace.Ask(t.Context(), "first", e.Request, e.At); err != nil {
		t.Fatal(err)
	}
	for want, value := range []string{"by_employee", "confirmed"} {
		e.At = e.At.AddDate(0, 0, 1)
		if err := retrace.Tell(t.Context(), decision.OutcomeRecord{Decision: "first", Type: "abuse", Value: value, At: e.At}, e.At); err != nil {
			t.Fatal(err)
		}
		again := e.Request
		again.Subject.ID += 1000
		snap, err := retrace.Ask(t.Context(), "", again, e.At.AddDate(0, 0, 1))
		if err != nil {
			t.Fatal(err)
		}
		if n, known := snap.Context.Money("history.partner_abuses"); !known || n.IntPart() != int64(want) {
			t.Errorf("told %s: %s abuses of the customer, want %d", value, n, want)
		}
	}
}

package scoring

import (
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// promiseSlack is in percent of the expected time (handling plus transit, at
// least a day): what is left between the expected arrival and the end of the
// promised day, UTC. Relative, because estimates err in proportion: three
// spare days are much after one day on the road and little after ten.
//
// An estimate that is missing can only make the arrival later. So a promise
// that is broken without it is broken; any other is unknown.
func promiseSlack(s *decision.Snapshot, _ *Card) reading {
	promised, ok := field[time.Time](s, "promised_date")
	if !ok {
		return reading{}
	}
	handling, okHandling := days(s, "handling_days")
	switch state, known := s.Fields.Text("state"); {
	case !known:
		handling, okHandling = 0, false // the goods may have left
	case state == "done":
		handling, okHandling = 0, true // they have
	}
	transit, okTransit := days(s, "transit_days")
	kept := promised.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	slack := kept.Sub(s.Now) - handling - transit
	if slack >= 0 && !(okHandling && okTransit) {
		return reading{}
	}
	if slack < 0 {
		return count(-1) // a minute too late is too late, whatever the percentage rounds to
	}
	expected := max(handling+transit, 24*time.Hour)
	return count(int64(slack/time.Second) * 100 / int64(expected/time.Second))
}

// days reads an estimate as a duration, at most ten years.
func days(s *decision.Snapshot, path string) (time.Duration, bool) {
	d, ok := s.Fields.Money(path)
	if !ok {
		return 0, false
	}
	d = decimal.Min(d, decimal.NewFromInt(3650))
	return time.Duration(d.Mul(decimal.NewFromInt(int64(24 * time.Hour))).IntPart()), true
}

func carrier(s *decision.Snapshot, _ *Card) reading {
	if _, ok := s.Fields.Text("carrier"); ok {
		return words("given")
	}
	return missing(s, "carrier", "no_carrier")
}

// readiness is "waiting" until every unit is reserved.
func readiness(s *decision.Snapshot, _ *Card) reading {
	switch state, _ := s.Fields.Text("state"); state {
	case "":
		return reading{}
	case "draft", "waiting", "confirmed":
		return words("waiting")
	}
	return words("ready")
}

// overdue is how many hours ago the goods should have left; 0 once they did.
func overdue(s *decision.Snapshot, _ *Card) reading {
	scheduled, ok := field[time.Time](s, "scheduled_date")
	state, okState := s.Fields.Text("state")
	switch {
	case !ok || !okState:
		return reading{}
	case state == "done":
		return count(0)
	}
	return count(max(0, hours(s.Now.Sub(scheduled))))
}

func international(s *decision.Snapshot, _ *Card) reading {
	abroad, ok := field[bool](s, "international")
	switch {
	case !ok:
		return reading{}
	case abroad:
		return words("yes")
	}
	return words("no")
}
